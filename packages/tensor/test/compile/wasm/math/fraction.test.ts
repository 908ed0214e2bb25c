/** @file The fraction of a correction is the quotient of its polynomials, of which the upper one has the highest coefficient 1. */
import { expect, test } from 'vitest';
import { ModuleBuilder } from '../../../../src/compile/wasm/assembler.ts';
import { correction } from '../../../../src/compile/wasm/math/fraction.ts';
import { printVector } from '../../../../src/compile/wasm/math/print-vector.ts';
import { Vector } from '../../../../src/compile/wasm/math/vector.ts';

test('x z (z² + 3 z + 2) / (5 − z)', () => {
  const fraction = { n: [2, 3], d: [5, -1] };
  const module = new ModuleBuilder();
  module.addFunction('at', ['f64', 'f64'], ['f64'], (f, [x, z]) => {
    const inputs = [x!, z!].map((input) => {
      const local = f.local('v128');
      f.localGet(input).op('f64x2.splat').localSet(local);
      return local;
    });
    const [u, v] = [0, 1].map((index) => new Vector('f64', { kind: 'input', index }));
    const none = { vector: () => expect.fail('no function'), host: () => expect.fail('no function') };
    printVector(f, { take: (type) => f.local(type) }, none, inputs, correction(u!, v!, { f32: fraction, f64: fraction }));
    f.lane('f64x2.extract_lane', 0);
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()));
  const at = exports['at'] as (x: number, z: number) => number;
  expect([at(1, 1), at(2, 3), at(-1, 4), at(0, 2)]).toEqual([6 / 4, (6 * 20) / 2, -4 * 30, 0]);
});
