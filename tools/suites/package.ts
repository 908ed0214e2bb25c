/** @file Suite: every package works for somebody who installs nothing but it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions } from 'esbuild';
import { command, inLanes, nodeTool, type Finished } from '../command.ts';
import { entryPoints, packageNames, readManifest, type Manifest } from '../files.ts';
import { check, total, type Outcome, type Suite } from '../outcome.ts';
import { bundlePackage } from '../package/bundle.ts';

/** A package with everything of this house it needs. */
interface Parcel {
  readonly name: string;
  readonly manifest: Manifest;
  readonly entries: readonly string[];
  /** Folder names of the package itself and of all its dependencies. */
  readonly needs: readonly string[];
}

/** Files that Node may read for all entries of a package and of those it needs: a file per entry, and what entries share. As separate files they are hundreds. */
const MOST_FILES = 20;

/** Part of a package, whose size in a bundle must be what it is from the sources: all else must fall away. */
const PART = "export { grad } from '@tapeflow/autodiff'; export { add, mul, sin } from '@tapeflow/autodiff/scalar';";

/** Builds and packs all packages, installs each from its tarball in an empty folder, imports, type-checks and bundles it there. */
export const packages: Suite = {
  name: 'package',
  about: 'each package, bundled for Node, packed and installed alone, is imported, type-checked and bundled for browsers',
  budget: 70,
  run: async (root) => {
    const scratch = mkdtempSync(join(tmpdir(), 'tapeflow-package-'));
    try {
      const built = await nodeTool(root, 'typescript/bin/tsc', ['-b']);
      if (built.code !== 0) return check('packages build', [built.output]);
      const repeated = (await inLanes(packageNames(root), 2, (name) => bundlePackage(root, name))).flatMap((bundle) => bundle.repeated);
      const packed = await pack(root, scratch);
      const preparation = [check('packages build', []), check('entries of a bundle share one copy of every module', repeated), packed];
      if (packed.failed > 0) return total(preparation);
      const parcels = packageNames(root).map((name) => parcelOf(root, name));
      return total([...preparation, ...await inLanes(parcels, 2, (parcel) => tryOut(root, scratch, parcel))]);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  },
};

async function pack(root: string, scratch: string): Promise<Outcome> {
  const names = packageNames(root);
  const workspaces = names.flatMap((name) => ['--workspace', `packages/${name}`]);
  const { code, output } = await command('npm', ['pack', '--ignore-scripts', '--pack-destination', scratch, ...workspaces], { cwd: root });
  const missing = names.filter((name) => !existsSync(tarball(scratch, readManifest(root, name))));
  return check('npm pack', code === 0 && missing.length === 0 ? [] : [output, ...missing.map((name) => `no tarball for ${name}`)]);
}

function parcelOf(root: string, name: string): Parcel {
  const manifest = readManifest(root, name);
  const direct = Object.keys(manifest.dependencies ?? {}).filter((each) => each.startsWith('@tapeflow/')).map((each) => each.slice('@tapeflow/'.length));
  const needs = [name, ...direct.flatMap((each) => parcelOf(root, each).needs)];
  return { name, manifest, entries: entryPoints(manifest), needs: [...new Set(needs)] };
}

/** Whether it installs, every entry can be imported in Node, compiles for its users, and can be bundled for a browser, and its code behaves when it is installed. */
async function tryOut(root: string, scratch: string, parcel: Parcel): Promise<Outcome> {
  const folder = join(scratch, parcel.name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'somebody', private: true, type: 'module' }));
  const own = parcel.needs.map((name) => tarball(scratch, readManifest(root, name)));
  const tarballs = [...own, ...(await packForeign(root, folder, parcel))];
  const installed = await command('npm', ['install', '--no-audit', '--no-fund', '--offline', '--no-package-lock', ...tarballs], { cwd: folder });
  const title = (what: string): string => `${parcel.manifest.name} ${what}`;
  const installs = check(title('installs'), installed.code === 0 ? missingFiles(folder, parcel) : [installed.output]);
  if (installs.failed > 0) return installs;
  return total([
    installs,
    check(title('can be imported'), await importAll(folder, parcel)),
    check(title('compiles for its users'), await compile(root, folder, parcel)),
    check(title('is few files in Node'), await countFiles(folder, parcel)),
    check(title('can be bundled for browsers'), await bundle(root, folder, parcel)),
    ...(parcel.name === 'tensor' ? [
      check(title('compiles, has threads, and does without gpu.js'), await runTensor(folder)),
      check(title('runs in bundles for Node'), await runBundled(folder)),
    ] : []),
  ]);
}

