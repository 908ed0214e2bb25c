/** @file Arrows: the plot for velocities, forces and gradients, over a map of a scalar if wanted. */

import { PlotError } from './errors.ts';
import { drawColourBar } from './colour-bar.ts';
import { cssColour, luminanceOf, viridis, type Colormap } from './colormap.ts';
import { colourRange, drawCells, finishMap, mapFrame, notesOn, type HeatMapOptions, type MapFrame } from './heat-map.ts';
import { textAt, type Plot } from './plot.ts';
import { checkRaster, extentOf, type Raster } from './raster.ts';
import { element, formatCoordinate, type Attributes, type SvgElement } from './svg.ts';
import { formatNumber, labelled, plural, textWidth } from './text.ts';
import { SIZE } from './theme.ts';

/** The two components of a vector field, on the same cells. */
export interface VectorRasters {
  readonly x: Raster;
  readonly y: Raster;
}

/** How a vector plot looks; colour options are those of the background. */
export interface VectorPlotOptions extends HeatMapOptions {
  /** A scalar to draw beneath, for example the density that is carried. */
  readonly background?: Raster;
  /** What the arrows mean, and in which unit. */
  readonly arrows?: { readonly label?: string; readonly unit?: string };
  /** Arrows along the longer side (default 20); each is the average over the cells around it. */
  readonly count?: number;
  /** Length of the vector that is drawn as long as arrows are apart (default: the longest that is drawn). */
  readonly reference?: number;
}

/** An arrow in cell coordinates: where its middle is, and what it stands for. */
interface Arrow {
  readonly column: number;
  readonly row: number;
  readonly x: number;
  readonly y: number;
}

/**
 * Draws a vector field as arrows, each centred on the block of cells it is the average of, with a key that says how long an arrow
 * stands for what. Blocks with values that are not finite get no arrow and are counted in a note.
 *
 * Throws    PlotError when the components, or the background's sides, do not match
 */
export function vectorPlot(field: VectorRasters, options: VectorPlotOptions = {}): Plot {
  checkField(field, options.background);
  const { background, colormap = viridis, count = 20 } = options;
  const { width, height } = field.x;
  const block = Math.max(1, Math.ceil(Math.max(width, height) / count));
  const { arrows, skipped } = averageBlocks(field, block);
  const longest = Math.max(0, ...arrows.map(({ x, y }) => Math.hypot(x, y)));
  const reference = options.reference ?? longest;

  const frame = mapFrame(field.x, options);
  const { box } = frame;
  const spacing = Math.min((box.width * block) / width, (box.height * block) / height);
  const perUnit = reference > 0 ? (spacing * 0.95) / reference : 0;
  const shapes = arrows.map((arrow) => arrowShape(arrow, frame, field.x, perUnit));
  const range = background === undefined ? ([0, 1] as const) : (options.range ?? colourRange([background], colormap));
  const missing = background !== undefined && extentOf(background.values).notFinite > 0 ? cssColour(colormap.missing) : undefined;
  const sideLeft = box.left + box.width + 18;
  const key = drawKey(reference, reference * perUnit, options.arrows ?? {}, sideLeft, box.top);
  const bar =
    background === undefined
      ? { body: [], width: 0 }
      : drawColourBar({ colormap, range, label: labelled(options), missing }, sideLeft, box.top + 78, box.height - 78);
  const notes = [
    ...(skipped > 0 ? [`${plural(skipped, 'arrow')} not drawn (values not finite).`] : []),
    ...(longest === 0 ? ['All vectors are 0.'] : []),
    ...(background === undefined ? [] : notesOn(background, range)),
  ];
  const description = options.title ?? (labelled(options.arrows ?? {}) || 'vector field');
  return finishMap(frame, { body: [...key.body, ...bar.body], width: Math.max(key.width, bar.width) }, notes, description, [
    ...(background === undefined ? [] : [drawCells(background, colormap, range, box)]),
    element('path', { ...(background === undefined ? { class: 'tf-ink' } : colourOver(colormap)), d: shapes.join('') }),
  ]);
}

/** The map's own contrasting colour, with a rim that keeps arrows apart from whatever they lie on. */
function colourOver({ over }: Colormap): Attributes {
  const rim = luminanceOf(over) > 0.35 ? '#000000' : '#ffffff';
  return { fill: cssColour(over), stroke: rim, 'stroke-width': 1.4, 'stroke-opacity': 0.6, 'stroke-linejoin': 'round', 'paint-order': 'stroke' };
}

