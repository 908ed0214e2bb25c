/**
 * @file Updates in place: the new value of a carry is computed where the old one lies, if nobody reads the old one any more from
 * then on. Otherwise it is computed elsewhere and copied at the end of the step.
 */
import { innerSteps, type RunStep, type Step } from './step.ts';
import { isWhole, sameView, type Region, type View } from './view.ts';

/** A carry and the view of its new value, which a copy at the end of the body moves there. */
export interface CarryUpdate {
  readonly source: View;
  readonly carry: View;
}

/** The steps of a body without the copies that have become needless. */
export function updateInPlace(steps: readonly Step[], updates: readonly CarryUpdate[]): Step[] {
  for (const { source, carry } of updates) if (canShare(steps, source, carry)) source.region.shares = carry.region;
  return steps.filter((step) => !(step.kind === 'run' && isSelfCopy(step)));
}

function canShare(steps: readonly Step[], source: View, carry: View): boolean {
  const { region } = source;
  if (region.constant !== undefined || region.root !== region || !isWhole(source) || source.dtype !== carry.dtype) return false;
  const place = carry.region.root;
  const first = steps.findIndex((step) => writes(step, region));
  // What the body does not write comes from outside.
  if (first < 0) return false;
  if (steps.slice(first + 1).some((step) => reads(step, place))) return false;
  return !reads(steps[first]!, place) || readsInStep(steps[first]!, carry);
}

/** A kernel that reads the carry only element by element beside what it writes. */
function readsInStep(step: Step, carry: View): boolean {
  if (step.kind !== 'run' || step.kernel.kind !== 'map') return false;
  const [target, ...inputs] = step.views;
  return isWhole(target!) && inputs.every((view) => view.region.root !== carry.region.root || (sameView(view, carry) && view.shape.length === target!.shape.length));
}

function isSelfCopy({ kernel, views }: RunStep): boolean {
  return kernel.kind === 'map' && kernel.body.kind === 'input' && sameView(views[0]!, views[kernel.body.index + 1]!);
}

function writes(step: Step, region: Region): boolean {
  const hits = (view: View | undefined): boolean => view?.region.root === region;
  if (step.kind === 'run') return hits(step.views[0]);
  if (step.kind === 'clear') return hits(step.target);
  if (step.kind === 'host') return step.results.some(hits);
  return innerSteps(step).some((inner) => inner.some((each) => writes(each, region)));
}

function reads(step: Step, region: Region): boolean {
  const hits = (view: View): boolean => view.region.root === region;
  const own: readonly View[] =
    step.kind === 'run' ? step.views.slice(1)
    : step.kind === 'host' ? step.inputs
    : step.kind === 'while' ? [step.holds]
    : step.kind === 'cond' ? [step.predicate]
    : step.kind === 'check' ? [step.condition, ...step.data]
    : [];
  return own.some(hits) || innerSteps(step).some((inner) => inner.some((each) => reads(each, region)));
}
