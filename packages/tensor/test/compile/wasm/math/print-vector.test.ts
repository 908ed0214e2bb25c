/** @file Printing vectors: what is used twice is computed once, and branches leave nothing behind that was not computed. */
import { expect, test } from 'vitest';
import { ModuleBuilder } from '../../../../src/compile/wasm/assembler.ts';
import { printVector, type Callees } from '../../../../src/compile/wasm/math/print-vector.ts';
import { Vector, type Precision } from '../../../../src/compile/wasm/math/vector.ts';

const NONE: Callees = { vector: () => expect.fail('no function'), host: () => expect.fail('no function') };

/** A function of four singles, or two doubles, and the size of its module. */
function build(precision: Precision, body: (x: Vector) => Vector, withHost = false): { run: (...lanes: number[]) => number[]; bytes: number } {
  const module = new ModuleBuilder();
  const asked: number[] = [];
  const host = withHost ? module.importFunction('host', 'negate', ['f64'], ['f64']) : undefined;
  module.addMemory({ min: 1 }, 'memory');
  module.addFunction('run', [], [], (f) => {
    const x = f.local('v128');
    f.i32Const(0).load('v128.load', 0).localSet(x).i32Const(0);
    printVector(f, { take: (type) => f.local(type) }, { ...NONE, host: () => host! }, [x], body(new Vector(precision, { kind: 'input', index: 0 })));
    f.store('v128.store', 0);
  });
  const bytes = module.toBytes();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { negate: (x: number) => (asked.push(x), -x) } });
  const { buffer } = exports['memory'] as WebAssembly.Memory;
  const lanes = precision === 'f32' ? new Float32Array(buffer, 0, 4) : new Float64Array(buffer, 0, 2);
  return { bytes: bytes.length, run: (...values) => (lanes.set(values), (exports['run'] as () => void)(), [...lanes, ...asked]) };
}

test('a shared part is printed once', () => {
  const { run, bytes } = build('f64', (x) => Array.from({ length: 12 }).reduce<Vector>((y) => y.add(y), x));
  expect(run(0.5, 0.25)).toEqual([2048, 1024]);
  // 2¹² copies would take more than this by far.
  expect(bytes).toBeLessThan(300);
});

test('a replacement is taken only where its mask holds, and what it computed is not used outside of it', () => {
  const { run } = build('f32', (x) => {
    const shared = x.mul(3);
    return x.replaceWhere(x.greater(10), shared.add(1)).add(shared);
  });
  expect(run(1, 20, 3, 4)).toEqual([4, 121, 12, 16]);
  expect(run(1, 2, 3, 4)).toEqual([4, 8, 12, 16]);
});

test('JavaScript is asked for the lanes of the mask, one by one', () => {
  expect(build('f32', (x) => x.askWhere(x.greater(10), 'negate', x.add(1)), true).run(1, 20, 3, 40)).toEqual([1, -21, 3, -41, 21, 41]);
  expect(build('f64', (x) => x.askWhere(x.greater(10), 'negate', x), true).run(11, 2)).toEqual([-11, 2, 11]);
});

test('constants keep their bits', () => {
  const bits = (precision: Precision, pattern: bigint): number[] => build(precision, (x) => x.and(0n).or(pattern).xor(x)).run(0, 0, 0, 0).slice(0, precision === 'f32' ? 4 : 2);
  expect(bits('f32', 0xffff_ffffn)).toEqual([NaN, NaN, NaN, NaN]);
  const [signalling] = [build('f64', (x) => x.bits(0x7ff0_0000_0000_0001n).and(0x000f_ffff_ffff_ffffn)).run(0, 0)];
  expect(signalling).toEqual([2 ** -1074, 2 ** -1074]);
});