/** Packs what a package needs from others out of this installation, so that the test needs no network. */
async function packForeign(root: string, folder: string, parcel: Parcel): Promise<string[]> {
  const names = foreignOf(parcel);
  if (names.length === 0) return [];
  const { output } = await command('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder, ...names.map((name) => join(root, 'node_modules', name))], { cwd: folder });
  return output.trim().split('\n').map((file) => join(folder, file));
}

const foreignOf = (parcel: Parcel): string[] => Object.keys(parcel.manifest.dependencies ?? {}).filter((name) => !name.startsWith('@tapeflow/'));

function missingFiles(folder: string, parcel: Parcel): string[] {
  const home = join(folder, 'node_modules', ...parcel.manifest.name.split('/'));
  const promised = Object.values(parcel.manifest.exports).flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)));
  const expected = ['README.md', 'LICENSE', ...promised];
  const allowed = foreignOf(parcel);
  const foreign = readdirSync(join(folder, 'node_modules')).filter((name) => name !== '@tapeflow' && !name.startsWith('.') && !allowed.includes(name));
  return [
    ...expected.filter((file) => !existsSync(join(home, file))).map((file) => `${file} is not in the tarball.`),
    ...foreign.map((name) => `installs ${name} as well.`),
  ];
}

async function importAll(folder: string, parcel: Parcel): Promise<string[]> {
  const entries = parcel.entries.map((entry) => {
    const target = parcel.manifest.exports[entry];
    return [specifierOf(parcel, entry), `./node_modules/${parcel.manifest.name}/${typeof target === 'string' ? target : target?.['default']}`];
  });
  writeFileSync(join(folder, 'import.js'), IMPORT_ALL.replace('ENTRIES', JSON.stringify(entries)));
  const { code, output } = await command(process.execPath, ['import.js'], { cwd: folder, limit: 30 });
  return code === 0 ? [] : [output];
}

/** Imports what Node takes, and the separate files: both must offer the same, and classes must know their names. */
const IMPORT_ALL = `
for (const [specifier, file] of ENTRIES) {
  const [bundled, separate] = [await import(specifier), await import(file)];
  const nameOf = (value) => (typeof value === 'function' && /^class/.test(String(value)) ? value.name : typeof value);
  const textOf = (module) => JSON.stringify(Object.entries(module).map(([key, value]) => [key, nameOf(value)]));
  if (Object.keys(bundled).length === 0) throw new Error(specifier + ' exports nothing');
  if (textOf(bundled) !== textOf(separate)) throw new Error(specifier + ' offers ' + textOf(bundled) + ' to Node, and ' + textOf(separate) + ' to others');
  if (import.meta.resolve(specifier).endsWith(file.slice(1))) throw new Error(specifier + ' is not bundled');
}
`;

/** How many files Node reads for all entries; without the condition that bundlers have of themselves. */
async function countFiles(folder: string, parcel: Parcel): Promise<string[]> {
  const { metafile } = await build({ stdin: { contents: namespaces(parcel, parcel.entries), resolveDir: folder }, bundle: true, write: false, format: 'esm', platform: 'node', external: ['gpu.js'], conditions: [], metafile: true, logLevel: 'silent' });
  const files = Object.keys(metafile.inputs).filter((file) => file.includes('@tapeflow'));
  return files.length <= MOST_FILES ? [] : [`${files.length} files where ${MOST_FILES} should do:`, ...files];
}

/** What bundling could break: workers, code that is loaded on demand, and values that pass from one entry to another. */
const RUN_TENSOR = `
import { createRequire } from 'node:module';
import { GpuUnavailableError, jit, loadGpu, sin, tensor } from '@tapeflow/tensor';
import * as extend from '@tapeflow/tensor/extend';
import * as index from '@tapeflow/tensor';
for (const [name, value] of Object.entries(extend)) if (name in index && index[name] !== value) throw new Error(name + ' exists twice');
const isCompilerThere = () => Object.keys(createRequire(import.meta.url).cache).some((file) => file.endsWith('on-demand.cjs'));
const f = jit((x) => sin(x).mul(x), { threads: 2 });
if (isCompilerThere()) throw new Error('the compiler is read before anything is compiled');
const x = tensor({ x: 2 ** 20 }, Array.from({ length: 2 ** 20 }, (_, k) => k / 2 ** 20));
const expected = Math.sin(0.5) * 0.5;
const start = performance.now();
let report;
do {
  const y = f(x).data[2 ** 19];
  if (Math.abs(y - expected) > 1e-6) throw new Error('sin(x) x at 0.5 is ' + y);
  [report] = f.report().programs;
  await new Promise((resolve) => setTimeout(resolve, 1));
} while (report.threads.byWorkers === 0 && performance.now() - start < 20000);
if (report.threads.threads !== 2 || report.threads.byWorkers === 0) throw new Error('no worker took part: ' + JSON.stringify(report.threads));
if (!isCompilerThere()) throw new Error('the compiler is not in the file that is read on demand');
const error = await loadGpu().catch((reason) => reason);
if (!(error instanceof GpuUnavailableError)) throw new Error('loadGpu without gpu.js: ' + error);
`;

