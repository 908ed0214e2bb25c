/** @file Scripts that tests run in processes of their own, bundled first: to translate three hundred files would be most of what each process does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

let folder: string | undefined;
const made = new Map<string, string>();

/** The file of a bundled script, made once. It is removed when this process ends. */
export function bundledScript(script: URL): string {
  const known = made.get(script.href);
  if (known !== undefined) return known;
  if (folder === undefined) {
    const own = (folder = mkdtempSync(join(tmpdir(), 'tapeflow-scripts-')));
    process.on('exit', () => rmSync(own, { recursive: true, force: true }));
  }
  const file = join(folder, `${made.size}.mjs`);
  buildSync({ entryPoints: [fileURLToPath(script)], outfile: file, bundle: true, platform: 'node', format: 'esm', conditions: ['tapeflow-source'], external: ['gpu.js'], logLevel: 'error' });
  made.set(script.href, file);
  return file;
}
