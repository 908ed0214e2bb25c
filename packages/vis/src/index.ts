/** @file Plots, pictures, animations, reports and progress bars, from plain numbers. */

// what is shown: rasters of numbers (row 0 at the bottom) and pictures (first row at the top)
export { areaAverage, checkRaster, extentOf, rasterFrom, type Extent, type Raster } from './raster.ts';
export { rasterFromTensor, type TensorAxes, type TensorLike } from './from-tensor.ts';
export { darknessOf, pictureOf, type Channels, type Picture } from './picture.ts';

// plots: each gives a Plot, which toSvg writes out, figure arranges and a report takes in
export { linePlot, type LineAxisOptions, type LinePlotOptions } from './line-plot.ts';
export { type Line } from './line-data.ts';
export { heatMap, type HeatMapOptions } from './heat-map.ts';
export { vectorPlot, type VectorPlotOptions, type VectorRasters } from './vector-plot.ts';
export { graphPlot, type Graph, type GraphEdge, type GraphNode, type GraphPlotOptions } from './graph-plot.ts';
export { figure, toSvg, type FigureOptions, type Plot } from './plot.ts';
export { type AxisOptions } from './axes.ts';

// moving pictures
export { animation, framePictures, type AnimationOptions, type Frame, type FrameOptions } from './animation.ts';

// a page with everything in it
export {
  htmlReport,
  type Block,
  type CodeBlock,
  type Fact,
  type FramesBlock,
  type PictureBlock,
  type PlotBlock,
  type Report,
  type Section,
  type TableBlock,
} from './report.ts';

// in the terminal
export { duration, progressBar, type Progress, type ProgressOptions, type ProgressStream } from './progress.ts';
export { sparkline, terminalMap, type SparklineOptions, type TerminalMapOptions } from './terminal.ts';

// colours and numbers
export { blueRed, colormap, cssColour, greys, ink, luminanceOf, reversed, viridis, type Colormap, type Rgb } from './colormap.ts';
export { linearScale, logScale, tickLabels, type Interval, type Scale } from './scale.ts';
export { formatNumber } from './text.ts';

// building further plots
export { element, escapeXml, render, type Attributes, type SvgElement, type SvgNode } from './svg.ts';

// files
export { decodePng, DEFAULT_MAX_PIXELS, type DecodeOptions } from './png/decode.ts';
export { encodePng } from './png/encode.ts';
export { encodeGif, type Gif, type GifFrame } from './gif.ts';

// what goes wrong
export { OutputError, PictureError, PlotError, type OutputReason, type PictureReason } from './errors.ts';
