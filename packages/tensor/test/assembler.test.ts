/** @file Modules built with the assembler and run by the engine: control flow, calls, imports, encodings, refusals. */
import { describe, expect, test } from 'vitest';
import { AssemblyError, ModuleBuilder, type AssemblyErrorReason, type FunctionBuilder, type Label, type Local } from '../src/compile/wasm/assembler.ts';

type NumericFunction = (...x: number[]) => number;

function instantiate(module: ModuleBuilder, imports: WebAssembly.Imports = {}): WebAssembly.Instance {
  const bytes = module.toBytes();
  expect(WebAssembly.validate(bytes)).toBe(true);
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
}

/** The only function of a module, i32 parameters and result. */
function compile(arity: number, body: (f: FunctionBuilder, params: readonly Local[]) => void): NumericFunction {
  const module = new ModuleBuilder();
  module.addFunction('run', Array<'i32'>(arity).fill('i32'), ['i32'], body);
  return instantiate(module).exports['run'] as NumericFunction;
}

function refusal(build: () => void): AssemblyErrorReason | undefined {
  try {
    build();
  } catch (error) {
    if (error instanceof AssemblyError) return error.reason;
    throw error;
  }
  return undefined;
}

describe('control flow', () => {
  test('a loop with two exits: the smallest divisor above 1', () => {
    const smallestDivisor = compile(1, (f, [n]) => {
      const d = f.local('i32');
      f.i32Const(2).localSet(d);
      f.block((found) => {
        f.loop((again) => {
          f.localGet(n!).localGet(d).op('i32.rem_u').op('i32.eqz').brIf(found);
          f.localGet(d).i32Const(1).op('i32.add').localTee(d);
          f.localGet(d).op('i32.mul').localGet(n!).op('i32.le_u').brIf(again); // (d + 1)² ≤ n
        });
        f.localGet(n!).localSet(d);
      });
      f.localGet(d);
    });
    for (let n = 2; n < 200; n++) {
      let expected = 2;
      while (n % expected !== 0) expected++;
      expect(smallestDivisor(n)).toBe(expected);
    }
  });

  test('if with and without else, with a result, and leaving it by its label', () => {
    const sign = compile(1, (f, [x]) => {
      f.localGet(x!).i32Const(0).op('i32.lt_s');
      f.if(() => f.i32Const(-1), () => f.localGet(x!).i32Const(0).op('i32.ne'), 'i32');
    });
    expect([-5, 0, 7].map((x) => sign(x))).toEqual([-1, 0, 1]);
    const leaving = compile(1, (f, [x]) => {
      const y = f.local('i32');
      f.i32Const(1).localSet(y);
      f.localGet(x!).if((exit) => {
        f.localGet(x!).i32Const(10).op('i32.gt_s').brIf(exit);
        f.i32Const(2).localSet(y);
      });
      f.localGet(y);
    });
    expect([0, 5, 11].map((x) => leaving(x))).toEqual([1, 2, 1]);
  });

  test('branches out of several blocks land where they should', () => {
    const nested = compile(1, (f, [x]) => {
      const y = f.local('i32');
      const addTo = (amount: number): FunctionBuilder => f.localGet(y).i32Const(amount).op('i32.add').localSet(y);
      f.block((outer) => {
        f.block((middle) => {
          f.block((inner) => {
            const targets: Label[] = [inner, middle, outer];
            targets.forEach((target, k) => f.localGet(x!).i32Const(k).op('i32.eq').brIf(target));
            f.br(outer);
          });
          addTo(1);
        });
        addTo(10);
      });
      addTo(100);
      f.localGet(y);
    });
    expect([0, 1, 2, 3].map((x) => nested(x))).toEqual([111, 110, 100, 100]);
  });

  test('block results, return, drop, nop, unreachable, select', () => {
    const f1 = compile(1, (f, [x]) => {
      f.block((exit) => {
        f.i32Const(7).localGet(x!).brIf(exit).op('drop').op('nop').i32Const(8);
      }, 'i32');
    });
    expect([f1(1), f1(0)]).toEqual([7, 8]);
    const f2 = compile(1, (f, [x]) => {
      f.localGet(x!).if(() => f.i32Const(3).op('return'));
      f.op('unreachable');
    });
    expect(f2(1)).toBe(3);
    expect(() => f2(0)).toThrow(WebAssembly.RuntimeError);
    const largest = compile(2, (f, [a, b]) => f.localGet(a!).localGet(b!).localGet(a!).localGet(b!).op('i32.gt_s').op('select'));
    expect([largest(3, 9), largest(9, 3), largest(-4, -5)]).toEqual([9, 9, -4]);
  });

  test('forRange visits what the JavaScript loop visits', () => {
    for (const step of [1, 3, 16, -1, -4]) {
      for (const [start, end] of [[0, 10], [5, 5], [10, 0], [-7, 8], [3, -20], [0, 1]] as const) {
        let expected = 1;
        let rounds = 0;
        for (let i = start as number; step > 0 ? i < end : i > end; i += step, rounds++) expected = (Math.imul(expected, 31) + i) | 0;
        const body = (f: FunctionBuilder, i: Local, hash: Local) => (): void => {
          f.localGet(hash).i32Const(31).op('i32.mul').localGet(i).op('i32.add').localSet(hash);
        };
        const constant = compile(0, (f) => {
          const [i, hash] = [f.local('i32'), f.local('i32')];
          f.i32Const(1).localSet(hash).forRange(i, start, end, step, body(f, i, hash)).localGet(hash);
        });
        const variable = compile(2, (f, [from, to]) => {
          const [i, hash] = [f.local('i32'), f.local('i32')];
          f.i32Const(1).localSet(hash).forRange(i, from!, to!, step, body(f, i, hash)).localGet(hash);
        });
        expect([constant(), variable(start, end)], `${start} to ${end} by ${step}, ${rounds} rounds`).toEqual([expected, expected]);
      }
    }
  });
});

