/** @file Residence and groups, seen from the kernels of small programs: what is fused, and what is computed once. */
import { describe, expect, test } from 'vitest';
import { broadcast, full, pad, reduceSum, slice, type NDArray } from '../../../src/array/ndarray.ts';
import type { Value } from '@tapeflow/autodiff/extend';
import { compile } from '../../../src/compile/executable.ts';
import { reduceMax } from '../../../src/primitives/reduce.ts';
import { add, exp, mul, sin, sub } from '../../../src/primitives/elementwise.ts';
import { elements, record, vector } from '../programs.ts';

const N = 40;
const numbers = vector(...Array.from({ length: N }, (_, k) => Math.sin(3 * k)));

/** Kernels of a program, as text; it also has to be right. */
function kernelsOf(f: (...xs: Value[]) => readonly Value[], inputs = 1): string[] {
  const program = record(f, inputs, [N]);
  const { executable } = compile(program, 'wasm');
  const xs: NDArray[] = Array.from({ length: inputs }, () => numbers);
  expect(elements(executable.run(xs))).toEqual(elements(f(...xs)));
  return executable.toString().split(/^(?=for )/m).slice(1);
}

/** (x[i−1] + x[i+1]) / 2 with zeros beyond the ends. */
function neighbours(x: Value): Value {
  const padded = pad(x, [1], [1]);
  return mul(add(slice(padded, [0], [N]), slice(padded, [2], [N])), full(0.5, [], 'f64'));
}

describe('one pass', () => {
  test('a chain of elementwise operations', () => expect(kernelsOf((x) => [mul(add(x, sin(x)), x)])).toHaveLength(1));
  test('several results over one index space, of which one uses the other', () => {
    const kernels = kernelsOf((x) => {
      const y = sin(x);
      return [y, mul(y, y)];
    });
    expect(kernels).toHaveLength(1);
    expect(kernels[0]!.match(/sin/g)).toHaveLength(1);
  });
  test('a result and its sum', () => {
    const program = record((x) => [mul(x, x), reduceSum(mul(x, x))], 1, [N]);
    expect(compile(program, 'wasm').executable.toString().split(/^(?=for )/m).slice(1)).toHaveLength(1);
  });
  test('a stencil: padding and shifting only move what is read', () => {
    const kernels = kernelsOf((x) => [neighbours(x)]);
    expect(kernels).toHaveLength(1);
    expect(kernels[0]).toContain('in 3 parts');
  });
});

describe('two passes', () => {
  test('what is costly and read at several places is computed once', () => {
    const kernels = kernelsOf((x) => [neighbours(exp(sin(x)))]);
    expect(kernels).toHaveLength(2);
    expect(kernels.join('').match(/exp\(/g)).toHaveLength(1);
  });
  test('what comes after a reduction waits for it', () => {
    const program = record((x) => [sub(x, broadcast(reduceSum(x), [N], []))], 1, [N]);
    expect(compile(program, 'wasm').executable.toString().split(/^(?=for )/m).slice(1)).toHaveLength(2);
  });
});

test('a result joins the pass that reads most of what it reads itself', () => {
  const kernels = kernelsOf((x, y) => {
    const largest = broadcast(reduceMax(x), [N], []);
    const first = add(y, largest);
    const second = mul(x, broadcast(reduceMax(first), [N], []));
    // Could share a pass with `first`, too.
    return [first, second, sub(x, largest)];
  }, 2);
  expect(kernels).toHaveLength(3);
  expect(kernels.map((kernel) => kernel.match(/\[x\] = /g)?.length ?? 0)).toEqual([0, 1, 2]);
});
