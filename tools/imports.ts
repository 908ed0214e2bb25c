/** @file Which modules a source file asks for. */
import ts from 'typescript';
import type { TextFile } from './files.ts';

/** One import, export-from or dynamic import. */
export interface Import {
  /** The text between the quotes. */
  readonly from: string;
  /** True when the import leaves nothing behind in JavaScript. */
  readonly typeOnly: boolean;
  /** 1-based line. */
  readonly line: number;
}

/** Every import of `file`, in order of appearance. */
export function importsOf(file: TextFile): Import[] {
  const source = parse(file);
  const found: Import[] = [];
  const add = (specifier: ts.Node, typeOnly: boolean): void => {
    if (!ts.isStringLiteralLike(specifier)) return;
    found.push({ from: specifier.text, typeOnly, line: lineOf(source, specifier) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnlyImport(node));
    if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node.moduleSpecifier, isTypeOnlyExport(node));
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && node.arguments[0]) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The syntax tree of a TypeScript file, with parents. */
export function parse({ path, text }: TextFile): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** The 1-based line on which `node` starts. */
export function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

// With verbatimModuleSyntax `import { type A } from 'a'` still loads a; only `import type` does not.
function isTypeOnlyImport(node: ts.ImportDeclaration): boolean {
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function isTypeOnlyExport(node: ts.ExportDeclaration): boolean {
  return node.isTypeOnly;
}
