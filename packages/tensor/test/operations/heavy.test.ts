/**
 * @file Heavy single operations: the checks of the table with every operation performed by a program of its own, however small, and large ones
 * beside the js backend.
 */
import { describe, expect, test } from 'vitest';
import { apply, type Value } from '@tapeflow/autodiff/extend';
import { NDArray } from '../../src/array/ndarray.ts';
import { Storage } from '../../src/array/storage.ts';
import { withAllHeavy } from '../../src/backends/heavy.ts';
import { heavyPrograms, performHeavyOperations } from '../../src/compile/eager/heavy-runner.ts';
import { backend } from '../../src/context.ts';
import { checkBatching, checkLaws, checkValue, checkViews, generator } from './checks.ts';
import { contractRows } from './table-contract.ts';
import { convRows } from './table-conv.ts';
import { elementwiseRows } from './table-elementwise.ts';
import { fourierRows } from './table-fourier.ts';
import { reduceRows } from './table-reduce.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20262);
performHeavyOperations();
void [describe, expect, test, apply, Storage, backend, NDArray, heavyPrograms];

describe(`every operation of the table as a program of its own (seed ${SEED})`, () => {
  for (const row of [...contractRows, ...convRows, ...elementwiseRows, ...fourierRows, ...reduceRows]) {
    test(row.name, () => {
      for (const c of row.cases) {
        const random = (kind: string): (() => number) => generator(SEED, `${row.name} ${c.title} ${kind}`);
        withAllHeavy(() => {
          checkValue(c, random('value'));
          if (c.derivative !== 'none') checkLaws(c, random('laws'));
          if (c.inputs.length > 0 && c.notBatched === undefined) checkBatching(c, random('batching'));
          if (c.inputs.length > 0) checkViews(c, random('views'));
        });
      }
    });
  }
});
export type { Value };
