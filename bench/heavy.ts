/** @file Heavy operations outside of compiled functions: JavaScript beside WebAssembly, and what the first call takes. */
import {
  add, backend, boxOperator, contract, convolve, dct, exp, fft, max, mean, mul, precision, randomKey, randomNormal, rfft, roll, sin, solveLinear, sub, sum, tanh, channel,
  type SolveMethod, type Tensor,
} from '@tapeflow/tensor';
import { columns, type Bench } from './table.ts';

/** One row: milliseconds of the fastest call by JavaScript, in the first call by WebAssembly, which makes the program, and in later ones. */
interface Row {
  readonly name: string;
  readonly js: number;
  readonly first: number;
  readonly wasm: number;
}

type Plane = Tensor<'y' | 'x'>;
/** Operands are made before time is taken; two in turn, so that none is found in the memory of the program. */
type Work = readonly [name: string, body: (k: number) => unknown];

const LEAST_MILLISECONDS = 200;

function milliseconds(body: () => unknown): number {
  const start = performance.now();
  body();
  return performance.now() - start;
}

function fastest(body: (k: number) => unknown): number {
  const times: number[] = [];
  const begin = performance.now();
  for (let k = 0; k < 5 || performance.now() - begin < LEAST_MILLISECONDS; k++) times.push(milliseconds(() => body(k)));
  return Math.min(...times);
}

function compared([name, body]: Work): Row {
  const js = backend('js', () => fastest(body));
  const first = milliseconds(() => body(0));
  return { name, js, first, wasm: fastest(body) };
}

const planes = (size: number): readonly [Plane, Plane] => [1, 2].map((seed) => randomNormal({ y: size, x: size }, randomKey(seed))) as unknown as readonly [Plane, Plane];

function contractions(): Work[] {
  return [16, 32, 64, 128, 256, 512].map((n): Work => {
    const left = [1, 2].map((seed) => randomNormal({ i: n, k: n }, randomKey(seed)));
    const right = randomNormal({ k: n, j: n }, randomKey(3));
    return [`product of matrices, ${n}`, (k) => contract([left[k % 2]!, right], 'k')];
  });
}

function convolutions(): Work[] {
  const kernel = randomNormal({ o: channel(8), c: channel(8), y: 3, x: 3 }, randomKey(4));
  return [8, 32, 64].map((n): Work => {
    const x = [1, 2].map((seed) => randomNormal({ c: channel(8), y: n, x: n }, randomKey(seed)));
    return [`convolution 3 × 3, 8 to 8 channels, ${n}²`, (k) => convolve(x[k % 2]!, kernel, ['y', 'x'], { contract: 'c', padding: 'same' })];
  });
}

function transforms(): Work[] {
  return [32, 64, 256].flatMap((n): Work[] => {
    const u = planes(n);
    return [
      [`fft ${n}²`, (k) => fft(u[k % 2]!, ['y', 'x'])],
      [`rfft ${n}²`, (k) => rfft(u[k % 2]!, ['y', 'x'])],
      [`dct ${n}²`, (k) => dct(u[k % 2]!, ['y', 'x'])],
    ];
  });
}

function reductions(): Work[] {
  return [128, 256, 1024].flatMap((n): Work[] => {
    const u = planes(n);
    return [[`sum ${n}²`, (k) => sum(u[k % 2]!)], [`mean over x ${n}²`, (k) => mean(u[k % 2]!, 'x')], [`max ${n}²`, (k) => max(u[k % 2]!)]];
  });
}

function elementwise(): Work[] {
  return [128, 256, 1024].flatMap((n): Work[] => {
    const u = planes(n);
    return [
      [`add ${n}²`, (k) => add(u[k % 2]!, u[0])],
      [`exp ${n}²`, (k) => exp(u[k % 2]!)],
      [`difference of neighbours ${n}²`, (k) => sub(u[k % 2]!.slice({ x: [1, n] }), u[k % 2]!.slice({ x: [0, n - 1] }))],
      [`chain of six ${n}²`, (k) => mul(tanh(add(mul(u[k % 2]!, 0.5), sin(u[0]))), exp(u[1]))],
    ];
  });
}

/** −∇²u + u/100 on a torus, by rolls. */
const operator = (u: Plane): Plane => (['y', 'x'] as const).reduce((v: Plane, d) => sub(v, add(roll(u, d, 1), roll(u, d, -1))), mul(u, 4.01));

function solves(): Work[] {
  return [16, 32, 64, 128].flatMap((n): Work[] => {
    const b = planes(n);
    const box = boxOperator({ x: { sides: 'dirichlet' }, y: { sides: 'dirichlet' } });
    const by = (method: SolveMethod): Work => [`${method} ${n}²`, (k) => solveLinear(method === 'transform' || method === 'multigrid' ? box : operator, b[k % 2]!, { method, onFailure: 'return' })];
    return (n < 64 ? ['cg'] as const : ['cg', 'transform', 'multigrid'] as const).map(by);
  });
}

/** Everything in f32; what has little to do in f64, too. */
export const heavy: Bench = {
  about: 'milliseconds of heavy operations outside of compiled functions, by JavaScript and by WebAssembly',
  run() {
    const single = [...contractions(), ...convolutions(), ...transforms(), ...reductions(), ...elementwise(), ...solves()].map(compared);
    const double = precision(64, () => [...contractions(), ...transforms(), ...reductions(), ...elementwise()].map(compared)).map((row) => ({ ...row, name: `${row.name}, f64` }));
    const rows = [...single, ...double];
    const cells = rows.map(({ name, js, first, wasm }) => [js.toFixed(3), first.toFixed(3), wasm.toFixed(3), (js / wasm).toFixed(1), name]);
    return { rows, text: columns([['js, ms', 'first, ms', 'wasm, ms', 'ratio', 'what'], ...cells], [true, true, true, true, false]) };
  },
};
