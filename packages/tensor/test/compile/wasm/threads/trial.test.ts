/** @file Whether threads gain anything is tried out: the faster way is taken, a while later both are tried again. */
import { expect, test } from 'vitest';
import { Trial } from '../../../../src/compile/wasm/threads/trial.ts';

/** A machine whose runs take given milliseconds; `worker` says whether a worker comes. */
function machine(times: { shared: number; alone: number; worker?: boolean }): { trial: Trial; run(count: number): { shared: number; alone: number } } {
  let [clock, chunks, isAlone] = [0, 0, false];
  let counts = { shared: 0, alone: 0 };
  const trial = new Trial({ now: () => clock, byWorkers: () => chunks, setAlone: (value) => (isAlone = value) });
  const main = (): void => {
    clock += isAlone ? times.alone : times.shared;
    if (!isAlone && times.worker !== false) chunks++;
    counts[isAlone ? 'alone' : 'shared']++;
  };
  return {
    trial,
    run(count) {
      counts = { shared: 0, alone: 0 };
      for (let k = 0; k < count; k++) trial.run(main);
      return counts;
    },
  };
}

test('where threads gain, they share all but the runs of trials', () => {
  const { trial, run } = machine({ shared: 1, alone: 1.5 });
  expect(run(1000).alone).toBeLessThan(30);
  expect(trial.report).toEqual({ shared: 1, alone: 1.5 });
});

test('where they lose, the caller performs all but the runs of trials', () => {
  const { trial, run } = machine({ shared: 1.5, alone: 1 });
  expect(run(1000).shared).toBeLessThan(30);
  expect(trial.report).toEqual({ shared: 1.5, alone: 1 });
});

test('a difference within the scatter of measurements changes nothing', () => {
  expect(machine({ shared: 1, alone: 0.99 }).run(1000).alone).toBeLessThan(30);
});

test('when it becomes another machine, the other way is taken', () => {
  const times = { shared: 1, alone: 2 };
  const { trial, run } = machine(times);
  run(50);
  Object.assign(times, { shared: 2, alone: 1 });
  run(330);
  expect(trial.report).toEqual({ shared: 2, alone: 1 });
  expect(run(200)).toEqual({ shared: 0, alone: 200 });
});

test('runs to which no worker comes tell nothing, and are no reason to stop asking', () => {
  const { trial, run } = machine({ shared: 1, alone: 0.5, worker: false });
  expect(run(500)).toEqual({ shared: 500, alone: 0 });
  expect(trial.report).toBeUndefined();
});

test('of long runs one each way is enough', () => {
  const { trial, run } = machine({ shared: 1000, alone: 1900 });
  expect(run(50)).toEqual({ shared: 49, alone: 1 });
  expect(trial.report).toEqual({ shared: 1000, alone: 1900 });
});

test('a run that fails leaves everything as it was', () => {
  const { trial, run } = machine({ shared: 1, alone: 2 });
  run(3);
  expect(() => trial.run(() => { throw new Error('not finite'); })).toThrow('not finite');
  expect(run(50).alone).toBeGreaterThan(0);
  expect(trial.report).toEqual({ shared: 1, alone: 2 });
});
