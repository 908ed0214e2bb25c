/** @file Rule: whatever an entry point of a package offers is documented where it is declared. */
import { posix } from 'node:path';
import ts from 'typescript';
import type { TextFile } from '../files.ts';
import { lineOf, parse } from '../imports.ts';
import { isSource, type House, type Rule } from './rule.ts';

/** Every name a package exports has a docstring. */
export const docstrings: Rule = {
  title: 'every public name has a docstring',
  complaints: (house) => {
    const modules = readModules(house);
    const places = [...house.sources].flatMap((entry) => publicNames(modules, entry).map((name) => ({ entry, name })));
    const complaints = places.flatMap(({ entry, name }) => {
      const found = declarationOf(modules, entry, name);
      if (found === undefined) return [`${entry}: cannot find where '${name}' is declared.`];
      return found.documented ? [] : [`${found.path}:${found.line}: '${found.name}' is public and has no docstring.`];
    });
    return [...new Set(complaints)];
  },
};

/** What the rule knows of one source file. */
interface Module {
  readonly path: string;
  /** Declared names; documented when one of the declarations of that name (an overload, say) is. */
  readonly declared: ReadonlyMap<string, Declared>;
  /** Names that come from elsewhere: `export { original as name } from`, or an import that is exported. */
  readonly forwarded: ReadonlyMap<string, { readonly original: string; readonly from: string }>;
  /** Files of `export * from`. */
  readonly stars: readonly string[];
  /** Names this file exports itself. */
  readonly exported: ReadonlySet<string>;
}

interface Declared {
  readonly path: string;
  readonly name: string;
  readonly line: number;
  readonly documented: boolean;
}

function readModules({ files }: House): Map<string, Module> {
  return new Map(files.filter(({ path }) => isSource(path)).map((file) => [file.path, readModule(file)]));
}

function readModule(file: TextFile): Module {
  const source = parse(file);
  const declared = new Map<string, Declared>();
  const forwarded = new Map<string, { original: string; from: string }>();
  const stars: string[] = [];
  const exported = new Set<string>();
  const resolve = (specifier: ts.Expression): string => posix.join(posix.dirname(file.path), (specifier as ts.StringLiteral).text);
  for (const node of source.statements) {
    for (const name of declaredNames(node)) {
      const documented = (declared.get(name)?.documented ?? false) || isDocumented(node, source) || isTableRow(node, name, source);
      declared.set(name, { path: file.path, name, line: lineOf(source, node), documented });
      if (isExported(node)) exported.add(name);
    }
    if (ts.isImportDeclaration(node) && node.importClause?.namedBindings && ts.isNamedImports(node.importClause.namedBindings)) {
      for (const each of node.importClause.namedBindings.elements) {
        forwarded.set(each.name.text, { original: (each.propertyName ?? each.name).text, from: resolve(node.moduleSpecifier) });
      }
    }
    if (ts.isExportDeclaration(node)) {
      const from = node.moduleSpecifier === undefined ? file.path : resolve(node.moduleSpecifier);
      if (node.exportClause === undefined) stars.push(from);
      if (node.exportClause === undefined || !ts.isNamedExports(node.exportClause)) continue;
      for (const each of node.exportClause.elements) {
        const original = (each.propertyName ?? each.name).text;
        exported.add(each.name.text);
        if (from !== file.path || original !== each.name.text) forwarded.set(each.name.text, { original, from });
      }
    }
  }
  return { path: file.path, declared, forwarded, stars, exported };
}

function publicNames(modules: ReadonlyMap<string, Module>, path: string): string[] {
  const module = modules.get(path);
  if (module === undefined) return [];
  return [...module.exported, ...module.stars.flatMap((star) => publicNames(modules, star))];
}

function declarationOf(modules: ReadonlyMap<string, Module>, path: string, name: string): Declared | undefined {
  const module = modules.get(path);
  if (module === undefined) return undefined;
  const own = module.declared.get(name);
  if (own !== undefined) return own;
  const forward = module.forwarded.get(name);
  if (forward !== undefined) {
    // What another package declares is that package's to document.
    if (!isSource(forward.from)) return { path, name, line: 1, documented: true };
    return declarationOf(modules, forward.from, forward.original);
  }
  return module.stars.map((star) => declarationOf(modules, star, name)).find((found) => found !== undefined);
}

function declaredNames(node: ts.Statement): string[] {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.flatMap(({ name }) => bindingNames(name));
  const named = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
  return named && node.name !== undefined ? [node.name.text] : [];
}

function bindingNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((each) => (ts.isBindingElement(each) ? bindingNames(each.name) : []));
}

function isExported(node: ts.Statement): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false);
}

// The @file sentence belongs to the file, not to its first statement.
function isDocumented(node: ts.Statement, source: ts.SourceFile): boolean {
  return ts.getJSDocCommentsAndTags(node).some((doc) => ts.isJSDoc(doc) && !/@file\b/.test(doc.getText(source)));
}

// A row of a table of operations, `export const sin = unary('sin', …);`: its name is the standard term, more words would say it twice.
function isTableRow(node: ts.Statement, name: string, source: ts.SourceFile): boolean {
  const text = node.getText(source);
  return ts.isVariableStatement(node) && !text.includes('\n') && new RegExp(`= \\w+\\('${name}'`).test(text);
}
