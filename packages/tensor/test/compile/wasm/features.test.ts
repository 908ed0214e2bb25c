/** @file Instructions that only some engines have are found where they are, and nowhere else. */
import { expect, test } from 'vitest';
import { givesTwenty, hasMultiplyAdd, multiplyAddProbe } from '../../../src/compile/wasm/features.ts';
import { ModuleBuilder } from '../../../src/compile/wasm/assembler.ts';

/** Adds up two numbers of the kind that the probe does. */
function probeOf(first: number, second: number): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.addFunction('run', [], ['f64'], (f) => f.f64Const(first).f64Const(second).op('f64.add'));
  return module.toBytes();
}

test('the probe holds both instructions, and the engine has them if it takes it for valid', () => {
  const bytes = multiplyAddProbe();
  const places = [0x85, 0x87].map((code) => bytes.findIndex((byte, k) => byte === 0xfd && bytes[k + 1] === code && bytes[k + 2] === 0x02));
  for (const place of places) expect(place).toBeGreaterThan(0);
  expect(hasMultiplyAdd()).toBe(WebAssembly.validate(bytes));
  expect(hasMultiplyAdd()).toBe(hasMultiplyAdd());
});
test('a probe that cannot be compiled is none', () => {
  const bytes = multiplyAddProbe();
  for (let k = 0; k < bytes.length; k += 7) expect(givesTwenty(bytes.slice(0, k))).toBe(false);
  expect(givesTwenty(bytes.map((byte) => (byte === 0xfd ? 0xff : byte)))).toBe(false);
  expect(givesTwenty(new ModuleBuilder().toBytes())).toBe(false);
});
test('a probe that gives something else, as where the first operand is added, is none', () => {
  expect(givesTwenty(probeOf(10, 10))).toBe(true);
  // 2 + 3 · 4 twice.
  expect(givesTwenty(probeOf(14, 14))).toBe(false);
});
