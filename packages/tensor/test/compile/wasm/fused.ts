/**
 * @file A process whose engine has `relaxed_madd`, or in the mode `without` lacks it, for fused.test.ts: what programs compute there, as JSON. Lists of
 * faults, by law, should be empty.
 */
import { jvp, vjp } from '@tapeflow/autodiff';
import { traceProgram, type Value } from '@tapeflow/autodiff/extend';
import type { FloatDType } from '../../../src/array/dtype.ts';
import { arrayAbstract, type NDArray } from '../../../src/array/ndarray.ts';
import { sizeOf } from '../../../src/array/strides.ts';
import { compile } from '../../../src/compile/executable.ts';
import { optimize } from '../../../src/compile/graph/optimize.ts';
import { compileConvolutions } from '../../../src/compile/on-demand.ts';
import { compileToWasm } from '../../../src/compile/wasm/program.ts';
import { dot as named, inspect, jit, tensor, vmap, type Tensor } from '../../../src/index.ts';
import { conv, convInput, convKernel, type ConvParams } from '../../../src/primitives/conv.ts';
import { dot, type DotParams } from '../../../src/primitives/dot.ts';
import { numbersOf } from '../numbers-of.ts';
import { faultOf, faultOfDot, randomArray } from './fixed/product-oracle.ts';

compileConvolutions();

const SEED = 52361;
const DTYPES: readonly FloatDType[] = ['f32', 'f64'];

const programOf = (f: (...values: readonly Value[]) => Value, inputs: readonly NDArray[]) =>
  traceProgram('test', (values) => [f(...values)], inputs.map(({ shape, dtype }) => arrayAbstract({ shape, dtype }))).program;
const fused = (f: (...values: readonly Value[]) => Value, inputs: readonly NDArray[]): NDArray => compile(programOf(f, inputs), 'wasm fused').executable.run(inputs)[0] as NDArray;

/** What went wrong, each with what it was about. */
class Faults {
  readonly list: string[] = [];
  checks = 0;

  add(label: string, fault: string | undefined): void {
    this.checks++;
    if (fault !== undefined) this.list.push(`${label}: ${fault}`);
  }
}

const MATRICES: DotParams = { batch: [], contract: [[1, 0]] };

function product(faults: Faults, left: readonly number[], right: readonly number[], dtype: FloatDType, params: DotParams): void {
  const inputs = [randomArray(SEED, left, dtype), randomArray(SEED + 1, right, dtype)] as const;
  faults.add(`${dtype}, ${left.join('×')} and ${right.join('×')}`, faultOfDot(fused((a, b) => dot(a, b, params), inputs), ...inputs, params));
}

/** All edges of tiles of 3 rows or less and 12, 16 or 32 columns or less, factors as they are and transposed, sums along the terms, batches. */
function products(): Faults {
  const faults = new Faults();
  for (const dtype of DTYPES) {
    for (const terms of [1, 5]) {
      for (let rows = 1; rows <= 8; rows++) for (let columns = 1; columns <= 26; columns++) product(faults, [rows, terms], [terms, columns], dtype, MATRICES);
    }
    for (const [rows, terms, columns] of [[1, 700, 33], [3, 257, 12], [7, 513, 70], [300, 30, 9], [259, 20, 40], [257, 258, 400], [2, 5000, 3], [1, 9001, 1], [33, 2100, 1], [1, 2049, 34], [35, 40, 2], [3, 1030, 3]] as const) {
      product(faults, [rows, terms], [terms, columns], dtype, MATRICES);
      product(faults, [terms, rows], [columns, terms], dtype, { batch: [], contract: [[0, 1]] });
      product(faults, [rows, terms], [columns, terms], dtype, { batch: [], contract: [[1, 1]] });
    }
    product(faults, [3, 7, 20], [3, 20, 14], dtype, { batch: [[0, 0]], contract: [[2, 1]] });
    product(faults, [7, 5, 3], [5, 13, 3], dtype, { batch: [[2, 2]], contract: [[1, 0]] });
  }
  return faults;
}

