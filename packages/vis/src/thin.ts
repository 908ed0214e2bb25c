/** @file Lines of very many points, thinned without any visible change. */

/** A point in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * For a line that runs from left to right: of all points in one column of pixels, the first, the lowest, the highest and the last.
 * Drawn as a line this covers the same pixels as all of them, spikes included. Other lines come back as they are.
 *
 * Source    [Jugel et al. 2014, M4]
 */
export function thin(points: readonly Point[]): readonly Point[] {
  if (points.length < 500 || points.some((point, i) => i > 0 && point.x < (points[i - 1]?.x ?? -Infinity))) return points;
  const kept: Point[] = [];
  let start = 0;
  while (start < points.length) {
    const column = Math.floor(points[start]?.x ?? 0);
    let end = start;
    let lowest = start;
    let highest = start;
    while (end < points.length && Math.floor(points[end]?.x ?? 0) === column) {
      const y = points[end]?.y ?? 0;
      if (y < (points[lowest]?.y ?? 0)) lowest = end;
      if (y > (points[highest]?.y ?? 0)) highest = end;
      end++;
    }
    const chosen = [...new Set([start, lowest, highest, end - 1])].sort((a, b) => a - b);
    kept.push(...chosen.flatMap((index) => points[index] ?? []));
    start = end;
  }
  return kept;
}
