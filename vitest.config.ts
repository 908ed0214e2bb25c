/** @file Tests run from the TypeScript sources: the tapeflow-source condition leads every import to src. */
import { defineConfig } from 'vitest/config';

const conditions = ['tapeflow-source', 'module', 'node', 'development|production'];

// eslint-disable-next-line import/no-default-export -- the form vitest asks for
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    maxWorkers: 2,
    passWithNoTests: true,
  },
});