interface Setting {
  readonly entries: number;
  readonly groups: number;
  /** Of one group. */
  readonly channels: number;
  readonly results: number;
  readonly size: readonly [number, number];
  readonly taps: readonly [number, number];
  readonly step: number;
  readonly dilation: number;
  readonly padding: number;
}

const SETTINGS: readonly Setting[] = [
  ...[1, 2, 3, 4, 5, 7, 10].map((results): Setting => ({ entries: 2, groups: 1, channels: 3, results, size: [6, 9], taps: [3, 3], step: 1, dilation: 1, padding: 1 })),
  { entries: 1, groups: 1, channels: 32, results: 32, size: [8, 11], taps: [3, 3], step: 1, dilation: 1, padding: 1 },
  { entries: 1, groups: 1, channels: 5, results: 6, size: [21, 30], taps: [5, 2], step: 2, dilation: 1, padding: 2 },
  { entries: 2, groups: 2, channels: 2, results: 3, size: [12, 10], taps: [2, 3], step: 1, dilation: 2, padding: 0 },
  { entries: 3, groups: 1, channels: 4, results: 5, size: [7, 7], taps: [1, 1], step: 1, dilation: 1, padding: 0 },
];

/** A convolution and both of its transposes against sums over all triples of indices. */
function convolution(faults: Faults, setting: Setting, dtype: FloatDType): void {
  const { entries, groups, channels, results, size, taps, step, dilation, padding } = setting;
  const params: ConvParams = { stride: [step, step], dilation: [dilation, dilation], low: [padding, padding], high: [padding, padding], groups };
  const [height, width] = size.map((length, axis) => Math.floor((length + 2 * padding - (taps[axis]! - 1) * dilation - 1) / step) + 1) as [number, number];
  const x = randomArray(SEED, [entries, groups * channels, ...size], dtype);
  const kernel = randomArray(SEED + 1, [groups * results, channels, ...taps], dtype);
  const y = randomArray(SEED + 2, [entries, groups * results, height, width], dtype);
  const empty = (like: NDArray) => ({ sums: new Float64Array(like.size), sizes: new Float64Array(like.size) });
  const [ofX, ofKernel, ofY] = [empty(x), empty(kernel), empty(y)];
  const add = ({ sums, sizes }: ReturnType<typeof empty>, at: number, a: number, b: number): void => {
    sums[at]! += a * b;
    sizes[at]! += Math.abs(a * b);
  };
  for (let n = 0; n < entries; n++) for (let o = 0; o < groups * results; o++) for (let p = 0; p < height; p++) for (let q = 0; q < width; q++) {
    for (let c = 0; c < channels; c++) for (let s = 0; s < taps[0]; s++) for (let t = 0; t < taps[1]; t++) {
      const [i, j] = [p * step + s * dilation - padding, q * step + t * dilation - padding];
      if (i < 0 || j < 0 || i >= size[0] || j >= size[1]) continue;
      const atX = ((n * groups * channels + Math.floor(o / results) * channels + c) * size[0] + i) * size[1] + j;
      const atKernel = ((o * channels + c) * taps[0] + s) * taps[1] + t;
      const atY = ((n * groups * results + o) * height + p) * width + q;
      add(ofX, atX, kernel.data[atKernel]!, y.data[atY]!);
      add(ofKernel, atKernel, x.data[atX]!, y.data[atY]!);
      add(ofY, atY, x.data[atX]!, kernel.data[atKernel]!);
    }
  }
  const label = (name: string): string => `${dtype}, ${name} of ${JSON.stringify(setting)}`;
  faults.add(label('conv'), faultOf(fused((a, b) => conv(a, b, params), [x, kernel]), ofY, channels * sizeOf(taps)));
  faults.add(label('convInput'), faultOf(fused((a, b) => convInput(a, b, { ...params, lengths: size }), [kernel, y]), ofX, results * sizeOf(taps)));
  faults.add(label('convKernel'), faultOf(fused((a, b) => convKernel(a, b, { ...params, lengths: taps }), [x, y]), ofKernel, entries * height * width));
}

