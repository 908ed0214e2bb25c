/**
 * @file Dead stores: values for which memory was planned, and which then are only read in the pass that computes them. What is read
 * where is known when all steps are there.
 */
import { allNodes, type Kernel } from '../kernels/kernel.ts';
import { rebuilder, rebuildRoot } from '../kernels/rebuild.ts';
import { innerSteps, regionsOf, type RunStep, type Schedule, type Step } from './step.ts';
import type { Region } from './view.ts';

/** The schedule without stores and reductions whose results nothing reads. */
export function removeDeadStores(schedule: Schedule): Schedule {
  let { steps } = schedule;
  for (;;) {
    const read = new Set(schedule.outputs.flatMap((output) => ('view' in output ? [output.view.region.root] : [])));
    collectReads(steps, read);
    const fewer = steps.flatMap((step) => without(step, read));
    if (fewer.length === steps.length && fewer.every((step, k) => step === steps[k])) return { ...schedule, steps };
    steps = fewer;
  }
}

function collectReads(steps: readonly Step[], read: Set<Region>): void {
  for (const step of steps) {
    if (step.kind === 'run') for (const buffer of buffersRead(step.kernel)) read.add(step.views[buffer]!.region.root);
    // Kernels of other kinds are not looked into: all that they touch counts as read.
    else if (step.kind !== 'clear') for (const region of regionsOf(step)) read.add(region.root);
    if (step.kind === 'while') read.add(step.holds.region.root);
    if (step.kind === 'check') for (const { region } of step.data) read.add(region.root);
    for (const inner of innerSteps(step)) collectReads(inner, read);
  }
}

const readBy = new WeakMap<Kernel, ReadonlySet<number>>();

/** Buffers from which a kernel loads, or whose contents it adds to. */
function buffersRead(kernel: Kernel): ReadonlySet<number> {
  let buffers = readBy.get(kernel);
  if (buffers === undefined) readBy.set(kernel, (buffers = findBuffersRead(kernel)));
  return buffers;
}

function findBuffersRead(kernel: Kernel): ReadonlySet<number> {
  const found = new Set(kernel.outputs.flatMap(({ kind, buffer }) => (kind === 'scatterAdd' ? [buffer] : [])));
  for (const node of allNodes(kernel)) if (node.kind === 'load' || node.kind === 'gather') found.add(node.buffer);
  return found;
}

/** The step with fewer results; nothing where none is left. */
function without(step: Step, read: ReadonlySet<Region>): readonly Step[] {
  switch (step.kind) {
    case 'run':
      return withoutOutputs(step, read);
    case 'scan':
      return [withSteps(step, { body: step.body.flatMap((own) => without(own, read)) })];
    case 'while':
      return [withSteps(step, { condition: step.condition.flatMap((own) => without(own, read)), body: step.body.flatMap((own) => without(own, read)) })];
    case 'cond':
      return [withSteps(step, { whenTrue: step.whenTrue.flatMap((own) => without(own, read)), whenFalse: step.whenFalse.flatMap((own) => without(own, read)) })];
    default:
      return [step];
  }
}

/** The step itself where none of its inner steps has changed. */
function withSteps<S extends Step>(step: S, parts: Partial<S>): S {
  const isSame = Object.entries(parts).every(([name, steps]) => {
    const before = step[name as keyof S] as readonly Step[];
    return before.length === (steps as readonly Step[]).length && before.every((own, k) => own === (steps as readonly Step[])[k]);
  });
  return isSame ? step : { ...step, ...parts };
}

function withoutOutputs(step: RunStep, read: ReadonlySet<Region>): readonly RunStep[] {
  const { kernel, views } = step;
  const keeps = kernel.outputs.map(({ kind, buffer }) => kind === 'scatterAdd' || read.has(views[buffer]!.region.root));
  if (keeps.every((keep) => keep)) return [step];
  const outputs = kernel.outputs.filter((_, k) => keeps[k]);
  if (outputs.length === 0) return [];
  const smaller: Kernel = { ...kernel, outputs, roots: kernel.roots.map((own) => own.filter((_, k) => keeps[k])) };
  const used = new Set([...buffersRead(smaller), ...outputs.map(({ buffer }) => buffer)]);
  const numbers = [...used].sort((a, b) => a - b);
  const rebuild = rebuilder({ buffer: (buffer) => numbers.indexOf(buffer) });
  return [{
    kind: 'run',
    kernel: { ...smaller, buffers: numbers.map((buffer) => kernel.buffers[buffer]!), outputs: outputs.map((output) => ({ ...output, buffer: numbers.indexOf(output.buffer) })), roots: smaller.roots.map((own) => own.map((root) => rebuildRoot(root, rebuild))) },
    views: numbers.map((buffer) => views[buffer]!),
    written: outputs.map(({ buffer }) => numbers.indexOf(buffer)),
    equations: step.equations.filter((_, k) => keeps[k]),
  }];
}
