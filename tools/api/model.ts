/** @file What every entry point of every package offers, read with the TypeScript compiler: names in the order of the catalogue, signatures, docstrings. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { entryPoints, packageNames, readManifest } from '../files.ts';
import { declarationText } from './declaration.ts';

/** A package with its entry points. */
export interface ApiPackage {
  /** Folder below packages/. */
  readonly folder: string;
  readonly name: string;
  readonly description: string;
  /** Whether the package has a README to link to. */
  readonly hasReadme: boolean;
  readonly entries: readonly ApiEntry[];
}

/** What one import specifier offers. */
export interface ApiEntry {
  readonly specifier: string;
  /** The sentence of the file. */
  readonly about: string;
  readonly groups: readonly ApiGroup[];
}

/** Exports below one comment of the catalogue. */
export interface ApiGroup {
  readonly title: string;
  readonly names: readonly ApiName[];
}

/** One public name. */
export interface ApiName {
  readonly name: string;
  /** Declarations without bodies and private members. */
  readonly signature: string;
  /** The docstring without its stars; empty for rows of tables, whose name says it. */
  readonly documentation: string;
  /** Path from the root, and line. */
  readonly source: { readonly path: string; readonly line: number };
}

/** Reads all packages below `root`. Throws when an export cannot be followed to where it is declared. */
export function readApi(root: string): ApiPackage[] {
  const packages = packageNames(root).map((folder) => {
    const manifest = readManifest(root, folder);
    const entries = entryPoints(manifest).flatMap((entry) => {
      const target = manifest.exports[entry];
      const source = typeof target === 'object' ? target['tapeflow-source'] : undefined;
      return source === undefined ? [] : [{ specifier: manifest.name + entry.slice(1), file: join(root, 'packages', folder, source) }];
    });
    return { folder, manifest, entries };
  });
  const program = ts.createProgram(packages.flatMap(({ entries }) => entries.map(({ file }) => file)), OPTIONS);
  const reader = new EntryReader(root, program.getTypeChecker());
  return packages.map(({ folder, manifest, entries }) => ({
    folder,
    name: manifest.name,
    description: manifest.description ?? '',
    hasReadme: existsSync(join(root, 'packages', folder, 'README.md')),
    entries: entries.map(({ specifier, file }) => reader.read(specifier, program.getSourceFile(file)!)),
  }));
}

/** Types are not checked here, so the library of the language is not needed. */
const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  customConditions: ['tapeflow-source'],
  allowImportingTsExtensions: true,
  noEmit: true,
  noLib: true,
  types: [],
};

class EntryReader {
  private readonly root: string;
  private readonly checker: ts.TypeChecker;

  constructor(root: string, checker: ts.TypeChecker) {
    this.root = root;
    this.checker = checker;
  }

  read(specifier: string, source: ts.SourceFile): ApiEntry {
    const groups: { title: string; names: ApiName[] }[] = [];
    for (const statement of source.statements) {
      const title = headingBefore(statement, source);
      if (title !== undefined || groups.length === 0) groups.push({ title: title ?? '', names: [] });
      groups.at(-1)!.names.push(...this.exportsOf(statement, source));
    }
    return { specifier, about: fileSentence(source), groups: groups.filter(({ names }) => names.length > 0) };
  }

  private exportsOf(statement: ts.Statement, source: ts.SourceFile): ApiName[] {
    if (!ts.isExportDeclaration(statement)) {
      if (ts.isImportDeclaration(statement)) return [];
      throw new Error(`${source.fileName}: an entry point only exports from other files; found ${statement.getText(source).slice(0, 60)}`);
    }
    if (statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause)) {
      return statement.exportClause.elements.map((element) => this.describe(element.name.text, this.checker.getSymbolAtLocation(element.name), source));
    }
    const module = this.checker.getSymbolAtLocation(statement.moduleSpecifier!);
    if (module === undefined) throw new Error(`${source.fileName}: cannot follow ${statement.getText(source)}`);
    // `export * as advect`: its members are advect.upwind and so on.
    const prefix = statement.exportClause === undefined ? '' : `${statement.exportClause.name.text}.`;
    return this.checker.getExportsOfModule(module).map((symbol) => this.describe(prefix + symbol.name, symbol, source));
  }

  private describe(name: string, symbol: ts.Symbol | undefined, source: ts.SourceFile): ApiName {
    const target = symbol === undefined || (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : this.checker.getAliasedSymbol(symbol);
    const declarations = target?.declarations?.filter((declaration) => !ts.isSourceFile(declaration)) ?? [];
    const [first] = declarations;
    if (first === undefined) throw new Error(`${source.fileName}: cannot find where '${name}' is declared.`);
    const home = first.getSourceFile();
    return {
      name,
      signature: declarationText(home, target!.name, name.replace(/^.*\./, '')),
      documentation: declarations.map((declaration) => docstringOf(declaration)).find((text) => text !== '') ?? '',
      source: { path: relative(this.root, home.fileName).replaceAll('\\', '/'), line: home.getLineAndCharacterOfPosition(first.getStart(home)).line + 1 },
    };
  }
}

/** The `// comment` right before a statement of a catalogue. */
function headingBefore(statement: ts.Statement, source: ts.SourceFile): string | undefined {
  const comments = ts.getLeadingCommentRanges(source.text, statement.getFullStart()) ?? [];
  const last = comments.filter(({ kind }) => kind === ts.SyntaxKind.SingleLineCommentTrivia).at(-1);
  if (last === undefined) return undefined;
  const text = source.text.slice(last.pos, last.end).replace(/^\/\/\s*/, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function fileSentence(source: ts.SourceFile): string {
  return withoutStars(/\/\*\*[^]*?\*\//.exec(source.text)?.[0] ?? '').replace(/^@file\s+/, '').split(/\n\s*\n/)[0]!.replace(/\s+/g, ' ');
}

function docstringOf(declaration: ts.Declaration): string {
  const holder = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const docs = ts.getJSDocCommentsAndTags(holder).filter((doc): doc is ts.JSDoc => ts.isJSDoc(doc) && !/@file\b/.test(doc.getText()));
  return docs.length === 0 ? '' : withoutStars(docs.at(-1)!.getText());
}

function withoutStars(comment: string): string {
  return comment.replace(/^\/\*\*/, '').replace(/\*\/$/, '').split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trimEnd()).join('\n').trim();
}
