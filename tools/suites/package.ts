/** @file Suite: every package works for somebody who installs nothing but it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { command, inLanes, nodeTool } from '../command.ts';
import { entryPoints, packageNames, readManifest, type Manifest } from '../files.ts';
import { check, total, type Outcome, type Suite } from '../outcome.ts';

/** A package with everything of this house it needs. */
interface Parcel {
  readonly name: string;
  readonly manifest: Manifest;
  readonly entries: readonly string[];
  /** Folder names of the package itself and of all its dependencies. */
  readonly needs: readonly string[];
}

/** Builds and packs all packages, installs each from its tarball in an empty folder, imports, type-checks and bundles it there. */
export const packages: Suite = {
  name: 'package',
  about: 'each package, packed and installed alone, is imported, type-checked and bundled for browsers',
  budget: 70,
  run: async (root) => {
    const scratch = mkdtempSync(join(tmpdir(), 'tapeflow-package-'));
    try {
      const built = await nodeTool(root, 'typescript/bin/tsc', ['-b']);
      const packed = await pack(root, scratch);
      const preparation = [check('packages build', built.code === 0 ? [] : [built.output]), packed];
      if (built.code !== 0 || packed.failed > 0) return total(preparation);
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

/** Four checks: it installs, every entry can be imported in Node, compiles for its users, and can be bundled for a browser. */
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
    check(title('can be bundled for browsers'), await bundle(folder, parcel)),
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
  const lines = parcel.entries.map((entry) => {
    const specifier = JSON.stringify(specifierOf(parcel, entry));
    return `if (Object.keys(await import(${specifier})).length === 0) throw new Error(${specifier} + ' exports nothing');`;
  });
  writeFileSync(join(folder, 'import.js'), lines.join('\n'));
  const { code, output } = await command(process.execPath, ['import.js'], { cwd: folder, limit: 30 });
  return code === 0 ? [] : [output];
}

/** With skipLibCheck off, so that the declarations themselves are checked: whatever they name must have come along. */
async function compile(root: string, folder: string, parcel: Parcel): Promise<string[]> {
  const lines = parcel.entries.map((entry, index) => `export * as entry${index} from ${JSON.stringify(specifierOf(parcel, entry))};`);
  writeFileSync(join(folder, 'compile.ts'), lines.join('\n'));
  const compilerOptions = { noEmit: true, strict: true, skipLibCheck: false, module: 'NodeNext', target: 'ES2022', lib: ['ES2022', 'DOM'], types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['compile.ts'] }));
  const { code, output } = await nodeTool(root, 'typescript/bin/tsc', ['-p', '.', '--pretty', 'false'], { cwd: folder, limit: 60 });
  return code === 0 ? [] : [output];
}

async function bundle(folder: string, parcel: Parcel): Promise<string[]> {
  const entries = parcel.entries.filter((entry) => entry !== './node');
  const contents = entries.map((entry, index) => `export * as entry${index} from ${JSON.stringify(specifierOf(parcel, entry))};`).join('\n');
  try {
    await build({ stdin: { contents, resolveDir: folder }, bundle: true, write: false, format: 'esm', platform: 'browser', external: ['gpu.js'], logLevel: 'silent' });
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function specifierOf(parcel: Parcel, entry: string): string {
  return parcel.manifest.name + entry.slice(1);
}

function tarball(scratch: string, manifest: Manifest): string {
  return join(scratch, `${manifest.name.slice(1).replace('/', '-')}-${manifest.version}.tgz`);
}
