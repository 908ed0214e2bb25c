/** @file Suite: everything compiles, and what must not compile does not. */
import { nodeTool } from '../command.ts';
import { projectFiles } from '../files.ts';
import { check, nothing, total, type Suite } from '../outcome.ts';

const TSC = 'typescript/bin/tsc';
const TYPE_TEST = /(^|\/)test\/.*\.(types|check)\.ts$/;

/**
 * Builds every package, and checks tests, examples, benchmarks and tools against the sources; among them the *.types.ts files, in which each
 * line that must not compile carries @ts-expect-error. Counts one check per such file besides.
 */
export const types: Suite = {
  name: 'types',
  about: 'tsc -b over the packages, then tests, examples and tools; what must not compile in *.types.ts does not',
  budget: 80,
  run: async (root) => {
    // Side by side: what is checked are the sources, not what is built.
    const [built, checked] = await Promise.all([nodeTool(root, TSC, ['-b']), nodeTool(root, TSC, ['-p', 'tsconfig.check.json', '--pretty', 'false'])]);
    const failures = [built, checked].filter(({ code }) => code !== 0).map(({ output }) => output);
    const typeTests = projectFiles(root).map(({ path }) => path).filter((path) => TYPE_TEST.test(path));
    return total([
      { ...nothing, passed: 2 - failures.length, failed: failures.length, failures },
      ...typeTests.map((path) => check(path, checked.output.includes(`${path}(`) ? ['compiles where it must not, or the other way round: see the errors above.'] : [])),
    ]);
  },
};
