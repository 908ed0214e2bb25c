/** @file Rules about which part of the house may import which. */
import { posix } from 'node:path';
import { importsOf } from '../imports.ts';
import { isSource, isTypeScript, packageOf, type Rule } from './rule.ts';

/** Package → the packages its sources may import. A new package starts with a line here. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  autodiff: [],
  tensor: ['autodiff'],
  pde: ['autodiff', 'tensor'],
  nn: ['autodiff', 'tensor'],
  optim: ['autodiff', 'tensor'],
  vis: ['tensor'],
};

/** Package → the packages whose types it may name besides. */
const MAY_NAME: Readonly<Record<string, readonly string[]>> = { vis: ['pde'] };

/** Folder → folders outside packages/ that its relative imports may reach besides itself. */
const MAY_REACH: Readonly<Record<string, readonly string[]>> = {
  test: ['examples', 'tools', 'bench', 'packages/tensor/test'],
  bench: ['examples'],
  // For its tests.
  examples: ['tools'],
};

/** Packages are imported by name through what their manifest exports. */
export const declaredEntries: Rule = {
  title: 'packages meet only through the entry points they export',
  complaints: ({ files, entries }) => files.filter(({ path }) => isTypeScript(path)).flatMap((file) =>
    importsOf(file).flatMap(({ from, line }) => {
      const target = houseImport(from);
      if (target === undefined || target.name === 'examples') return [];
      if (entries.get(target.name)?.includes(target.entry)) return [];
      return [`${file.path}:${line}: '${from}' is not exported by packages/${target.name}/package.json.`];
    })),
};

/** Dependencies point one way. */
export const oneWay: Rule = {
  title: 'dependencies point one way: autodiff <- tensor <- { pde, nn, optim }, tensor <- vis',
  complaints: ({ files }) => files.filter(({ path }) => isSource(path)).flatMap((file) => {
    const self = packageOf(file.path)?.name ?? '';
    return importsOf(file).flatMap(({ from, line, typeOnly }) => {
      const target = houseImport(from);
      if (target === undefined) return [];
      if (target.name === self) return [`${file.path}:${line}: a package imports its own files by relative path, not as '${from}'.`];
      if (MAY_IMPORT[self]?.includes(target.name)) return [];
      const types = MAY_NAME[self]?.includes(target.name) ?? false;
      if (types && typeOnly) return [];
      const cure = types ? 'use `import type`' : `${self} may import: ${MAY_IMPORT[self]?.join(', ') || 'nothing'}`;
      return [`${file.path}:${line}: ${self} imports '${from}'; ${cure}.`];
    });
  }),
};

/** What is imported is listed in the manifest, and nothing else is. */
export const listedDependencies: Rule = {
  title: 'manifests list exactly the packages that are imported',
  complaints: ({ files, dependencies }) => [...dependencies].flatMap(([name, listed]) => {
    const sources = files.filter(({ path }) => isSource(path) && packageOf(path)?.name === name);
    const imports = sources.flatMap((file) => importsOf(file).map(({ from }) => houseImport(from)?.name));
    const used = new Set(imports.filter((target) => target !== undefined));
    const missing = [...used].filter((target) => target !== name && !listed.includes(target));
    const surplus = listed.filter((target) => !used.has(target));
    return [
      ...missing.map((target) => `packages/${name}/package.json: add @tapeflow/${target} to dependencies; src imports it.`),
      ...surplus.map((target) => `packages/${name}/package.json: remove @tapeflow/${target} from dependencies; src does not import it.`),
    ];
  }),
};

/** Relative imports stay in their own package or folder; sources do not import tests. */
export const relativeImports: Rule = {
  title: 'relative imports stay at home',
  complaints: ({ files }) => files.filter(({ path }) => isTypeScript(path)).flatMap((file) =>
    importsOf(file).filter(({ from }) => from.startsWith('.')).flatMap(({ from, line }) => {
      const target = posix.join(posix.dirname(file.path), from);
      if (homeOf(target) !== homeOf(file.path) && MAY_REACH[homeOf(file.path)]?.some((folder) => target.startsWith(`${folder}/`)) !== true) {
        return [`${file.path}:${line}: '${from}' leaves ${homeOf(file.path)}/; import the package by its name.`];
      }
      if (isSource(file.path) && !isSource(target)) return [`${file.path}:${line}: '${from}' leaves src/.`];
      return [];
    })),
};

/** Library code runs in browsers, except in entries for Node. */
export const noNode: Rule = {
  title: 'sources use Node only in node.ts and node/',
  complaints: ({ files }) => files.filter(({ path }) => isSource(path) && !/(^|\/)node(\.ts$|\/)/.test(path.replace(/^packages\/[^/]+\/src\//, '')))
    .flatMap((file) => {
      const imports = importsOf(file).filter(({ from }) => from.startsWith('node:'));
      const lines = file.text.split('\n').map((text, index) => ({ text, line: index + 1 }));
      const globals = lines.filter(({ text }) => /(?<![\w.'"`$])(process\.(env|argv|std|exit|cwd|on|mem|hr)\w*|Buffer\.\w+|__dirname|__filename)/.test(withoutComment(text)));
      return [
        ...imports.map(({ from, line }) => `${file.path}:${line}: imports '${from}'.`),
        ...globals.map(({ text, line }) => `${file.path}:${line}: uses a global of Node: ${text.trim()}`),
      ];
    }),
};

/** Splits '@tapeflow/tensor/extend' into package and subpath; undefined for modules from elsewhere. */
function houseImport(from: string): { readonly name: string; readonly entry: string } | undefined {
  const match = /^@tapeflow\/([^/]+)(\/.+)?$/.exec(from);
  return match?.[1] === undefined ? undefined : { name: match[1], entry: `.${match[2] ?? ''}` };
}

/** 'packages/x' inside a package, else the first folder of the path ('' for files of the root). */
function homeOf(path: string): string {
  const parts = path.split('/');
  if (parts.length === 1) return '';
  return parts[0] === 'packages' ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function withoutComment(line: string): string {
  return /^\s*(\*|\/\*|\/\/)/.test(line) ? '' : line.replace(/\s\/\/ .*$/, '');
}
