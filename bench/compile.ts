/** @file What compiling costs, pass by pass, and what a call of a compiled function costs. */
import { valueAndGrad } from '@tapeflow/autodiff';
import { closeOver, countEquations, type Program } from '@tapeflow/autodiff/extend';
import { jit, l2, roll, scan, tanh, tensor, type Scalar, type Tensor } from '@tapeflow/tensor';
import { lowerProgram, optimizeProgram, printWasm } from '@tapeflow/tensor/extend';
import { measure, timed, type Timing } from './measure.ts';
import { smokeInputs } from './peers/common/harness.mjs';
import { columns, median, verdict, type Bench } from './table.ts';
import { smokeStep, type Smoke } from './workloads/advection.ts';

type Plane = Tensor<'x' | 'y'>;

/** A function to compile. */
interface Subject {
  readonly name: string;
  readonly f: (...args: never[]) => unknown;
  readonly args: readonly unknown[];
  /** Milliseconds that are promised on an idle machine. */
  readonly target?: number;
  /** Or: so many times what the subject before it takes. */
  readonly overLast?: number;
}

const PASSES = ['trace', 'optimise', 'lower', 'print', 'wasm'] as const;

type Times = Readonly<Record<(typeof PASSES)[number], number>>;

/** One compilation: milliseconds of each pass, and what came out. */
interface Compiled {
  readonly times: Times;
  readonly equations: number;
  readonly kernels: number;
  readonly bytes: number;
}

/** One row: medians over the rounds of the second half, of each pass and of all together, and the fastest round. */
interface Row extends Compiled {
  readonly name: string;
  readonly minimum: number;
  readonly median: number;
  readonly target?: number;
}

/** Rounds until the engine has optimized the compiler itself, and some more. */
const MOST_ROUNDS = 400;
const FEWEST_ROUNDS = 12;
const MOST_MILLISECONDS = 6000;

function smokeStart(): readonly [Smoke, Plane] {
  const n = 64;
  const [u, v, d, target] = smokeInputs(n).map((values): Plane => tensor({ y: n, x: n }, values)) as [Plane, Plane, Plane, Plane];
  return [{ d, u, v }, target];
}

function subjects(): Subject[] {
  const [start, target] = smokeStart();
  const { d, u, v } = start;
  const scanned = (count: number) => (first: Smoke): Smoke => scan((carry: Smoke) => [smokeStep(carry, 64), undefined] as const, first, count)[0];
  const unrolled = (count: number) => (first: Smoke): Smoke => Array.from({ length: count }).reduce<Smoke>((smoke) => smokeStep(smoke, 64), first);
  const gradient = (roll: (first: Smoke) => Smoke) => valueAndGrad((first: Plane): Scalar => l2(roll({ d: first, u, v }).d.sub(target)) as Scalar);
  return [
    { name: 'elementwise: tanh(0.7 x + 0.1) x − y', f: (x: Plane, y: Plane): Plane => tanh(x.mul(0.7).add(0.1)).mul(x).sub(y), args: [d, target], target: 2 },
    { name: 'smoke step', f: (first: Smoke): Smoke => smokeStep(first, 64), args: [start], target: 15 },
    { name: '32 smoke steps by scan', f: scanned(32), args: [start], overLast: 1.2 },
    { name: 'gradient of 8 smoke steps by scan', f: gradient(scanned(8)), args: [d], target: 100 },
    { name: 'gradient of 32 smoke steps by scan', f: gradient(scanned(32)), args: [d], target: 100 },
    { name: '2 smoke steps unrolled', f: unrolled(2), args: [start] },
    { name: '8 smoke steps unrolled', f: unrolled(8), args: [start] },
    { name: 'gradient of 8 smoke steps unrolled', f: gradient(unrolled(8)), args: [d], target: 400 },
  ];
}

