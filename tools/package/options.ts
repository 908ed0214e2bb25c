/** @file How esbuild makes the bundles of a package. */
import type { BuildOptions } from 'esbuild';

/** For all of its files. */
export const OPTIONS = {
  outbase: 'dist',
  /** The folder of a package that its exports name under the condition `node`. */
  outdir: 'dist/bundle',
  bundle: true,
  platform: 'node',
  target: 'node20.20',
  // A module of another package, or of Node, is the one that everybody else has.
  packages: 'external',
  // Most of an import is reading text. Lines stay short, for Node prints the one in which an uncaught error was thrown.
  minifyWhitespace: true,
  lineLimit: 160,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  write: false,
  logLevel: 'silent',
} as const satisfies BuildOptions;
