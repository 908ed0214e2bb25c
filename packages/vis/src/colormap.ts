/** @file Colour maps: numbers from 0 to 1 to colours that people with any colour vision can put in order. */

/** Red, green, blue, each 0…255, sRGB-coded. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A named way from 0…1 to colours, and a colour for what is not a number. */
export interface Colormap {
  readonly name: string;
  /** `diverging` maps have a neutral middle and want a range that is symmetric around what the middle stands for. */
  readonly kind: 'sequential' | 'diverging';
  /** The colour at t; below 0 and above 1 the end colours. */
  colour(t: number): Rgb;
  /** For values that are not finite: a colour that the map itself does not pass near. */
  readonly missing: Rgb;
  /** For what is drawn on top of the map, such as arrows. */
  readonly over: Rgb;
}

/**
 * A map that runs straight (in sRGB) between equally spaced colours.
 *
 * @param hex the colours as six hexadecimal digits each, without separators
 */
export function colormap(name: string, kind: Colormap['kind'], hex: string, { missing, over }: Pick<Colormap, 'missing' | 'over'>): Colormap {
  const count = hex.length / 6;
  const colours = Array.from({ length: count }, (_, i) => parseHex(hex.slice(6 * i, 6 * i + 6)));
  const colour = (t: number): Rgb => {
    const place = Math.min(1, Math.max(0, t)) * (count - 1);
    const index = Math.min(count - 2, Math.floor(place));
    const [from, to, share] = [colours[index] ?? missing, colours[index + 1] ?? missing, place - index];
    const mix = (c: 0 | 1 | 2): number => Math.round(from[c] + (to[c] - from[c]) * share);
    return [mix(0), mix(1), mix(2)];
  };
  return { name, kind, colour, missing, over };
}

/** The same map from its other end. */
export function reversed(map: Colormap): Colormap {
  return { ...map, name: `${map.name}, reversed`, colour: (t) => map.colour(1 - t) };
}

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const GREY: Rgb = [150, 150, 150];
const MAGENTA: Rgb = [214, 39, 150];
const ORANGE: Rgb = [230, 97, 0];

/**
 * Dark violet to yellow; even steps look even, brightness always rises.
 *
 * Source    every fifth of the 256 colours by van der Walt and Smith (CC0); between them at most 1/255 from the original
 */
export const viridis: Colormap = /* @__PURE__ */ colormap(
  'viridis',
  'sequential',
  '44015446085c471063481769481d6f482475472a7a46307e453781433d844142873f48893d4e8a3a538b38598c355e8d33638d31688e2e6d8e2c718e2a768e297b' +
    '8e27808e25848e23898e218e8d20928c1f978b1e9c891fa18821a58524aa8328ae802eb37c35b7793dbc7446c06f50c46a5ac86465cb5e70cf577cd25089d548' +
    '95d840a2da37b0dd2fbddf26cae11fd8e219e5e419f1e51dfde725',
  { missing: GREY, over: WHITE },
);

/**
 * Blue over near-white to red, equally dark at both ends: for signed values.
 *
 * Source    two mirrored curves in OKLab lightness 0.36 … 0.97, hues 258°–245° and 27°–40°
 */
export const blueRed: Colormap = /* @__PURE__ */ colormap(
  'blue-red',
  'diverging',
  '03397f06458c0d5198185ca42368af3074b93d81c34c8dcc5b99d46ba5db7cb1e28ebce8a1c8ecb5d4f0c9dff3dfeaf4f5f5f5f8e4ddf8d3c6f6c2b0f3b19ceea189' +
    'e79277e08367d77458cd664ac2593db64c32a93f299c34218e291b801f17711614',
  { missing: GREY, over: BLACK },
);

/** Black to white. */
export const greys: Colormap = /* @__PURE__ */ colormap('greys', 'sequential', '000000ffffff', { missing: MAGENTA, over: ORANGE });

/** White to black: ink on paper, for densities. */
export const ink: Colormap = /* @__PURE__ */ colormap('ink', 'sequential', 'ffffff000000', { missing: MAGENTA, over: ORANGE });

/** A colour as SVG and CSS write it, `#rrggbb`. */
export function cssColour([red, green, blue]: Rgb): string {
  return `#${((red << 16) | (green << 8) | blue).toString(16).padStart(6, '0')}`;
}

/** Relative luminance, 0 black … 1 white. Source WCAG 2.2, sRGB (IEC 61966-2-1). */
export function luminanceOf(colour: Rgb): number {
  const [red, green, blue] = colour.map((sample) => {
    const s = sample / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function parseHex(hex: string): Rgb {
  const value = Number.parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
