/** @file Steps that move numbers: windows, orders, repetition, joining, looking up and putting back. */
import * as tf from '@tapeflow/tensor';
import type { Dice } from '../compile/random-programs.ts';
import type { AnyTensor, Instruction, Proposal } from './instruction.ts';
import { at, count, made, namesOf, sizesOf, type Index, type Slow } from './slow.ts';

/** A step on one value, along one of its names: where each number of the result comes from. */
function moved(text: string, input: number, name: string, length: number, from: (k: number) => number, fast: (x: AnyTensor) => AnyTensor): Instruction {
  return { text, inputs: [input], slow: ([x]) => made(x!.names, { ...x!.sizes, [name]: length }, (index) => at(x!, { ...index, [name]: from(index[name]!) })), fast: ([x]) => fast(x!) };
}

const sliced: Proposal = (pool) => {
  const found = pool.withName((size) => size > 0);
  if (found === undefined) return undefined;
  const { at: input, name, size } = found;
  const step = pool.dice.pick([1, 1, 2, -1, -2]);
  const from = pool.dice.below(size);
  // The positions that Python visits, one by one.
  const positions: number[] = [];
  for (let k = from; step > 0 ? k < size : k >= 0; k += step) positions.push(k);
  return moved(`slice ${name} from ${from} in steps of ${step}`, input, name, positions.length, (k) => positions[k]!, (x) => x.slice({ [name]: { from, step } }));
};

const emptied: Proposal = (pool) => {
  const found = pool.dice.below(12) === 0 ? pool.withName() : undefined;
  return found && moved(`nothing of ${found.name}`, found.at, found.name, 0, () => NaN, (x) => x.slice({ [found.name]: [0, 0] }));
};

const entry: Proposal = (pool) => {
  const found = pool.withName((size) => size > 0);
  if (found === undefined) return undefined;
  const { at: input, name, size } = found;
  const k = pool.dice.below(size);
  const position = pool.dice.next() < 0.5 ? k : k - size;
  return {
    text: `at ${name}=${position}`,
    inputs: [input],
    slow: ([x]) => made(x!.names.filter((other) => other !== name), x!.sizes, (index) => at(x!, { ...index, [name]: k })),
    fast: ([x]) => x!.at({ [name]: position }),
  };
};

const turned: Proposal = (pool) => {
  const found = pool.withName();
  if (found === undefined) return undefined;
  const { at: input, name, size } = found;
  if (pool.dice.next() < 0.4) return moved(`flip ${name}`, input, name, size, (k) => size - 1 - k, (x) => tf.flip(x, name));
  const shift = pool.dice.below(9) - 4;
  return moved(`roll ${name} by ${shift}`, input, name, size, (k) => (((k - shift) % size) + size) % size, (x) => tf.roll(x, name, shift));
};

const renamed: Proposal = (pool) => {
  const found = pool.withName();
  if (found === undefined) return undefined;
  const { at: input, x, name, size } = found;
  const to = pool.newName(x);
  const old = (index: Index): Index => ({ ...index, [name]: index[to]! });
  return { text: `rename ${name} to ${to}`, inputs: [input], slow: ([v]) => made(v!.names.map((each) => (each === name ? to : each)), { ...v!.sizes, [to]: size }, (index) => at(v!, old(index))), fast: ([v]) => tf.rename(v!, name, to, tf.spatial) };
};

const expanded: Proposal = (pool) => {
  const input = pool.pick((x) => count(x) <= 100 && x.names.length < 4);
  if (input === undefined) return undefined;
  const name = pool.newName(pool.values[input]!);
  const size = pool.dice.pick([1, 2, 3]);
  return { text: `expand ${name}=${size}`, inputs: [input], slow: ([x]) => made([...x!.names, name], { ...x!.sizes, [name]: size }, (index) => at(x!, index)), fast: ([x]) => tf.expand(x!, name, size) };
};

