/**
 * @file Every instruction of the opcode tables, run by the engine and compared with a plain JavaScript model of its meaning.
 *
 * An instruction without a model fails. Operands are put in memory as bytes; the generated function loads them, applies the
 * instruction and stores the result.
 */
import { describe, expect, test } from 'vitest';
import { ModuleBuilder, type FunctionBuilder, type Local, type ValueType } from '../src/compile/wasm/assembler.ts';
import {
  LANE_LOAD_OPCODES, LANE_OPCODES, LANE_STORE_OPCODES, LOAD_OPCODES, PLAIN_OPCODES, STORE_OPCODES,
  type LaneLoadOpcode, type LaneOpcode, type LaneStoreOpcode, type LoadOpcode, type PlainOpcode, type StoreOpcode,
} from '../src/compile/wasm/opcodes.ts';
import {
  MODELS, arithmeticModel, bitsOf, isFloat, rangeOf, readLanes, wrap, writeLanes, type Lane, type Model, type Value,
} from './opcodes.model.ts';

/** Without a value to compare; the control-flow tests of assembler.test.ts exercise them. */
const WITHOUT_VALUE: ReadonlySet<string> = new Set(['unreachable', 'nop', 'return', 'drop']);
/** Not in every engine; features.test.ts exercises them in one that has them. */
const isRelaxed = (name: string): boolean => name.includes('relaxed');

// Test operands: the corners of each type and a few ordinary numbers

const FLOATS = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3.7, -3.7, 255, 1e-3, 16777217, 2147483648, -2147483648, 2147483520, 4294967296, -1e10, 9.3e18, 1.9e19, 3e38, 1e-45, NaN, Infinity, -Infinity];
const corners = (lane: Lane): Value[] => {
  if (lane === 'f32') return FLOATS.map(Math.fround);
  if (lane === 'f64') return [...FLOATS, 2 ** 53, 1e300, 5e-324, 2147483647.5, 4294967295.9];
  const [low, high] = rangeOf(lane);
  const wanted = [0n, 1n, -1n, 2n, 3n, -3n, 7n, 31n, 33n, 100n, low, low + 1n, high, high - 1n, 0x40000001n, 0x2000003000000001n, 0x5555n, -0xabcdefn];
  return [...new Set(wanted.map((x) => wrap(x, lane)))];
};

/** Operand k of a sequence that pairs every corner with every other over the run. */
function operandsOf(model: Model): Value[][][] {
  const pools = model.operands.map(corners);
  const rounds = Math.max(...pools.map((pool) => pool.length));
  const cases: Value[][][] = [];
  for (let i = 0; i < rounds; i++) {
    for (let j = 0; j < (pools.length > 1 ? rounds : 1); j++) {
      const starts = [i, j, i + 2 * j];
      cases.push(pools.map((pool, o) => Array.from({ length: model.counts[o]! }, (_, lane) => pool[(starts[o]! + lane * (o + 1)) % pool.length]!)));
    }
  }
  return cases;
}

// Running one instruction

const valueType = (lane: Lane, count: number): ValueType => (count > 1 ? 'v128' : isFloat(lane) ? (lane as ValueType) : (`i${bitsOf(lane)}` as ValueType));
const RESULT_ADDRESS = 64;

interface Machine {
  readonly memory: Uint8Array;
  readonly run: () => void;
}

/** A module of one function without parameters. Address is a variable so that offsets are exercised too. */
function machine(body: (f: FunctionBuilder, address: Local) => void): Machine {
  const module = new ModuleBuilder();
  module.addMemory({ min: 1 }, 'memory');
  module.addFunction('run', [], [], (f) => body(f, f.local('i32')));
  const bytes = module.toBytes();
  expect(WebAssembly.validate(bytes)).toBe(true);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return { memory: new Uint8Array((exports['memory'] as WebAssembly.Memory).buffer), run: exports['run'] as () => void };
}

function sameLanes(seen: readonly Value[], expected: readonly (Value | undefined)[]): boolean {
  return seen.length === expected.length && seen.every((value, k) => Object.is(value, expected[k]));
}

