/**
 * @file Divides a bundle for Node: what lies behind some modules, the gates, goes into a file of its own, which is read when a function of a gate is
 * called for the first time. An import then reads half of the text. The file is a function of what it needs of the rest (the front), for every
 * module must exist once: a class that existed twice would not know its instances.
 */
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { OPTIONS } from './options.ts';

/** Which modules of a package are where; paths from its folder. */
export interface Division {
  readonly home: string;
  readonly gates: readonly string[];
  readonly behind: ReadonlySet<string>;
}

/** Names by the module that offers them. */
type Names = readonly (readonly [module: string, names: readonly string[]])[];

/** Name of the file, which lies where the bundle does. */
export const BEHIND = 'on-demand.cjs';

/** As esbuild tells it, also on Windows. */
const pathFrom = (home: string, file: string): string => relative(home, file).replaceAll(sep, '/');

/** Finds what only gates lead to. `metafile` is about a bundle of the whole package. */
export function divide(home: string, { inputs }: Metafile, entries: readonly string[], gates: readonly string[]): Division {
  const unknown = gates.find((gate) => inputs[gate] === undefined);
  if (unknown !== undefined) throw new Error(`${home}: the gate ${unknown} is not a module of the bundle. Correct config.onDemand in package.json.`);
  const reach = (starts: readonly string[], closed: readonly string[]): Set<string> => {
    const found = new Set<string>(starts);
    for (const module of found) for (const { path, external } of inputs[module]!.imports) if (external !== true && !closed.includes(path)) found.add(path);
    return found;
  };
  const front = reach(entries, gates);
  return { home, gates, behind: new Set([...reach(gates, [])].filter((module) => !front.has(module))) };
}

/** Builds the file behind the gates; `taken` is what it takes of the front. */
export async function bundleBehind({ home, gates, behind }: Division) {
  const offers = gates.map((gate) => [gate, functionsOf(home, gate)] as const);
  const contents = `${importsText(offers)}export const gates = ${objectText(offers)};`;
  const { outdir, ...options } = OPTIONS;
  const whole = { ...options, absWorkingDir: home, stdin: { contents, resolveDir: home, sourcefile: BEHIND }, outfile: join(outdir, BEHIND) } as const;
  const first = await build({ ...whole, format: 'esm', minifyWhitespace: false, lineLimit: 0, sourcemap: false, plugins: [leavingOut(home, behind)] });
  const taken = importsOf(first.outputFiles[0]!.text);
  const result = await build({
    ...whole,
    format: 'cjs',
    plugins: [takingFrom(home, behind, taken)],
    // In parentheses, so that V8 does not parse the function twice.
    banner: { js: 'module.exports=(function(front){const module={};' },
    footer: { js: 'return module.exports.gates});' },
  });
  return { taken, result };
}

/** In the front, functions of a gate read the file behind the gates, and call what they find there. */
export function gatePlugin({ home, gates, behind }: Division, taken: Names): Plugin {
  return {
    name: 'gates',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, importer, namespace }) => {
        const module = pathFrom(home, join(resolveDir, path));
        return namespace === 'file' && gates.includes(module) && !behind.has(pathFrom(home, importer)) ? { path: module, namespace: 'gate', sideEffects: false } : undefined;
      });
      onResolve({ filter: /^gate:/ }, ({ path }) => ({ path, namespace: 'gates', sideEffects: false }));
      onLoad({ filter: /./, namespace: 'gates' }, () => ({ contents: readerText(taken), resolveDir: home }));
      onLoad({ filter: /./, namespace: 'gate' }, ({ path }) => {
        const contents = functionsOf(home, path).map((name) => `export function ${name}(...values) { return behind()[${JSON.stringify(path)}].${name}(...values); }`);
        return { contents: ["import { behind } from 'gate:behind';", ...contents].join('\n'), resolveDir: home };
      });
    },
  };
}

/** Only functions can be called later; what else a gate exports is not there for the front, and esbuild says so where it is imported. */
function functionsOf(home: string, gate: string): string[] {
  return [...readFileSync(join(home, gate), 'utf8').matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name]) => name!);
}

const importsText = (names: Names): string => names.map(([module, list], k) => `import { ${list.map((name) => `${name} as ${name}_${k}`).join(', ')} } from ${JSON.stringify(specifierOf(module))};\n`).join('');
const objectText = (names: Names): string => `{ ${names.map(([module, list], k) => `${JSON.stringify(module)}: { ${list.map((name) => `${name}: ${name}_${k}`).join(', ')} }`).join(', ')} }`;
/** Modules of the package are paths from its folder, others have names. */
const isOwn = (module: string): boolean => module.startsWith('dist/');
const specifierOf = (module: string): string => (isOwn(module) ? `./${module}` : module);

const readerText = (taken: Names): string => `
import { createRequire } from 'node:module';
${importsText(taken)}let gates;
export function behind() {
  if (gates === undefined) {
    let make;
    try {
      make = createRequire(import.meta.url)('./${BEHIND}');
    } catch (error) {
      throw new Error('${BEHIND} is not beside ' + import.meta.url + ', or cannot be read. Bundlers of programs for Node move this file: let them use the condition "module" of package.json, or leave this package out of the bundle.', { cause: error });
    }
    gates = make(${objectText(taken)});
  }
  return gates;
}
`;

/** Leaves the front out, to see what is imported from it. */
function leavingOut(home: string, behind: ReadonlySet<string>): Plugin {
  return {
    name: 'front left out',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        const module = pathFrom(home, join(resolveDir, path));
        return kind === 'entry-point' || behind.has(module) ? undefined : { path: module, external: true, sideEffects: false };
      });
      onResolve({ filter: /^[^.]/ }, ({ path, kind }) => (kind === 'import-statement' ? { path, external: true, sideEffects: false } : undefined));
    },
  };
}

/** Takes from the front what was found to be imported from it. */
function takingFrom(home: string, behind: ReadonlySet<string>, taken: Names): Plugin {
  return {
    name: 'front as an argument',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /./ }, ({ path, resolveDir, kind }) => {
        const module = path.startsWith('.') ? pathFrom(home, join(resolveDir, path)) : path;
        return kind !== 'import-statement' || behind.has(module) ? undefined : { path: module, namespace: 'front', sideEffects: false };
      });
      onLoad({ filter: /./, namespace: 'front' }, ({ path }) => {
        const names = taken.find(([module]) => module === path)?.[1] ?? [];
        const changing = isOwn(path) ? names.find((name) => new RegExp(`^export let ${name}\\b`, 'm').test(readFileSync(join(home, path), 'utf8'))) : undefined;
        if (changing !== undefined) throw new Error(`${path} exports the variable ${changing}, whose later values the modules behind the gates would not see. Export a function that reads it.`);
        return { contents: `export const { ${names.join(', ')} } = front[${JSON.stringify(path)}];` };
      });
    },
  };
}

/** The import statements of a module that esbuild wrote. */
function importsOf(text: string): Names {
  const found = new Map<string, Set<string>>();
  for (const [, list, module] of text.matchAll(/^import \{([^}]*)\} from "([^"]*)";$/gm)) {
    const names = found.get(module!) ?? new Set<string>();
    found.set(module!, names);
    for (const entry of list!.split(',')) names.add(entry.trim().split(' as ')[0]!);
  }
  return [...found].map(([module, names]) => [module, [...names]]);
}
