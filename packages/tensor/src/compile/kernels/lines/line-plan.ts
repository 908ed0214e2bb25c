/** @file Plans of all transforms of lines. The algorithms are those of backends/js/fft, as stages that work on rows. */
import type { RealTransform } from '../../../primitives/fourier.ts';
import { exchanged, part, planeOf, Planner } from './planner.ts';
import type { Begin, Finish, LinePlan, Plane, Planes } from './stage.ts';

/** What becomes of each line. The transposed transform of real lines makes `length` elements of ⌊length/2⌋ + 1 coefficients. */
export type LineTransformName = 'fourier' | 'fourierBackward' | TurnedName | 'realFourier' | 'realFourierTransposed' | RealTransform;

/** Transforms of lines whose elements are first multiplied by numbers of their own: the second half of a transform of long lines. */
type TurnedName = 'fourierTurned' | 'fourierTurnedBackward';

/** How many arrays of which lengths go in and out. */
export interface LineArrays {
  readonly inputs: number;
  readonly inputLength: number;
  /** Tables with numbers for all elements of all inner lines, which stand between inputs and outputs. */
  readonly turns: number;
  readonly outputs: number;
  readonly outputLength: number;
}

const halfOf = (n: number): number => Math.floor(n / 2) + 1;

/** The arrays of a transform of lines of `n` elements. */
export function lineArrays(name: LineTransformName, n: number): LineArrays {
  switch (name) {
    case 'fourier':
    case 'fourierBackward':
      return { inputs: 2, inputLength: n, turns: 0, outputs: 2, outputLength: n };
    case 'fourierTurned':
    case 'fourierTurnedBackward':
      return { inputs: 2, inputLength: n, turns: 2, outputs: 2, outputLength: n };
    case 'realFourier':
      return { inputs: 1, inputLength: n, turns: 0, outputs: 2, outputLength: halfOf(n) };
    case 'realFourierTransposed':
      return { inputs: 2, inputLength: halfOf(n), turns: 0, outputs: 1, outputLength: n };
    default:
      return { inputs: 1, inputLength: n, turns: 0, outputs: 1, outputLength: n };
  }
}

const FROM: Planes = { re: planeOf('from0'), im: planeOf('from1') };
const TO: Planes = { re: planeOf('to0'), im: planeOf('to1') };
const TURNS: Planes = { re: planeOf('turns0'), im: planeOf('turns1') };
const X: Plane = FROM.re;
const Y: Plane = TO.re;

/** The plan of a transform of lines of n ≥ 1 elements. */
export function linePlan(name: LineTransformName, n: number): LinePlan {
  const plan = new Planner();
  switch (name) {
    case 'fourier':
      plan.fourier(n, FROM, TO);
      break;
    case 'fourierBackward':
      plan.fourier(n, exchanged(FROM), exchanged(TO));
      break;
    case 'fourierTurned':
      turned(plan, n, FROM, TO);
      break;
    case 'fourierTurnedBackward':
      turned(plan, n, exchanged(FROM), exchanged(TO));
      break;
    case 'realFourier':
      realForward(plan, n, X, { kind: 'spectrum', to: TO });
      break;
    case 'realFourierTransposed':
      realBackward(plan, n, { kind: 'spectrum', from: FROM }, Y);
      break;
    case 'hartley':
      realForward(plan, n, X, { kind: 'hartley', to: Y, length: n });
      break;
    case 'cosine1':
      cosine1(plan, n);
      break;
    case 'sine1':
      sine1(plan, n);
      break;
    case 'cosine2':
      cosine2(plan, n, Y, false);
      break;
    case 'sine2':
      cosine2(plan, n, reversed(Y, n), true);
      break;
    case 'cosine3':
      cosine3(plan, n, X, false);
      break;
    case 'sine3':
      cosine3(plan, n, reversed(X, n), true);
      break;
    case 'cosine4':
      cosine4(plan, n, Y, false);
      break;
    case 'sine4':
      cosine4(plan, n, reversed(Y, n), true);
      break;
  }
  return plan.finish();
}

const reversed = (plane: Plane, n: number): Plane => part(plane, n - 1, -1);

function copy(plan: Planner, from: Plane, to: Plane, count: number, negate: boolean = false): void {
  if (count > 0) plan.add({ kind: 'copy', from, to, count, negate });
}

function zero(plan: Planner, to: Plane, count: number): void {
  if (count > 0) plan.add({ kind: 'zero', to, count });
}