describe('functions', () => {
  test('recursion, mutual recursion by declaration, calls in both directions', () => {
    const module = new ModuleBuilder();
    module.addFunction('factorial', ['f64'], ['f64'], (f, [n]) => {
      f.localGet(n).f64Const(1).op('f64.le');
      f.if(() => f.f64Const(1), () => f.localGet(n).localGet(n).f64Const(1).op('f64.sub').call(f.self).op('f64.mul'), 'f64');
    });
    const isOdd = module.declareFunction('isOdd', ['i32'], ['i32']);
    const isEven = module.addFunction('isEven', ['i32'], ['i32'], (f, [n]) => {
      f.localGet(n).if(() => f.localGet(n).i32Const(1).op('i32.sub').call(isOdd), () => f.i32Const(1), 'i32');
    });
    module.defineFunction(isOdd, (f, [n]) => {
      f.localGet(n!).if(() => f.localGet(n!).i32Const(1).op('i32.sub').call(isEven), () => f.i32Const(0), 'i32');
    });
    module.exportFunction(isOdd, 'odd');
    const { factorial, isEven: even, odd } = instantiate(module).exports as Record<string, NumericFunction>;
    expect(factorial!(10)).toBe(3628800);
    expect([0, 1, 2, 7].map((n) => [even!(n), odd!(n)])).toEqual([[1, 0], [0, 1], [1, 0], [0, 1]]);
  });

  test('300 variables of mixed types keep their values', () => {
    const types = ['i32', 'f32', 'f64', 'i64'] as const;
    const build = (order: (k: number) => number): ModuleBuilder => {
      const module = new ModuleBuilder();
      module.addFunction('run', [], ['f64'], (f) => {
        const locals = Array.from({ length: 300 }, (_, k) => f.local(types[order(k)]!));
        locals.forEach((local, k) => {
          if (local.type === 'i32') f.i32Const(k);
          else if (local.type === 'i64') f.i64Const(BigInt(k));
          else if (local.type === 'f32') f.f32Const(k);
          else f.f64Const(k);
          f.localSet(local);
        });
        f.f64Const(0);
        locals.forEach((local, k) => {
          f.localGet(local);
          if (local.type === 'i32') f.op('f64.convert_i32_s');
          else if (local.type === 'i64') f.op('f64.convert_i64_s');
          else if (local.type === 'f32') f.op('f64.promote_f32');
          f.f64Const(k + 1).op('f64.mul').op('f64.add');
        });
      });
      return module;
    };
    let expected = 0;
    for (let k = 0; k < 300; k++) expected += k * (k + 1);
    for (const order of [(k: number) => k % 4, (k: number) => Math.floor(k / 75)]) {
      expect((instantiate(build(order)).exports['run'] as NumericFunction)()).toBe(expected);
    }
  });

  test('a run of variables of one type takes the space of one', () => {
    const size = (count: number): number => {
      const module = new ModuleBuilder();
      module.addFunction('run', [], [], (f) => { for (let k = 0; k < count; k++) f.local('f32'); });
      return module.toBytes().length;
    };
    expect(size(127)).toBe(size(1));
    expect(size(300)).toBe(size(1) + 1); // the count itself needs a second byte
  });

  test('a thousand functions calling each other', () => {
    const module = new ModuleBuilder();
    let previous = module.addFunction('f0', ['i32'], ['i32'], (f, [x]) => f.localGet(x), { export: false });
    for (let k = 1; k < 1000; k++) {
      const callee = previous;
      previous = module.addFunction(`f${k}`, ['i32'], ['i32'], (f, [x]) => f.localGet(x).i32Const(k).op('i32.add').call(callee), { export: k === 999 });
    }
    const { exports } = instantiate(module);
    expect(Object.keys(exports)).toEqual(['f999']);
    expect((exports['f999'] as NumericFunction)(5)).toBe(5 + (999 * 1000) / 2);
  });

  test('several results, and names in stack traces', () => {
    const module = new ModuleBuilder();
    module.addFunction('swap', ['i32', 'f64'], ['f64', 'i32'], (f, [a, b]) => f.localGet(b).localGet(a));
    const crash = module.addFunction('crashHere', [], [], (f) => f.op('unreachable'), { export: false });
    module.addFunction('start', [], [], (f) => f.call(crash));
    const { swap, start } = instantiate(module).exports as Record<string, (...x: number[]) => unknown>;
    expect(swap!(3, 4.5)).toEqual([4.5, 3]);
    expect(() => start!()).toThrow(expect.objectContaining({ stack: expect.stringContaining('crashHere') }));
  });
});

