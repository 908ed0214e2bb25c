/** @file The search of most examples: progress, Ctrl-C, precision, and a word when it ends otherwise. */
import { valueAndGrad } from '@tapeflow/autodiff';
import { gradientDescent } from '@tapeflow/optim';
import { log, precision, scalar, square, type Scalar } from '@tapeflow/tensor';
import { expect, test } from 'vitest';
import type { Context } from '../../cli/example.ts';
import { OutputFolder } from '../../cli/output-folder.ts';
import { lossesOf, search } from '../../cli/search.ts';

interface Watched {
  readonly context: Context;
  readonly seen: string[];
}

function watched(onUpdate: (done: number, controller: AbortController) => void = () => undefined): Watched {
  const seen: string[] = [];
  const controller = new AbortController();
  const context: Context = {
    out: new OutputFolder('unused'),
    json: false,
    progress: (label, total) => {
      seen.push(`start ${label} ${total}`);
      return {
        update: (done, figures) => {
          seen.push(`${done}: ${figures!['loss']!.toFixed(4)}`);
          onUpdate(done, controller);
        },
        note: (text) => seen.push(text),
        finish: () => seen.push('finish'),
      };
    },
    signal: controller.signal,
    log: (line) => seen.push(line),
  };
  return { context, seen };
}

const parabola = valueAndGrad((x: Scalar): Scalar => square(x));
const options = { label: 'x', method: gradientDescent({ rate: 0.25 }), iterations: 3, precision: 64 } as const;
const one = precision(64, () => scalar(1));

test('tells the progress after each iteration; losses begin with that of the start', async () => {
  const { context, seen } = watched();
  const found = await search(context, parabola, one, options);
  expect(lossesOf(found)).toEqual([1, 0.25, 0.0625, 0.015625]);
  expect(seen).toEqual(['start x 3', '1: 0.2500', '2: 0.0625', '3: 0.0156', 'finish']);
});

test('the function is called in the precision that is asked for', async () => {
  for (const bits of [32, 64] as const) {
    const dtypes = new Set<string>();
    const noting = (x: Scalar): ReturnType<typeof parabola> => {
      dtypes.add(scalar(1).dtype);
      return parabola(x);
    };
    await search(watched().context, noting, precision(bits, () => scalar(1)), { ...options, precision: bits });
    expect([...dtypes]).toEqual([`f${bits}`]);
  }
});

test('Ctrl-C ends it after the iteration at hand, without comment', async () => {
  const { context, seen } = watched((done, controller) => done === 2 && controller.abort());
  const found = await search(context, parabola, one, { ...options, iterations: 100 });
  expect(found.reason).toBe('aborted');
  expect(seen).toEqual(['start x 100', '1: 0.2500', '2: 0.0625', 'finish']);
});

test('an end before its time is told', async () => {
  const { context, seen } = watched();
  const found = await search(context, valueAndGrad((x: Scalar): Scalar => log(x)), one, { ...options, method: gradientDescent({ rate: 2 }) });
  expect(found.reason).toBe('nonFinite');
  expect(seen.slice(-2)).toEqual(['finish', found.describe()]);
});

test('the bar is taken down when the function throws', async () => {
  const { context, seen } = watched();
  const failing = (): never => {
    throw new RangeError('out of range');
  };
  await expect(search(context, failing, one, options)).rejects.toThrow('out of range');
  expect(seen).toEqual(['start x 3', 'finish']);
});