describe('instructions without immediates', () => {
  const names = Object.keys(PLAIN_OPCODES) as PlainOpcode[];
  test.each(names.filter((name) => !WITHOUT_VALUE.has(name) && !isRelaxed(name)))('%s', (name) => {
    const model = MODELS[name] ?? arithmeticModel(name);
    if (model === undefined) throw new Error(`${name} has no model; add one.`);
    const resultType = valueType(model.result, model.resultCount);
    const { memory, run } = machine((f, address) => {
      f.localGet(address);
      model.operands.forEach((lane, o) => f.localGet(address).load(`${valueType(lane, model.counts[o]!)}.load`, 16 * o));
      f.op(name).store(`${resultType}.store`, RESULT_ADDRESS);
    });
    const width = (bitsOf(model.result) / 8) * model.resultCount;
    for (const operands of operandsOf(model)) {
      operands.forEach((lanes, o) => memory.set(writeLanes(lanes, model.operands[o]!), 16 * o));
      const expected = model.evaluate(...operands);
      if (expected.includes(undefined)) {
        expect(run, `${name} of ${operands.join(' and ')} should trap`).toThrow(WebAssembly.RuntimeError);
        continue;
      }
      memory.fill(0xa5, RESULT_ADDRESS, RESULT_ADDRESS + 16);
      run();
      const seen = readLanes(memory.subarray(RESULT_ADDRESS, RESULT_ADDRESS + width), model.result, model.resultCount);
      const rounded: (Value | undefined)[] = expected.map((value) => (typeof value === 'bigint' ? wrap(value, model.result) : value));
      if (!sameLanes(seen, rounded)) expect.fail(`${name} of [${operands.join('] and [')}] = [${seen.join()}], expected [${rounded.join()}]`);
    }
  });
});

// Memory access

const BYTES = Uint8Array.from({ length: 48 }, (_, k) => (k * 89 + 200) & 0xff); // both signs at every width

/** What a load makes of the bytes at its address. */
const LOADED: Record<LoadOpcode, (at: Uint8Array) => Uint8Array> = {
  'i32.load': (at) => at.slice(0, 4), 'i64.load': (at) => at.slice(0, 8), 'f32.load': (at) => at.slice(0, 4), 'f64.load': (at) => at.slice(0, 8),
  'i32.load8_u': (at) => zeroExtended(at.slice(0, 1)).slice(0, 4), 'v128.load': (at) => at.slice(0, 16),
  'v128.load32_splat': repeated(4), 'v128.load64_splat': repeated(8),
  'v128.load32_zero': (at) => zeroExtended(at.slice(0, 4)), 'v128.load64_zero': (at) => zeroExtended(at.slice(0, 8)),
};

function repeated(width: number): (at: Uint8Array) => Uint8Array {
  return (at) => Uint8Array.from({ length: 16 }, (_, k) => at[k % width]!);
}
function zeroExtended(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(16);
  all.set(bytes);
  return all;
}

const powersUpTo = (width: number): number[] => [1, 2, 4, 8, 16].filter((align) => align <= width);

describe('memory', () => {
  test.each(Object.keys(LOAD_OPCODES) as LoadOpcode[])('%s', (name) => {
    const type = name.split('.')[0] as ValueType;
    for (const align of [undefined, ...powersUpTo(LOAD_OPCODES[name][1])]) {
      for (const offset of [0, 1, 7, 30]) {
        const { memory, run } = machine((f, address) => {
          f.localGet(address).localGet(address).load(name, offset, align).store(`${type}.store`, RESULT_ADDRESS);
        });
        memory.set(BYTES);
        run();
        const expected = LOADED[name](BYTES.subarray(offset));
        expect(memory.slice(RESULT_ADDRESS, RESULT_ADDRESS + expected.length)).toEqual(expected);
      }
    }
  });

  test.each(Object.keys(STORE_OPCODES) as StoreOpcode[])('%s', (name) => {
    const type = name.split('.')[0] as ValueType;
    const width = STORE_OPCODES[name][1];
    for (const align of [undefined, ...powersUpTo(width)]) {
      const { memory, run } = machine((f, address) => {
        f.localGet(address).localGet(address).load(`${type}.load`, 3).store(name, RESULT_ADDRESS + 1, align);
      });
      memory.set(BYTES);
      run();
      const expected = new Uint8Array(24);
      expected.set(BYTES.subarray(3, 3 + width), 1); // and not a byte more
      expect(memory.slice(RESULT_ADDRESS, RESULT_ADDRESS + 24)).toEqual(expected);
    }
  });

  test.each(Object.keys(LANE_LOAD_OPCODES) as LaneLoadOpcode[])('%s', (name) => {
    const width = LANE_LOAD_OPCODES[name][1];
    for (let lane = 0; lane < 16 / width; lane++) {
      const { memory, run } = machine((f, address) => {
        f.localGet(address).localGet(address).localGet(address).load('v128.load').loadLane(name, lane, 17).store('v128.store', RESULT_ADDRESS);
      });
      memory.set(BYTES);
      run();
      const expected = BYTES.slice(0, 16);
      expected.set(BYTES.subarray(17, 17 + width), lane * width);
      expect(memory.slice(RESULT_ADDRESS, RESULT_ADDRESS + 16)).toEqual(expected);
    }
  });

  test.each(Object.keys(LANE_STORE_OPCODES) as LaneStoreOpcode[])('%s', (name) => {
    const width = LANE_STORE_OPCODES[name][1];
    for (let lane = 0; lane < 16 / width; lane++) {
      const { memory, run } = machine((f, address) => {
        f.localGet(address).localGet(address).load('v128.load').storeLane(name, lane, RESULT_ADDRESS + 1);
      });
      memory.set(BYTES);
      run();
      const expected = new Uint8Array(16);
      expected.set(BYTES.subarray(lane * width, (lane + 1) * width), 1);
      expect(memory.slice(RESULT_ADDRESS, RESULT_ADDRESS + 16)).toEqual(expected);
    }
  });

  test('memory.fill and memory.copy with overlapping ranges', () => {
    const { memory, run } = machine((f) => {
      f.i32Const(100).i32Const(0x1ab).i32Const(5).memoryFill(); // the low byte is used
      f.i32Const(4).i32Const(0).i32Const(32).memoryCopy();
    });
    memory.set(BYTES);
    run();
    expect(Array.from(memory.subarray(99, 106))).toEqual([0, 0xab, 0xab, 0xab, 0xab, 0xab, 0]);
    expect(memory.slice(4, 36)).toEqual(BYTES.slice(0, 32));
  });
});

