/** @file Suite: the house rules that no linter knows. */
import { entryPoints, packageNames, projectFiles, readManifest, type Manifest } from '../files.ts';
import { check, total, type Outcome, type Suite } from '../outcome.ts';
import { declaredEntries, listedDependencies, noNode, oneWay, relativeImports } from '../rules/borders.ts';
import { docstrings } from '../rules/docstrings.ts';
import { fileSentence, knownReferences, noBlindCasts, noMachinePaths } from '../rules/manner.ts';
import type { House, Rule } from '../rules/rule.ts';

/** In the order in which they are reported. */
const RULES: readonly Rule[] = [
  declaredEntries, oneWay, listedDependencies, relativeImports, noNode,
  fileSentence, docstrings, knownReferences, noBlindCasts, noMachinePaths,
];

/** Package borders, direction of dependencies, and how files are written. */
export const borders: Suite = {
  name: 'borders',
  about: 'package borders, direction of dependencies, docstrings, manifests',
  budget: 20,
  run: (root) => Promise.resolve(applyRules(root)),
};

function applyRules(root: string): Outcome {
  const manifests = packageNames(root).map((name) => ({ name, manifest: readManifest(root, name) }));
  const house: House = {
    files: projectFiles(root),
    entries: new Map(manifests.map(({ name, manifest }) => [name, entryPoints(manifest)])),
    sources: new Set(manifests.flatMap(({ name, manifest }) => entrySources(name, manifest))),
    dependencies: new Map(manifests.map(({ name, manifest }) => [name, houseDependencies(manifest)])),
  };
  return total([
    ...RULES.map((rule) => check(rule.title, rule.complaints(house))),
    check('manifests are fit to publish', manifests.flatMap(({ name, manifest }) => manifestComplaints(name, manifest))),
  ]);
}

/** Bundlers take the separate modules under `module`, which they set also for programs for Node; Node itself takes the bundles. */
const CONDITIONS = 'tapeflow-source, types, module, node, default';

function entrySources(folder: string, manifest: Manifest): string[] {
  return entryPoints(manifest).flatMap((entry) => {
    const target = manifest.exports[entry];
    const source = typeof target === 'object' ? target['tapeflow-source'] : undefined;
    return source === undefined ? [] : [`packages/${folder}/${source.slice(2)}`];
  });
}

function houseDependencies(manifest: Manifest): string[] {
  return Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith('@tapeflow/')).map((name) => name.slice('@tapeflow/'.length));
}

function manifestComplaints(folder: string, manifest: Manifest): string[] {
  const complaints: string[] = [];
  const expect = (fine: boolean, complaint: string): void => {
    if (!fine) complaints.push(`packages/${folder}/package.json: ${complaint}`);
  };
  expect(manifest.name === `@tapeflow/${folder}`, `name is ${manifest.name}, not @tapeflow/${folder}.`);
  expect(manifest.license === 'MIT', 'license is not MIT.');
  expect(manifest.sideEffects === false, 'sideEffects is not false, so bundlers keep everything.');
  const scripts = Object.keys(manifest.scripts ?? {}).filter((script) => /^(pre|post)?(install|prepare)$/.test(script));
  expect(scripts.length === 0, `runs ${scripts.join(', ')} on the machine of whoever installs it.`);
  expect(['dist', 'src'].every((part) => manifest.files?.includes(part)), 'files lacks dist or src.');
  for (const entry of entryPoints(manifest)) {
    const target = manifest.exports[entry];
    const conditions = typeof target === 'object' ? Object.keys(target).join(', ') : String(target);
    expect(conditions === CONDITIONS, `exports '${entry}' has (${conditions}), not (${CONDITIONS}).`);
  }
  for (const [name, version] of Object.entries(manifest.dependencies ?? {})) {
    expect(!name.startsWith('@tapeflow/') || version === manifest.version, `depends on ${name} ${version}, not on its own version ${manifest.version}.`);
  }
  return complaints;
}
