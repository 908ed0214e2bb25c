/** @file Numbers that jit made scalars: using one as a JavaScript number names the argument and the cure, wherever it happens. */
import { describe, expect, test } from 'vitest';
import {
  clip, expand, forLoop, full, greater, huber, iterate, jit, linspace, mul, NumberArgumentError, pad, pow, precision, randomInteger, randomKey, roll, scalar, scan, select, spatial, take, tensor, tile, variance, zeros,
  type Scalar, type Tensor,
} from '@tapeflow/tensor';
import { thrown } from './support.ts';

interface Options {
  readonly dt: number;
  readonly n: number;
}
type Step = (u: Tensor<'x'>, options: Options) => unknown;
const u = tensor({ x: 4 }, [1, 2, 3, 4]);
const call = (step: Step, statics: readonly string[] = []): unknown => jit(step as (v: Tensor<'x'>, options: Options) => Tensor<'x'>, { static: statics })(u, { dt: 0.1, n: 2 });

/** What a user writes who believes the type. */
const AS_NUMBERS: Record<string, readonly ['dt' | 'n', Step]> = {
  'a power': ['dt', (v, { dt }) => v.mul(dt ** 2)],
  'a difference': ['dt', (v, { dt }) => v.mul(1 - dt)],
  'a comparison': ['dt', (v, { dt }) => (dt > 3 ? v : v.mul(2))],
  'a function of Math': ['dt', (v, { dt }) => v.mul(Math.sqrt(dt))],
  'an entry of a list': ['dt', (_v, { dt }) => tensor({ x: 2 }, [dt, 1])],
  'a constant': ['dt', (_v, { dt }) => full({ x: 2 }, dt)],
  'a scalar': ['dt', (_v, { dt }) => scalar(dt)],
  'a shift': ['n', (v, { n }) => roll(v, 'x', n)],
  'an index': ['n', (v, { n }) => v.at({ x: n })],
  'an entry that is taken': ['n', (v, { n }) => take(v, { x: [n] })],
  'an end of a sequence': ['n', (_v, { n }) => linspace({ x: 3 }, 0, n)],
};
/** Checks of arguments, which say what they saw. */
const CHECKED: Record<string, Step> = {
  'steps of forLoop': (v, { n }) => forLoop(n, (w: Tensor<'x'>) => w.mul(2), v),
  'steps of iterate': (v, { n }) => iterate((w: Tensor<'x'>) => w.mul(2), v, n),
  'steps of scan': (v, { n }) => scan((w: Tensor<'x'>) => [w.mul(2), w] as const, v, n)[0],
  'a size': (_v, { n }) => zeros({ x: n }),
  'a typed size': (_v, { n }) => full({ x: spatial(n) }, 1),
  'a size of a new dimension': (v, { n }) => expand(v, 'y', n),
  'an end of a slice': (v, { n }) => v.slice({ x: [0, n] }),
  'a width of padding': (v, { n }) => pad(v, { x: [n, 0] }),
  'a count of tiles': (v, { n }) => tile(v, { x: n }),
  'degrees of freedom': (v, { n }) => variance(v, 'x', { ddof: n }),
  'an end of random integers': (_v, { n }) => randomInteger({ x: 3 }, randomKey(1), { high: n }),
};

describe('numbers inside an argument of a compiled function', () => {
  test.each(Object.entries(AS_NUMBERS))('used as %s', (_title, [name, step]) => {
    const error = thrown(() => call(step));
    expect(error).toMatchObject({ name: 'NumberArgumentError', operation: 'jit', path: `1.${name}` });
    expect(error.message).toContain(`argument 1.${name}`);
    expect(error.message).toContain(`jit(f, { static: ['1.${name}'] })`);
    // The cure that is named is one.
    expect(() => call(step, [`1.${name}`])).not.toThrow();
  });

  test.each(Object.entries(CHECKED))('checked as %s', (_title, step) => {
    const error = thrown(() => call(step));
    expect(['ArgumentError', 'DimensionError', 'IndexError']).toContain(error.name);
    expect(error.message).toContain('argument 1.n');
    expect(error.message).toContain("static: ['1.n']");
    expect(() => call(step, ['1.n'])).not.toThrow();
  });

  test('that are an argument by themselves are named by position', () => {
    const error = thrown(() => jit((v: Tensor<'x'>, dt: number) => v.mul(dt ** 2))(u, 0.5));
    expect(error).toBeInstanceOf(NumberArgumentError);
    expect(error).toMatchObject({ path: '1' });
    expect(error.message).toContain('jit(f, { static: [1] })');
  });

  test('have no value to read', () => {
    expect(thrown(() => call((v, { dt }) => v.mul((dt as unknown as Scalar).item())))).toMatchObject({ name: 'NumberArgumentError', path: '1.dt' });
  });

  test('print where they come from', () => {
    let printed = '';
    jit((v: Tensor<'x'>, { dt }: { dt: number }) => {
      printed = String(dt);
      return v;
    })(u, { dt: 0.5 });
    expect(printed).toBe("Tensor f32 inside jit (the number at argument 1.dt; jit(f, { static: ['1.dt'] }) keeps it a number)");
  });

  test('may be computed with by functions, as the message says', () => precision(64, () => {
    const step = (v: Tensor<'x'>, { dt }: { dt: number | Scalar }): Tensor<'x'> => clip(huber(v, 'x', { delta: dt }), 0, dt).mul(pow(dt, 2)).add(select(greater(dt, 3), v, mul(v, dt)));
    const wide = tensor({ x: 4 }, u.data);
    for (const dt of [0.1, 5]) expect([...jit(step)(wide, { dt }).data]).toEqual([...step(wide, { dt }).data].map((value) => expect.closeTo(value, 12)));
  }));
});

test('tensors among the numbers of a list are refused outside of programs, too', () => {
  expect(thrown(() => tensor({ x: 2 }, [scalar(1) as never, 2]))).toMatchObject({ name: 'TapeflowError', operation: 'coercion' });
});
