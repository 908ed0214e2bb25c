/** @file What all blocks of a program have in common while it is lowered. */
import type { Writes } from './carries.ts';
import type { ConstantPool } from './constants.ts';
import type { Numerics } from './numerics.ts';
import type { Residence } from './residence.ts';

/** How a program is lowered. */
export interface LowerOptions {
  /** `stepwise` by default. */
  readonly numerics?: Numerics;
  /** `parts` by default. */
  readonly writes?: Writes;
  /** `residents` by default; another one shows what its decisions gain or cost. */
  readonly residence?: Residence;
}

/** The same with everything decided, and the constants that are shared. */
export interface Lowering extends Required<LowerOptions> {
  readonly constants: ConstantPool;
}
