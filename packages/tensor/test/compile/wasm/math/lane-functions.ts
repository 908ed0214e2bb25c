/** @file The functions of compiled programs by themselves, in a module of their own: on whole arrays, and on one number. */
import { ModuleBuilder } from '../../../../src/compile/wasm/assembler.ts';
import { VECTOR_FUNCTIONS, vectorEntry } from '../../../../src/compile/wasm/math/functions.ts';
import { VectorModule } from '../../../../src/compile/wasm/math/vector-module.ts';
import type { Precision } from '../../../../src/compile/wasm/math/vector.ts';

type Reals = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** One function. */
export interface LaneFunction {
  /** Of whole vectors; lengths are multiples of four. */
  readonly all: (x: Reals, y?: Reals) => Reals;
  /** Of the same number in all lanes. */
  readonly one: (x: number, y?: number) => number;
}

const HOST = { sin: Math.sin, cos: Math.cos, tan: Math.tan };
const INPUTS = [1024, 1024 + 65_536];
const OUTPUT = 1024 + 2 * 65_536;
const MOST_BYTES = 65_536;

/** The function of a name. */
export function laneFunction(name: string, precision: Precision): LaneFunction {
  const module = new ModuleBuilder();
  module.addMemory({ min: 4 }, 'memory');
  const host = new Map(Object.keys(HOST).map((key) => [key, module.importFunction('host', key, ['f64'], ['f64'])]));
  const vectors = new VectorModule(module, (key) => host.get(key)!);
  const { arity } = vectorEntry(name);
  const shape = precision === 'f32' ? 'f32x4' : 'f64x2';
  module.addFunction('all', ['i32'], [], (f, [bytes]) => {
    const at = f.local('i32');
    f.forRange(at, 0, bytes, 16, () => {
      f.localGet(at);
      for (const base of INPUTS.slice(0, arity)) f.localGet(at).load('v128.load', base);
      vectors.push(f, { take: (type) => f.local(type) }, name, precision, true);
      f.store('v128.store', OUTPUT);
    });
  });
  module.addFunction('one', new Array<Precision>(arity).fill(precision), [precision], (f, inputs) => {
    for (const input of inputs) f.localGet(input).op(`${shape}.splat`);
    f.call(vectors.vector(name, precision)).lane(`${shape}.extract_lane`, 0);
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { host: HOST });
  const { buffer } = exports['memory'] as WebAssembly.Memory;
  const run = exports['all'] as (bytes: number) => void;
  const all = (...inputs: Reals[]): Reals => {
    const result = inputs[0]!.slice();
    const bytes = new Uint8Array(result.buffer);
    for (let from = 0; from < bytes.length; from += MOST_BYTES) {
      const length = Math.min(MOST_BYTES, bytes.length - from);
      inputs.forEach((input, k) => new Uint8Array(buffer, INPUTS[k]!, length).set(new Uint8Array(input.buffer, from, length)));
      run(length);
      bytes.set(new Uint8Array(buffer, OUTPUT, length), from);
    }
    return result;
  };
  return { all: (x, y) => (y === undefined ? all(x) : all(x, y)), one: exports['one'] as LaneFunction['one'] };
}

type Loop = (out: Numbers, at: number, length: number, ...inputs: (Numbers | number)[]) => void;
type Numbers = Float32Array | Float64Array | number[];

/** The loops of the js backend, by name, with these functions in place of those of JavaScript. */
export function elementaryLoops(): Record<string, Loop> {
  return Object.fromEntries(Object.keys(VECTOR_FUNCTIONS).map((name) => {
    const [single, double] = [laneFunction(name, 'f32'), laneFunction(name, 'f64')];
    const loop: Loop = (out, at, length, a, aAt, aStep, b, bAt, bStep) => {
      const { one } = out instanceof Float32Array ? single : double;
      for (let k = 0; k < length; k++) {
        const x = (a as Numbers)[(aAt as number) + k * (aStep as number)]!;
        out[at + k] = b === undefined ? one(x) : one(x, (b as Numbers)[(bAt as number) + k * (bStep as number)]!);
      }
    };
    return [`${name}Loop`, loop];
  }));
}
