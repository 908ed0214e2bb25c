/** @file From the position of an element in a buffer back to the index of a kernel, if there is one that is stored there. */
import { sizeOf } from '../../array/strides.ts';
import type { Target } from './pass.ts';

/** Text that finds the index. */
export interface InverseAccess {
  readonly statements: readonly string[];
  /** Holds where there is an index; undefined: everywhere. */
  readonly condition: string | undefined;
}

/** An axis in the order of falling strides. */
interface Digit {
  readonly axis: number;
  readonly stride: number;
  readonly length: number;
  readonly isReversed: boolean;
}

/**
 * Digits of a number in mixed radix: the strides fall, and each is longer than everything below it. `position` is the text of the
 * position; the indices along the axes become i0, i1, …. Axes that `skipped` names have no part in the position.
 */
export function invertAccess(position: string, { size, access, moving }: Target, shape: readonly number[], skipped: readonly number[], offset: string): InverseAccess {
  const digits = digitsOf(access.coefficients, shape, skipped);
  const first = digits.reduce((total, { stride, length, isReversed }) => (isReversed ? total - stride * (length - 1) : total), access.offset);
  const isWhole = moving === undefined && first === 0 && isDense(digits, size);
  const statements: string[] = [];
  const conditions: string[] = [];
  statements.push(`const q0 = ${position}${first === 0 ? '' : ` - num(${first})`}${offset === '' ? '' : ` - ${offset}`};`);
  if (!isWhole) conditions.push('q0 >= 0');
  let rest = 'q0';
  digits.forEach(({ axis, stride, length, isReversed }, k) => {
    const digit = isReversed ? `j${axis}` : `i${axis}`;
    statements.push(`const ${digit} = ${stride === 1 ? rest : `quotientOf(${rest}, num(${stride}))`};`);
    if (isReversed) statements.push(`const i${axis} = num(${length - 1}) - ${digit};`);
    if (!isWhole) conditions.push(`${digit} < ${length}`);
    if (stride === 1) {
      rest = '';
      return;
    }
    statements.push(`const q${k + 1} = ${rest} - ${digit} * ${stride};`);
    rest = `q${k + 1}`;
  });
  if (!isWhole && rest !== '') conditions.push(`${rest} === 0`);
  shape.forEach((_, axis) => {
    if (!skipped.includes(axis) && !digits.some((digit) => digit.axis === axis)) statements.push(`const i${axis} = num(0);`);
  });
  return { statements, condition: isWhole ? undefined : conditions.join(' && ') };
}

function digitsOf(coefficients: readonly number[], shape: readonly number[], skipped: readonly number[]): Digit[] {
  const digits = shape.flatMap((length, axis): Digit[] => {
    if (length === 1 || skipped.includes(axis)) return [];
    const coefficient = coefficients[axis]!;
    return [{ axis, length, stride: Math.abs(coefficient), isReversed: coefficient < 0 }];
  });
  digits.sort((a, b) => b.stride - a.stride);
  digits.reduceRight((reach, { stride, length }) => {
    if (stride <= reach) throw new RangeError(`invertAccess: coefficients (${coefficients.join(', ')}) over (${shape.join(', ')}) store two results at one place.`);
    return reach + stride * (length - 1);
  }, 0);
  return digits;
}

/** Whether the digits reach every position. */
function isDense(digits: readonly Digit[], size: number): boolean {
  return sizeOf(digits.map(({ length }) => length)) === size;
}
