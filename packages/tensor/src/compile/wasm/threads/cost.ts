/** @file Estimates of the time a kernel takes. They decide what is done in chunks, and depend on nothing but the kernel. */
import { bytesPerElement } from '../../../array/dtype.ts';
import { lineArrays } from '../../kernels/lines/line-plan.ts';
import type { FixedKernel } from '../../kernels/fixed.ts';
import { nodesOf, partsOf, type Kernel } from '../../kernels/kernel.ts';
import { nodesBelow, type Node } from '../../kernels/node.ts';
import { lanesFor } from '../kernels/vector-code.ts';
import { VECTOR_FUNCTIONS } from '../math/functions.ts';
import { isHostFunction } from '../kernels/imports.ts';

// Nanoseconds per element where four are computed at a time, read off the kernels of docs/performance.md on the machine that is named there.
const SIMPLE = 0.02;
const DIVISION = 0.15;
const FUNCTION = 1.2;
const HOST = 10;
const GATHER = 0.45;
const SCATTER = 0.6;
/** What one number at a time costs more. */
const SCALAR = 5;

const SLOW: ReadonlySet<string> = new Set(['div', 'sqrt', 'mod']);

const works = new WeakMap<Kernel, number>();

/** Nanoseconds that a kernel takes, about. */
export function workOf(kernel: Kernel): number {
  let work = works.get(kernel);
  if (work === undefined) works.set(kernel, (work = estimate(kernel)));
  return work;
}

function estimate(kernel: Kernel): number {
  const rank = kernel.shape.length;
  const parts = partsOf(kernel.cuts).map((part, k) => ({ roots: kernel.roots[k]!, size: part.reduce((total, { from, to }) => total * (to - from), 1) }));
  const lanes = lanesFor(parts.flatMap(({ roots }) => nodesOf(roots)), kernel.buffers);
  const width = lanes === undefined ? SCALAR : 4 / lanes;
  const outputs = kernel.outputs.reduce((total, { kind }) => total + (kind === 'scatterAdd' ? SCATTER : SIMPLE * width), 0);
  return parts.reduce((total, { roots, size }) => {
    if (size === 0) return total;
    // What is the same along a row is computed once for it.
    const own = nodesBelow(nodesOf(roots)).filter(({ depth }) => depth >= rank);
    return total + size * own.reduce((each, node) => each + costOf(node, width), outputs);
  }, 0);
}

function costOf(node: Node, width: number): number {
  if (node.kind === 'gather') return GATHER;
  if (node.kind !== 'operation') return SIMPLE * width;
  const { operator } = node;
  if (operator in VECTOR_FUNCTIONS) return FUNCTION * width;
  if (isHostFunction(operator)) return HOST;
  return (SLOW.has(operator) ? DIVISION : SIMPLE) * width;
}

/** Multiplications and additions per nanosecond, in f32. */
const PRODUCT_RATE = 15;
/** Nanoseconds per element of a line that is walked along, and per element and digit of one that is sorted. */
const WALK = 0.5;
const SORT = 3;

/** Nanoseconds that a fixed kernel takes, about. */
export function workOfFixed(kernel: FixedKernel): number {
  switch (kernel.kind) {
    case 'matrixProduct': {
      const { rows, terms, columns, batch, dtype } = kernel;
      return (batch.reduce((total, { length }) => total * length, rows * terms * columns) / PRODUCT_RATE) * (bytesPerElement(dtype) / 4);
    }
    case 'lineTransform': {
      const { transform, length, outer, inner, dtype } = kernel;
      const { inputs, outputs } = lineArrays(transform, length);
      return outer * inner * length * (inputs + outputs) * 0.1 * Math.log2(2 * length) * (bytesPerElement(dtype) / 4);
    }
    case 'lineWalk':
      return kernel.outer * kernel.inner * kernel.length * WALK;
    case 'lineOrder':
      return kernel.outer * kernel.inner * kernel.length * SORT * Math.log2(1 + kernel.length);
  }
}
