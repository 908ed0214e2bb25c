/** @file Reads the code blocks of a Markdown file and turns them into one module that can be compiled and run. */
import ts from 'typescript';
import { parse } from '../imports.ts';

/** One fenced code block that claims to be TypeScript or JavaScript. */
export interface Snippet {
  /** 1-based line of its first line of code. */
  readonly line: number;
  readonly code: string;
  /** Why it is not run, as its first line says; undefined when it is run. */
  readonly notRun: string | undefined;
}

/** The code blocks of a document, and complaints about blocks that opt out without a visible reason. */
export interface Snippets {
  readonly snippets: readonly Snippet[];
  readonly complaints: readonly string[];
}

const FENCE = /^(\s*)(```+|~~~+)\s*(.*?)\s*$/;
const CODE = /^(ts|typescript|js|javascript|mjs|tsx|jsx)\b\s*(.*)$/i;
const REASON = /^\s*\/\/ Not run: (\S.*)$/;

/**
 * Finds the code blocks of `markdown`. Every ts or js block is run, unless its fence says `ts ignore` and its first line tells
 * the reader why: `// Not run: needs a browser.`
 */
export function findSnippets(path: string, markdown: string): Snippets {
  const lines = markdown.split('\n');
  const snippets: Snippet[] = [];
  const complaints: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const fence = FENCE.exec(lines[at] ?? '');
    if (fence === null) continue;
    const [, margin = '', marks = '', info = ''] = fence;
    const end = lines.findIndex((line, index) => index > at && line.trim().startsWith(marks) && line.trim().replaceAll(marks[0] ?? '', '') === '');
    if (end < 0) {
      complaints.push(`${path}:${at + 1}: this code block is never closed.`);
      break;
    }
    const code = CODE.exec(info);
    if (code !== null) {
      const body = lines.slice(at + 1, end).map((line) => (line.startsWith(margin) ? line.slice(margin.length) : line));
      const reason = REASON.exec(body[0] ?? '')?.[1];
      const optsOut = code[2] === 'ignore';
      if (code[2] !== '' && !optsOut) complaints.push(`${path}:${at + 1}: unknown words after the language: '${code[2]}'.`);
      if (optsOut && reason === undefined) {
        complaints.push(`${path}:${at + 1}: a block that is not run begins with a line '// Not run: <reason>'.`);
      }
      snippets.push({ line: at + 2, code: body.join('\n'), notRun: optsOut ? (reason ?? 'no reason given') : undefined });
    }
    at = end;
  }
  return { snippets, complaints };
}

/**
 * One module made of the blocks that are run. Each line of code stands on the same line number as in the document, so that
 * messages of the compiler point into the document. Later blocks may import a name again, as a reader who copies one block must.
 */
export function toModule(snippets: readonly Snippet[]): string {
  const lines: string[] = [];
  const imported = new Map<string, string>();
  for (const { line, code, notRun } of snippets) {
    if (notRun !== undefined) continue;
    while (lines.length < line - 1) lines.push('');
    lines.push(...dropRepeatedImports(code, imported).split('\n'));
  }
  lines.push('export {};', '');
  return lines.join('\n');
}

/**
 * The module with each `console.log(…); // → text` turned into an assertion that this is what is printed.
 * Text ending in … is compared up to there.
 */
export function withAssertions(module: string, path: string): string {
  let asserted = false;
  const lines = module.split('\n').map((text, index) => {
    const match = /^(\s*)console\.log\((.*)\);\s*\/\/ → (.*)$/.exec(text);
    if (match === null) return text;
    asserted = true;
    const [, margin = '', values = '', expected = ''] = match;
    return `${margin}__prints(${JSON.stringify(`${path}:${index + 1}`)}, ${JSON.stringify(expected.trim())}, ${values});`;
  });
  return asserted ? [...lines, PRINTS].join('\n') : module;
}

const PRINTS = `
import { formatWithOptions as __format } from 'node:util';
function __prints(place: string, expected: string, ...values: unknown[]): void {
  const seen = __format({ colors: false, breakLength: Infinity, compact: true }, ...values).trim();
  const fine = expected.endsWith('…') ? seen.startsWith(expected.slice(0, -1).trimEnd()) : seen === expected;
  if (!fine) throw new Error(place + ': the document says this prints\\n  ' + expected + '\\nbut it prints\\n  ' + seen);
}
`;

/** Blanks out imports of names that an earlier block imported from the same module, keeping every line in place. */
function dropRepeatedImports(code: string, imported: Map<string, string>): string {
  const source = parse({ path: 'snippet.ts', text: code });
  let result = code;
  // From the last to the first, so that positions stay right while the text changes.
  for (const node of source.statements.filter(ts.isImportDeclaration).reverse()) {
    const bindings = node.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings) || !ts.isStringLiteral(node.moduleSpecifier)) continue;
    const from = node.moduleSpecifier.text;
    const fresh = bindings.elements.filter((each) => imported.get(each.name.text) !== `${from} ${originalName(each)}`);
    for (const each of bindings.elements) imported.set(each.name.text, `${from} ${originalName(each)}`);
    if (fresh.length === bindings.elements.length) continue;
    const keyword = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'import type' : 'import';
    const rest = fresh.length === 0 ? '' : `${keyword} { ${fresh.map((each) => each.getText(source)).join(', ')} } from '${from}';`;
    const old = node.getText(source);
    const blankLines = '\n'.repeat(old.split('\n').length - 1);
    result = result.slice(0, node.getStart(source)) + rest + blankLines + result.slice(node.end);
  }
  return result;
}

function originalName(element: ts.ImportSpecifier): string {
  return (element.propertyName ?? element.name).text;
}
