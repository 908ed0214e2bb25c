/**
 * @file How a row is cut into vectors. Most vectors lie in one piece of the row; those in which pieces meet, and the one at the end
 * of the row, are computed for each piece and put together lane by lane. So edges and odd sizes cost a vector, not a loop.
 */
import type { Range } from '../../kernels/kernel.ts';
import type { Lanes } from './vector-operators.ts';

/** A piece of a vector: lanes `from` up to but without `to`. */
export interface LaneRange extends Range {
  readonly piece: number;
}

/** Vectors of a row. */
export type Block =
  /** From `from` up to `to` in one piece, a multiple of the lanes. */
  | { readonly kind: 'run'; readonly piece: number; readonly from: number; readonly to: number }
  /** One vector from `at` on; lanes that no part has are beyond the end. */
  | { readonly kind: 'mixed'; readonly at: number; readonly parts: readonly LaneRange[] };

/** The vectors of a row whose pieces follow each other, in order. */
export function blocksOf(pieces: readonly Range[], lanes: Lanes): Block[] {
  const blocks: Block[] = [];
  const end = pieces.at(-1)!.to;
  for (let at = pieces[0]!.from; at < end; ) {
    const piece = pieces.findIndex(({ to }) => to > at);
    const full = Math.floor((pieces[piece]!.to - at) / lanes) * lanes;
    if (full > 0) {
      blocks.push({ kind: 'run', piece, from: at, to: at + full });
      at += full;
    } else {
      blocks.push({ kind: 'mixed', at, parts: partsAt(pieces, at, lanes) });
      at += lanes;
    }
  }
  return blocks;
}

function partsAt(pieces: readonly Range[], at: number, lanes: Lanes): LaneRange[] {
  return pieces.flatMap(({ from, to }, piece) => {
    const part = { piece, from: Math.max(from - at, 0), to: Math.min(to - at, lanes) };
    return part.from < part.to ? [part] : [];
  });
}
