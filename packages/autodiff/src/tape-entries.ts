/** @file What stands on a tape: for those who look at it and those who count bytes. */
import type { Primitive } from './primitive.ts';
import { CONSTANT, ValueRow, type ReverseLevel } from './tape.ts';
import { typeIn, type Value } from './value.ts';

/** One operation of the tape. */
export interface TapeEntry {
  readonly primitive: Primitive;
  /** Rows of the tape, or constants. */
  readonly inputs: readonly ({ readonly row: number } | { readonly constant: Value })[];
  readonly outputs: readonly Value[];
}

/** The operation whose first output is in a row, if there is one. */
export function entryAt(tape: ReverseLevel, row: number): TapeEntry | undefined {
  const made = tape.rows[row];
  if (made === undefined) return undefined;
  if (made instanceof ValueRow) {
    if (made.operation === undefined) return undefined;
    const { primitive, inputs, outputs } = made.operation;
    return { primitive, inputs: inputs.map((input) => (tape.isMine(input) ? { row: input.row } : { constant: input })), outputs };
  }
  const inputs = made.slopes!.map((_, k) => {
    const source = tape.sources[2 * row + k]!;
    return source === CONSTANT ? { constant: tape.numbers[3 * row + k] } : { row: source };
  });
  return { primitive: made, inputs, outputs: [tape.numbers[3 * row + 2]] };
}

/** How many operations were recorded before the one in a row. */
export function operationsBefore(tape: ReverseLevel, row: number): number {
  let count = 0;
  for (let k = 0; k < row; k++) if (entryAt(tape, k) !== undefined) count++;
  return count;
}

const BYTES_OF_NUMBER = 8;

/** Bytes that operations have left on a tape. */
export function bytesOn(tape: ReverseLevel): number {
  let total = 0;
  for (let row = tape.roots; row < tape.rows.length; row++) {
    const made = tape.rows[row];
    if (!(made instanceof ValueRow)) total += BYTES_OF_NUMBER;
    else total += made.space.bytes(typeIn(made.space, made.value)) + (made.operation?.linearized?.bytes ?? 0);
  }
  return total;
}
