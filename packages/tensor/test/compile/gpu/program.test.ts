/** @file Programs on a device: checks end them after the run, what is too large or unsupported is refused, sums of long rows are made in stages. */
import { beforeAll, describe, expect, test } from 'vitest';
import { abstractOf, traceProgram, type Value } from '@tapeflow/autodiff/extend';
import { grad } from '@tapeflow/autodiff';
import { add, full, type NDArray } from '../../../src/array/ndarray.ts';
import { checkLeaves } from '../../../src/control/check.ts';
import { scanLeaves } from '../../../src/control/scan.ts';
import { compile } from '../../../src/compile/executable.ts';
import { GPU_PRIMITIVES, MOST_UPDATES } from '../../../src/compile/gpu/supported.ts';
import { exp, GpuLimitError, jit, loadGpu, precision, sum, tensor, UnsupportedOperationError, type Gpu, type Tensor } from '../../../src/index.ts';
import { less } from '../../../src/primitives/elementwise.ts';
import { gather, scatterAdd } from '../../../src/primitives/gather.ts';
import { reduceMax } from '../../../src/primitives/reduce.ts';
import { LINE_OPERATIONS, RANDOM_OPERATIONS, WHOLE_OPERATIONS } from '../all-operations.ts';
import { arrayOf } from './conformance.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await loadGpu({ mode: 'cpu' });
});

function run(f: (...xs: Value[]) => readonly Value[], ...inputs: NDArray[]): NDArray[] {
  const { program } = traceProgram('jit', (xs) => f(...xs), inputs.map(abstractOf));
  return compile(program, 'gpu').executable.run(inputs) as NDArray[];
}

describe('checks', () => {
  const below = (x: Value, limit: number): void => checkLeaves(less(reduceMax(x), full(limit, [], 'f32')), [x], ([seen]) => new RangeError(`saw ${[...seen!.contiguous()].join()}`));

  test('one that fails throws its error with the numbers of that moment', () => {
    const f = (x: Value): Value[] => {
      below(x, 10);
      return [add(x, x)];
    };
    expect(() => run(f, arrayOf('f32', [1, 20]))).toThrow('saw 1,20');
    expect([...run(f, arrayOf('f32', [1, 2]))[0]!.contiguous()]).toEqual([2, 4]);
  });
  test('inside a loop it is the first that failed, although the loop ran on', () => {
    const body = traceProgram('scan', ([x]) => {
      below(x, 500);
      return [add(x, x)];
    }, [abstractOf(arrayOf('f32', [1, 3]))]).program;
    expect(() => run((x) => scanLeaves(body, [], [x], [], 400), arrayOf('f32', [1, 3]))).toThrow('saw 256,768');
  });
  test('many flags are read at once', () => {
    const before = gpu.reads;
    run((x) => {
      for (let k = 0; k < 100; k++) below(add(x, full(k, [], 'f32')), 1000);
      return [x];
    }, arrayOf('f32', [1, 2]));
    expect(gpu.reads - before).toBe(1);
  });
});

describe('limits', () => {
  test('f64 is refused by name', () => {
    expect(() => jit((x: Tensor<'x'>) => exp(x), { backend: 'gpu' })(precision(64, () => tensor({ x: 2 }, [1, 2])))).toThrow(expect.objectContaining({ name: UnsupportedOperationError.name, primitive: 'input', backend: 'gpu' }));
    expect(() => run((x) => [reduceMax(add(x, full(1, [2], 'f64')))], arrayOf('f64', [1, 2]))).toThrow('precision(32');
  });
  test('integers beyond 2²⁴ are refused where they enter and where they leave', () => {
    expect(() => run((x) => [add(x, x)], arrayOf('i32', [2 ** 24 + 1]))).toThrow(GpuLimitError);
    const [sum2] = run((x) => [add(x, x)], arrayOf('i32', [2 ** 24 - 1]));
    expect(() => sum2!.contiguous()).toThrow(expect.objectContaining({ name: GpuLimitError.name, limit: 2 ** 24 }));
  });
  test('arrays of more than 2²⁴ elements are refused before anything runs', () => {
    expect(() => run((x) => [add(full(1, [2 ** 24 + 1], 'f32'), x)], arrayOf('f32', [1], []))).toThrow(GpuLimitError);
  });
  test('many scattered numbers are refused, with the number', () => {
    const index = arrayOf('i32', Array.from({ length: MOST_UPDATES + 1 }, (_, k) => k % 3));
    const updates = arrayOf('f32', Array.from(index.data, () => 1));
    expect(() => run((x, k, u) => [scatterAdd(x, k, u)], arrayOf('f32', [0, 0, 0]), index, updates)).toThrow(`more than ${MOST_UPDATES}`);
  });
  test('indices outside are moved to the nearest end', () => {
    expect([...run((x, k) => [gather(x, k)], arrayOf('f32', [5, 6, 7]), arrayOf('i32', [-4, 1, 99]))[0]!.contiguous()]).toEqual([5, 6, 7]);
  });
  for (const [name, draw] of Object.entries({ ...LINE_OPERATIONS, ...RANDOM_OPERATIONS })) {
    test(`${name} is refused by name`, () => {
      const isKeyed = name in RANDOM_OPERATIONS;
      const input = isKeyed ? arrayOf('i32', [17, -4]) : arrayOf('f32', [3, 1, 2, 4, 6, 5], [1, 3, 2]);
      expect(() => run((x) => [draw(x)], input)).toThrow(expect.objectContaining({ name: UnsupportedOperationError.name, backend: 'gpu' }));
    });
  }
  for (const [name, { shapes, run: operation }] of Object.entries(WHOLE_OPERATIONS)) {
    if (GPU_PRIMITIVES.has(name)) continue;
    test(`${name} of f32 is refused by name`, () => {
      const inputs = shapes.map((shape) => arrayOf('f32', Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, k) => Math.sin(k)), shape));
      expect(() => run((...xs) => [operation(...xs)].flat(), ...inputs)).toThrow(UnsupportedOperationError);
    });
  }
});

describe('transformations', () => {
  test('grad of jit and jit of grad run on the device', () => {
    precision(32, () => {
      const loss = (x: Tensor<'x'>): Tensor<never> => sum(exp(x.mul(x))) as never;
      const x = tensor({ x: 3 }, [0.1, -0.2, 0.3]);
      const expected = [0.1, -0.2, 0.3].map((v) => 2 * v * Math.exp(v * v));
      for (const g of [grad(jit(loss, { backend: 'gpu' }) as never), jit(grad(loss as never), { backend: 'gpu' })]) {
        (g as (x: Tensor<'x'>) => Tensor<'x'>)(x).data.forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 6));
      }
    });
  });
  test('the report shows what runs', () => {
    precision(32, () => {
      const f = jit((x: Tensor<'x'>) => exp(x), { backend: 'gpu' });
      f(tensor({ x: 2 }, [1, 2]));
      const [program] = f.report().programs;
      expect(program!.steps).toContain('gpu (cpu): 1 passes');
      expect(program!.steps).toContain('exp(');
    });
  });
});
