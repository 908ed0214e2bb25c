/** @file The comparison with other libraries: who runs when, which process counts, and what is divided by what. */
import { describe, expect, test } from 'vitest';
import { bestOf, fastest, ratiosPerThreads, ratioToFastest, type Line } from '../bench/peers/choose.ts';
import { jobsOf, TASK_GROUPS } from '../bench/peers/plan.ts';
import type { Peer } from '../bench/peers/peers.ts';
import { tableOf } from '../bench/peers/table.ts';

const peer = (name: string, limits: Partial<Peer> = {}): Peer => ({ name, command: name, args: [], ...limits });
const line = (task: string, median_ms: number, threads = 1, rest: Partial<Line> = {}): Line => ({ task, params: '', threads, median_ms, min_ms: median_ms / 2, ...rest });

describe('the order of processes', () => {
  const sides = [peer('own'), peer('c', { mostThreads: 2 }), peer('slow', { mostThreads: 1, slow: true })];
  const texts = (rounds: number, threads: readonly number[], only = ''): string[] =>
    jobsOf(sides, [{ prefix: 'W1 ' }, { prefix: 'main job' }], only, { rounds, threads }).map((job) => `${job.only}|${job.round} ${job.side}×${job.threads}`);

  test('all sides of a group run before the next group, every other round backwards; what is slow runs in one round', () => {
    expect(texts(3, [1, 2])).toEqual([
      'W1 |0 own×1', 'W1 |0 own×2', 'W1 |0 c×1', 'W1 |0 c×2', 'W1 |0 slow×1',
      'W1 |1 c×2', 'W1 |1 c×1', 'W1 |1 own×2', 'W1 |1 own×1',
      'W1 |2 own×1', 'W1 |2 own×2', 'W1 |2 c×1', 'W1 |2 c×2',
      'main job|0 own×1', 'main job|0 own×2', 'main job|0 c×1', 'main job|0 c×2', 'main job|0 slow×1',
      'main job|1 c×2', 'main job|1 c×1', 'main job|1 own×2', 'main job|1 own×1',
      'main job|2 own×1', 'main job|2 own×2', 'main job|2 c×1', 'main job|2 c×2',
    ]);
  });
  test('a side that cannot use so many threads runs with as many as it can', () => {
    expect(texts(1, [4], 'W1 ')).toEqual(['W1 |0 own×4', 'W1 |0 c×2', 'W1 |0 slow×1']);
    expect(texts(1, [2, 4], 'W1 ')).toEqual(['W1 |0 own×2', 'W1 |0 own×4', 'W1 |0 c×2', 'W1 |0 slow×1']);
  });
  test('one task, or the groups whose names begin alike', () => {
    const groupsFor = (only: string): string[] => [...new Set(jobsOf([peer('own')], TASK_GROUPS, only, { rounds: 1, threads: [1] }).map((job) => job.only))];
    expect(groupsFor('W7 cg')).toEqual(['W7 cg']);
    expect(groupsFor('W1')).toEqual(['W1 ', 'W10 ']);
    expect(groupsFor('main')).toEqual(['main job']);
    expect(groupsFor('')).toHaveLength(12);
    expect(groupsFor('W11')).toEqual([]);
  });
});

describe('the best process', () => {
  const lines = [line('a', 4), line('a', 3, 1, { params: 'lent', min_ms: 2.9 }), line('a', 5, 1, { min_ms: 1 }), line('a', 2, 2), line('a', 9, 2), line('a', 0.1, 1, { error: 'wrong' }), line('b', 7)];
  test('has the smallest median of its task and number of threads, and brings its own minimum', () => {
    const best = bestOf(lines);
    expect(best.get('a')!.get(1)).toEqual(line('a', 3, 1, { params: 'lent', min_ms: 2.9 }));
    expect(best.get('a')!.get(2)).toEqual(line('a', 2, 2));
    expect(best.get('b')!.get(1)).toEqual(line('b', 7));
  });
  test('does not depend on the order of the lines', () => {
    expect(bestOf([...lines].reverse()).get('a')!.get(1)).toEqual(bestOf(lines).get('a')!.get(1));
  });
  test('of all threads is the fastest one; there is none of a task that nobody performed', () => {
    expect(fastest(bestOf(lines), 'a')).toEqual(line('a', 2, 2));
    expect(fastest(bestOf(lines), 'c')).toBeUndefined();
    expect(fastest(undefined, 'a')).toBeUndefined();
  });
});

describe('ratios', () => {
  const own = bestOf([line('a', 6), line('a', 4, 2), line('auto', 1)]);
  const [quick, late, none] = [bestOf([line('a', 5), line('a', 8, 2)]), bestOf([line('a', 16)]), bestOf([])];
  test('to the fastest of several take the best number of threads on both sides', () => {
    expect(ratioToFastest(own, [late, quick, none, undefined], 'a', 'a')).toBe(4 / 5);
    expect(ratioToFastest(own, [late], 'auto', 'a')).toBe(1 / 16);
    expect(ratioToFastest(own, [none, undefined], 'a', 'a')).toBeUndefined();
    expect(ratioToFastest(own, [quick], 'b', 'a')).toBeUndefined();
  });
  test('per threads take the same number on both sides', () => {
    expect([...ratiosPerThreads(own, quick, 'a', 'a')]).toEqual([[1, 6 / 5], [2, 4 / 8]]);
    expect([...ratiosPerThreads(own, late, 'a', 'a')]).toEqual([[1, 6 / 16]]);
    expect([...ratiosPerThreads(own, undefined, 'a', 'a')]).toEqual([]);
  });
});

test('the table shows medians, minima, threads, ratios and what is promised', () => {
  const side = (name: string, lines: readonly Line[]): { name: string; best: ReturnType<typeof bestOf> } => ({ name, best: bestOf(lines) });
  const table = tableOf([
    side('tapeflow', [line('W1 chain', 6), line('W1 chain', 4, 2), line('W5 mlp step', 3), line('W5 mlp step fused', 2), line('W7 auto f32 1e-5', 1), line('plume step', 5)]),
    side('c', [line('W1 chain', 3), line('W1 chain', 1, 2), line('W7 cg f32 1e-5', 8)]),
    side('numpy', [line('W1 chain', 2), line('W5 mlp step', 1)]),
    side('torch', [line('W1 chain', 40), line('W5 mlp step', 6, 2)]),
    side('tfjs', [line('W1 chain', 20)]),
  ]);
  expect(table.split('\n')).toEqual([
    '| workload | tapeflow, ms | c, ms | numpy, ms | torch, ms | tfjs, ms | to NumPy/PyTorch | to C | to JavaScript libraries |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    '| W1 chain | 4.00 (2.00) ×2 | 1.00 (0.50) ×2 | 2.00 (1.00) | 40.0 (20.0) | 20.0 (10.0) | 2.00 (misses 1.3) | 2.00 (misses 1.5); 4.00 ×2 | 0.20 (≤ 0.333) |',
    '| W5 mlp step | 3.00 (1.50) | - | 1.00 (0.50) | 6.00 (3.00) ×2 | - | 3.00; 0.50 (≤ 1) to PyTorch | - | - |',
    '| W5 mlp step fused | 2.00 (1.00) | - | 1.00 (0.50) | 6.00 (3.00) ×2 | - | 2.00; 0.33 (≤ 1) to PyTorch | - | - |',
    '| W7 auto f32 1e-5 | 1.00 (0.50) | 8.00 (4.00) | - | - | - | - | 0.13 | - |',
    '| plume step | 5.00 (2.50) (misses 4) | - | - | - | - | - | - | - |',
  ]);
});
