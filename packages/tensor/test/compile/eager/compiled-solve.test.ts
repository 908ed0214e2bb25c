/** @file Solves outside of compiled functions, by compiled programs: the same solutions, reports, errors and derivatives, and one program for one structure. */
import { beforeEach, describe, expect, test } from 'vitest';
import { checkGradients, grad } from '@tapeflow/autodiff';
import { add, backend, batch, boxOperator, check, lessEqual, mul, NotConverged, InconsistentSystem, precision, roll, scalar, solveLinear, sub, sum, tensor, vmap, type Scalar, type SolveMethod, type SolveOptions, type Tensor } from '@tapeflow/tensor';
import { withAllHeavy } from '../../../src/backends/heavy.ts';
import { heavyPrograms } from '../../../src/compile/eager/heavy-runner.ts';
import { expectSame, randomNumbers } from '../support.ts';
import { thrown } from '../../named/support.ts';

const SEED = 20263;
type Line = Tensor<'x'>;

const line = (seed: number, size: number, dtype: 'f32' | 'f64' = 'f64'): Line => tensor({ x: size }, Float64Array.from(randomNumbers(seed, size)), { dtype });
const positive = (seed: number, size: number): Line => tensor({ x: size }, Float64Array.from(randomNumbers(seed, size, 0.5, 2)), { dtype: 'f64' });

/** −(c u′)′ + s u on a ring: symmetric and positive. */
const diffusion = (c: Line, s: number | Scalar) => (u: Line): Line => {
  const flux: Line = mul(c, sub(roll(u, 'x', -1), u));
  return sub(mul(u, s), sub(flux, roll(flux, 'x', 1)));
};
/** The same with a wind. */
const wind = (c: Line, s: number) => (u: Line): Line => add(diffusion(c, s)(u), mul(sub(u, roll(u, 'x', 1)), 0.3));

const METHODS: readonly SolveMethod[] = ['cg', 'bicgstab', 'gmres'];
const programs = (): number => heavyPrograms.used.programs;
const largest = (t: Tensor<never>): number => Math.max(...t.data.map(Math.abs));

let before = 0;
beforeEach(() => {
  before = programs();
});

describe(`solves of 1500 unknowns (seed ${SEED})`, () => {
  const c = positive(SEED, 1500);
  const b = line(SEED + 1, 1500);
  test.each(METHODS)('%s: solution, steps and status are those of JavaScript', (method) => {
    const solve = () => solveLinear(method === 'cg' ? diffusion(c, 0.2) : wind(c, 0.2), b, { method, relative: 1e-9 });
    const expected = backend('js', solve);
    const seen = solve();
    expect(programs()).toBe(before + 1);
    expect(largest(sub(seen.value, expected.value))).toBeLessThan(1e-7 * largest(expected.value));
    expect(seen.converged).toBe(true);
    // Steps of BiCGstab depend on rounding.
    expect(Math.abs(seen.steps - expected.steps)).toBeLessThanOrEqual(method === 'bicgstab' ? 0.2 * expected.steps : 1);
    const rest = sub((method === 'cg' ? diffusion(c, 0.2) : wind(c, 0.2))(seen.value), b);
    expect(Math.sqrt(sum(mul(rest, rest)).item() / sum(mul(b, b)).item())).toBeLessThanOrEqual(1.0001e-9);
  });

  test('other numbers and arrays in the operator are the same program; another shape of it is another', () => {
    const solve = (coefficients: Line, shift: number): Line => solveLinear(diffusion(coefficients, shift), b, { method: 'cg', relative: 1e-8 }).value;
    const expect0 = (value: Line, coefficients: Line, shift: number): void => expect(largest(sub(diffusion(coefficients, shift)(value), b))).toBeLessThan(1e-6);
    solve(c, 0.2);
    const used = programs();
    for (const [seed, shift] of [[7, 0.31], [8, 0.7], [9, 0.2]] as const) expect0(solve(positive(seed, 1500), shift), positive(seed, 1500), shift);
    expect(programs()).toBe(used);
    solveLinear((u: Line) => mul(u, c), b, { method: 'cg' });
    expect(programs()).toBe(used + 1);
  });

  test('results are not changed by later solves', () => {
    const first = solveLinear(diffusion(c, 0.2), b, { method: 'cg' }).value;
    const values = [...first.data];
    solveLinear(diffusion(c, 0.2), line(SEED + 2, 1500), { method: 'cg' });
    expect([...first.data]).toEqual(values);
  });

  test('an operator with a check of its own is left to JavaScript, which performs it', () => {
    const checked = (limit: number) => (u: Line): Line => {
      check(lessEqual(mul(u, u), limit), () => new RangeError('too large'));
      return mul(u, c);
    };
    expect(solveLinear(checked(1e9), b, { method: 'cg' }).converged).toBe(true);
    expect(() => solveLinear(checked(1e-9), b, { method: 'cg' })).toThrow('too large');
    expect(programs()).toBe(before);
  });

  test('small systems are left to JavaScript', () => {
    expect(solveLinear(diffusion(positive(1, 30), 1), line(2, 30), { method: 'cg' }).converged).toBe(true);
    expect(programs()).toBe(before);
  });
});

