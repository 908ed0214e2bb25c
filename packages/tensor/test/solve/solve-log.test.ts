/** @file SolveLog: solves in order, with what they cost; in programs the same as without. */
import { describe, expect, test } from 'vitest';
import { checkpoint, grad, hvp, jvp, rollout, vjp } from '@tapeflow/autodiff';
import {
  boxOperator, cond, fixedPoint, full, jit, l2, less, mul, NotConverged, precision, roll, root, scalar, scan, sin, solveLinear, SolveLog, sum, tensor, vmap,
  type Scalar, type SolveMethod, type SolveRecord, type Tensor,
} from '@tapeflow/tensor';
import { randomNumbers } from '../compile/support.ts';

type Field = Tensor<'x'>;
const SEED = 20269;
const field = (n: number, seed = 0): Field => tensor({ x: n }, randomNumbers(SEED + seed, n, 0.5, 1.5));
/** Diagonally dominant, symmetric or not. */
const symmetric = (k: Field) => (u: Field): Field => u.mul(k.add(3)).sub(roll(u, 'x', 1)).sub(roll(u, 'x', -1));
const skewed = (k: Field) => (u: Field): Field => u.mul(k.add(3)).sub(roll(u, 'x', 1).mul(1.5));

/** Programs that solve at many places. */
const PROGRAMS: Readonly<Record<string, { readonly at: Field; readonly solves: number; readonly modes?: readonly string[]; readonly f: (k: Field) => Scalar }>> = {
  'one method after the other': {
    at: precision(64, () => field(12)),
    solves: 4,
    modes: ['values'],
    f: (k) => {
      const b = field(12, 1);
      const methods: readonly SolveMethod[] = ['cg', 'bicgstab', 'gmres', 'direct'];
      return methods.map((method) => l2(solveLinear(method === 'cg' ? symmetric(k) : skewed(k), b, { method, name: `by ${method}` }).value)).reduce((total, each) => total.add(each));
    },
  },
  'in a scan, which derivatives compute again': {
    at: precision(64, () => field(20)),
    solves: 3,
    f: (k) => {
      const [end] = scan((u: Field) => [solveLinear(symmetric(k), u, { name: 'implicit step' }).value, undefined] as const, field(20, 1), 3);
      return l2(end);
    },
  },
  'of values that are not read': {
    at: precision(64, () => field(20)),
    solves: 2,
    f: (k) => {
      solveLinear(symmetric(k), field(20, 1), { name: 'not read' });
      solveLinear((u: Field) => u.mul(2), field(20, 2), { name: 'the same each time' });
      return l2(sin(k));
    },
  },
  'in a branch': {
    at: precision(64, () => field(20)),
    solves: 1,
    f: (k) => l2(cond(less(sum(k, 'x'), 0), (u: Field) => solveLinear(symmetric(u), u, { name: 'no' }).value, (u: Field) => solveLinear(skewed(u), u, { name: 'yes' }).value, k)),
  },
  'roots and fixed points': {
    at: precision(64, () => field(5)),
    solves: 2,
    f: (k) => {
      const found = root((u: Field) => mul(u, mul(u, u)).add(u).sub(k), field(5, 1), { name: 'cubic' });
      const still = fixedPoint((u: Field) => sin(u).mul(0.5).add(k), field(5, 2), { name: 'sine' });
      return l2(found.value.add(still.value));
    },
  },
  'a root of many unknowns': {
    at: precision(64, () => field(66)),
    solves: 1,
    modes: ['values', 'gradients'],
    f: (k) => l2(root((u: Field) => mul(u, mul(u, u)).add(mul(3, u)).sub(roll(u, 'x', 1)).sub(k), field(66, 1)).value),
  },
  'solves in solves': {
    at: precision(64, () => field(8)),
    solves: 1,
    modes: ['values', 'gradients'],
    f: (k) => l2(solveLinear((u: Field) => symmetric(k)(solveLinear(symmetric(k), u, { method: 'direct', name: 'inner' }).value), field(8, 1), { method: 'cg', name: 'outer', relative: 1e-6 }).value),
  },
  'in a checkpoint and a rollout': {
    at: precision(64, () => field(20)),
    solves: 3,
    f: (k) => l2(rollout((u: Field) => solveLinear(symmetric(k), u, { name: 'rolled' }).value, checkpoint((u: Field) => solveLinear(skewed(u), u, { name: 'again' }).value)(k), 2)),
  },
};

