/** @file Calls of the host: in order, as often as they stand there, never lost, in programs as without. */
import { describe, expect, test } from 'vitest';
import { AsyncFunctionError, checkpoint, grad, hvp, jvp, rollout, TracedValueError, valueAndGrad, vjp } from '@tapeflow/autodiff';
import { apply, hasEffect } from '@tapeflow/autodiff/extend';
import {
  BatchedHostCallError, cond, hostCall, jit, less, precision, ReentrantCallError, scalar, scan, select, sin, sum, tensor, UnsupportedOperationError, vmap, whileLoop, type Scalar, type Tensor,
} from '@tapeflow/tensor';
import { optimize } from '../../src/compile/graph/optimize.ts';
import { record } from '../compile/programs.ts';
import { hostCallPrimitive } from '../../src/control/host-call.ts';

type Vector = Tensor<'x'>;
const x = tensor({ x: 3 }, [1, 2, 3]);

/** What was seen, in order. */
const log: string[] = [];
function seen<R>(run: () => R): { result: R; calls: string[] } {
  log.length = 0;
  const result = run();
  return { result, calls: [...log] };
}
/** Notes a tensor under a name, and gives it back. */
function note<T extends Tensor<never>>(name: string, t: T): T {
  hostCall((value: T) => log.push(`${name} ${[...value.data].join(' ')}`), t);
  return t;
}

/** Programs with calls at many places; each as a function of a vector that gives a scalar. */
const PROGRAMS: Readonly<Record<string, (x: Vector) => Scalar>> = {
  'in a row': (v) => {
    note('first', v);
    const twice = note('second', v.mul(2));
    note('third', sum(twice, 'x'));
    return sum(note('first', v), 'x');
  },
  'of what nothing is computed from': (v) => {
    note('unread', sin(v).mul(0).add(7));
    note('constant', scalar(5));
    hostCall(() => log.push('nothing'));
    return sum(v.mul(v), 'x');
  },
  'in a scan, with what it carries, closes over, walks along': (v) => {
    const [end] = scan((carry: Vector, k: Scalar) => {
      note('carry', carry);
      note('step', k);
      note('around', v);
      hostCall(() => log.push('again'));
      return [carry.mul(2), undefined] as const;
    }, v, 3);
    note('after', end);
    return sum(end, 'x');
  },
  'in a scan of nothing but numbers': (v) => {
    scan((carry: Scalar) => [note('count', carry.add(1)), undefined] as const, scalar(0), 2);
    return sum(v, 'x');
  },
  'in scans in scans': (v) => {
    const [end] = scan((outer: Vector, i: Scalar) => {
      const [inner] = scan((carry: Vector, j: Scalar) => {
        hostCall((a: Scalar, b: Scalar) => log.push(`${a.item()} ${b.item()}`), i, j);
        return [carry.mul(1.5), undefined] as const;
      }, outer, 2);
      return [note('inner', inner), undefined] as const;
    }, v, 2);
    return sum(end, 'x');
  },
  'in a branch that is taken, not in the other one': (v) => {
    const total = sum(v, 'x');
    const bound = cond(less(total, 100), (a: Vector) => note('small', a), (a: Vector) => note('large', a.mul(0.1)), v);
    return sum(cond(less(total, 0), (a: Vector) => note('small', a), (a: Vector) => note('large', a.mul(0.1)), bound), 'x');
  },
  'in a rollout': (v) => sum(rollout((state: Vector, k: Scalar) => note('state', state.mul(k)), v, [scalar(2), scalar(3)]), 'x'),
  'in a checkpoint': (v) => sum(checkpoint((a: Vector) => note('inside', sin(a)).mul(a))(v), 'x'),
  'in another compiled function, twice': (() => {
    const inner = jit((a: Vector) => note('inner', a.mul(2)));
    return (v: Vector): Scalar => sum(inner(inner(v)), 'x');
  })(),
};

