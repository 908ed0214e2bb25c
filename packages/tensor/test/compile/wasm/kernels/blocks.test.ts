/** @file Vectors of a row: every place is in exactly one, vectors of one piece lie in it, and shared ones say whose each lane is. */
import { describe, expect, test } from 'vitest';
import type { Range } from '../../../../src/compile/kernels/kernel.ts';
import { blocksOf } from '../../../../src/compile/wasm/kernels/blocks.ts';
import { generator } from '../../../operations/checks.ts';

const piecesAt = (cuts: readonly number[]): Range[] => cuts.slice(1).map((to, k) => ({ from: cuts[k]!, to }));

/** Which piece computes each place, by the blocks. */
function owners(cuts: readonly number[], lanes: 2 | 4): (number | undefined)[] {
  const seen = new Array<number | undefined>(cuts.at(-1)!).fill(undefined);
  const claim = (place: number, piece: number): void => {
    expect(seen[place], `place ${place} is computed once`).toBeUndefined();
    seen[place] = piece;
  };
  for (const block of blocksOf(piecesAt(cuts), lanes)) {
    if (block.kind === 'run') {
      expect((block.to - block.from) % lanes).toBe(0);
      for (let place = block.from; place < block.to; place++) claim(place, block.piece);
    } else {
      for (const { piece, from, to } of block.parts) for (let lane = from; lane < to; lane++) claim(block.at + lane, piece);
      expect(block.parts.every(({ from, to }) => from >= 0 && from < to && to <= lanes)).toBe(true);
    }
  }
  return seen;
}

describe.each([2, 4] as const)('%i lanes', (lanes) => {
  const random = generator(77, `blocks of ${lanes}`);
  test('random cuts (seed 77)', () => {
    for (let round = 0; round < 300; round++) {
      const size = 1 + Math.floor(40 * random());
      const inner = [...new Set(Array.from({ length: Math.floor(4 * random()) }, () => Math.floor(size * random())))].filter((at) => at > 0).sort((a, b) => a - b);
      const cuts = [0, ...inner, size];
      const expected = Array.from({ length: size }, (_, place) => piecesAt(cuts).findIndex(({ to }) => to > place));
      expect(owners(cuts, lanes), cuts.join()).toEqual(expected);
    }
  });
});

test('the rows of a stencil with edges: two shared vectors, and one run between them', () => {
  expect(blocksOf(piecesAt([0, 1, 63, 64]), 4)).toEqual([
    { kind: 'mixed', at: 0, parts: [{ piece: 0, from: 0, to: 1 }, { piece: 1, from: 1, to: 4 }] },
    { kind: 'run', piece: 1, from: 4, to: 60 },
    { kind: 'mixed', at: 60, parts: [{ piece: 1, from: 0, to: 3 }, { piece: 2, from: 3, to: 4 }] },
  ]);
});
test('an odd end', () => {
  expect(blocksOf(piecesAt([0, 6]), 4)).toEqual([{ kind: 'run', piece: 0, from: 0, to: 4 }, { kind: 'mixed', at: 4, parts: [{ piece: 0, from: 0, to: 2 }] }]);
});
