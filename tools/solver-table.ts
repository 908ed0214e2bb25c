/** @file `npm run solver-table`: measures the solvers and writes the table of docs/choose-a-solver.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureSolvers, solverTable, withSolverTable } from './docs/solver-table.ts';

const page = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs', 'choose-a-solver.md');
const table = solverTable(measureSolvers());
writeFileSync(page, withSolverTable(readFileSync(page, 'utf8'), table));
console.log(table);