/** Where the sample at position k of a padded line comes from, and its sign, walking step by step. */
function walk(k: number, n: number, mode: tf.PadMode): { from: number; sign: number } {
  let [from, sign] = [k, 1];
  while (from < 0 || from >= n) {
    if (mode === 'edge') from = from < 0 ? 0 : n - 1;
    else if (mode === 'periodic') from += from < 0 ? n : -n;
    else if (mode === 'reflect') from = n === 1 ? 0 : from < 0 ? -from : 2 * (n - 1) - from;
    else {
      from = from < 0 ? -1 - from : 2 * n - 1 - from;
      if (mode === 'antisymmetric') sign = -sign;
    }
  }
  return { from, sign };
}

const padded: Proposal = (pool) => {
  const found = pool.withName((size, x) => size > 0 && count(x) <= 100);
  if (found === undefined) return undefined;
  const { at: input, name, size } = found;
  const mode = pool.dice.pick(['edge', 'periodic', 'reflect', 'symmetric', 'antisymmetric', 0.75] as const);
  const [low, high] = [pool.dice.below(4), pool.dice.below(3)];
  return {
    text: `pad ${name} by ${low} and ${high}, ${mode}`,
    inputs: [input],
    slow: ([x]) => made(x!.names, { ...x!.sizes, [name]: size + low + high }, (index) => {
      const k = index[name]! - low;
      if (typeof mode === 'number') return k < 0 || k >= size ? mode : at(x!, { ...index, [name]: k });
      const { from, sign } = walk(k, size, mode);
      return sign * at(x!, { ...index, [name]: from });
    }),
    fast: ([x]) => tf.pad(x!, { [name]: [low, high] }, mode),
  };
};

const repeatedAlong: Proposal = (pool) => {
  const found = pool.withName((_size, x) => count(x) <= 100);
  if (found === undefined) return undefined;
  const { at: input, name, size } = found;
  const times = 1 + pool.dice.below(3);
  if (pool.dice.next() < 0.5) return moved(`tile ${name} ${times} times`, input, name, size * times, (k) => k % size, (x) => tf.tile(x, { [name]: times }));
  return moved(`repeat in ${name} ${times} times`, input, name, size * times, (k) => Math.floor(k / times), (x) => tf.repeat(x, { [name]: times }));
};

const joined: Proposal = (pool) => {
  const found = pool.withName((_size, x) => count(x) <= 100);
  if (found === undefined) return undefined;
  const { at: input, x, name, size } = found;
  const rest = (y: Slow): string => JSON.stringify([...y.names].filter((each) => each !== name).sort().map((each) => [each, y.sizes[each]]));
  const other = pool.pick((y) => y.names.includes(name) && rest(y) === rest(x) && count(y) <= 100)!;
  return {
    text: `concat along ${name}`,
    inputs: [input, other],
    slow: ([a, b]) => made(a!.names, { ...a!.sizes, [name]: size + b!.sizes[name]! }, (index) => (index[name]! < size ? at(a!, index) : at(b!, { ...index, [name]: index[name]! - size }))),
    fast: ([a, b]) => tf.concat([a!, b!], name),
  };
};

const stacked: Proposal = (pool) => {
  const input = pool.pick((x) => count(x) <= 100)!;
  const other = pool.beside(pool.values[input]!, 150);
  if (other === undefined) return undefined;
  const [x, y] = [pool.values[input]!, pool.values[other]!];
  const name = ['p', 'q', 'r', 's', 't'].find((each) => !namesOf(x, y).includes(each));
  if (name === undefined) return undefined;
  return { text: `stack along ${name}`, inputs: [input, other], slow: ([a, b]) => made([name, ...namesOf(a!, b!)], { ...sizesOf(a!, b!), [name]: 2 }, (index) => at(index[name] === 0 ? a! : b!, index)), fast: ([a, b]) => tf.stack([a!, b!], name) };
};

