/** @file Plots, pictures, animations, reports and progress bars, from plain numbers. */

// what is shown: rasters of numbers (row 0 at the bottom) and pictures (first row at the top)
export { areaAverage, checkRaster, extentOf, rasterFrom, type Extent, type Raster } from './raster.ts';
export { darknessOf, pictureOf, type Channels, type Picture } from './picture.ts';

// colours
export { blueRed, colormap, cssColour, greys, ink, luminanceOf, reversed, viridis, type Colormap, type Rgb } from './colormap.ts';

// PNG files
export { decodePng, DEFAULT_MAX_PIXELS, type DecodeOptions } from './png/decode.ts';
export { encodePng } from './png/encode.ts';

// what goes wrong
export { OutputError, PictureError, PlotError, type OutputReason, type PictureReason } from './errors.ts';
