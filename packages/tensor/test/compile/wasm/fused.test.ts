/**
 * @file Products that are added without being rounded first (`fusedMultiplyAdd`), in a process whose engine can: bounds of errors as before, the same
 * bits for any number of threads, derivatives; and in one whose engine cannot, where the option changes nothing.
 */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { hasMultiplyAdd } from '../../../src/compile/wasm/features.ts';
import { ArgumentError, dot, jit, type Tensor } from '../../../src/index.ts';
import { bundledScript } from '../../child-process.ts';

/** Node 20 has the instruction behind a flag, later ones have it without. */
const FLAGS: readonly string[] = hasMultiplyAdd() ? [] : ['--experimental-wasm-relaxed-simd'];
/** (1 + 2⁻¹²)² − (1 + 2⁻¹¹), with the square rounded and not. */
const [ROUNDED, FUSED] = [[0, 0], [2 ** -24, 2 ** -24]] as const;
const everywhere = (range: readonly [number, number]): object => ({ product: range, tangent: range, left: range, right: range, batch: range });

const seen = new Map<string, Record<string, unknown>>();

/** What fused.ts tells; each mode runs once. */
function child(mode: 'laws' | 'without', flags: readonly string[]): Record<string, unknown> {
  const known = seen.get(mode);
  if (known !== undefined) return known;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, bundledScript(new URL('./fused.ts', import.meta.url)), mode], { encoding: 'utf8', timeout: 120_000 });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const result = JSON.parse(stdout) as Record<string, unknown>;
  seen.set(mode, result);
  return result;
}

describe('an engine that can', { timeout: 120_000 }, () => {
  const laws = (): Record<string, unknown> => child('laws', FLAGS);

  test('the report says so', () => expect(laws()['report']).toBe(true));
  test('products, tangents, gradients to both sides and batches are not rounded before they are added', () => expect(laws()['fused']).toEqual(everywhere(FUSED)));
  test('without the option they are', () => expect(laws()['plain']).toEqual(everywhere(ROUNDED)));
  test('other bits than without the option', () => expect(laws()['differ']).toBe(true));
  test('errors of products and convolutions keep their bounds, threads their bits', () => {
    expect(laws()['faults']).toEqual([]);
    for (const checks of laws()['checks'] as number[]) expect(checks).toBeGreaterThan(50);
  });
  test('gradients are adjoint to tangents', () => expect(laws()['adjointError']).toBeLessThan(1e-7));
  test('inspections tell it, and profiles run', () => {
    expect(laws()['inspected']).toMatch(/\(60 × 70\) · \(70 × 50\), fused$/);
    expect(laws()['profiled']).toBe(1);
  });
});

test('an engine that cannot gives the bits that it gives without the option, and the report says so', { timeout: 60_000 }, () => {
  expect(child('without', [])).toEqual({ same: true, revealing: everywhere(ROUNDED), report: false });
});

describe('the option', () => {
  const f = (a: Tensor<'i' | 'k'>, b: Tensor<'k' | 'j'>): Tensor<'i' | 'j'> => dot(a, b, 'k') as Tensor<'i' | 'j'>;

  test('is off by default', () => expect(jit(f).report().fusedMultiplyAdd).toBe(false));
  test('is on where it is asked for and the engine can', () => expect(jit(f, { fusedMultiplyAdd: true, backend: 'wasm' }).report().fusedMultiplyAdd).toBe(hasMultiplyAdd()));
  test('is refused on other backends, in programs that are debugged, and if it is no boolean', () => {
    expect(() => jit(f, { fusedMultiplyAdd: true, backend: 'js' })).toThrow(/Only the backend 'wasm'/);
    expect(() => jit(f, { fusedMultiplyAdd: true, debug: true })).toThrow(ArgumentError);
    expect(() => jit(f, { fusedMultiplyAdd: 1 as unknown as boolean })).toThrow(/Give true or false/);
    expect(jit(f, { fusedMultiplyAdd: false, backend: 'js' }).report().fusedMultiplyAdd).toBe(false);
  });
});
