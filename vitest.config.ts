/** @file Tests run from the TypeScript sources: the tapeflow-source condition leads every import to src. */
import { defineConfig } from 'vitest/config';

const unbuilt = ['**/node_modules/**', '**/dist/**'];
const conditions = ['tapeflow-source', 'module', 'node', 'development|production'];

/** These replace modules or need them as they are after loading, such as empty caches: each has its modules for itself. The other files of a worker share theirs, which halves the time. */
const alone = ['packages/tensor/test/compile/random-programs.test.ts', 'packages/tensor/test/compile/gpu/load.test.ts', 'packages/tensor/test/compile/eager/compiled-solve.test.ts'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    maxWorkers: 2,
    passWithNoTests: true,
    exclude: unbuilt,
    projects: [
      { extends: true, test: { name: 'unit', isolate: false, include: ['packages/*/test/**/*.test.ts', 'tools/test/**/*.test.ts'], exclude: [...unbuilt, ...alone] } },
      { extends: true, test: { name: 'unit-alone', include: alone } },
      { extends: true, test: { name: 'integration', isolate: false, include: ['test/**/*.test.ts'] } },
      { extends: true, test: { name: 'examples', isolate: false, include: ['examples/**/*.test.ts'] } },
    ],
  },
});
