/** @file Cold start: what a program waits for before it has a package, and its first result from a compiled function. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { columns, median, verdict, type Bench } from './table.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PROCESSES = 10;

/** What a fresh process does, and the most milliseconds that are promised for it. */
const PROGRAMS: readonly { readonly what: string; readonly text: string; readonly target?: number }[] = [
  { what: 'import an empty module', text: "await import('./empty.mjs');" },
  { what: "import '@tapeflow/autodiff'", text: "await import('@tapeflow/autodiff');" },
  { what: "import '@tapeflow/tensor'", text: "await import('@tapeflow/tensor');", target: 60 },
  { what: "import '@tapeflow/pde'", text: "await import('@tapeflow/pde');" },
  { what: 'import tensor, and the first call of a function that jit compiles', text: "const { jit, tensor } = await import('@tapeflow/tensor'); jit((x) => x.mul(x))(tensor({ x: 4 }, [1, 2, 3, 4])).data;" },
];

/** The rows; the machine is slower in some moments, so the processes of all rows take turns. */
function rows(folder: string): { readonly what: string; readonly minimum: number; readonly median: number; readonly target?: number }[] {
  writeFileSync(join(folder, 'empty.mjs'), '');
  const times = PROGRAMS.map((): number[] => []);
  // The first round reads the files from the disk.
  for (let round = 0; round <= PROCESSES; round++) {
    for (const [k, { what, text }] of PROGRAMS.entries()) {
      writeFileSync(join(folder, 'program.mjs'), `const start = performance.now();\n${text}\nconsole.log(performance.now() - start);\n`);
      const { stdout, stderr } = spawnSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
      if (!(Number(stdout) > 0)) throw new Error(`${what} failed: ${stderr}`);
      if (round > 0) times[k]!.push(Number(stdout));
    }
  }
  return PROGRAMS.map(({ what, target }, k) => ({ what, minimum: Math.min(...times[k]!), median: median(times[k]!), ...(target === undefined ? {} : { target }) }));
}

/** Milliseconds of imports in fresh processes, as Node performs them for users. */
export const cold: Bench = {
  about: `milliseconds until a fresh process has a package, in ${PROCESSES} processes each (what \`npm run build\` made)`,
  run() {
    if (!existsSync(join(ROOT, 'packages/tensor/dist/bundle'))) throw new Error('The packages are not built, and processes without a loader need that. Do npm run build first.');
    // Beside the other modules of the project, so that its packages are found.
    const folder = mkdtempSync(join(ROOT, 'node_modules', '.cold-'));
    try {
      const all = rows(folder);
      const cells = all.map(({ what, minimum, median: middle, target }) => [minimum.toFixed(1), middle.toFixed(1), verdict(middle, target), what]);
      return { rows: all, text: columns([['ms min', 'ms median', 'target', 'what'], ...cells], [true, true, false, false]) };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
