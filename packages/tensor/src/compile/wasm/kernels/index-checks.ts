/**
 * @file Checks of indices in vectors. A branch to an error would cost every vector that is alive there a place in memory, so kernels run on
 * with the nearest index inside, remember the largest one, and end with the error.
 */
import type { IndexSite } from '../../../primitives/index-within.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import type { FunctionReference, Local } from '../references.ts';
import type { KernelImports } from './imports.ts';
import type { Lanes } from './vector-operators.ts';

interface Remembered {
  readonly site: IndexSite;
  readonly length: number;
  /** The largest index of each lane so far, as numbers without sign: negative ones are the largest of all. */
  readonly largest: Local;
}

/** The checks of one kernel. */
export class IndexChecks {
  private readonly f: FunctionBuilder;
  private readonly imports: KernelImports;
  private readonly note: FunctionReference | undefined;
  private readonly remembered = new Map<string, Remembered>();

  /** `note`: (number of a site, index, length) →, after which the function is left; undefined: the import, which does not return. */
  constructor(f: FunctionBuilder, imports: KernelImports, note: FunctionReference | undefined) {
    this.f = f;
    this.imports = imports;
    this.note = note;
  }

  /** (positions) → the positions, those outside replaced by one inside. Variables begin as 0. */
  inside(positions: Local, length: number, site: IndexSite): void {
    const { f } = this;
    if (length === 0) {
      f.localGet(positions).lane('i32x4.extract_lane', 0);
      this.refuse(length, site);
      f.op('i32x4.splat');
      return;
    }
    const { largest } = this.of(length, site);
    f.localGet(largest).localGet(positions).op('i32x4.max_u').localSet(largest);
    f.localGet(positions).i32x4Const(length - 1).op('i32x4.min_u');
  }

  /** (index) → the same, or an error at once. */
  refuse(length: number, site: IndexSite): void {
    const { f, imports } = this;
    const at = f.local('i32');
    f.localTee(at).localGet(at).i32Const(length).op('i32.ge_u').if(() => {
      f.i32Const(imports.numberOf(site)).localGet(at).i32Const(length);
      if (this.note === undefined) f.call(imports.indexOutOfRange);
      else f.call(this.note).op('return');
    });
  }

  /** What comes last in the kernel: the error, if there has been one. */
  end(lanes: Lanes): void {
    for (const { site, length, largest } of this.remembered.values()) {
      for (let lane = 0; lane < lanes; lane++) {
        this.f.localGet(largest).lane('i32x4.extract_lane', lane);
        this.refuse(length, site);
        this.f.op('drop');
      }
    }
  }

  private of(length: number, site: IndexSite): Remembered {
    const key = `${length} ${site.operation} ${site.place}`;
    let found = this.remembered.get(key);
    if (found === undefined) this.remembered.set(key, (found = { site, length, largest: this.f.local('v128') }));
    return found;
  }
}