/** Everything but the time; residuals to a few digits, as far as they are above rounding. */
const told = ({ seconds, residual, ...rest }: SolveRecord): unknown => {
  expect(seconds).toBeGreaterThanOrEqual(0);
  return { ...rest, residual: residual < 1e-13 || Number.isNaN(residual) ? 'rounding' : residual.toExponential(2) };
};
function logged(run: () => unknown): { log: SolveLog; entries: unknown[] } {
  const log = new SolveLog();
  log.record(run);
  return { log, entries: log.records.map(told) };
}

const MODES: Readonly<Record<string, (f: (k: Field) => Scalar) => (k: Field) => unknown>> = {
  values: (f) => f,
  gradients: (f) => grad(f),
  tangents: (f) => (k) => jvp(f, k, k),
  'products with the Hessian': (f) => (k) => hvp(f, k, k),
};

/** Large programs are not compiled for every backend. */
const BACKENDS_OF: Readonly<Record<string, readonly ('js' | 'wasm')[]>> = { values: ['js', 'wasm'], gradients: ['js', 'wasm'], tangents: ['wasm'], 'products with the Hessian': ['js'] };

describe('entries of programs are those of the function', () => {
  for (const [place, { at, solves, f, modes = Object.keys(MODES) }] of Object.entries(PROGRAMS)) {
    for (const mode of modes) {
      const of = MODES[mode]!;
      test(`${place}: ${mode}`, () => precision(64, () => {
        const { entries: eager } = logged(() => of(f)(at));
        if (mode === 'values') expect(eager.filter((entry) => (entry as SolveRecord).name !== 'inner').length).toBe(solves);
        for (const backend of BACKENDS_OF[mode]!) {
          const fast = jit(of(f), { backend });
          expect(logged(() => fast(at)).entries, backend).toEqual(eager);
          if (mode === 'values') expect(logged(() => fast(at)).entries, `${backend}, once more`).toEqual(eager);
        }
      }));
    }
  }
});

