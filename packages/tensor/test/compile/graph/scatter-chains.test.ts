/** @file Sums of scatters become chains, where nobody reads the parts and they began from zeros. */
import { expect, test } from 'vitest';
import { evaluateProgram, type Value } from '@tapeflow/autodiff/extend';
import { full, NDArray, reshape } from '../../../src/array/ndarray.ts';
import { chainScatters } from '../../../src/compile/graph/scatter-chains.ts';
import { add, mul } from '../../../src/primitives/elementwise.ts';
import { scatterAdd } from '../../../src/primitives/gather.ts';
import { elements, operations, record, vector } from '../programs.ts';

const zeros = (): Value => full(0, [3], 'f64');
const at = (...positions: number[]): NDArray => NDArray.of(Int32Array.from(positions), [positions.length], 'i32');

function check(f: (...xs: Value[]) => readonly Value[], expected: readonly string[]): void {
  const program = record(f, 2);
  const chained = chainScatters(program);
  expect(operations(chained).filter((name) => name !== 'full')).toEqual(expected);
  const inputs = [vector(1, 2, 4), vector(0.5, 0.25, 8)];
  expect(elements(evaluateProgram(chained, inputs))).toEqual(elements(evaluateProgram(program, inputs)));
}

test('four corners fill one array', () => {
  const corner = (u: Value, k: number): Value => scatterAdd(zeros(), at(k, 0, 1), u);
  check((x, y) => [add(add(corner(x, 0), corner(y, 1)), add(corner(x, 2), corner(y, 2)))], ['scatterAdd', 'scatterAdd', 'scatterAdd', 'scatterAdd']);
});

test('corners that are reshaped before they are added up, as those of an array with several axes', () => {
  const corner = (u: Value, k: number): Value => reshape(scatterAdd(zeros(), at(k, 0, 1), u), [1, 3]);
  check((x, y) => [add(add(corner(x, 0), corner(y, 1)), corner(x, 2))], ['scatterAdd', 'scatterAdd', 'scatterAdd', 'reshape']);
  check((x, y) => [add(corner(x, 0), reshape(y, [1, 3]))], ['scatterAdd', 'reshape']);
  check((x) => {
    const part = corner(x, 0);
    return [add(part, corner(x, 2)), part];
  }, ['scatterAdd', 'reshape', 'scatterAdd', 'reshape', 'add']);
});

test('onto something that is there', () => {
  check((x, y) => [add(mul(x, y), scatterAdd(zeros(), at(1, 1, 2), y))], ['mul', 'scatterAdd']);
  check((x, y) => [add(scatterAdd(zeros(), at(1, 1, 2), y), mul(x, y))], ['mul', 'scatterAdd']);
});

test('not where a part is read by others, or did not begin from zeros', () => {
  check((x, y) => {
    const part = scatterAdd(zeros(), at(0, 1, 2), y);
    return [add(x, part), part];
  }, ['scatterAdd', 'add']);
  check((x, y) => [add(mul(x, y), scatterAdd(x, at(0, 1, 2), y))], ['mul', 'scatterAdd', 'add']);
});