describe('imports, exports, globals', () => {
  test('host functions, host globals and a shared host memory', () => {
    const module = new ModuleBuilder();
    const log = module.importFunction('host', 'log', ['i32', 'f64']);
    const next = module.importFunction('host', 'next', [], ['i32']);
    module.importMemory('host', 'memory', { min: 1, max: 4, shared: true });
    const base = module.importGlobal('host', 'base', 'i32');
    const counter = module.importGlobal('host', 'counter', 'i32', true);
    module.addFunction('run', [], [], (f) => {
      f.call(next).globalGet(base).load('f64.load').call(log);
      f.globalGet(counter).i32Const(1).op('i32.add').globalSet(counter);
    });
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
    new Float64Array(memory.buffer)[2] = 2.5;
    const calls: number[][] = [];
    const counterValue = new WebAssembly.Global({ value: 'i32', mutable: true }, 41);
    const host = { log: (a: number, b: number) => calls.push([a, b]), next: () => 7, memory, base: 16, counter: counterValue };
    (instantiate(module, { host }).exports['run'] as () => void)();
    expect(calls).toEqual([[7, 2.5]]);
    expect(counterValue.value).toBe(42);
  });

  test('own globals of each type, own memory with growth', () => {
    const module = new ModuleBuilder();
    module.addMemory({ min: 1, max: 3 }, 'memory');
    const count = module.addGlobal('i32', -5, { exportName: 'count' });
    module.addGlobal('i64', -(2n ** 63n), { mutable: false, exportName: 'least' });
    module.addGlobal('f32', 0.1, { exportName: 'tenth' });
    module.addGlobal('f64', Math.PI, { mutable: false, exportName: 'pi' });
    module.addFunction('grow', ['i32'], ['i32'], (f, [pages]) => {
      f.globalGet(count).i32Const(1).op('i32.add').globalSet(count);
      f.localGet(pages).memoryGrow().op('drop').memorySize();
    });
    const { exports } = instantiate(module);
    const value = (name: string): unknown => (exports[name] as WebAssembly.Global).value;
    expect([value('least'), value('tenth'), value('pi')]).toEqual([-(2n ** 63n), Math.fround(0.1), Math.PI]);
    expect([1, 5, 1].map((pages) => (exports['grow'] as NumericFunction)(pages))).toEqual([2, 2, 3]);
    expect(value('count')).toBe(-2);
    expect((exports['memory'] as WebAssembly.Memory).buffer.byteLength).toBe(3 * 65536);
  });
});

