/**
 * @file The best loss there is, found without the library: conjugate gradients on the normal equations, with plain arrays and a
 * projection by cosine transforms. What descent by gradients reaches is held against it.
 *
 * The loss is ½‖R P M x − R w‖² with the masks R (seen) and M (free) and the projection P = Pᵀ = P², so its minimum solves
 * M P R P M x = M P R w.
 */

/** Faces of a closed box of nx × ny cells of one width: u on the inner faces across x, (ny, nx − 1), then v across y, (ny − 1, nx). */
export interface Faces {
  readonly nx: number;
  readonly ny: number;
  readonly values: Float64Array;
}

/** What the problem is made of. Masks are 0 or 1. */
export interface LeastSquaresProblem {
  readonly free: Faces;
  readonly seen: Faces;
  readonly wanted: Faces;
}

/** The smallest loss, and how it was found. */
export interface LeastSquares {
  readonly loss: number;
  readonly steps: number;
  /** Norm of the gradient of the loss, relative to that at rest. */
  readonly residual: number;
}

/** Relative residual of the normal equations at which the optimum is reached far beyond what is compared. */
const TOLERANCE = 1e-9;

/** Solves the normal equations by conjugate gradients. The loss is then the smallest to about the square of the residual. */
export function leastSquares({ free, seen, wanted }: LeastSquaresProblem): LeastSquares {
  const { nx, ny } = free;
  const project = projection(nx, ny);
  const masked = (mask: Faces, values: Float64Array): Float64Array => values.map((value, i) => value * mask.values[i]!);
  const target = masked(seen, wanted.values);
  const forward = (x: Float64Array): Float64Array => masked(seen, project(masked(free, x)));
  const backward = (y: Float64Array): Float64Array => masked(free, project(masked(seen, y)));

  let x = new Float64Array(target.length);
  let r = backward(target);
  let d = r;
  const first = dot(r, r);
  let square = first;
  let steps = 0;
  while (square > TOLERANCE ** 2 * first && steps < 10 * target.length) {
    const q = backward(forward(d));
    const step = square / dot(d, q);
    x = x.map((value, i) => value + step * d[i]!);
    r = r.map((value, i) => value - step * q[i]!);
    const next = dot(r, r);
    const last = d;
    d = r.map((value, i) => value + (next / square) * last[i]!);
    square = next;
    steps++;
  }
  const difference = forward(x).map((value, i) => value - target[i]!);
  return { loss: dot(difference, difference) / 2, steps, residual: first === 0 ? 0 : Math.sqrt(square / first) };
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, value, i) => total + value * b[i]!, 0);

/** The orthogonal projection onto the velocities without divergence in a closed box: v − ∇p with ∇²p = ∇·v, in units of cells. */
export function projection(nx: number, ny: number): (velocity: Float64Array) => Float64Array {
  const [cosX, cosY] = [cosines(nx), cosines(ny)];
  const eigenvalue = (k: number, n: number): number => 2 * Math.cos((Math.PI * k) / n) - 2;
  const atV = (nx - 1) * ny;
  return (velocity) => {
    const u = (i: number, j: number): number => (i < 0 || i >= nx - 1 ? 0 : velocity[j * (nx - 1) + i]!);
    const v = (i: number, j: number): number => (j < 0 || j >= ny - 1 ? 0 : velocity[atV + j * nx + i]!);
    const divergence = new Float64Array(nx * ny).map((_, k) => {
      const [i, j] = [k % nx, Math.floor(k / nx)];
      return u(i, j) - u(i - 1, j) + v(i, j) - v(i, j - 1);
    });
    // In cosines the Laplacian of a box without flux is diagonal; the constant has no pressure.
    const spectrum = transform(divergence, cosX, cosY, nx, ny);
    const p = transformBack(spectrum.map((value, k) => (k === 0 ? 0 : value / (eigenvalue(k % nx, nx) + eigenvalue(Math.floor(k / nx), ny)))), cosX, cosY, nx, ny);
    return velocity.map((value, k) => {
      if (k < atV) {
        const [i, j] = [k % (nx - 1), Math.floor(k / (nx - 1))];
        return value - (p[j * nx + i + 1]! - p[j * nx + i]!);
      }
      return value - (p[k - atV + nx]! - p[k - atV]!);
    });
  };
}

/** Orthonormal cosines: row k holds wave number k at the cell centres. */
function cosines(n: number): Float64Array {
  return new Float64Array(n * n).map((_, index) => {
    const [k, i] = [Math.floor(index / n), index % n];
    return Math.sqrt((k === 0 ? 1 : 2) / n) * Math.cos((Math.PI * k * (i + 0.5)) / n);
  });
}

/** Coefficients (ny, nx) of values (ny, nx): along x, then along y. */
function transform(values: Float64Array, cosX: Float64Array, cosY: Float64Array, nx: number, ny: number): Float64Array {
  return along(along(values, cosX, nx, ny, 'x', false), cosY, nx, ny, 'y', false);
}

function transformBack(values: Float64Array, cosX: Float64Array, cosY: Float64Array, nx: number, ny: number): Float64Array {
  return along(along(values, cosX, nx, ny, 'x', true), cosY, nx, ny, 'y', true);
}

/** Multiplies every line along an axis by a matrix, or by its transpose. */
function along(values: Float64Array, matrix: Float64Array, nx: number, ny: number, axis: 'x' | 'y', transposed: boolean): Float64Array {
  const [n, stride] = axis === 'x' ? [nx, 1] : [ny, nx];
  const result = new Float64Array(nx * ny);
  for (let index = 0; index < result.length; index++) {
    const row = axis === 'x' ? index % nx : Math.floor(index / nx);
    const start = index - row * stride;
    let sum = 0;
    for (let k = 0; k < n; k++) sum += (transposed ? matrix[k * n + row]! : matrix[row * n + k]!) * values[start + k * stride]!;
    result[index] = sum;
  }
  return result;
}