describe('what an entry says', () => {
  test('of a solve and its adjoint', () => precision(64, () => {
    const k = field(24);
    const { log } = logged(() => jit(grad((c: Field) => l2(solveLinear(skewed(c), k, { method: 'gmres', name: 'fluid', relative: 1e-8 }).value)))(k));
    expect(log.records.length).toBe(2);
    const [first, second] = log.records as [SolveRecord, SolveRecord];
    expect(first).toMatchObject({ operation: 'solveLinear', name: 'fluid', method: 'gmres', adjoint: false, systems: 1, status: 'converged', tolerance: 1e-8 });
    expect(second).toMatchObject({ operation: 'solveLinear', name: 'fluid', method: 'gmres', adjoint: true, systems: 1, status: 'converged', tolerance: 1e-8 });
    const alone = solveLinear(skewed(k), k, { method: 'gmres', relative: 1e-8 });
    expect([first.steps, first.reason]).toEqual([alone.steps, alone.reason]);
    expect(first.residual).toBeLessThanOrEqual(1e-8);
    expect(log.steps).toBe(first.steps + second.steps);
    expect(log.seconds).toBeCloseTo(first.seconds + second.seconds, 12);
    expect(String(log)).toMatch(/^SolveLog of 2 solves, \d+ steps\n {2}fluid \(gmres\): converged after \d+ steps?, residual .* ms\n {2}fluid \(gmres, adjoint\): converged/);
  }));

  test('of many systems: the worst, and the most steps', () => precision(64, () => {
    const f = vmap((b: Field) => solveLinear(symmetric(field(24)), b, { method: 'cg' }).value, 'member');
    const b = tensor({ member: 3, x: 24 }, randomNumbers(SEED, 72, -1, 1));
    const { log, entries } = logged(() => f(b));
    expect(log.records[0]).toMatchObject({ systems: 3, status: 'converged' });
    expect(logged(() => jit(f)(b)).entries).toEqual(entries);
  }));

  test('of transforms and multigrid', () => precision(64, () => {
    const A = boxOperator({ y: { sides: 'dirichlet' }, x: { sides: 'periodic' } });
    const b = tensor({ y: 16, x: 16 }, randomNumbers(SEED, 256, -1, 1));
    for (const method of ['transform', 'multigrid'] as const) {
      const f = (u: Tensor<'x' | 'y'>): Tensor<'x' | 'y'> => solveLinear(A, u, { method }).value;
      const { log, entries } = logged(() => f(b));
      expect(log.records[0]).toMatchObject({ method, status: 'converged' });
      expect(logged(() => jit(f)(b)).entries).toEqual(entries);
    }
  }));

  test('of a solve that fails, before it throws, here and in programs', () => precision(64, () => {
    const k = field(30);
    const f = (c: Field): Field => solveLinear(symmetric(c), k, { method: 'cg', maxSteps: 2, name: 'short' }).value;
    for (const run of [f, jit(f)]) {
      const log = new SolveLog();
      expect(() => log.record(() => run(k))).toThrow(NotConverged);
      expect(log.records).toMatchObject([{ name: 'short', status: 'maxSteps', steps: 2 }]);
    }
  }));
});

describe('when a log records', () => {
  const k = precision(64, () => field(20));
  const f = (c: Field): Scalar => l2(solveLinear(symmetric(c), c).value);

  test('nothing before and after; a program for both, each traced once', () => precision(64, () => {
    const fast = jit(f);
    const log = new SolveLog();
    fast(k);
    for (let run = 0; run < 2; run++) log.record(() => fast(k));
    fast(k);
    expect(log.records.length).toBe(2);
    expect(fast.report().retraces).toEqual(['a SolveLog records', 'no SolveLog records any more'].slice(0, 1));
    expect(fast.report().traces).toBe(2);
    // What does not report has nothing to report with.
    const [plain, reporting] = fast.report().programs.map(({ steps }) => /endSolve/.test(steps!));
    expect([plain, reporting]).toEqual([false, true]);
  }));

  test('nested logs both get what is solved inside', () => precision(64, () => {
    const [outer, inner] = [new SolveLog(), new SolveLog()];
    outer.record(() => {
      f(k);
      inner.record(() => f(k));
    });
    expect([outer.records.length, inner.records.length]).toEqual([2, 1]);
  }));

  test('a pullback belongs to the log of the moment in which it is called', () => precision(64, () => {
    const [first, second] = [new SolveLog(), new SolveLog()];
    const { pullback } = first.record(() => vjp(jit(f), k));
    second.record(() => pullback(scalar(1)));
    pullback(scalar(1));
    expect([first.records.map(({ adjoint }) => adjoint), second.records.map(({ adjoint }) => adjoint)]).toEqual([[false], [true]]);
  }));

  test('an error inside ends the recording', () => {
    const log = new SolveLog();
    expect(() => log.record(() => {
      throw new RangeError('no');
    })).toThrow(RangeError);
    precision(64, () => f(k));
    expect(log.records).toEqual([]);
  });

  test('the results have the same bits with and without', () => precision(64, () => {
    const fast = jit(f);
    const plain = fast(k).item();
    expect(new SolveLog().record(() => fast(k)).item()).toBe(plain);
    expect(full({}, 1).item()).toBe(1);
  }));
});