function convolutions(): Faults {
  const faults = new Faults();
  for (const dtype of DTYPES) for (const setting of SETTINGS) convolution(faults, setting, dtype);
  return faults;
}

const sameBits = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => a.length === b.length && Array.from(a).every((value, k) => Object.is(value, b[k]));

/** One, two and three threads, every kernel in three chunks or more, until a worker has taken part or some time is over. */
async function threads(): Promise<Faults> {
  const faults = new Faults();
  const rules = { leastWork: 0, fewest: 3, waking: 0, bandShare: Infinity };
  const cases: readonly (readonly [string, (...values: readonly Value[]) => Value, readonly NDArray[]])[] = DTYPES.flatMap((dtype) => [
    ...[[64, 30, 40], [3, 50, 170], [130, 7, 2], [100, 400, 90]].map(([i, k, j]) => [`${dtype}, product ${i}×${k}×${j}`, (a: Value, b: Value) => dot(a, b, MATRICES), [randomArray(SEED, [i!, k!], dtype), randomArray(SEED + 1, [k!, j!], dtype)]] as never),
    [`${dtype}, convolution`, (a, b) => conv(a!, b!, { stride: [1, 1], dilation: [1, 1], low: [1, 1], high: [1, 1], groups: 1 }), [randomArray(SEED, [1, 3, 30, 20], dtype), randomArray(SEED + 1, [7, 3, 3, 3], dtype)]],
  ]);
  for (const [label, f, inputs] of cases) {
    const program = optimize(programOf(f, inputs));
    const alone = numbersOf(compileToWasm(program, { rules, numerics: 'fused' }).run(inputs));
    for (const count of [2, 3]) {
      const executable = compileToWasm(program, { threads: count, rules, numerics: 'fused' });
      if (executable.threads!.threads !== count) faults.add(label, `not in chunks: ${executable.threads!.problem}`);
      for (const end = performance.now() + 2000; executable.threads!.byWorkers === 0 && performance.now() < end; executable.run(inputs)) await new Promise((resolve) => setImmediate(resolve));
      for (let round = 0; round < 3; round++) faults.add(`${label}, ${count} threads`, sameBits(numbersOf(executable.run(inputs)), alone) ? undefined : 'other bits than with one');
    }
  }
  return faults;
}

type Left = Tensor<'i' | 'k'>;
type Right = Tensor<'k' | 'j'>;
type Product = Tensor<'i' | 'j'>;
const OPTION = { fusedMultiplyAdd: true } as const;
const multiply = (a: Left, b: Right): Product => named(a, b, 'k') as Product;
const random = <D extends string>(sizes: Record<D, number>, seed: number): Tensor<D> => tensor(sizes, randomArray(seed, [sizeOf(Object.values(sizes))], 'f32').data as Float32Array) as Tensor<D>;

/** ⟨w, J v⟩ and ⟨Jᵀ w, v⟩ in double precision, relative to ‖w‖ ‖J v‖, for a product that is compiled before it is differentiated. */
function adjointError(): number {
  const [a, b, w] = [random({ i: 33, k: 70 }, SEED), random({ k: 70, j: 29 }, SEED + 1), random({ i: 33, j: 29 }, SEED + 2)];
  const [da, db] = [random({ i: 33, k: 70 }, SEED + 3), random({ k: 70, j: 29 }, SEED + 4)];
  const f = jit(multiply, OPTION);
  const inner = (x: unknown, y: unknown): number => {
    const other = numbersOf(y);
    return numbersOf(x).reduce((sum, value, k) => sum + value * other[k]!, 0);
  };
  const both = ([x, y]: readonly [Left, Right]): Product => f(x, y);
  const { tangent } = jvp(both, [a, b] as const, [da, db] as const);
  const [aBar, bBar] = vjp(both, [a, b] as const).pullback(w);
  return Math.abs(inner(w, tangent) - inner(aBar, da) - inner(bBar, db)) / Math.sqrt(inner(w, w) * inner(tangent, tangent));
}

/**
 * Sums of two terms that show whether the second product was rounded, (1 + 2⁻¹²)² − (1 + 2⁻¹¹) = 2⁻²⁴, which rounded is 0: products, a batch of
 * them, and derivatives to either side. Smallest and largest number of each.
 */