describe('constants survive their encoding', () => {
  const around = (exponents: number[], one: bigint): bigint[] => exponents.flatMap((e) => [-1n, 0n, 1n].flatMap((d) => [(one << BigInt(e)) + d, -(one << BigInt(e)) + d]));
  test('i32 and i64 at each border of LEB128', () => {
    const module = new ModuleBuilder();
    const small = around([0, 6, 7, 13, 14, 20, 21, 27, 28, 30], 1n).concat([-(2n ** 31n), 2n ** 31n - 1n, 2n ** 32n - 1n]);
    const large = small.concat(around([34, 35, 41, 42, 48, 49, 55, 56, 62], 1n), [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n]);
    small.forEach((value, k) => module.addFunction(`i32 ${k}`, [], ['i32'], (f) => f.i32Const(Number(value))));
    large.forEach((value, k) => module.addFunction(`i64 ${k}`, [], ['i64'], (f) => f.i64Const(value)));
    const { exports } = instantiate(module);
    const run = (name: string): unknown => (exports[name] as () => unknown)();
    expect(small.map((_, k) => run(`i32 ${k}`))).toEqual(small.map((value) => Number(BigInt.asIntN(32, value))));
    expect(large.map((_, k) => run(`i64 ${k}`))).toEqual(large.map((value) => BigInt.asIntN(64, value)));
  });

  test('floats and vectors', () => {
    const module = new ModuleBuilder();
    module.addMemory({ min: 1 }, 'memory');
    module.addFunction('run', [], [], (f) => {
      f.i32Const(0).f32Const(0.1).store('f32.store', 0).i32Const(0).f64Const(-0).store('f64.store', 8);
      f.i32Const(0).f32x4Const(1.5, -2.5, Infinity, 0.1).store('v128.store', 16).i32Const(0).f32x4Const(3).store('v128.store', 32);
      f.i32Const(0).f64x2Const(0.1, -7).store('v128.store', 48).i32Const(0).f64x2Const(Math.E).store('v128.store', 64);
      f.i32Const(0).i32x4Const(1, -2, 0x7fffffff, 0x80000000).store('v128.store', 80).i32Const(0).i32x4Const(-1).store('v128.store', 96);
      f.i32Const(0).v128Const(Uint8Array.from({ length: 16 }, (_, k) => 250 + k)).store('v128.store', 112);
    });
    const { exports } = instantiate(module);
    (exports['run'] as () => void)();
    const { buffer } = exports['memory'] as WebAssembly.Memory;
    expect(new Float32Array(buffer, 0, 1)[0]).toBe(Math.fround(0.1));
    expect(new Float64Array(buffer, 8, 1)[0]).toBe(-0);
    expect([...new Float32Array(buffer, 16, 8)]).toEqual([1.5, -2.5, Infinity, Math.fround(0.1), 3, 3, 3, 3]);
    expect([...new Float64Array(buffer, 48, 4)]).toEqual([0.1, -7, Math.E, Math.E]);
    expect([...new Int32Array(buffer, 80, 8)]).toEqual([1, -2, 0x7fffffff, -0x80000000, -1, -1, -1, -1]);
    expect([...new Uint8Array(buffer, 112, 16)]).toEqual(Array.from({ length: 16 }, (_, k) => (250 + k) & 0xff));
  });

  test('a body longer than the first buffer: a sum of 20 000 constants', () => {
    const sum = compile(0, (f) => {
      f.i32Const(0);
      for (let k = 0; k < 20_000; k++) f.i32Const(k).op('i32.add');
    });
    expect(sum()).toBe((19_999 * 20_000) / 2);
  });
});

