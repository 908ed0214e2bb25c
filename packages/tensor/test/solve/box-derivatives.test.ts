/** @file Derivatives of solves on boxes: adjoint identity, to the right-hand side, coefficients, shift and scale, twice; in programs and batches of them. */
import { describe, expect, test } from 'vitest';
import { checkGradients, grad, jvp, vjp, vmap } from '@tapeflow/autodiff';
import { boxOperator, jit, l2, precision, scalar, solveLinear, stack, Tensor, tensor, type Scalar } from '@tapeflow/tensor';
import { randomNumbers } from './boxes.ts';

const SEED = 53;
const inDouble = (body: () => void) => () => precision(64, body);
/** Below rounding: solves go as far as they can. */
const exactly = { relative: 1e-17 };

const [Y, X] = [4, 5];
const axes = { y: { sides: ['neumann', 'ghost'], width: 0.5 }, x: { sides: ['dirichlet', 'neumann'] } } as const;
const closed = { y: { sides: 'neumann', width: 0.5 }, x: { sides: 'periodic' } } as const;
const cells = (seed: number): Tensor => tensor({ y: Y, x: X }, randomNumbers(Y * X, seed), { dtype: 'f64' }) as Tensor;
const open = tensor({ y: Y, x: X }, Array.from({ length: Y * X }, (_, k) => Number(k !== 7 && k !== 12)));
const faces = (seed: number): Tensor => tensor({ y: Y, x: X + 1 }, randomNumbers(Y * (X + 1), seed, 0.5, 2), { dtype: 'f64' }) as Tensor;
const dot = (a: Tensor, b: Tensor): number => Array.from(a.data).reduce((total, v, k) => total + v * b.data[k]!, 0);

const solves: Readonly<Record<string, (b: Tensor) => Tensor>> = {
  'by transforms': (b) => solveLinear(boxOperator(axes), b, exactly).value,
  'by transforms in a closed box': (b) => solveLinear(boxOperator(closed), b, { ...exactly, nullSpace: 'constant' }).value,
  'by multigrid with a mask': (b) => solveLinear(boxOperator(axes, { open }), b, exactly).value,
  'by multigrid with a mask in a closed box': (b) => solveLinear(boxOperator(closed, { open }), b, { ...exactly, nullSpace: 'constant' }).value,
  'by multigrid with coefficients': (b) => solveLinear(boxOperator(axes, { coefficients: { x: faces(SEED) }, shift: 0.3 }), b, exactly).value,
};

describe.each(Object.entries(solves))('%s', (_name, solve) => {
  test('adjoint identity', inDouble(() => {
    const [b, db, w] = [1, 2, 3].map((k) => cells(SEED + k)) as [Tensor, Tensor, Tensor];
    const dx = jvp(solve, b, db).tangent;
    const bBar = vjp(solve, b).pullback(w);
    expect(Math.abs(dot(dx, w) - dot(bBar, db))).toBeLessThanOrEqual(1e-12 * Math.sqrt(dot(dx, dx) * dot(w, w)));
  }));

  test('gradient with respect to the right-hand side, twice', inDouble(() => {
    checkGradients((b: Tensor): Scalar => l2(solve(b.mul(b))), cells(SEED), { seed: SEED, order: 2 });
  }), 60_000);

  test('inside a program it gives what it gives outside, with its gradient', inDouble(() => {
    const b = cells(SEED);
    const f = (values: Tensor): Tensor => vjp((v: Tensor): Scalar => l2(solve(v)), values).pullback(scalar(1));
    const [seen, wanted] = [jit(f)(b).data, f(b).data];
    for (let k = 0; k < wanted.length; k++) expect(seen[k]).toBeCloseTo(wanted[k]!, 11);
  }));

  test('in vmap each member is solved for', inDouble(() => {
    const members = [0, 1, 2].map((k) => cells(SEED + k));
    const stacked = new Tensor(stack(members, 'batch').value, members[0]!.dims);
    const together = vmap((b: Tensor) => solve(b))(stacked) as Tensor;
    const all = new Tensor(together.value, [{ name: 'batch', size: 3, type: 'batch' }, ...members[0]!.dims]);
    members.forEach((member, k) => {
      const [seen, wanted] = [all.at({ batch: k }).data, solve(member).data];
      for (let j = 0; j < wanted.length; j++) expect(seen[j]).toBeCloseTo(wanted[j]!, 11);
    });
  }));
});

describe('to what the operator is made of', () => {
  const b = cells(SEED);

  test('coefficients, shift and scale, twice', inDouble(() => {
    const f = ({ c, shift, scale }: { c: Tensor; shift: Scalar; scale: Scalar }): Scalar => l2(solveLinear(boxOperator(axes, { coefficients: { x: c }, shift, scale }), b, exactly).value);
    checkGradients(f, { c: faces(SEED), shift: scalar(0.4), scale: scalar(1.3) }, { seed: SEED, order: 2 });
  }));

  test('shift and scale through transforms, twice', inDouble(() => {
    const f = ({ shift, scale }: { shift: Scalar; scale: Scalar }): Scalar => l2(solveLinear(boxOperator(axes, { shift, scale }), b, exactly).value);
    checkGradients(f, { shift: scalar(0.4), scale: scalar(1.3) }, { seed: SEED, order: 2 });
  }));

  test('coefficients in a closed box with a mask', inDouble(() => {
    const c = tensor({ y: Y + 1, x: X }, randomNumbers((Y + 1) * X, SEED, 0.5, 2)) as Tensor;
    const f = (across: Tensor): Tensor => solveLinear(boxOperator(closed, { coefficients: { y: across }, open }), b, { ...exactly, nullSpace: 'constant' }).value;
    checkGradients(f, c, { seed: SEED });
  }));

  test('a member of a vmap has coefficients of its own', inDouble(() => {
    const members = [0, 1].map((k) => faces(SEED + k));
    const f = (c: Tensor): Tensor => solveLinear(boxOperator(axes, { coefficients: { x: c } }), b, exactly).value;
    const together = vmap(f)(new Tensor(stack(members, 'batch').value, members[0]!.dims)) as Tensor;
    const all = new Tensor(together.value, [{ name: 'batch', size: 2, type: 'batch' }, ...b.dims]);
    members.forEach((member, k) => {
      const [seen, wanted] = [all.at({ batch: k }).data, f(member).data];
      for (let j = 0; j < wanted.length; j++) expect(seen[j]).toBeCloseTo(wanted[j]!, 11);
    });
  }));

  test('a program that is given the coefficients makes its levels itself', inDouble(() => {
    const f = (c: Tensor): Scalar => l2(solveLinear(boxOperator(axes, { coefficients: { x: c } }), b, exactly).value);
    const gradient = grad(f);
    const [seen, wanted] = [jit(gradient)(faces(SEED)).data, gradient(faces(SEED)).data];
    for (let k = 0; k < wanted.length; k++) expect(seen[k]).toBeCloseTo(wanted[k]!, 10);
  }));
});
