/** @file Suites: everything compiles, and what must not compile does not. */
import { nodeTool } from '../command.ts';
import { projectFiles } from '../files.ts';
import { nothing, type Suite } from '../outcome.ts';

const TSC = 'typescript/bin/tsc';

/** Builds every package, and checks tests, examples, benchmarks and tools against the sources. */
export const types: Suite = {
  name: 'types',
  about: 'tsc -b over the packages, then tests, examples and tools',
  budget: 80,
  run: async (root) => {
    // Side by side: what is checked are the sources, not what is built.
    const [built, checked] = await Promise.all([nodeTool(root, TSC, ['-b']), nodeTool(root, TSC, ['-p', 'tsconfig.check.json'])]);
    const failures = [built, checked].filter(({ code }) => code !== 0).map(({ output }) => output);
    return { ...nothing, passed: 2 - failures.length, failed: failures.length, failures };
  },
};

/** Compiles the *.types.ts files, where each wrong line carries @ts-expect-error. Counts one check per file. */
export const typeTests: Suite = {
  name: 'type-tests',
  about: 'packages/*/test/*.types.ts: what must not compile does not',
  budget: 25,
  run: async (root) => {
    const files = projectFiles(root).map(({ path }) => path).filter((path) => /(^|\/)test\/.*\.(types|check)\.ts$/.test(path));
    if (files.length === 0) return nothing;
    const { code, output } = await nodeTool(root, TSC, ['-p', 'tsconfig.types.json', '--pretty', 'false']);
    const broken = files.filter((file) => output.includes(`${file}(`));
    const failed = code === 0 ? 0 : Math.max(1, broken.length);
    return { ...nothing, passed: files.length - broken.length, failed, failures: code === 0 ? [] : [output] };
  },
};
