/** @file What is known of the values of nodes before they are computed: bounds, and whether they are whole numbers. */
import type { Operator } from '../../elementwise/expression.ts';
import type { Node } from './node.ts';

/** Bounds that hold for every value of a node except NaN. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Nothing is known. */
export const ANYTHING: Interval = { low: -Infinity, high: Infinity };

/** Bounds of the result of an operation. */
export function intervalOf(operator: Operator, inputs: readonly Node[]): Interval {
  const [a, b, c] = inputs.map(({ interval }) => interval);
  switch (operator) {
    case 'min':
      return { low: Math.min(a!.low, b!.low), high: Math.min(a!.high, b!.high) };
    case 'max':
      return { low: Math.max(a!.low, b!.low), high: Math.max(a!.high, b!.high) };
    case 'floor':
      return { low: Math.floor(a!.low), high: Math.floor(a!.high) };
    case 'select':
      return { low: Math.min(b!.low, c!.low), high: Math.max(b!.high, c!.high) };
    case 'mod':
      return remainder(inputs[0]!, inputs[1]!);
    case 'sub':
      return wrapped(inputs[0]!, inputs[1]!) ?? arithmetic(operator, inputs);
    default:
      return arithmetic(operator, inputs);
  }
}

function arithmetic(operator: Operator, inputs: readonly Node[]): Interval {
  return inputs[0]?.dtype === 'i32' ? integerInterval(operator, inputs[0].interval, inputs[1]?.interval) : ANYTHING;
}

/** Of integer sums and products, unless they could wrap around. */
function integerInterval(operator: Operator, a: Interval, b: Interval | undefined): Interval {
  const candidates =
    b === undefined ? [] : operator === 'add' ? [a.low + b.low, a.high + b.high] : operator === 'sub' ? [a.low - b.high, a.high - b.low] : operator === 'mulI32' || operator === 'mul' ? [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high] : [];
  if (candidates.length === 0 || candidates.some((value) => !(Math.abs(value) < 2 ** 31))) return ANYTHING;
  return { low: Math.min(...candidates), high: Math.max(...candidates) };
}

/** x mod n for a fixed n > 0. Of real numbers nothing is claimed: where x / n is rounded, the remainder may lie outside by a multiple of n. */
function remainder(x: Node, n: Node): Interval {
  return n.kind === 'literal' && n.value > 0 && x.dtype === 'i32' ? { low: 0, high: n.value - 1 } : ANYTHING;
}

/**
 * k − n ⌊k · (1 / n)⌋ for a whole real number k and n a power of two: k modulo n, since no step of it is rounded. (The quotient only
 * changes the exponent, whole numbers stay far from the smallest one, and what is subtracted is a multiple of the last bit of k.)
 */
function wrapped(k: Node, subtracted: Node): Interval | undefined {
  const product = factorsOf(subtracted);
  if (product === undefined || !isWhole(k)) return undefined;
  const { value: n, other } = product;
  if (n < 1 || n > 2 ** 30 || !Number.isInteger(Math.log2(n)) || other.kind !== 'operation' || other.operator !== 'floor') return undefined;
  const quotient = factorsOf(other.inputs[0]!);
  return quotient?.value === 1 / n && quotient.other === k ? { low: 0, high: n - 1 } : undefined;
}

/** A real product with a number of the program. */
function factorsOf(node: Node): { readonly value: number; readonly other: Node } | undefined {
  if (node.kind !== 'operation' || node.operator !== 'mul' || node.dtype === 'i32') return undefined;
  const [x, y] = node.inputs;
  if (y!.kind === 'literal') return { value: y!.value, other: x! };
  return x!.kind === 'literal' ? { value: x!.value, other: y! } : undefined;
}

/** Sums, differences and products of whole numbers are whole, also where they are rounded: numbers that need rounding have no bits behind the point. */
const KEEPING: ReadonlySet<Operator> = new Set<Operator>(['add', 'sub', 'mul', 'neg', 'abs', 'min', 'max']);

/** Whether all values are whole numbers, infinite or NaN. */
export function isWhole(node: Node): boolean {
  switch (node.kind) {
    case 'literal':
      return Number.isInteger(node.value);
    case 'index':
    case 'within':
      return true;
    case 'convert':
      return node.input.dtype === 'i32' || node.input.dtype === 'bool' || node.dtype === 'i32';
    case 'operation':
      return node.dtype === 'i32' || node.operator === 'floor' || (KEEPING.has(node.operator) && node.inputs.every(isWhole));
    default:
      return node.dtype === 'i32';
  }
}
