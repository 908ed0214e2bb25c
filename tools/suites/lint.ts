/** @file Suites: the linter, and the search for code nobody uses. */
import { nodeTool } from '../command.ts';
import { check, type Suite } from '../outcome.ts';

/** oxlint with .oxlintrc.json. */
export const lint: Suite = {
  name: 'lint',
  about: 'oxlint: no cycles, no default exports, no unused variables',
  budget: 10,
  run: async (root) => {
    const { code, output } = await nodeTool(root, 'oxlint/bin/oxlint', ['--deny-warnings', '--format=unix']);
    return check('oxlint', code === 0 ? [] : [output]);
  },
};

/** knip with knip.json: files, exports and dependencies that nothing reaches. */
export const unused: Suite = {
  name: 'unused',
  about: 'knip: files, exports and dependencies nobody uses',
  budget: 20,
  run: async (root) => {
    const { code, output } = await nodeTool(root, 'knip/bin/knip.js', ['--no-progress', '--no-config-hints']);
    return check('knip', code === 0 ? [] : [output]);
  },
};
