/** @file printGradient shows the gradient of what it is given, and changes nothing. */
import { expect, test } from 'vitest';
import { checkGradients, grad, jvp } from '@tapeflow/autodiff';
import { hostCall, jit, mul, precision, printGradient, scalar, scan, sin, sum, tensor, vmap, type Scalar, type Tensor } from '@tapeflow/tensor';

type Vector = Tensor<'x'>;
const at64 = (name: string, body: () => void): void => test(name, () => precision(64, body));
const x = precision(64, () => tensor({ x: 2 }, [1, 2]));

const lines: string[] = [];
const print = (line: string): void => void lines.push(line);
function printed(run: () => unknown): string[] {
  lines.length = 0;
  run();
  return [...lines];
}

/** Σ 3 u² for u = 2 x: the gradient of u is 6 u = 12 x. */
const loss = (v: Vector): Scalar => {
  const u = printGradient(v.mul(2), 'u', print);
  return sum(mul(3, mul(u, u)), 'x');
};

at64('the gradient of the value, in grad, jit of grad and grad of jit, each time', () => {
  const expected = [`u: ${String(tensor({ x: 2 }, [12, 24]))}`];
  expect(printed(() => grad(loss)(x))).toEqual(expected);
  for (const backend of ['js', 'wasm'] as const) {
    const [whole, part] = [jit(grad(loss), { backend }), grad(jit(loss, { backend }))];
    for (let run = 0; run < 2; run++) {
      expect(printed(() => whole(x))).toEqual(expected);
      expect(printed(() => part(x))).toEqual(expected);
    }
    expect([...whole(x).data]).toEqual([24, 48]);
  }
});

at64('nothing without a backward pass, or where no gradient arrives', () => {
  expect(printed(() => [loss(x), jvp(loss, x, x), jit(loss)(x)])).toEqual([]);
  const elsewhere = (v: Vector): Scalar => (printGradient(v, 'v', print), sum(v, 'x'));
  expect(printed(() => grad(elsewhere)(x))).toEqual([]);
});

at64('in a loop backwards, after what is called on the way', () => {
  const f = (v: Vector): Scalar => {
    const [end] = scan((carry: Vector, k: Scalar) => {
      hostCall((step: Scalar) => print(`step ${step.item()}`), k);
      return [printGradient(carry, 'carry', print).mul(2), undefined] as const;
    }, v, 2);
    return sum(end, 'x');
  };
  const line = (slope: number): string => `carry: ${String(tensor({ x: 2 }, [slope, slope]))}`;
  const expected = ['step 0', 'step 1', line(2), line(4)];
  expect(printed(() => grad(f)(x))).toEqual(expected);
  expect(printed(() => jit(grad(f))(x))).toEqual(expected);
  expect(printed(() => grad(jit(f))(x))).toEqual(expected);
});

at64('trees by their paths, in whatever order their keys stand', () => {
  const f = ({ b, a }: { b: Vector; a: Scalar }): Scalar => {
    const tree = printGradient({ b, a: [a], word: 'kept' }, 'tree', print);
    expect(tree.word).toBe('kept');
    return mul(tree.a[0]!, sum(tree.b, 'x'));
  };
  expect(printed(() => jit(grad(f))({ b: x, a: scalar(5) })).sort()).toEqual([`tree.a[0]: ${String(scalar(3))}`, `tree.b: ${String(tensor({ x: 2 }, [5, 5]))}`]);
});

at64('members of a vmap one after the other', () => {
  const slopes = vmap(grad((v: Vector) => sum(mul(printGradient(v, 'v', print), v), 'x')), 'member');
  const together = grad((t: Vector) => sum(vmap((v: Vector) => sum(mul(printGradient(v, 'v', print), v), 'x'), 'member')(t) as unknown as Tensor<'member'>, 'member'));
  const t = tensor({ member: 2, x: 2 }, [1, 2, 3, 4]);
  // Of a product the gradient of one factor is the other one.
  const expected = [[1, 2], [3, 4]].map((row) => `v: ${String(tensor({ x: 2 }, row))}`);
  for (const f of [slopes, together]) {
    expect(printed(() => f(t))).toEqual(expected);
    expect(printed(() => jit(f)(t))).toEqual(expected);
  }
});

at64('the derivative is that of the identity, to second order', () => {
  checkGradients((v: Vector) => sin(printGradient(v, 'v', () => undefined)).mul(v), x, { order: 2 });
});
