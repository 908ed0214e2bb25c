/** @file What the browser runs: the cases of the gpu backend on every backend. `main` is called by the harness. */
import { loadGpu, type Backend } from '@tapeflow/tensor';
import { GPU_PRIMITIVES } from '../../src/compile/gpu/supported.ts';
import { CASES, failureOf } from '../compile/gpu/conformance.ts';

/** What came out of the cases of one backend. */
export interface PageReport {
  readonly backend: Backend;
  readonly passed: number;
  readonly failures: readonly string[];
  readonly milliseconds: number;
}

async function main(): Promise<PageReport[]> {
  await loadGpu();
  const reports: PageReport[] = [];
  for (const backend of ['js', 'wasm', 'gpu'] as const) {
    const start = performance.now();
    const failures: string[] = [];
    const cases = CASES.filter(({ primitive }) => GPU_PRIMITIVES.has(primitive));
    for (const each of cases) {
      try {
        const failure = failureOf(each, backend);
        if (failure !== undefined) failures.push(`${each.label}: ${failure}`);
      } catch (error) {
        failures.push(`${each.label}: ${String(error)}`);
      }
    }
    reports.push({ backend, passed: cases.length - failures.length, failures, milliseconds: performance.now() - start });
  }
  return reports;
}

Object.assign(globalThis, { main });
