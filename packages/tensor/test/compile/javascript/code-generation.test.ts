/** @file Where code from text is forbidden, and where WebAssembly is missing, everything works and says how it runs. */
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundledScript } from '../../child-process.ts';
import { canGenerateCode, functionFrom } from '../../../src/compile/javascript/code-generation.ts';

interface Seen {
  readonly eager: readonly number[];
  readonly chosen: readonly number[];
  readonly js: readonly number[];
  readonly backend: string;
  readonly backendReason: string;
  readonly isPrinted: boolean;
  readonly wasm: string;
  readonly debug: string;
}

function run(...flags: string[]): Seen {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, bundledScript(new URL('./forbidden.ts', import.meta.url))], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Seen;
}

const FORBIDDEN = '--disallow-code-generation-from-strings';
const WITHOUT_WEBASSEMBLY = ['--import', 'data:text/javascript,delete globalThis.WebAssembly'];

/** One gradient of f32 numbers agrees with another up to rounding. */
function expectClose(a: readonly number[], b: readonly number[]): void {
  const size = Math.max(...b.map(Math.abs));
  expect(a.length).toBe(b.length);
  expect(Math.max(...a.map((x, k) => Math.abs(x - b[k]!))) / size).toBeLessThan(1e-4);
}

describe('the gradient of a smoke step', { timeout: 120_000 }, () => {
  let usual: Seen;
  beforeAll(() => {
    usual = run();
  }, 60_000);

  test('where everything is allowed', () => {
    expect(usual).toMatchObject({ backend: 'wasm', backendReason: 'the default', isPrinted: true, wasm: 'nothing', debug: 'nothing' });
    // The passes over the program add up scatters in another order.
    expectClose(usual.js, usual.eager);
    expectClose(usual.chosen, usual.eager);
  });
  test('without code from text: WebAssembly as ever, js by the interpreter with the same bits', () => {
    const seen = run(FORBIDDEN);
    expect(seen).toMatchObject({ backend: 'wasm', isPrinted: false, wasm: 'nothing', debug: 'CodeGenerationForbiddenError' });
    expect(seen.eager).toEqual(usual.eager);
    expect(seen.js).toEqual(usual.js);
    expect(seen.chosen).toEqual(usual.chosen);
  });
  test('without WebAssembly: js, which the report says', () => {
    const seen = run(...WITHOUT_WEBASSEMBLY);
    expect(seen).toMatchObject({ backend: 'js', isPrinted: true, wasm: 'WebAssemblyUnavailableError', debug: 'nothing' });
    expect(seen.backendReason).toContain('WebAssembly');
    expect(seen.chosen).toEqual(usual.js);
  });
  test('without either', () => {
    const seen = run(FORBIDDEN, ...WITHOUT_WEBASSEMBLY);
    expect(seen).toMatchObject({ backend: 'js', isPrinted: false, wasm: 'WebAssemblyUnavailableError', debug: 'CodeGenerationForbiddenError' });
    expect(seen.eager).toEqual(usual.eager);
    expect(seen.chosen).toEqual(usual.js);
  });
  test('in an engine that makes no machine code at all', () => {
    const seen = run('--jitless', FORBIDDEN);
    expect(seen).toMatchObject({ backend: 'js', isPrinted: false });
    expect(seen.eager).toEqual(usual.eager);
    expect(seen.chosen).toEqual(usual.js);
  });
});

test('code is made where it is allowed', () => {
  expect(canGenerateCode()).toBe(true);
  expect(functionFrom(['a', 'b'], 'return a - b;')(5, 3)).toBe(2);
});