function turned(plan: Planner, n: number, from: Planes, to: Planes): void {
  const t = plan.planes(n);
  plan.add({ kind: 'turn', from, turns: TURNS, to: t, count: n });
  plan.fourier(n, t, to);
}

/** Coefficients 0 … ⌊n/2⌋ of real rows: for even n by a complex transform of half the length. */
function realForward(plan: Planner, n: number, x: Plane, finish: Finish): void {
  if (n % 2 === 0) {
    const half = n / 2;
    const z = plan.planes(half);
    plan.fourier(half, { re: part(x, 0, 2), im: part(x, 1, 2) }, z);
    plan.add({ kind: 'untangle', half, from: z, table: plan.roots(Math.floor(half / 2) + 1, n), finish });
  } else {
    const [nothing, z] = [plan.plane(n), plan.planes(n)];
    zero(plan, nothing, n);
    plan.fourier(n, { re: x, im: nothing }, z);
    plan.add({ kind: 'finish', count: halfOf(n), from: z, finish });
  }
}

/** Real rows that have the given coefficients. */
function realBackward(plan: Planner, n: number, begin: Begin, x: Plane): void {
  if (n % 2 === 0) {
    const half = n / 2;
    const z = plan.planes(half);
    plan.add({ kind: 'tangle', half, begin, table: plan.roots(Math.floor(half / 2) + 1, n), to: z });
    plan.fourier(half, exchanged(z), { re: part(x, 1, 2), im: part(x, 0, 2) });
  } else {
    const [z, nothing] = [plan.planes(n), plan.plane(n)];
    plan.add({ kind: 'unfold', length: n, begin, to: z });
    plan.fourier(n, exchanged(z), { re: nothing, im: x });
  }
}

/** [Makhoul1980]: even elements forwards, then odd ones backwards. */
function cosine2(plan: Planner, n: number, y: Plane, alternate: boolean): void {
  const sorted = plan.plane(n);
  copy(plan, part(X, 0, 2), sorted, Math.ceil(n / 2));
  copy(plan, part(X, 1, 2), reversed(sorted, n), Math.floor(n / 2), alternate);
  realForward(plan, n, sorted, { kind: 'cosine', to: y, length: n, table: plan.roots(halfOf(n), 4 * n) });
}

function cosine3(plan: Planner, n: number, x: Plane, alternate: boolean): void {
  const sorted = plan.plane(n);
  realBackward(plan, n, { kind: 'cosine', from: x, length: n, table: plan.roots(halfOf(n), 4 * n, undefined, 0.5) }, sorted);
  copy(plan, sorted, part(Y, 0, 2), Math.ceil(n / 2));
  copy(plan, reversed(sorted, n), part(Y, 1, 2), Math.floor(n / 2), alternate);
}

function cosine4(plan: Planner, n: number, y: Plane, alternate: boolean): void {
  const [t, z] = [plan.planes(n), plan.planes(n)];
  // Signs are half a turn.
  plan.add({ kind: 'multiply', from: { re: X }, to: t, count: n, table: plan.roots(n, 4 * n, (k) => (alternate ? 2 * n * k : 0) - k) });
  plan.fourier(n, t, z);
  // Coefficient number j is that of the even number 2j; those of odd numbers k are conjugates of those of 2n − 1 − k.
  const [evens, odds] = [Math.ceil(n / 2), Math.floor(n / 2)];
  plan.add({ kind: 'project', from: z, to: part(y, 0, 2), count: evens, table: plan.roots(evens, 8 * n, (k) => 4 * k + 1) });
  if (odds > 0) {
    const backwards: Planes = { re: reversed(z.re, n), im: reversed(z.im, n) };
    plan.add({ kind: 'project', from: backwards, to: part(y, 1, 2), count: odds, table: plan.roots(odds, 8 * n, (k) => -(4 * k + 3)) });
  }
}

function cosine1(plan: Planner, n: number): void {
  if (n === 1) return copy(plan, X, Y, 1);
  const long = plan.plane(2 * (n - 1));
  copy(plan, X, long, n);
  zero(plan, part(long, n), n - 2);
  realForward(plan, 2 * (n - 1), long, { kind: 'real', to: Y });
}

function sine1(plan: Planner, n: number): void {
  const long = plan.plane(2 * (n + 1));
  zero(plan, long, 1);
  copy(plan, X, part(long, 1), n);
  zero(plan, part(long, n + 1), n + 1);
  // The first and the last coefficient are 0, and none of those that are asked for.
  const all = plan.plane(n + 2);
  realForward(plan, 2 * (n + 1), long, { kind: 'minusImaginary', to: all });
  copy(plan, part(all, 1), Y, n);
}
