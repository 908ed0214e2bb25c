/** @file `npm run accuracy-table`: measures the functions of compiled programs and writes the table of docs/accuracy.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { accuracyTable, measureAccuracy, SEED, THOROUGH, withAccuracyTable } from '../test/compile/wasm/math/accuracy.ts';

const page = fileURLToPath(new URL('../../../docs/accuracy.md', import.meta.url));
const table = accuracyTable(measureAccuracy(SEED, THOROUGH));
writeFileSync(page, withAccuracyTable(readFileSync(page, 'utf8'), table));
console.log(table);
