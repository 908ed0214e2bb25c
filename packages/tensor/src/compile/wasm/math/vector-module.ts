/** @file The functions of vectors of a module: each is defined when it is first asked for. */
import type { ModuleBuilder } from '../assembler.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import type { FunctionReference } from '../references.ts';
import type { Scratch } from '../kernels/scalar-operators.ts';
import { vectorEntry } from './functions.ts';
import { printVector, type Callees } from './print-vector.ts';
import { Vector, type Precision } from './vector.ts';

/** Finds and defines functions of vectors. */
export class VectorModule implements Callees {
  readonly host: Callees['host'];
  private readonly module: ModuleBuilder;
  private readonly defined = new Map<string, FunctionReference>();

  /** `host` finds imported functions of doubles. */
  constructor(module: ModuleBuilder, host: Callees['host']) {
    this.module = module;
    this.host = host;
  }

  vector(name: string, precision: Precision): FunctionReference {
    const key = `${name}.${precision}`;
    const known = this.defined.get(key);
    if (known !== undefined) return known;
    const { arity, value } = vectorEntry(name);
    const inputs = inputsFor(arity, precision);
    const reference = this.module.declareFunction(key, inputs.map(() => 'v128'), ['v128']);
    this.defined.set(key, reference);
    this.module.defineFunction(reference, (f, locals) => printVector(f, { take: (type) => f.local(type) }, this, locals, value(...inputs)));
    return reference;
  }

  /** (vectors) → the value of a function: in loops its code if that is short, else a call. */
  push(f: FunctionBuilder, scratch: Scratch, name: string, precision: Precision, isLoop: boolean): void {
    const { arity, value, isShort } = vectorEntry(name);
    if (!isLoop || !isShort) {
      f.call(this.vector(name, precision));
      return;
    }
    const locals = Array.from({ length: arity }, () => scratch.take('v128'));
    for (const local of locals.toReversed()) f.localSet(local);
    printVector(f, scratch, this, locals, value(...inputsFor(arity, precision)));
  }
}

function inputsFor(arity: number, precision: Precision): Vector[] {
  return Array.from({ length: arity }, (_, index) => new Vector(precision, { kind: 'input', index }));
}
