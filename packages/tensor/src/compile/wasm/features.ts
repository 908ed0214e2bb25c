/** @file Instructions that only some engines have: found by trying them once. */
import { ModuleBuilder } from './assembler.ts';

/** A module whose function `run` gives 2 · 3 + 4 in f32 and in f64, added up. */
export function multiplyAddProbe(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.addFunction('run', [], ['f64'], (f) => {
    f.f32x4Const(2).f32x4Const(3).f32x4Const(4).op('f32x4.relaxed_madd').lane('f32x4.extract_lane', 0).op('f64.promote_f32');
    f.f64x2Const(2).f64x2Const(3).f64x2Const(4).op('f64x2.relaxed_madd').lane('f64x2.extract_lane', 0).op('f64.add');
  });
  return module.toBytes();
}

/** Whether a probe can be compiled here and gives what it should: in drafts of the instruction the first operand was the one that is added. */
export function givesTwenty(probe: Uint8Array<ArrayBuffer>): boolean {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(probe));
    return (exports['run'] as () => number)() === 20;
  } catch {
    return false;
  }
}

let known: boolean | undefined;

/** Whether programs may use `relaxed_madd`, a · b + c that rounds once where the processor can. */
export function hasMultiplyAdd(): boolean {
  return (known ??= givesTwenty(multiplyAddProbe()));
}