describe('refusals name their reason', () => {
  const module = new ModuleBuilder();
  let foreign: Local | undefined;
  let escaped: Label | undefined;
  let finished: FunctionBuilder | undefined;
  const outside = module.addFunction('outside', ['i32'], [], (f, [x]) => {
    foreign = x;
    finished = f;
    f.block((exit) => { escaped = exit; });
  });
  const inBody = (body: (f: FunctionBuilder) => void) => (): void => { new ModuleBuilder().addFunction('broken', [], [], body); };

  const cases: [string, AssemblyErrorReason, () => void][] = [
    ['a local of another function', 'unknown-local', inBody((f) => f.localGet(foreign!))],
    ['a function of another module', 'unknown-function', inBody((f) => f.call(outside))],
    ['exporting it', 'unknown-function', () => new ModuleBuilder().exportFunction(outside)],
    ['defining it', 'unknown-function', () => new ModuleBuilder().defineFunction(outside, () => undefined)],
    ['a global of another module', 'unknown-global', inBody((f) => f.globalGet(module.addGlobal('i32', 0)))],
    ['setting an immutable global', 'unknown-global', () => {
      const own = new ModuleBuilder();
      const constant = own.addGlobal('i32', 0, { mutable: false });
      own.addFunction('broken', [], [], (f) => f.i32Const(1).globalSet(constant));
    }],
    ['a branch to a closed block', 'unbalanced-block', inBody((f) => f.block(() => f.br(escaped!)))],
    ['a branch to a sibling block', 'unbalanced-block', inBody((f) => {
      let sibling: Label | undefined;
      f.block((exit) => { sibling = exit; }).block(() => f.br(sibling!));
    })],
    ['an instruction after the end', 'unbalanced-block', () => finished!.op('nop')],
    ['finishing inside a block', 'unbalanced-block', inBody((f) => f.block(() => f.finish()))],
    ['an i32 out of range', 'bad-immediate', inBody((f) => f.i32Const(2 ** 32))],
    ['a fractional i32', 'bad-immediate', inBody((f) => f.i32Const(0.5))],
    ['an i64 out of range', 'bad-immediate', inBody((f) => f.i64Const(2n ** 64n))],
    ['a negative offset', 'bad-immediate', inBody((f) => f.load('i32.load', -1))],
    ['an alignment above the width', 'bad-immediate', inBody((f) => f.load('i32.load', 0, 8))],
    ['an alignment that is no power of two', 'bad-immediate', inBody((f) => f.load('v128.load', 0, 3))],
    ['a zero alignment', 'bad-immediate', inBody((f) => f.load('v128.load', 0, 0))],
    ['a lane too many', 'bad-immediate', inBody((f) => f.lane('f32x4.extract_lane', 4))],
    ['a memory lane too many', 'bad-immediate', inBody((f) => f.loadLane('v128.load32_lane', 4))],
    ['a shuffle of 15', 'bad-immediate', inBody((f) => f.i8x16Shuffle(Array<number>(15).fill(0)))],
    ['a shuffle beyond 31', 'bad-immediate', inBody((f) => f.i8x16Shuffle(Array<number>(16).fill(32)))],
    ['a short v128', 'bad-immediate', inBody((f) => f.v128Const(new Uint8Array(4)))],
    ['a range with step 0', 'bad-immediate', inBody((f) => f.forRange(f.local('i32'), 0, 4, 0, () => undefined))],
    ['too many locals', 'limit-exceeded', inBody((f) => { for (let k = 0; k < 50_001; k++) f.local('i32'); })],
    ['too long a body', 'limit-exceeded', inBody((f) => { for (let k = 0; k < 7_700_000; k++) f.op('nop'); })],
    ['shared memory without max', 'limit-exceeded', () => new ModuleBuilder().addMemory({ min: 1, shared: true })],
    ['too many pages', 'limit-exceeded', () => new ModuleBuilder().addMemory({ min: 65_537 })],
    ['max below min', 'limit-exceeded', () => new ModuleBuilder().importMemory('host', 'memory', { min: 2, max: 1 })],
    ['a second memory', 'limit-exceeded', () => {
      const own = new ModuleBuilder();
      own.addMemory({ min: 1 });
      own.addMemory({ min: 1 });
    }],
    ['importing a function late', 'import-after-definition', () => module.importFunction('host', 'late', [])],
    ['importing a global late', 'import-after-definition', () => {
      const own = new ModuleBuilder();
      own.addGlobal('i32', 0);
      own.importGlobal('host', 'late', 'i32');
    }],
    ['a declaration without a body', 'undefined-function', () => {
      const own = new ModuleBuilder();
      own.declareFunction('later', [], []);
      own.toBytes();
    }],
    ['one export name twice', 'duplicate-export', () => {
      const own = new ModuleBuilder();
      own.addFunction('twice', [], [], () => undefined);
      own.addFunction('twice', [], [], () => undefined);
    }],
  ];
  test.each(cases)('%s: %s', (_name, reason, build) => {
    expect(refusal(build)).toBe(reason);
  });

  test('the message says where', () => {
    expect(inBody((f) => f.localGet(foreign!))).toThrow(/^function 'broken': local.get of local 0, which belongs to 'outside'/);
  });
});
