/** @file Every example, in the order in which to meet them. */

import type { CatalogueEntry } from './cli/example.ts';

/** The examples that `npm start -- list` shows. */
export const catalogue: readonly CatalogueEntry[] = [];