const MODES: Readonly<Record<string, (f: (x: Vector) => Scalar) => (x: Vector) => unknown>> = {
  values: (f) => f,
  gradients: (f) => valueAndGrad(f),
  tangents: (f) => (v) => jvp(f, v, v),
  'products with the Hessian': (f) => (v) => hvp(f, v, v),
};

describe('calls are made in order, as without jit', () => {
  for (const [place, f] of Object.entries(PROGRAMS)) {
    test(place, () => precision(64, () => {
      const v = tensor({ x: 3 }, [1, 2, 3]);
      const { calls: once } = seen(() => f(v));
      expect(once.length).toBeGreaterThanOrEqual(1);
      for (const [mode, of] of Object.entries(MODES)) {
        const { calls: eager } = seen(() => of(f)(v));
        // Derivatives make each call once.
        expect(eager, mode).toEqual(once);
        for (const backend of ['js', 'wasm'] as const) {
          const whole = jit(of(f), { backend });
          const part = of(jit(f, { backend }));
          // While it is recorded nothing is called; then each run calls.
          for (let run = 0; run < 2; run++) {
            expect(seen(() => whole(v)).calls, `${mode}, ${backend}, run ${run}`).toEqual(once);
            expect(seen(() => part(v)).calls, `${mode} of jit, ${backend}, run ${run}`).toEqual(once);
          }
        }
      }
    }));
  }

  test('in a while loop, and in its condition', () => {
    const f = (v: Vector): Vector => whileLoop(({ k }) => less(note('asked', k), 2), ({ k, u }) => ({ k: k.add(1), u: note('u', u.mul(2)) }), { k: scalar(0), u: v }).u;
    const expected = ['asked 0', 'u 2 4 6', 'asked 1', 'u 4 8 12', 'asked 2'];
    expect(seen(() => f(x)).calls).toEqual(expected);
    for (const backend of ['js', 'wasm'] as const) {
      const fast = jit(f, { backend });
      fast(x);
      expect(seen(() => fast(x)).calls).toEqual(expected);
    }
  });

  test('in a pullback: when the cotangent arrives', () => {
    const f = (v: Vector): Scalar => sum(note('u', sin(v)), 'x');
    const { result: { pullback }, calls } = seen(() => vjp(jit(f), x));
    expect(calls.length).toBe(1);
    expect(seen(() => pullback(scalar(1))).calls).toEqual([]);
  });

  test('the same call of the same program twice is two calls', () => {
    const inner = jit((a: Vector) => scan((c: Vector) => [note('c', c), undefined] as const, a, 1)[0]);
    const fast = jit((v: Vector) => inner(v).add(inner(v)));
    expect(seen(() => fast(x)).calls).toEqual(['c 1 2 3', 'c 1 2 3']);
  });

  test('no pass takes a call away, and none puts two in the place of one', () => {
    const program = record((a) => {
      const call = { call: () => undefined };
      apply(hostCallPrimitive, [a], call);
      apply(hostCallPrimitive, [a], call);
      apply(hostCallPrimitive, [], call);
      return [a];
    }, 1);
    expect(optimize(program).equations.filter(hasEffect).length).toBe(3);
  });
});

