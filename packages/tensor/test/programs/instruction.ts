/** @file One step of a random program: what it does to slow values, and the operation of the library that should do the same. */
import type { Scalar, Tensor } from '@tapeflow/tensor';
import type { Dice } from '../compile/random-programs.ts';
import { largest, type Note, type Slow } from './slow.ts';

/** A tensor of which only the run time knows the names: it goes wherever a tensor goes. */
// oxlint-disable-next-line typescript/no-explicit-any -- the programs choose names as they run
export type AnyTensor = Tensor<any>;

/** What is known to have no dimensions, though the compiler does not know it. */
export const asScalar = (t: unknown): Scalar => t as Scalar;

/** A step: its inputs are numbers of earlier values. */
export interface Instruction {
  readonly text: string;
  readonly inputs: readonly number[];
  slow(xs: readonly Slow[], note: Note): Slow;
  fast(xs: readonly AnyTensor[]): AnyTensor;
}

/** Values at hand while a program is made. */
export class Pool {
  readonly values: Slow[];
  readonly dice: Dice;

  constructor(values: readonly Slow[], dice: Dice) {
    this.values = [...values];
    this.dice = dice;
  }

  /** The number of a value that fits; late ones more often, so that programs grow deep. */
  pick(accept: (x: Slow) => boolean = () => true): number | undefined {
    const fitting = this.values.flatMap((x, k) => (accept(x) ? [k] : []));
    return fitting.length === 0 ? undefined : fitting[Math.floor(Math.sqrt(this.dice.next()) * fitting.length)];
  }

  /** The number of a value that has a name common with nothing or of equal size: what can be combined with `x`. */
  beside(x: Slow, most = 400): number | undefined {
    return this.pick((y) => {
      const together = { ...x.sizes, ...y.sizes };
      const agrees = y.names.every((name) => x.sizes[name] === undefined || x.sizes[name] === y.sizes[name]);
      return agrees && Object.values(together).reduce((product, size) => product * size, 1) <= most;
    });
  }

  /** A value and one of its names. */
  withName(accept: (size: number, x: Slow) => boolean = () => true): { at: number; x: Slow; name: string; size: number } | undefined {
    const at = this.pick((x) => x.names.some((name) => accept(x.sizes[name]!, x)));
    if (at === undefined) return undefined;
    const x = this.values[at]!;
    const name = this.dice.pick(x.names.filter((each) => accept(x.sizes[each]!, x)));
    return { at, x, name, size: x.sizes[name]! };
  }

  /** A name that a value does not have. */
  newName(x: Slow): string {
    return this.dice.pick(['p', 'q', 'r', 's', 't'].filter((name) => !x.names.includes(name)));
  }
}

/** Proposes a step, or nothing where no value fits. */
export type Proposal = (pool: Pool) => Instruction | undefined;

/** Whether all numbers lie between two limits; true of nothing. */
export const within = (x: Slow, low: number, high: number): boolean => x.values.every((value) => value > low && value < high);

/** Results beyond this make differences of finite steps meaningless. */
export const isTame = (x: Slow): boolean => x.values.every(Number.isFinite) && largest(x) < 40;
