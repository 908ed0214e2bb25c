/**
 * @file `npm test`: every suite, each within its budget of seconds.
 *
 * `npm test -- --only unit,docs` runs some; `npm test -- --list` names them. The last line is `N passed, N failed, N skipped`.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, total, type Outcome, type Suite } from './outcome.ts';
import { borders } from './suites/borders.ts';
import { browser } from './suites/browser.ts';
import { docs } from './suites/docs.ts';
import { lint, unused } from './suites/lint.ts';
import { packages } from './suites/package.ts';
import { types } from './suites/types.ts';
import { vitestSuite } from './suites/vitest.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** All of it in ten minutes on two cores. The budget of a suite leaves room for a machine in a slow phase; what all take together does not. */
const WHOLE_RUN = 600;

/** In the order in which they run; two that need one core each run side by side. */
const STAGES: readonly (readonly Suite[])[] = [
  [types],
  [borders],
  [lint, unused],
  [vitestSuite('unit', 'packages/*/test: one file per source file', 340)],
  [vitestSuite('integration', 'test/: what spans packages', 70)],
  [vitestSuite('examples', 'examples/ at small size', 110)],
  [browser],
  [docs],
  [packages],
];
const SUITES: readonly Suite[] = STAGES.flat();

const chosen = choose(process.argv.slice(2));
if (chosen !== undefined) process.exitCode = await runAll(chosen);

/** The suites the arguments ask for; undefined when there is nothing to run. */
function choose(args: readonly string[]): readonly Suite[] | undefined {
  const [option, names = '', ...rest] = args;
  if (option === undefined) return SUITES;
  if (option === '--list') {
    for (const { name, about, budget } of SUITES) console.log(`${name.padEnd(12)} ${about} (${budget} s)`);
    return undefined;
  }
  const wanted = names.split(',');
  const unknown = wanted.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (option !== '--only' || rest.length > 0 || unknown.length > 0) {
    console.error(`npm test [-- --only SUITE,… | --list]; the suites are ${SUITES.map(({ name }) => name).join(', ')}.`);
    process.exitCode = 2;
    return undefined;
  }
  return SUITES.filter(({ name }) => wanted.includes(name));
}

/** Runs the suites stage by stage and returns the exit code. */
async function runAll(suites: readonly Suite[]): Promise<number> {
  const outcomes: Outcome[] = [];
  const start = performance.now();
  for (const stage of STAGES) outcomes.push(...await Promise.all(stage.filter((suite) => suites.includes(suite)).map(runOne)));
  const seconds = (performance.now() - start) / 1000;
  if (seconds > WHOLE_RUN) {
    outcomes.push(check('all suites', [`took ${seconds.toFixed(0)} s; all suites have ${WHOLE_RUN} s.`]));
    console.log(`FAIL all suites took ${seconds.toFixed(0)} s; they have ${WHOLE_RUN} s.`);
  }
  const { passed, failed, skipped } = total(outcomes);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
}

async function runOne(suite: Suite): Promise<Outcome> {
  const start = performance.now();
  const result = await suite.run(ROOT).catch((error: unknown): Outcome => check(`${suite.name} broke`, [describe(error)]));
  const seconds = (performance.now() - start) / 1000;
  const late = seconds > suite.budget ? [`took ${seconds.toFixed(1)} s; its budget is ${suite.budget} s.`] : [];
  const outcome = late.length === 0 ? result : total([result, check(suite.name, late)]);
  const counts = `${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`;
  console.log(`${outcome.failed === 0 ? 'ok  ' : 'FAIL'} ${suite.name.padEnd(12)} ${counts}  (${seconds.toFixed(1)} s)`);
  for (const note of outcome.notes ?? []) console.log(`     ${note}`);
  for (const failure of outcome.failures) console.log(`\n${failure.trimEnd()}\n`);
  return outcome;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
