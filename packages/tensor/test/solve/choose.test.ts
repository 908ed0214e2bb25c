/** @file Which method solves a system: the rules, what they say, and that they hold for what is solved. */
import { describe, expect, test } from 'vitest';
import { ArgumentError, batch, boxOperator, solveLinear, tensor, type SolveOptions, type Tensor } from '@tapeflow/tensor';
import { chooseMethod, METHODS, type SystemFacts } from '../../src/solve/choose.ts';
import { thrown } from '../named/support.ts';

const facts: SystemFacts = { operator: undefined, unknowns: 1000, systems: 1, symmetric: false, guessed: false, preconditioner: 'none', restarted: false };
const chosen = (known: Partial<SystemFacts>): string => chooseMethod('auto', { ...facts, ...known }).method;

describe('auto takes', () => {
  test('a direct solve for small systems, unless there is a guess, a preconditioner, or too many of them', () => {
    expect([chosen({ unknowns: 16 }), chosen({ unknowns: 16, symmetric: true }), chosen({ unknowns: 1 })]).toEqual(['direct', 'direct', 'direct']);
    expect([chosen({ unknowns: 17 }), chosen({ unknowns: 8, guessed: true }), chosen({ unknowns: 8, preconditioner: 'jacobi' })]).toEqual(['bicgstab', 'bicgstab', 'bicgstab']);
    expect([chosen({ unknowns: 16, systems: 16384 }), chosen({ unknowns: 16, systems: 16385 })]).toEqual(['direct', 'bicgstab']);
  });

  test('conjugate gradients for operators that are declared symmetric', () => {
    expect([chosen({ symmetric: true }), chosen({ symmetric: true, preconditioner: 'function' }), chosen({ symmetric: true, guessed: true })]).toEqual(['cg', 'cg', 'cg']);
  });

  test('GMRES where steps are dear, or where its options are used', () => {
    expect([chosen({ preconditioner: 'function' }), chosen({ restarted: true }), chosen({ preconditioner: 'jacobi' })]).toEqual(['gmres', 'gmres', 'bicgstab']);
  });

  test('what it says it takes: every solution has a reason', () => {
    const b = tensor({ i: 40 }, Array.from({ length: 40 }, (_, k) => k + 1)) as Tensor<'i'>;
    const solve = (options: SolveOptions<Tensor<'i'>>): string => {
      const { method, reason } = solveLinear((x: Tensor<'i'>) => x.mul(2), b, options);
      return `${method}: ${reason}`;
    };
    expect([solve({}), solve({ symmetric: true }), solve({ preconditioner: (r) => r.mul(0.5) }), solve({ restart: 5 }), solve({ method: 'cg' })]).toMatchInlineSnapshot(`
      [
        "bicgstab: the operator is not declared symmetric: BiCGstab keeps few vectors, however many steps it takes",
        "cg: the operator is declared symmetric: conjugate gradients need the least work",
        "gmres: the operator is not declared symmetric, and with a preconditioner steps are few and dear: GMRES needs one product for each",
        "gmres: the operator is not declared symmetric, and restart speaks of GMRES",
        "cg: method: 'cg' was asked for",
      ]
    `);
    const small = solveLinear((x: Tensor<'i'>) => x.mul(2), tensor({ b: batch(3), i: 2 }, [1, 2, 3, 4, 5, 6]) as Tensor<'i'>);
    expect([small.method, small.reason]).toEqual(['direct', 'a system of 2 unknowns is small (at most 16): its matrix is made and solved at once']);
  });
});

describe('a method that is named', () => {
  test('is taken whatever the system', () => {
    const operator = boxOperator({ i: { sides: 'neumann' } });
    expect(METHODS.map((method) => chooseMethod(method, { ...facts, operator, unknowns: 2 }).method)).toEqual([...METHODS]);
  });

  test('gets an operator that it can look into', () => {
    for (const method of ['transform', 'multigrid'] as const) expect(thrown(() => chooseMethod(method, facts))).toMatchObject({ name: 'ArgumentError', argument: 'method', seen: method });
    const masked = boxOperator({ i: { sides: 'neumann' } }, { open: tensor({ i: 2 }, [1, 0]) });
    expect(thrown(() => chooseMethod('transform', { ...facts, operator: masked }))).toMatchObject({ seen: 'transform', advice: "The operator has a mask or coefficients: use method: 'multigrid'." });
    expect(chooseMethod('multigrid', { ...facts, operator: masked }).method).toBe('multigrid');
  });

  test('is no box method beside a preconditioner of one\'s own', () => {
    const operator = boxOperator({ i: { sides: 'dirichlet' } });
    const b = tensor({ i: 40 }, Array.from({ length: 40 }, (_, k) => k));
    expect(solveLinear(operator, b, { preconditioner: 'jacobi' }).method).toBe('cg');
    for (const method of ['transform', 'multigrid'] as const) expect(thrown(() => solveLinear(operator, b, { method, preconditioner: 'jacobi' }))).toMatchObject({ argument: 'preconditioner' });
  });

  test('must exist', () => {
    const error = thrown(() => solveLinear((x: Tensor<'i'>) => x, tensor({ i: 1 }, [1]), { method: 'gmrs' as 'gmres' }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ argument: 'method', seen: 'gmrs', advice: "Did you mean 'gmres'?" });
  });

  test('gets options that fit it', () => {
    const b = tensor({ i: 2 }, [1, 2]);
    const twice = (x: Tensor<'i'>): Tensor<'i'> => x.mul(2);
    expect(thrown(() => solveLinear(twice, b, { method: 'direct', preconditioner: 'jacobi' }))).toMatchObject({ name: 'ArgumentError', argument: 'preconditioner' });
    expect(thrown(() => solveLinear(twice, b, { method: 'cg', preconditioner: 'jacoby' as 'jacobi' }))).toMatchObject({ argument: 'preconditioner', seen: 'jacoby' });
    expect(thrown(() => solveLinear(twice, b, { restart: 0 }))).toMatchObject({ argument: 'restart', seen: 0 });
  });
});
