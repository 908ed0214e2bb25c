/** @file Sums of products along terms that lie next to each other in both factors: for products with few columns, and of vectors. */
import type { MatrixPlan } from '../../kernels/matrix-plan.ts';
import type { FunctionBuilder, FunctionReference, Local, ModuleBuilder } from '../assembler.ts';
import { advance } from './pointers.ts';
import type { Vector } from './vector.ts';

/** Sums that a processor works on at the same time. */
const CHAINS = 8;

/** Parameters: left, right, result, number of groups ≥ 1, and whether to add to what is there. */
const PARAMS = ['i32', 'i32', 'i32', 'i32', 'i32'] as const;

/** A function for groups of `height` rows, one below the other. */
export function emitDots(module: ModuleBuilder, name: string, vector: Vector, plan: MatrixPlan, height: number): FunctionReference {
  const { terms, termBlock, left: { row }, columns, result: to } = plan;
  const first = row < 0 ? (height - 1) * row : 0;
  const blocks = Math.floor((terms - 1) / termBlock);
  return module.addFunction(name, PARAMS, [], (f, [left, right, result, groups, accumulate]) => {
    const [a, b, target, block] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
    const totals = Array.from({ length: height * columns }, () => f.local('f64'));
    advance(f, left, first);
    f.loop((again) => {
      f.localGet(left).localSet(a).localGet(right).localSet(b);
      for (const total of totals) f.f64Const(0).localSet(total);
      // Blocks are collected in double precision, as in reductions.
      const collect = (length: number): void => {
        emitBlock(f, vector, plan, height, a, b, first, length).forEach((sum, k) => {
          f.localGet(totals[k]!);
          pushLanes(f, vector, sum);
          f.op('f64.add').localSet(totals[k]!);
        });
      };
      f.forRange(block, 0, blocks, 1, () => collect(termBlock));
      collect(terms - blocks * termBlock);
      f.localGet(result).localSet(target);
      totals.forEach((total, k) => {
        const offset = (k % columns) * to.column;
        f.localGet(accumulate).if(() => {
          vector.loadNumber(f, target, offset);
          f.localGet(total).op('f64.add').localSet(total);
        });
        vector.storeNumber(f, target, offset, total);
        if (k % columns === columns - 1) advance(f, target, to.row);
      });
      advance(f, left, height * row);
      advance(f, result, height * to.row);
      f.localGet(groups).i32Const(1).op('i32.sub').localTee(groups).brIf(again);
    });
  }, { export: false });
}

/** Vectors of partial sums over some terms, row by row. The pointers move behind them. */
function emitBlock(f: FunctionBuilder, vector: Vector, { left, right, columns }: MatrixPlan, height: number, a: Local, b: Local, first: number, length: number): Local[] {
  const { lanes } = vector;
  const { column } = right!;
  // Offsets of instructions are not negative: columns that go backwards are reached from the last one.
  const lowest = column < 0 ? (columns - 1) * column : 0;
  // Few sums are split, so that additions need not wait for each other.
  const chains = Math.max(1, Math.floor(CHAINS / (height * columns)));
  const sums = Array.from({ length: height * columns }, () => Array.from({ length: chains }, () => f.local('v128')));
  for (const sum of sums.flat()) {
    vector.zero(f);
    f.localSet(sum);
  }
  const factors = Array.from({ length: columns }, () => f.local('v128'));
  const step = (chain: number, offset: number, count: number): void => {
    factors.forEach((factor, k) => {
      vector.load(f, b, k * column - lowest + offset, count);
      f.localSet(factor);
    });
    for (let i = 0; i < height; i++) {
      const value = columns === 1 ? undefined : f.local('v128');
      if (value !== undefined) {
        vector.load(f, a, i * left.row - first + offset, count);
        f.localSet(value);
      }
      factors.forEach((factor, k) => {
        vector.addProduct(f, sums[i * columns + k]![chain]!, () => {
          f.localGet(factor);
          if (value === undefined) vector.load(f, a, i * left.row - first + offset, count);
          else f.localGet(value);
        });
      });
    }
  };
  advance(f, b, lowest);
  const perRound = chains * lanes;
  const rounds = Math.floor(length / perRound);
  const round = f.local('i32');
  f.forRange(round, 0, rounds, 1, () => {
    for (let chain = 0; chain < chains; chain++) step(chain, 16 * chain, lanes);
    advance(f, a, 16 * chains);
    advance(f, b, 16 * chains);
  });
  const rest = length - rounds * perRound;
  for (let done = 0; done < rest; done += lanes) step(done / lanes, done * vector.bytes, Math.min(lanes, rest - done));
  advance(f, a, rest * vector.bytes);
  advance(f, b, rest * vector.bytes - lowest);
  return sums.map(([sum, ...others]) => {
    for (const other of others) {
      f.localGet(sum!).localGet(other);
      vector.add(f);
      f.localSet(sum!);
    }
    return sum!;
  });
}

/** → the sum of all lanes, as a double. */
function pushLanes(f: FunctionBuilder, vector: Vector, sum: Local): void {
  for (let lane = 0; lane < vector.lanes; lane++) {
    vector.lane(f, sum, lane);
    if (lane > 0) f.op('f64.add');
  }
}