/** Averages over square blocks of cells; blocks at the far edges may be narrower. */
function averageBlocks({ x, y }: VectorRasters, block: number): { readonly arrows: readonly Arrow[]; readonly skipped: number } {
  const arrows: Arrow[] = [];
  let skipped = 0;
  for (let bottom = 0; bottom < x.height; bottom += block) {
    for (let left = 0; left < x.width; left += block) {
      const [right, top] = [Math.min(x.width, left + block), Math.min(x.height, bottom + block)];
      const [sumX, sumY] = [blockSum(x, left, right, bottom, top), blockSum(y, left, right, bottom, top)];
      const cells = (right - left) * (top - bottom);
      if (Number.isFinite(sumX) && Number.isFinite(sumY)) arrows.push({ column: (left + right) / 2, row: (bottom + top) / 2, x: sumX / cells, y: sumY / cells });
      else skipped++;
    }
  }
  return { arrows, skipped };
}

function blockSum(raster: Raster, left: number, right: number, bottom: number, top: number): number {
  let sum = 0;
  for (let row = bottom; row < top; row++) {
    for (let column = left; column < right; column++) sum += raster.values[row * raster.width + column] ?? NaN;
  }
  return sum;
}

function arrowShape({ column, row, x, y }: Arrow, { box }: MapFrame, cells: Raster, perUnit: number): string {
  const middleX = box.left + (column / cells.width) * box.width;
  const middleY = box.top + box.height - (row / cells.height) * box.height;
  const [dx, dy] = [x * perUnit, -y * perUnit]; // pixels count downwards
  return arrowPath(middleX - dx / 2, middleY - dy / 2, dx, dy);
}

/** A filled arrow from (x, y) along (dx, dy). Short ones shrink as a whole; a vector of 0 is a small dot. */
function arrowPath(x: number, y: number, dx: number, dy: number): string {
  const at = (px: number, py: number): string => `${formatCoordinate(px)} ${formatCoordinate(py)}`;
  const length = Math.hypot(dx, dy);
  if (length < 0.8) return `M${at(x - 0.7, y)}a0.7 0.7 0 1 0 1.4 0a0.7 0.7 0 1 0 -1.4 0Z`;
  const [ux, uy] = [dx / length, dy / length];
  const head = Math.min(6, length * 0.5);
  const [half, shaft] = [head * 0.5, Math.min(0.75, head * 0.14)];
  const neck = length - head;
  // Along (a) and across (b) the arrow.
  const point = (a: number, b: number): string => at(x + ux * a - uy * b, y + uy * a + ux * b);
  const outline = [point(0, shaft), point(neck, shaft), point(neck, half), point(length, 0), point(neck, -half), point(neck, -shaft), point(0, -shaft)];
  return `M${outline.join('L')}Z`;
}

function drawKey(
  reference: number,
  pixels: number,
  { label = '', unit }: { readonly label?: string; readonly unit?: string },
  left: number,
  top: number,
): { readonly body: readonly SvgElement[]; readonly width: number } {
  if (reference === 0) return { body: [], width: 0 };
  const amount = `${formatNumber(reference, 3)}${unit === undefined ? '' : ` ${unit}`}`;
  const body = [
    ...(label === '' ? [] : [textAt(left, top + 4, label)]),
    element('path', { class: 'tf-ink', d: arrowPath(left, top + 18, pixels, 0) }),
    textAt(left, top + 36, amount, { size: SIZE.tick, tone: 'soft' }),
  ];
  return { body, width: Math.max(pixels, textWidth(label, SIZE.label), textWidth(amount, SIZE.tick)) };
}

function checkField({ x, y }: VectorRasters, background: Raster | undefined): void {
  checkRaster(x, 'vectorPlot');
  checkRaster(y, 'vectorPlot');
  if (background !== undefined) checkRaster(background, 'vectorPlot');
  if (x.width === y.width && x.height === y.height) return;
  const seen = `${x.width} × ${x.height} and ${y.width} × ${y.height}`;
  throw new PlotError('vectorPlot', 'both components need the same cells', seen, 'Sample a staggered field at cell centres first.');
}
