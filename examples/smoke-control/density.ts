/** @file Densities on a square grid of cells: blur, the starting disc, mass. Stored [y][x], row 0 at the bottom, cell width 1. */

/** Standard deviation of the blur, in cells. */
export const BLUR_WIDTH = 1;

/** The sum over all cells: density times area. */
export function massOf(density: ArrayLike<number>): number {
  let mass = 0;
  for (let i = 0; i < density.length; i++) mass += density[i]!;
  return mass;
}

/**
 * Gaussian blur by one cell. The density is mirrored at the edges, as smoke is held by walls, so that mass is conserved.
 *
 * Shapes  density n×n → same
 */
export function blur(density: Float64Array, n: number): Float64Array {
  return blurRows(blurRows(density, n, 1, n), n, n, 1);
}

const REACH = 3; // cells: the Gaussian beyond is 0.3 % of the whole, and the rest is normalized

const kernel: readonly number[] = gaussian();

function gaussian(): number[] {
  const weights = Array.from({ length: 2 * REACH + 1 }, (_, k) => Math.exp(-0.5 * ((k - REACH) / BLUR_WIDTH) ** 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Blurs along the direction whose cells are `stride` apart; lines start `between` apart. */
function blurRows(density: Float64Array, n: number, stride: number, between: number): Float64Array {
  const blurred = new Float64Array(n * n);
  for (let line = 0; line < n; line++) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let k = -REACH; k <= REACH; k++) sum += kernel[k + REACH]! * density[line * between + mirrored(i + k, n) * stride]!;
      blurred[line * between + i * stride] = sum;
    }
  }
  return blurred;
}

/** The cell that stands for cell `i` beyond the edge: …, 1, 0 | 0, 1, …, n−1 | n−1, n−2, …; repeats for grids narrower than the reach. */
function mirrored(i: number, n: number): number {
  const turn = ((i % (2 * n)) + 2 * n) % (2 * n);
  return turn < n ? turn : 2 * n - 1 - turn;
}

/** The greatest mass of a disc that fits in a box of n×n cells, its soft edge included. */
export function largestDiscMass(n: number): number {
  return massOf(sharpDisc(n, n / 2 - 0.5));
}

/**
 * A disc of density 1 in the middle of the box with a given mass. Its edge is as soft as the target's: one cell of ramp, then the same blur.
 *
 * Shapes  → n×n
 * Error   mass within 1e-12 of the one asked for, relative
 * @throws RangeError if the mass is not positive or greater than {@link largestDiscMass}.
 */
export function disc(n: number, mass: number): Float64Array {
  const largest = largestDiscMass(n);
  if (!(mass > 0 && mass <= largest)) {
    throw new RangeError(`disc: a mass of ${mass} does not fit in ${n}×${n} cells; it must be positive and at most ${largest}.`);
  }
  // The mass grows with the radius without jumps, so halving the bracket finds it to the last bit.
  let [low, high] = [-0.5, n / 2 - 0.5];
  for (let middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (massOf(sharpDisc(n, middle)) < mass) low = middle;
    else high = middle;
  }
  return blur(sharpDisc(n, high), n);
}

/** A disc about the centre whose density falls from 1 to 0 over the one cell around its radius. */
function sharpDisc(n: number, radius: number): Float64Array {
  const density = new Float64Array(n * n);
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      const distance = Math.hypot(x + 0.5 - n / 2, y + 0.5 - n / 2);
      density[y * n + x] = Math.min(Math.max(radius + 0.5 - distance, 0), 1);
    }
  }
  return density;
}
