/** @file Writes the printed sources of this package (`npm run generate -w packages/tensor`). A test checks that they are current. */
import { writeFileSync } from 'node:fs';
import { printLoopsFile } from '../src/backends/js/print-loops.ts';

writeFileSync(new URL('../src/backends/js/loops.ts', import.meta.url), printLoopsFile());