describe('errors are those of JavaScript', () => {
  const b = line(SEED, 1200);
  const both = (run: () => unknown): [Error, Error] => [thrown(run) as Error, backend('js', () => thrown(run) as Error)];
  test('a solve that does not converge, with its partial solution', () => {
    const [seen, expected] = both(() => solveLinear(diffusion(positive(SEED, 1200), 1e-3), b, { method: 'cg', maxSteps: 7 })) as [NotConverged, NotConverged];
    expect(programs()).toBe(before + 1);
    expect(seen).toBeInstanceOf(NotConverged);
    expect([seen.steps, seen.status, seen.advice]).toEqual([expected.steps, expected.status, expected.advice]);
    expect(seen.residual).toBeCloseTo(expected.residual, 8);
    expectSame(seen.value, expected.value, 1e-8);
  });
  test('a right-hand side without solution', () => {
    const [seen] = both(() => solveLinear(diffusion(positive(SEED, 1200), 0), add(b, 1), { method: 'cg' }));
    expect(seen).toBeInstanceOf(InconsistentSystem);
    expect(programs()).toBeGreaterThan(before);
  });
});

describe(`every solve as a program, however small (seed ${SEED})`, () => {
  const c = positive(SEED + 3, 7);
  const b = line(SEED + 4, 7);
  const laws = (method: SolveMethod, more: SolveOptions<Line> = {}): void => {
    const own = (x: Line, s: Scalar): Line => solveLinear((u: Line) => add(method === 'cg' ? diffusion(x, s)(u) : wind(x, 0.5)(u), mul(u, s)), b, { method, relative: 1e-12, symmetric: method === 'cg', ...more }).value;
    const start = precision(64, () => scalar(1.2));
    withAllHeavy(() => checkGradients(([x, s]: [Line, Scalar]) => own(x, s), [c, start], { order: 2, seed: SEED }));
    expect(programs()).toBeGreaterThan(before);
  };
  test.each(METHODS)('%s: laws of derivatives, to second order', (method) => laws(method));
  test('with a preconditioner and a guess', () => {
    laws('cg', { preconditioner: 'jacobi' });
    laws('gmres', { preconditioner: (r: Line) => mul(r, 0.4), x0: line(SEED + 5, 7) });
  });
  test('gradients reach what the operator closes over, through programs', () => {
    const loss = (x: Line): Scalar => sum(solveLinear(diffusion(x, 0.7), b, { method: 'cg', relative: 1e-12 }).value.mul(b));
    const expected = backend('js', () => grad(loss)(c));
    const seen = withAllHeavy(() => grad(loss)(c));
    expect(largest(sub(seen, expected))).toBeLessThan(1e-9 * largest(expected));
  });
  test('members of vmap are independent systems', () => {
    const all = tensor({ m: batch(3), x: 7 }, Float64Array.from(randomNumbers(SEED + 6, 21)), { dtype: 'f64' });
    const solve = () => vmap((one: Line) => solveLinear(diffusion(c, 0.7), one, { method: 'cg', relative: 1e-12 }).value, 'm')(all as never) as Tensor;
    const expected = backend('js', solve);
    const seen = withAllHeavy(solve);
    expect(largest(sub(seen, expected))).toBeLessThan(1e-9 * largest(expected));
  });
  test.each(['transform', 'multigrid'] as const)('%s on a box', (method) => {
    const box = boxOperator({ x: { sides: 'dirichlet' }, y: { sides: 'neumann' } }, { shift: 0.1 });
    const given: Tensor<'y' | 'x'> = tensor({ y: 8, x: 8 }, Float64Array.from(randomNumbers(SEED + 7, 64)), { dtype: 'f64' });
    const solve = () => solveLinear(box, given, { method, relative: 1e-10 });
    const expected = backend('js', solve);
    const seen = withAllHeavy(solve);
    expect(programs()).toBeGreaterThan(before);
    expect(seen.steps).toBe(expected.steps);
    expect(largest(sub(seen.value, expected.value))).toBeLessThan(1e-9 * largest(expected.value));
  });
});