function revealing(options: { readonly fusedMultiplyAdd?: boolean }): Record<string, readonly [number, number]> {
  const e = 1 + 2 ** -12;
  const pairs = <D extends string>(sizes: Record<D, number>, alongLast: boolean, [first, second]: readonly [number, number]): Tensor<D> => {
    const [, last] = Object.values(sizes) as [number, number];
    return tensor(sizes, Float32Array.from({ length: sizeOf(Object.values(sizes)) }, (_, k) => ((alongLast ? k % last : Math.floor(k / last)) === 0 ? first : second))) as Tensor<D>;
  };
  const [ones, minus] = [[1, e], [-(1 + 2 ** -11), e]] as const;
  const [a, b] = [pairs({ i: 50, k: 2 }, true, ones), pairs({ k: 2, j: 50 }, false, minus)];
  const f = jit(multiply, options);
  const range = (tree: unknown): readonly [number, number] => [Math.min(...numbersOf(tree)), Math.max(...numbersOf(tree))];
  // Σⱼ ȳᵢⱼ bₖⱼ and Σᵢ aᵢₖ ȳᵢⱼ have two terms where the product has fifty.
  const wide = { a: random({ i: 40, k: 50 }, SEED), b: pairs({ k: 50, j: 2 }, true, minus), w: pairs({ i: 40, j: 2 }, true, ones) };
  const low = { a: pairs({ i: 2, k: 50 }, false, ones), b: random({ k: 50, j: 40 }, SEED), w: pairs({ i: 2, j: 40 }, false, minus) };
  const bars = ({ a: left, b: right, w }: { a: Left; b: Right; w: Product }): readonly unknown[] => vjp(([x, y]: readonly [Left, Right]) => f(x, y), [left, right] as const).pullback(w);
  const stacked = tensor({ n: 3, i: 50, k: 2 }, Float32Array.from({ length: 300 }, (_, k) => ones[k % 2]!)) as Tensor<'n' | 'i' | 'k'>;
  return {
    product: range(f(a, b)),
    tangent: range(jvp((x: Left) => f(x, b), a, a).tangent),
    left: range(bars(wide)[0]),
    right: range(bars(low)[1]),
    batch: range(vmap((x: Left) => f(x, b), 'n')(stacked)),
  };
}

if (process.argv[2] === 'without') {
  const { Module } = WebAssembly;
  const isRelaxed = (bytes: Uint8Array): boolean => bytes.some((byte, k) => byte === 0xfd && [0x85, 0x87].includes(bytes[k + 1]!) && bytes[k + 2] === 0x02);
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      if (isRelaxed(bytes as Uint8Array)) throw new WebAssembly.CompileError('no such instruction');
      super(bytes);
    }
  };
  const [a, b] = [random({ i: 60, k: 70 }, SEED), random({ k: 70, j: 50 }, SEED + 1)];
  const [asked, plain] = [jit(multiply, OPTION), jit(multiply)];
  console.log(JSON.stringify({ same: sameBits(numbersOf(asked(a, b)), numbersOf(plain(a, b))), revealing: revealing(OPTION), report: asked.report().fusedMultiplyAdd }));
} else {
  const f = jit(multiply, OPTION);
  const [a, b] = [random({ i: 60, k: 70 }, SEED), random({ k: 70, j: 50 }, SEED + 1)];
  const others = jit(multiply)(a, b);
  const text = inspect(f, a, b);
  const laws = { products: products(), convolutions: convolutions(), threads: await threads() };
  console.log(JSON.stringify({
    report: f.report().fusedMultiplyAdd,
    fused: revealing(OPTION),
    plain: revealing({}),
    differ: !sameBits(numbersOf(f(a, b)), numbersOf(others)),
    adjointError: adjointError(),
    inspected: text.toString().split('\n').at(-1),
    profiled: text.profile(2).work.length,
    checks: Object.values(laws).map(({ checks }) => checks),
    faults: Object.values(laws).flatMap(({ list }) => list),
  }));
}