const packed: Proposal = (pool) => {
  const input = pool.pick((x) => x.names.length >= 2);
  if (input === undefined) return undefined;
  const x = pool.values[input]!;
  const [first, second] = [...x.names].sort(() => pool.dice.next() - 0.5) as [string, string];
  const name = pool.newName(x);
  const inner = x.sizes[second]!;
  const others = x.names.filter((each) => each !== first && each !== second);
  const unpacked = (index: Index): Index => ({ ...index, [first]: Math.floor(index[name]! / inner), [second]: index[name]! % inner });
  return { text: `pack ${first}, ${second} into ${name}`, inputs: [input], slow: ([v]) => made([...others, name], { ...v!.sizes, [name]: v!.sizes[first]! * inner }, (index) => at(v!, unpacked(index))), fast: ([v]) => tf.packDims(v!, [first, second], name, tf.spatial) };
};

const takenAway: Proposal = (pool) => {
  const found = pool.withName((size) => size > 0);
  if (found === undefined) return undefined;
  const { at: input, name, size } = found;
  const positions = Array.from({ length: 1 + pool.dice.below(4) }, () => pool.dice.below(size));
  return moved(`take ${positions.join(', ')} of ${name}`, input, name, positions.length, (k) => positions[k]!, (x) => tf.take(x, { [name]: positions }));
};

/** Whole numbers over the name `p`, or over `p` and a name of the value. */
function positionsFor(dice: Dice, x: Slow, name: string, size: number): { slow: Slow; fast: AnyTensor } {
  const other = x.names.find((each) => each !== name && x.sizes[each]! > 0);
  const names = other !== undefined && dice.next() < 0.5 ? ['p', other] : ['p'];
  const slow = made(names, { ...x.sizes, p: 3 }, () => dice.below(size));
  return { slow, fast: tf.tensor(slow.sizes, [...slow.values], { dtype: 'i32' }) };
}

const gathered: Proposal = (pool) => {
  const found = pool.withName((size, x) => size > 0 && !x.names.includes('p') && count(x) <= 150);
  if (found === undefined) return undefined;
  const { at: input, x, name, size } = found;
  const positions = positionsFor(pool.dice, x, name, size);
  return {
    text: `gather from ${name} at ${positions.slow.values.join(' ')}`,
    inputs: [input],
    slow: ([v]) => made([...v!.names.filter((each) => each !== name), 'p'], { ...v!.sizes, p: 3 }, (index) => at(v!, { ...index, [name]: at(positions.slow, index) })),
    fast: ([v]) => tf.gather(v!, { [name]: positions.fast }),
  };
};

/** Adds values at positions, some of which meet. */
const scattered: Proposal = (pool) => {
  const found = pool.withName((size, x) => size > 0 && !x.names.includes('p') && count(x) <= 150);
  if (found === undefined) return undefined;
  const { at: input, x, name, size } = found;
  const positions = positionsFor(pool.dice, x, name, size);
  const mode = pool.dice.pick(['add', 'set', 'mean'] as const);
  const updates = (v: Slow): Slow => made([...v.names.filter((each) => each !== name), 'p'], { ...v.sizes, p: 3 }, (index) => (index['p']! + 1) * at(v, { ...index, [name]: 0 }));
  return {
    text: `scatter (${mode}) into ${name} at ${positions.slow.values.join(' ')}`,
    inputs: [input],
    slow: ([v]) => {
      const given = updates(v!);
      return made(v!.names, v!.sizes, (index) => {
        const hits = [0, 1, 2].map((p) => ({ ...index, p })).filter((each) => at(positions.slow, each) === index[name]).map((each) => at(given, each));
        if (mode === 'add') return hits.reduce((sum, hit) => sum + hit, at(v!, index));
        if (hits.length === 0) return at(v!, index);
        return mode === 'set' ? hits[hits.length - 1]! : hits.reduce((sum, hit) => sum + hit, 0) / hits.length;
      });
    },
    fast: ([v]) => tf.scatter(v!, { [name]: positions.fast }, tf.mul(tf.tensor({ p: 3 }, [1, 2, 3]), v!.at({ [name]: 0 })), { mode }),
  };
};

/** All steps of this file. */
export const movingSteps: readonly Proposal[] = [sliced, sliced, emptied, entry, turned, renamed, expanded, padded, repeatedAlong, joined, stacked, packed, takenAway, gathered, scattered];