function compileOnce({ f, args }: Subject): Compiled {
  let last = performance.now();
  const lap = (): number => {
    const before = last;
    last = performance.now();
    return last - before;
  };
  const program: Program = closeOver('bench', f, args).program;
  const trace = lap();
  const optimized = optimizeProgram(program);
  const optimise = lap();
  const schedule = lowerProgram(optimized);
  const lowering = lap();
  const { printed } = printWasm(schedule);
  const print = lap();
  const module = new WebAssembly.Module(printed.bytes);
  const wasm = lap();
  if (WebAssembly.Module.exports(module).length === 0) throw new Error('compile: a module without exports.');
  return { times: { trace, optimise, lower: lowering, print, wasm }, equations: countEquations(optimized), kernels: printed.kernels, bytes: printed.bytes.length };
}

/** Half of the rounds are a warm-up: the engine optimizes the compiler bit by bit, in other threads. */
function compiled(subject: Subject): Row {
  const begin = performance.now();
  const rounds: Compiled[] = [];
  while (rounds.length < FEWEST_ROUNDS || (rounds.length < MOST_ROUNDS && performance.now() - begin < MOST_MILLISECONDS)) rounds.push(compileOnce(subject));
  const counted = rounds.slice(rounds.length >> 1);
  const totals = counted.map(({ times }) => PASSES.reduce((sum, pass) => sum + times[pass], 0));
  const times = Object.fromEntries(PASSES.map((pass) => [pass, median(counted.map((round) => round.times[pass]))])) as Times;
  return { name: subject.name, ...rounds[0]!, times, minimum: Math.min(...totals), median: median(totals), ...(subject.target === undefined ? {} : { target: subject.target }) };
}

function compileTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.minimum.toFixed(2), row.median.toFixed(2), verdict(row.median, row.target), ...PASSES.map((pass) => row.times[pass].toFixed(2)), String(row.equations), String(row.kernels), String(row.bytes), row.name]);
  return columns([['ms min', 'ms median', 'target', ...PASSES, 'equations', 'kernels', 'bytes', 'of'], ...cells], [true, true, false, true, true, true, true, true, true, true, true, false]);
}

/** Calls with arguments that lie in the memory of the program already. */
function calls(): Timing[] {
  const square = (n: number): Plane => tensor({ y: n, x: n }, Float32Array.from({ length: n * n }, (_, k) => (k % 7) / 7));
  const [small, large] = [square(8), square(64)];
  const add = (x: Plane, y: Plane): Plane => x.add(y);
  const laplacian = (p: Plane): Plane => roll(p, 'y', 1).add(roll(p, 'y', -1)).add(roll(p, 'x', 1)).add(roll(p, 'x', -1)).sub(p.mul(4));
  const work = { count: 1000, unit: 'call', rounds: 25 };
  const repeated = (call: () => unknown) => (): void => {
    for (let k = 0; k < work.count; k++) call();
  };
  return (['kept', 'lent'] as const).flatMap((results) => {
    const [added, applied] = [jit(add, { results }), jit(laplacian, { results })];
    return [
      measure(`add of 8 × 8, ${results}`, { ...work, target: results === 'lent' ? 1000 : 2000 }, repeated(() => added(small, small))),
      measure(`laplacian of 64 × 64, ${results}`, { ...work, ...(results === 'kept' ? { target: 3000 } : {}) }, repeated(() => applied(large))),
    ];
  });
}

/** Passes of the compiler, and calls. */
export const compile: Bench = {
  about: 'milliseconds of compiling, pass by pass, and nanoseconds per call of a compiled function',
  run() {
    const rows: Row[] = [];
    for (const subject of subjects()) {
      const { overLast } = subject;
      const last = rows.at(-1);
      rows.push({ ...compiled(subject), ...(overLast === undefined || last === undefined ? {} : { target: Number((overLast * last.median).toFixed(1)) }) });
    }
    const { rows: called, text } = timed(calls());
    return { rows: [...rows, ...called], text: `${compileTable(rows)}\n\n${text}` };
  },
};
