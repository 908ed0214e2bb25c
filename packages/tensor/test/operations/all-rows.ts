/** @file The whole table of positional operations. */
import type { Row } from './row.ts';
import { alongRows } from './table-along.ts';
import { condRows } from './table-cond.ts';
import { contractRows } from './table-contract.ts';
import { controlRows } from './table-control.ts';
import { convRows } from './table-conv.ts';
import { denseRows } from './table-dense.ts';
import { elementwiseRows } from './table-elementwise.ts';
import { fourierRows } from './table-fourier.ts';
import { gatherRows } from './table-gather.ts';
import { randomRows } from './table-random.ts';
import { reduceRows } from './table-reduce.ts';
import { scatterRows } from './table-scatter.ts';
import { solveRows } from './table-solve.ts';
import { structureRows } from './table-structure.ts';

export const rows: readonly Row[] = [...alongRows, ...elementwiseRows, ...structureRows, ...reduceRows, ...gatherRows, ...scatterRows, ...randomRows, ...controlRows, ...condRows, ...solveRows, ...contractRows, ...convRows, ...fourierRows, ...denseRows];
