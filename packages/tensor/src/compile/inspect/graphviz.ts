/** @file A program as a picture for Graphviz: work in boxes, memory in ellipses, loops and branches around what they repeat or choose. */
import type { Equation } from '@tapeflow/autodiff/extend';
import { workOf, type CheckStep, type Schedule, type Step, type Work } from '../lower/step.ts';
import type { Region } from '../lower/view.ts';
import { RegionNames } from './names.ts';
import { trafficOf } from './traffic.ts';
import { namesOfWork, resultsOf, short } from './work.ts';

/** Results of one kernel that are named. */
const MOST_RESULTS = 4;

/** The text of a directed graph in the language of `dot`. */
export function printGraphviz(schedule: Schedule, texts: ReadonlyMap<Equation, string>): string {
  return new GraphPrinter(schedule, texts).print();
}

const quoted = (...lines: readonly string[]): string => `"${lines.map((line) => short(line).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll(/[\r\n]+/g, ' ')).join('\\n')}"`;

class GraphPrinter {
  private readonly schedule: Schedule;
  private readonly texts: ReadonlyMap<Equation, string>;
  private readonly regions: RegionNames;
  private readonly names: ReadonlyMap<Step, string>;
  private readonly seen = new Set<Region>();
  private readonly edges: string[] = [];
  private clusters = 0;
  private checks = 0;

  constructor(schedule: Schedule, texts: ReadonlyMap<Equation, string>) {
    this.schedule = schedule;
    this.texts = texts;
    this.regions = new RegionNames(schedule);
    this.names = namesOfWork(schedule);
  }

  print(): string {
    for (const { region } of this.schedule.inputs) this.seen.add(region.root);
    for (const output of this.schedule.outputs) if ('view' in output) this.seen.add(output.view.region.root);
    for (const work of workOf(this.schedule.steps)) this.connect(work);
    const steps = this.steps(this.schedule.steps, '  ');
    const memory = [...this.seen].map((region) => {
      const name = this.regions.of(region);
      return `  ${quoted(name)} [shape=ellipse, label=${quoted(name, `${region.dtype} × ${region.size}`)}];`;
    });
    return ['digraph program {', '  node [fontname="sans-serif", fontsize=10];', '  edge [fontname="sans-serif", fontsize=8];', ...memory, ...steps, ...this.edges, '}'].join('\n');
  }

  private connect(work: Work): void {
    const name = quoted(this.names.get(work)!);
    const totals = new Map<Region, { read: number; written: number }>();
    for (const { region, read, written } of trafficOf(work)) {
      const known = totals.get(region) ?? { read: 0, written: 0 };
      totals.set(region, { read: known.read + read, written: known.written + written });
    }
    for (const [region, { read, written }] of totals) {
      this.seen.add(region);
      const memory = quoted(this.regions.of(region));
      if (read > 0) this.edges.push(`  ${memory} -> ${name} [label=${quoted(`${read} B`)}];`);
      if (written > 0) this.edges.push(`  ${name} -> ${memory} [label=${quoted(`${written} B`)}];`);
    }
  }

  private steps(steps: readonly Step[], indent: string): string[] {
    return steps.flatMap((step): string[] => {
      switch (step.kind) {
        case 'scan':
          return this.cluster(`${step.counter.length} times${step.reverse ? ', backwards' : ''}`, step.body, indent);
        case 'while':
          return this.cluster(`while ${this.regions.of(step.holds.region)} holds`, [...step.condition, ...step.body], indent);
        case 'cond': {
          const predicate = this.regions.of(step.predicate.region);
          return [...this.cluster(`if ${predicate}`, step.whenTrue, indent), ...this.cluster(`unless ${predicate}`, step.whenFalse, indent)];
        }
        case 'check':
          return this.check(step, indent);
        default:
          return [this.work(step, indent)];
      }
    });
  }

  private cluster(label: string, steps: readonly Step[], indent: string): string[] {
    const name = `cluster${this.clusters++}`;
    return [`${indent}subgraph ${name} {`, `${indent}  label=${quoted(label)};`, ...this.steps(steps, `${indent}  `), `${indent}}`];
  }

  private check({ condition, report }: CheckStep, indent: string): string[] {
    const name = quoted(`check${this.checks++}`);
    this.seen.add(condition.region.root);
    this.edges.push(`  ${quoted(this.regions.of(condition.region))} -> ${name};`);
    return [`${indent}${name} [shape=diamond];`, ...this.steps(report, indent)];
  }

  private work(step: Work, indent: string): string {
    const name = this.names.get(step)!;
    const results = resultsOf(step, this.texts);
    const more = results.length > MOST_RESULTS ? [`and ${results.length - MOST_RESULTS} more`] : [];
    return `${indent}${quoted(name)} [shape=box, label=${quoted(name, ...results.slice(0, MOST_RESULTS), ...more)}];`;
  }
}
