/** @file Heavy single operations: the checks of the table with every operation performed by a program of its own, however small. */
import { afterAll, describe, expect, test } from 'vitest';
import { withAllHeavy } from '../../src/backends/heavy.ts';
import { heavyPrograms, performHeavyOperations } from '../../src/compile/eager/heavy-runner.ts';
import { checkBatching, checkLaws, checkValue, checkViews, generator } from '../operations/checks.ts';
import { contractRows } from '../operations/table-contract.ts';
import { convRows } from '../operations/table-conv.ts';
import { elementwiseRows } from '../operations/table-elementwise.ts';
import { fourierRows } from '../operations/table-fourier.ts';
import { reduceRows } from '../operations/table-reduce.ts';

const SEED = Number(process.env['TAPEFLOW_SEED'] ?? 20262);
performHeavyOperations();

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

// Otherwise nothing above was tested.
afterAll(() => expect(heavyPrograms.used.programs).toBeGreaterThan(100));
