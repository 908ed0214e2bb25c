/** @file What the compiler says about wrong code: it names the dimension, not the machinery. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const WRONG: readonly (readonly [line: string, says: string])[] = [
  ["sum(xy, 'z');", `Argument of type '"z"' is not assignable to parameter of type '"x" | "y" | readonly ("x" | "y")[]'`],
  ["sum(xy, ['x', 'z']);", `Type '"z"' is not assignable to type '"x" | "y"'`],
  ["rename(xy, 'x', 'y');", `Argument of type '"y"' is not assignable to parameter of type '"dimension \\"y\\" already exists"'`],
  ['xy.at({ z: 0 });', `'z' does not exist in type '{ readonly x: Index; readonly y: Index; }'`],
  ['wantsX(y);', `Argument of type 'Tensor<"y">' is not assignable to parameter of type 'Tensor<"x">'`],
  ['wantsScalar(x);', `Argument of type 'Tensor<"x">' is not assignable to parameter of type 'Scalar'`],
  ['grad((u: Tensor<"x">) => u.mul(2));', `Type 'Tensor<"x">' is not assignable to type 'DifferentiableScalar'`],
  ["x.add('1');", `Argument of type 'string' is not assignable to parameter of type 'number | Tensor<never>'`],
  ['export const twice = x * 2;', 'The left-hand side of an arithmetic operation must be of type'],
];

/** The messages of the compiler about a module beside this file, by line. */
function messages(source: string): Map<number, string> {
  const root = fileURLToPath(new URL('../../../..', import.meta.url));
  const config = ts.getParsedCommandLineOfConfigFile(`${root}/tsconfig.source.json`, {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined })!;
  const file = fileURLToPath(new URL('wrong.ts', import.meta.url));
  const host = ts.createCompilerHost(config.options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) => (name === file ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : read(name, ...rest));
  const program = ts.createProgram([file], config.options, host);
  const found = new Map<number, string>();
  for (const { file: where, start, messageText } of ts.getPreEmitDiagnostics(program, program.getSourceFile(file))) {
    const line = where === undefined || start === undefined ? -1 : where.getLineAndCharacterOfPosition(start).line;
    found.set(line, `${found.get(line) ?? ''}${ts.flattenDiagnosticMessageText(messageText, '\n')}\n`);
  }
  return found;
}

test('wrong code gets messages that name the dimension', { timeout: 60_000 }, () => {
  const head = [
    "import { grad } from '@tapeflow/autodiff';",
    "import { rename, sum, type Scalar, type Tensor } from '@tapeflow/tensor';",
    "declare const x: Tensor<'x'>; declare const y: Tensor<'y'>; declare const xy: Tensor<'x' | 'y'>;",
    "const wantsX = (t: Tensor<'x'>): unknown => t; const wantsScalar = (t: Scalar): unknown => t;",
  ];
  const seen = messages([...head, ...WRONG.map(([line]) => line)].join('\n'));
  expect([...seen.keys()].filter((line) => line < head.length)).toEqual([]);
  WRONG.forEach(([line, says], k) => {
    const message = seen.get(head.length + k) ?? '(no error)';
    expect(message, line).toContain(says);
    // Short enough to be read.
    expect(message.split('\n').length, `${line}\n${message}`).toBeLessThan(14);
  });
});
