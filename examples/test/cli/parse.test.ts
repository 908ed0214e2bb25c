/** @file Options: values, defaults, bounds and complaints. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UsageError, UserError } from '../../cli/errors.ts';
import type { OptionSpecs } from '../../cli/option-specs.ts';
import { parseOptions } from '../../cli/parse.ts';

const folder = mkdtempSync(join(tmpdir(), 'tapeflow-parse-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'a.png'), '');
writeFileSync(join(folder, '-b.png'), '');

const specs = {
  title: { kind: 'text', description: 'a title', default: 'none' },
  size: { kind: 'integer', description: 'cells', default: 64, minimum: 16, maximum: 512, multipleOf: 8 },
  rate: { kind: 'number', description: 'rate', default: 0.1, above: 0, maximum: 10 },
  angle: { kind: 'number', description: 'angle', default: 0, minimum: -180, maximum: 180 },
  precision: { kind: 'choice', description: 'bits', choices: [32, 64], default: 32 },
  method: { kind: 'choice', description: 'method', choices: ['adam', 'lbfgs'], default: 'adam' },
  picture: { kind: 'file', description: 'a picture' },
  out: { kind: 'folder', description: 'results', default: 'out/x' },
  json: { kind: 'flag', description: 'print JSON' },
} as const satisfies OptionSpecs;

const parse = (...args: string[]): ReturnType<typeof parseOptions> => parseOptions(args, specs, folder);

describe('values', () => {
  test('without arguments every option has its default', () => {
    expect(parse()).toEqual({
      title: 'none',
      size: 64,
      rate: 0.1,
      angle: 0,
      precision: 32,
      method: 'adam',
      picture: undefined,
      out: join(folder, 'out/x'),
      json: false,
    });
  });

  test('both ways of writing a value, in their types', () => {
    const args = ['--size=32', '--rate', '1e-2', '--angle', '-90', '--precision', '64', '--json', '--title', 'two words'];
    expect(parse(...args)).toMatchObject({ size: 32, rate: 0.01, angle: -90, precision: 64, json: true, title: 'two words' });
  });

  test('the last of equal options counts', () => expect(parse('--size', '32', '--size', '128')['size']).toBe(128));

  test('paths start from the base folder', () => {
    expect(parse('--picture', 'a.png', '--out', '../elsewhere')).toMatchObject({
      picture: join(folder, 'a.png'),
      out: join(folder, '../elsewhere'),
    });
    expect(parse('--picture=-b.png')['picture']).toBe(join(folder, '-b.png'));
  });
});

describe('complaints', () => {
  test.each([
    ['unknown option', ['--sice', '32'], UsageError, /^--sice: unknown option; did you mean --size\?$/],
    ['unknown option unlike any', ['--viscosity', '1'], UsageError, /^--viscosity: unknown option; see --help/],
    ['inherited property as option', ['--constructor', '1'], UsageError, /^--constructor: unknown option/],
    ['unknown letter', ['-x'], UsageError, /^-x: unknown option/],
    ['stray word', ['32'], UsageError, /^'32': not expected here/],
    ['no value at the end', ['--size'], UsageError, /^--size: needs a value; give a multiple of 8 from 16 to 512$/],
    ['no value before another option', ['--picture', '--json'], UsageError, /^--picture: needs a value; give a file$/],
    ['empty value', ['--picture='], UsageError, /^--picture: needs a value/],
    ['value for a flag', ['--json=yes'], UsageError, /^--json: takes no value, got 'yes'/],
    ['text for an integer', ['--size', 'big'], UsageError, /^--size: 'big' is not a whole number/],
    ['fraction for an integer', ['--size', '64.5'], UsageError, /^--size: '64.5' is not a whole number/],
    ['hexadecimal for an integer', ['--size', '0x40'], UsageError, /^--size: '0x40' is not a whole number/],
    ['zero', ['--size', '0'], UsageError, /^--size: 0 is too small; give a multiple of 8 from 16 to 512$/],
    ['negative', ['--size', '-64'], UsageError, /^--size: -64 is too small/],
    ['too large', ['--size', '1e9'], UsageError, /^--size: 1e9 is too large/],
    ['not a multiple', ['--size', '50'], UsageError, /^--size: 50 is not a multiple of 8/],
    ['NaN', ['--rate', 'NaN'], UsageError, /^--rate: 'NaN' is not a finite number; give a number above 0 and up to 10$/],
    ['infinity', ['--rate', 'Infinity'], UsageError, /^--rate: 'Infinity' is not a finite number/],
    ['overflow', ['--rate', '1e999'], UsageError, /^--rate: '1e999' is not a finite number/],
    ['excluded bound', ['--rate', '0'], UsageError, /^--rate: 0 is too small/],
    ['beyond the bound', ['--angle', '181'], UsageError, /^--angle: 181 is too large; give a number from -180 to 180$/],
    ['no such choice', ['--precision', '16'], UsageError, /^--precision: '16' is not one of the choices; give 32 or 64$/],
    ['mistyped choice', ['--method', 'lbgfs'], UsageError, /^--method: 'lbgfs' .*did you mean lbfgs\?$/],
    ['missing file', ['--picture', 'b.png'], UserError, /^--picture: there is no file 'b.png'; looked for .*b\.png$/],
    ['file below a file', ['--picture', 'a.png/b.png'], UserError, /^--picture: there is no file/],
    ['folder for a file', ['--picture', '.'], UserError, /^--picture: '.' is a folder; give a file$/],
    ['device for a file', ['--picture', '/dev/null'], UserError, /^--picture: '\/dev\/null' is not an ordinary file/],
  ])('%s', (_, args, type, message) => {
    expect(() => parse(...args)).toThrow(message);
    expect(() => parse(...args)).toThrow(type);
  });

  test('carry what they say as fields', () => {
    try {
      parse('--size', '50');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ subject: '--size', seen: '50 is not a multiple of 8', exitCode: 2 });
    }
  });
});
