/** @file Arguments that are given away: who can read what afterwards, on every backend. */
import { describe, expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { ArgumentError, DonatedArgumentError, jit, mul, sum, tensor, type Tensor } from '../../src/index.ts';
import type { NDArray } from '../../src/array/ndarray.ts';
import { BACKENDS } from './support.ts';
import { thrown } from '../named/support.ts';

type Line = Tensor<'x'>;
const SIZE = 1000;
const line = (from = 0): Line => tensor({ x: SIZE }, Float64Array.from({ length: SIZE }, (_, k) => from + k), { dtype: 'f64' });
const storageOf = ({ value }: Line): NDArray['storage'] => (value as NDArray).storage;

describe.each(BACKENDS)('on the backend %s', (backend) => {
  test('a donated argument is gone, with all that lies in its memory; the others stay', () => {
    const add = jit((x: Line, y: Line): Line => x.add(y), { backend, donate: [0] });
    const [x, y] = [line(), line(5)];
    const window: Line = x.slice({ x: [0, 3] });
    expect([...add(x, y).data.subarray(0, 3)]).toEqual([5, 7, 9]);
    for (const gone of [x, window]) expect(() => gone.data).toThrow(DonatedArgumentError);
    expect(y.data[0]).toBe(5);
    expect(() => add(x, y)).toThrow(DonatedArgumentError);
  });

  test('a loop that gives its state away: right values, and nothing is copied out between the steps', () => {
    const step = jit((state: { u: Line; v: Line }, dt: number) => ({ u: state.u.add(state.v.mul(dt)), v: state.v.mul(2) }), { backend, donate: ['0.u', '0.v'] });
    let state = { u: line(), v: line(1) };
    const states = [state];
    for (let k = 0; k < 3; k++) states.push((state = step(state, 0.5)));
    // u + (v + 2 v + 4 v) / 2
    expect([...state.u.data.subarray(0, 3)]).toEqual([0 + 3.5, 1 + 7, 2 + 10.5]);
    expect(state.v.data[1]).toBe(16);
    for (const { u, v } of states.slice(0, -1)) for (const gone of [u, v]) expect(() => gone.data).toThrow(DonatedArgumentError);
  });

  test('without donate a result that is an argument, or a window onto it, aliases it harmlessly; with donate it is kept', () => {
    const both = (donate: readonly number[]) => jit((x: Line): readonly [Line, Line] => [x, x.mul(3)], { backend, donate })(line());
    for (const donate of [[], [0]]) expect(both(donate).map(({ data }) => data[2])).toEqual([2, 6]);
    const x = line();
    const [first] = jit((y: Line): readonly Line[] => [y.slice({ x: [1, 900] })], { backend, donate: [0] })(x);
    expect([...first!.data.subarray(0, 2)]).toEqual([1, 2]);
  });

  test('inside a derivative nothing is given away', () => {
    const square = jit((x: Line) => sum(mul(x, x)), { backend, donate: [0] });
    const x = line();
    expect(grad(square)(x).data[3]).toBe(6);
    expect(x.data[3]).toBe(3);
  });
});

test('a donated result of the program leaves its memory without a copy', () => {
  const twice = jit((x: Line): Line => x.mul(2), { donate: [0] });
  const [first, kept] = [twice(line()), line()];
  const storage = storageOf(first);
  expect(storage.owner?.name).toBe('program');
  const second = twice(first);
  expect(() => storage.data).toThrow(DonatedArgumentError);
  expect(second.data[10]).toBe(40);
  const other = twice(kept);
  expect(storageOf(second).owner).toBeUndefined();
  expect([second.data[10], other.data[10]]).toEqual([40, 20]);
});

test('what donate names must be a tensor', () => {
  const error = thrown(() => jit((x: Line, dt: number) => x.mul(dt), { donate: [1] })(line(), 2));
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toContain('tensors are at 0');
  expect(() => jit((state: { u: Line }) => state.u.mul(2), { donate: ['0.w'] })({ u: line() })).toThrow("'0.velocity'");
});