async function runTensor(folder: string): Promise<string[]> {
  writeFileSync(join(folder, 'run.js'), RUN_TENSOR);
  const { code, output } = await command(process.execPath, ['run.js'], { cwd: folder, limit: 60 });
  return code === 0 ? [] : [output];
}

/** A program with a compiled function. */
const PROGRAM = "import { jit, tensor } from '@tapeflow/tensor'; console.log(jit((x) => x.mul(x))(tensor({ x: 2 }, [3, 4])).data.join());";

/** Programs that a bundler has put into one file run somewhere else; if the bundler took the files that are for Node, the program says what is wrong. */
async function runBundled(folder: string): Promise<string[]> {
  const run = async (conditions: { readonly conditions?: string[] }): Promise<Finished> => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'tapeflow-program-'));
    try {
      await build({ stdin: { contents: PROGRAM, resolveDir: folder }, bundle: true, format: 'esm', platform: 'node', external: ['gpu.js'], outfile: join(elsewhere, 'program.mjs'), logLevel: 'silent', ...conditions });
      return await command(process.execPath, ['program.mjs'], { cwd: elsewhere, limit: 30 });
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  };
  const [whole, torn] = [await run({}), await run({ conditions: [] })];
  return [
    ...(whole.code === 0 && whole.output.trim() === '9,16' ? [] : [`A bundled program prints: ${whole.output}`]),
    ...(torn.code !== 0 && torn.output.includes('let them use the condition "module"') ? [] : [`A program without the rest of the bundle prints: ${torn.output}`]),
  ];
}

/** With skipLibCheck off, so that the declarations themselves are checked: whatever they name must have come along. */
async function compile(root: string, folder: string, parcel: Parcel): Promise<string[]> {
  writeFileSync(join(folder, 'compile.ts'), namespaces(parcel, parcel.entries));
  const compilerOptions = { noEmit: true, strict: true, skipLibCheck: false, module: 'NodeNext', target: 'ES2022', lib: ['ES2022', 'DOM'], types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['compile.ts'] }));
  const { code, output } = await nodeTool(root, 'typescript/bin/tsc', ['-p', '.', '--pretty', 'false'], { cwd: folder, limit: 60 });
  return code === 0 ? [] : [output];
}

async function bundle(root: string, folder: string, parcel: Parcel): Promise<string[]> {
  const contents = namespaces(parcel, parcel.entries.filter((entry) => entry !== './node'));
  try {
    await forBrowser({ stdin: { contents, resolveDir: folder } });
    if (parcel.name !== 'autodiff') return [];
    const [installed, own] = [await forBrowser({ stdin: { contents: PART, resolveDir: folder } }), await forBrowser({ stdin: { contents: PART, resolveDir: root }, conditions: ['tapeflow-source'] })];
    return Math.abs(installed - own) < 0.03 * own ? [] : [`grad and three operations take ${installed} bytes where they take ${own} from the sources.`];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Bytes of a bundle as a browser loads it. */
async function forBrowser(options: BuildOptions): Promise<number> {
  const { outputFiles } = await build({ bundle: true, minify: true, format: 'esm', platform: 'browser', external: ['gpu.js'], logLevel: 'silent', ...options, write: false });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

/** A module that offers all that some entries do. */
const namespaces = (parcel: Parcel, entries: readonly string[]): string =>
  entries.map((entry, index) => `export * as entry${index} from ${JSON.stringify(specifierOf(parcel, entry))};`).join('\n');

function specifierOf(parcel: Parcel, entry: string): string {
  return parcel.manifest.name + entry.slice(1);
}

function tarball(scratch: string, manifest: Manifest): string {
  return join(scratch, `${manifest.name.slice(1).replace('/', '-')}-${manifest.version}.tgz`);
}