describe('lanes', () => {
  test.each(Object.keys(LANE_OPCODES) as LaneOpcode[])('%s', (name) => {
    const [shape, operation] = name.split('.') as [string, string];
    const [, type, count] = shape.match(/^([if]\d+)x(\d+)$/) as unknown as [string, Lane, string];
    const lane = (operation.endsWith('_u') ? type.replace('i', 'u') : type) as Lane;
    const scalarType: ValueType = isFloat(type) || type === 'i64' ? (type as ValueType) : 'i32';
    const width = bitsOf(type) / 8;
    for (let k = 0; k < Number(count); k++) {
      const replace = operation === 'replace_lane';
      const { memory, run } = machine((f, address) => {
        f.localGet(address).localGet(address).load('v128.load');
        if (replace) f.localGet(address).load(`${scalarType}.load`, 20).lane(name, k).store('v128.store', RESULT_ADDRESS);
        else f.lane(name, k).store(`${scalarType}.store`, RESULT_ADDRESS);
      });
      memory.set(BYTES);
      run();
      let expected: Uint8Array = BYTES.slice(0, 16);
      if (replace) expected.set(BYTES.subarray(20, 20 + width), k * width);
      else if (isFloat(type)) expected = BYTES.slice(k * width, (k + 1) * width); // as bits: JavaScript would quiet a signalling NaN
      else expected = writeLanes(readLanes(BYTES, lane, Number(count)).slice(k, k + 1), scalarType as Lane);
      expect(memory.slice(RESULT_ADDRESS, RESULT_ADDRESS + expected.length)).toEqual(expected);
    }
  });

  test('i8x16.shuffle and its 32-bit reading', () => {
    const order = [31, 0, 16, 15, 3, 3, 20, 7, 8, 30, 1, 17, 29, 12, 2, 19];
    const { memory, run } = machine((f, address) => {
      const pair = (): FunctionBuilder => f.localGet(address).localGet(address).load('v128.load').localGet(address).load('v128.load', 16);
      pair().i8x16Shuffle(order).store('v128.store', RESULT_ADDRESS);
      pair().i32x4Shuffle(7, 0, 2, 5).store('v128.store', RESULT_ADDRESS + 16);
    });
    memory.set(BYTES);
    run();
    expect(Array.from(memory.subarray(RESULT_ADDRESS, RESULT_ADDRESS + 16))).toEqual(order.map((k) => BYTES[k]));
    const words = [7, 0, 2, 5].flatMap((word) => Array.from(BYTES.subarray(4 * word, 4 * word + 4)));
    expect(Array.from(memory.subarray(RESULT_ADDRESS + 16, RESULT_ADDRESS + 32))).toEqual(words);
  });
});
