/** @file Declarations as a user meets them: without bodies, private members and words that only matter to the compiler. */
import ts from 'typescript';
import { parse } from '../imports.ts';

const declarationFiles = new WeakMap<ts.SourceFile, ts.SourceFile>();

/** All declarations of a name in a file, as they stand in its declaration file; `shownAs` is the name under which it is exported. */
export function declarationText(source: ts.SourceFile, name: string, shownAs: string = name): string {
  const file = declarationFileOf(source);
  const found = file.statements.filter((statement) => namesOf(statement).includes(name));
  if (found.length === 0) throw new Error(`${source.fileName}: '${name}' is not in its declarations.`);
  const text = found.map((statement) => shown(statement, file)).join('\n');
  return name === shownAs ? text : `${text}\n// exported as ${shownAs}`;
}

/** The declaration file is made from this one file alone, as `isolatedDeclarations` allows. */
function declarationFileOf(source: ts.SourceFile): ts.SourceFile {
  let file = declarationFiles.get(source);
  if (file === undefined) {
    const { outputText } = ts.transpileDeclaration(source.text, { fileName: source.fileName, compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext } });
    declarationFiles.set(source, (file = parse({ path: source.fileName.replace(/\.ts$/, '.d.ts'), text: outputText })));
  }
  return file;
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => (ts.isIdentifier(name) ? name.text : ''));
  const named = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  return named && statement.name !== undefined ? [statement.name.text] : [];
}

function shown(statement: ts.Statement, file: ts.SourceFile): string {
  let text = statement.getText(file);
  if (ts.isClassDeclaration(statement)) {
    // From the last to the first, so that positions stay right.
    for (const member of statement.members.toReversed().filter(isPrivate)) {
      text = text.slice(0, member.getFullStart() - statement.getStart(file)) + text.slice(member.end - statement.getStart(file));
    }
  }
  return text.replace(/^export /, '').replace(/^declare /, '').replace(/^ {4}/gm, '  ');
}

function isPrivate(member: ts.ClassElement): boolean {
  const hidden = ts.canHaveModifiers(member) && ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
  return hidden === true || (member.name !== undefined && ts.isPrivateIdentifier(member.name));
}
