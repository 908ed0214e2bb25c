/** @file What kernels call outside of WebAssembly: functions that it has no instruction for, and the report of an index out of range. */
import { digamma, erf, erfc, gamma, lgamma, polygamma } from '@tapeflow/autodiff/extend';
import type { Operator } from '../../../elementwise/expression.ts';
import { sinc } from '../../../elementwise/special.ts';
import type { IndexSite } from '../../../primitives/index-within.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { allNodes } from '../../kernels/kernel.ts';
import type { FunctionReference } from '../references.ts';
import type { ModuleBuilder } from '../assembler.ts';
import { VECTOR_FUNCTIONS } from '../math/functions.ts';
import { VectorModule } from '../math/vector-module.ts';

/** Name of a function that JavaScript computes. */
export type HostFunction =
  | 'cbrt' | 'exp' | 'expm1' | 'log' | 'log1p' | 'pow' | 'hypot' | 'sin' | 'cos' | 'tan' | 'asin' | 'acos' | 'atan' | 'atan2'
  | 'sinh' | 'cosh' | 'tanh' | 'asinh' | 'acosh' | 'atanh' | 'erf' | 'erfc' | 'gamma' | 'lgamma' | 'digamma' | 'polygamma' | 'sinc';

/** Functions of one or two doubles, under the names of the scalar language. */
export const HOST_FUNCTIONS: Readonly<Record<HostFunction, (...values: number[]) => number>> = {
  cbrt: Math.cbrt, exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, pow: (x, y) => x! ** y!, hypot: Math.hypot,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, atan2: (y, x) => Math.atan2(y!, x!),
  sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh,
  erf: (x) => erf(x!), erfc: (x) => erfc(x!), gamma: (x) => gamma(x!), lgamma: (x) => lgamma(x!), digamma: (x) => digamma(x!), polygamma: (n, x) => polygamma(n!, x!),
  sinc: (x) => sinc(x!),
};

const TWO_ARGUMENTS: ReadonlySet<HostFunction> = new Set<HostFunction>(['pow', 'hypot', 'atan2', 'polygamma']);

/** Whether JavaScript has an operator. */
export function isHostFunction(operator: Operator): operator is HostFunction {
  return operator in HOST_FUNCTIONS;
}

/** Whether kernels ask JavaScript for every value of an operator. */
export function isComputedByHost(operator: Operator): boolean {
  return isHostFunction(operator) && VECTOR_FUNCTIONS[operator] === undefined;
}

/** What an operator asks for outside: itself, or what its code in vectors leaves to JavaScript. */
export function hostFunctionsFor(operator: Operator): HostFunction[] {
  const entry = VECTOR_FUNCTIONS[operator];
  if (entry !== undefined) return entry.host === undefined ? [] : [entry.host];
  return isHostFunction(operator) ? [operator] : [];
}

/** The functions that kernels need. */
export function hostFunctionsOf(kernels: readonly Kernel[]): HostFunction[] {
  const found = new Set<HostFunction>();
  for (const kernel of kernels) {
    for (const node of allNodes(kernel)) {
      if (node.kind === 'operation') for (const name of hostFunctionsFor(node.operator)) found.add(name);
    }
  }
  return [...found];
}

/** Module names of the imports. */
export const MATH = 'math';
export const HOST = 'host';

/** The imports of a module with kernels; made before the first function is defined. */
export class KernelImports {
  private readonly references: ReadonlyMap<HostFunction, FunctionReference>;
  /** Functions of vectors. */
  readonly vectors: VectorModule;
  /** (number of a site, index, length) → never returns. */
  readonly indexOutOfRange: FunctionReference;
  /** Where indices are checked; each kernel adds its own. */
  readonly sites: IndexSite[] = [];

  constructor(module: ModuleBuilder, functions: readonly HostFunction[]) {
    this.references = new Map(functions.map((name) => [name, module.importFunction(MATH, name, TWO_ARGUMENTS.has(name) ? ['f64', 'f64'] : ['f64'], ['f64'])]));
    this.vectors = new VectorModule(module, (name) => this.of(name as HostFunction));
    this.indexOutOfRange = module.importFunction(HOST, 'indexOutOfRange', ['i32', 'i32', 'i32'], []);
  }

  /** The number of a site. */
  numberOf({ operation, place }: IndexSite): number {
    const known = this.sites.findIndex((site) => site.operation === operation && site.place === place);
    return known >= 0 ? known : this.sites.push({ operation, place }) - 1;
  }

  of(name: HostFunction): FunctionReference {
    return this.references.get(name)!;
  }
}