describe('what a call gets', () => {
  test('tensors with their names, trees, numbers; nothing that a program writes later', () => {
    const kept: unknown[] = [];
    const f = jit((u: Vector, k: Scalar) => {
      hostCall((tree, words) => kept.push(tree, words), { u: u.mul(2), k, one: 1 }, ['a', u] as const);
      return u.mul(3);
    });
    f(x, scalar(4));
    f(x.mul(10), scalar(5));
    const [first, words] = kept as [{ u: Vector; k: Scalar; one: number }, [string, Vector]];
    expect([[...first.u.data], first.u.dims, first.k.item(), first.one]).toEqual([[2, 4, 6], x.dims, 4, 1]);
    expect([words[0], [...words[1].data]]).toEqual(['a', [1, 2, 3]]);
  });

  test('members of a vmap one after the other, and once what they share', () => {
    const f = vmap((v: Tensor<'y'>) => {
      note('member', v);
      note('shared', scalar(1));
      hostCall(() => log.push('all'));
      return note('sum', sum(v, 'y'));
    }, 'x');
    const t = tensor({ x: 2, y: 2 }, [1, 2, 3, 4]);
    const expected = ['member 1 2', 'member 3 4', 'shared 1', 'all', 'sum 3', 'sum 7'];
    expect(seen(() => f(t)).calls).toEqual(expected);
    expect(seen(() => jit(f)(t)).calls).toEqual(expected);
  });

  test('a loop or branch that members leave apart is refused by name', () => {
    const t = tensor({ x: 2, y: 2 }, [1, 2, 3, 4]);
    const branch = vmap((v: Tensor<'y'>) => cond(less(sum(v, 'y'), 4), (a: Tensor<'y'>) => note('a', a), (a: Tensor<'y'>) => a, v), 'x');
    const loop = vmap((v: Tensor<'y'>) => whileLoop((u: Tensor<'y'>) => less(sum(u, 'y'), 4), (u: Tensor<'y'>) => note('u', u.mul(2)), v), 'x');
    for (const f of [branch, loop]) expect(() => f(t)).toThrow(BatchedHostCallError);
    expect(() => branch(t)).toThrow('hostCall (or printGradient) stands in a branch of cond');
  });
});

describe('what goes wrong', () => {
  test('an error in a call ends the program, which can run again', () => {
    let isBad = true;
    const f = jit((v: Vector) => {
      hostCall(() => {
        if (isBad) throw new RangeError('stop');
      });
      return v.mul(2);
    });
    expect(() => f(x)).toThrow(RangeError);
    isBad = false;
    expect([...f(x).data]).toEqual([2, 4, 6]);
  });

  test('a promise is refused', () => {
    expect(() => hostCall(async () => undefined)).toThrow(AsyncFunctionError);
    expect(() => jit((v: Vector) => (hostCall(async (_value: Vector) => undefined, v), v.mul(2)))(x)).toThrow(AsyncFunctionError);
  });

  test('a program that calls itself is refused', () => {
    const f: (v: Vector) => Vector = jit((v: Vector) => (hostCall((value: Vector) => f(value), v), v.mul(2)));
    expect(() => f(x)).toThrow(ReentrantCallError);
  });

  test('reading a value while a program is recorded names the operation and the cure, which works', () => {
    const reading: Readonly<Record<string, (v: Vector) => unknown>> = {
      'Tensor.data': (v) => v.data,
      'Tensor.view': (v) => v.view(() => 0),
      'Tensor.item': (v) => sum(v, 'x').item(),
    };
    for (const [operation, read] of Object.entries(reading)) {
      let error: unknown;
      try {
        jit((v: Vector) => (read(v), v))(x);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(TracedValueError);
      expect(error).toMatchObject({ operation, advice: expect.stringContaining('hostCall') as string });
    }
    expect(seen(() => jit((v: Vector) => select(less(note('v', v), 2), v, v.mul(2)))(x)).calls).toEqual(['v 1 2 3']);
  });

  test('the gpu backend has no calls', async () => {
    const { checkSupported } = await import('../../src/compile/gpu/supported.ts');
    const program = record((a) => (apply(hostCallPrimitive, [a], { call: () => undefined }), [a]), 1, [3], 'f32');
    expect(() => checkSupported(program)).toThrow(UnsupportedOperationError);
  });

  test('the gradient does not depend on calls', () => {
    const loss = (v: Vector): Scalar => sum(sin(note('v', v)).mul(v), 'x');
    const silent = (v: Vector): Scalar => sum(sin(v).mul(v), 'x');
    expect([...jit(grad(loss))(x).data]).toEqual([...jit(grad(silent))(x).data]);
  });
});
