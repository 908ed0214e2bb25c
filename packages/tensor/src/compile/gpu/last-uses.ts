/** @file Last uses: which regions are needed no longer after a step, so that their buffers can go while the program still runs. */
import { innerSteps, regionsOf, type Schedule, type Step } from '../lower/step.ts';
import type { Region } from '../lower/view.ts';

/** For each outermost step the regions that nothing reads after it. What a loop uses inside lives to its end. */
export function lastUses({ steps, outputs }: Schedule): Map<Step, Region[]> {
  const kept = new Set(outputs.flatMap((output) => ('view' in output ? [output.view.region.root] : [])));
  const last = new Map<Region, Step>();
  for (const step of steps) for (const region of allRegions(step)) if (!kept.has(region)) last.set(region, step);
  const finished = new Map<Step, Region[]>();
  for (const [region, step] of last) finished.set(step, [...(finished.get(step) ?? []), region]);
  return finished;
}

function allRegions(step: Step): Region[] {
  const inner = innerSteps(step).flatMap((steps) => steps.flatMap(allRegions));
  const own = step.kind === 'while' ? [step.holds.region] : step.kind === 'check' ? step.data.map(({ region }) => region) : [];
  return [...regionsOf(step), ...own].map(({ root }) => root).concat(inner);
}
