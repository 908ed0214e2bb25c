/** @file What the browser runs: the cases of the gpu backend on every backend. `main` is called by the harness. */
import { dot, jit, loadGpu, precision, scalar, sin, sum, tensor, type Backend, type Scalar, type Tensor } from '../../src/index.ts';
import { GPU_PRIMITIVES } from '../../src/compile/gpu/supported.ts';
import { CASES, failureOf, type Case } from '../compile/gpu/conformance.ts';
import { start as startOfSmoke, step, type Smoke } from '../compile/smoke.ts';

/** What came out of the cases of one backend. */
export interface PageReport {
  readonly backend: Backend | 'threads' | 'fused';
  readonly passed: number;
  readonly failures: readonly string[];
  readonly milliseconds: number;
}

/** The first case of each primitive, which for elementwise ones is that of f32. */
function onePerPrimitive(cases: readonly Case[]): Case[] {
  return [...new Map([...cases].reverse().map((each) => [each.primitive, each])).values()];
}

async function main(isQuick: boolean): Promise<PageReport[]> {
  await loadGpu();
  const reports: PageReport[] = [];
  for (const backend of ['js', 'wasm', 'gpu'] as const) {
    const start = performance.now();
    const failures: string[] = [];
    const isShort = isQuick && backend === 'gpu';
    const all = CASES.filter(({ primitive }) => GPU_PRIMITIVES.has(primitive));
    const cases = isShort ? onePerPrimitive(all) : all;
    for (const each of cases) {
      try {
        const failure = failureOf(each, backend);
        if (failure !== undefined) failures.push(`${each.label}: ${failure}`);
      } catch (error) {
        failures.push(`${each.label}: ${String(error)}`);
      }
    }
    if (!isShort) {
      const failure = smokeFailure(backend);
      if (failure !== undefined) failures.push(`three steps of smoke: ${failure}`);
    }
    reports.push({ backend, passed: cases.length + Number(!isShort) - failures.length, failures, milliseconds: performance.now() - start });
  }
  reports.push(await threadsReport(), fusedReport());
  return reports;
}

/** Two threads on the main thread of a page, which must not sleep: the bits of one, and a worker that takes part. */
async function threadsReport(): Promise<PageReport> {
  const start = performance.now();
  const x = tensor({ x: 300_000 }, Float32Array.from({ length: 300_000 }, (_, k) => Math.cos(k)));
  const formula = (t: Tensor<'x'>): readonly Tensor<never>[] => [sin(t).mul(t), sum(t.mul(t))];
  const [alone, shared] = [jit(formula), jit(formula, { threads: 2 })];
  const expected = alone(x).map(({ data }) => data);
  const threads = (): { readonly byWorkers: number; readonly problem: string | undefined } => shared.report().programs[0]!.threads!;
  const failures: string[] = [];
  do {
    shared(x).forEach(({ data }, k) => {
      if (!Array.from(data).every((value, i) => Object.is(value, expected[k]![i]))) failures.push(`result ${k} differs`);
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
  } while (failures.length === 0 && threads().byWorkers === 0 && threads().problem === undefined && performance.now() - start < 20_000);
  if (threads().byWorkers === 0) failures.push(`no worker took part: ${threads().problem ?? 'none came in 20 s'}`);
  return { backend: 'threads', passed: Number(failures.length === 0), failures, milliseconds: performance.now() - start };
}

/** Products that are added without being rounded, which Chromium can: (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ then, and 0 otherwise. */
function fusedReport(): PageReport {
  const start = performance.now();
  const near = 1 + 2 ** -12;
  const a = tensor({ i: 50, k: 2 }, Float32Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? 1 : near)));
  const b = tensor({ k: 2, j: 50 }, Float32Array.from({ length: 100 }, (_, n) => (n < 50 ? -(1 + 2 ** -11) : near)));
  const f = jit((x: Tensor<'i' | 'k'>, y: Tensor<'k' | 'j'>) => dot(x, y, 'k'), { fusedMultiplyAdd: true });
  const odd = Array.from(f(a, b).data).filter((value) => value !== 2 ** -24);
  const failures = f.report().fusedMultiplyAdd && odd.length === 0 ? [] : [`fusedMultiplyAdd is ${f.report().fusedMultiplyAdd}, ${odd.length} numbers are not fused, such as ${odd[0]}`];
  return { backend: 'fused', passed: Number(failures.length === 0), failures, milliseconds: performance.now() - start };
}

/** Three steps of a smoke simulation, each from the results of the one before, against eager ones. The end of a solve in f32 may turn on one rounding. */
function smokeFailure(backend: Backend): string | undefined {
  try {
    return precision(32, () => {
      const fast = jit(step as (smoke: Smoke, dt: number | Scalar) => Smoke, { backend });
      let [eager, smoke] = [startOfSmoke(), startOfSmoke()];
      for (const dt of [0.7, 0.3, -0.5]) [eager, smoke] = [step(eager, scalar(dt)), fast(smoke, dt)];
      for (const name of ['d', 'u', 'v'] as const) {
        const [seen, expected] = [smoke[name].data, eager[name].data];
        const worst = Math.max(...Array.from(expected, (value, k) => Math.abs(seen[k]! - value)));
        if (!(worst < 5e-4)) return `'${name}' is off by ${worst}`;
      }
      return undefined;
    });
  } catch (error) {
    return String(error);
  }
}

Object.assign(globalThis, { main });
