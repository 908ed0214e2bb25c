/** @file `npm run bench -- --peers`: every library that is installed performs the workloads, one after another; one table of all. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installedPeers, type Peer } from './peers.ts';

/** One line of a peer. */
interface Timed {
  readonly task: string;
  readonly params: string;
  readonly median_ms: number;
  readonly min_ms: number;
  readonly check?: unknown;
  readonly error?: string;
}

/** A peer's best way of performing each task. */
interface Results {
  readonly name: string;
  readonly best: ReadonlyMap<string, Timed>;
}

/** What the project promises of a task: largest ratios of medians, or milliseconds. */
interface Target {
  /** To the faster one of NumPy and PyTorch. */
  readonly python?: number;
  /** To PyTorch alone. */
  readonly torch?: number;
  readonly c?: number;
  /** To the faster one of the JavaScript libraries; a third where nothing is said. */
  readonly javascript?: number;
  readonly milliseconds?: number;
  /** Whose task it is compared with, where they have another one. */
  readonly against?: string;
}

const TARGETS: Readonly<Record<string, Target>> = {
  'W1 chain': { python: 1.3, c: 1.5 },
  'W2 lap512': { python: 0.4, c: 1.3 },
  'W2 lap64': { python: 0.2 },
  'W3 matmul512': { python: 4.5, c: 1.15, javascript: 0.83 },
  'W4 conv fwd': { javascript: 0.83 },
  'W4 conv fwd+bwd': { python: 3.5 },
  'W5 mlp step': { torch: 1 },
  'W6 advect fwd': { python: 0.3, c: 1.5 },
  'W6 advect fwd+bwd': { python: 0.35, c: 1.7 },
  'W7 cg f32 1e-5': { python: 0.25, c: 1 },
  'W7 cg f64 1e-8': { python: 0.33, c: 1 },
  'W7 auto f32 1e-5': { python: 0.07, against: 'W7 cg f32 1e-5' },
  'W7 auto f64 1e-8': { python: 0.07, against: 'W7 cg f64 1e-8' },
  'W8 burgers grad': { python: 0.01 },
  'W9 smoke fwd 1 step': { python: 0.15 },
  'W9 smoke grad 8 steps': { python: 0.16 },
  'W10 sum1M': { python: 2.5, c: 1.2 },
  'W10 gather1M': { python: 1, c: 1.2, javascript: 0.83 },
  'W10 rfft2 256': { python: 3 },
  'plume step': { milliseconds: 4 },
  'main job': { python: 0.35 },
};
const THIRD = 1 / 3;
const JAVASCRIPT: readonly string[] = ['tfjs', 'jax-js'];

const ROOT = dirname(dirname(import.meta.dirname));
const own: Peer = { name: 'tapeflow', command: 'npm', args: ['run', '--silent', 'bench', '--', '--jsonl'] };

function linesOf(text: string): Timed[] {
  return text.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Timed);
}

function perform({ name, command, args, env }: Peer, only: string): Results {
  const limited = name === 'tapeflow' && only !== '' ? [...args, '--only', only] : args;
  const { stdout } = spawnSync(command, limited, { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ...env, BENCH_THREADS: '1', BENCH_ONLY: only }, maxBuffer: 1 << 26 });
  const best = new Map<string, Timed>();
  for (const line of linesOf(stdout)) {
    if (line.error !== undefined || !line.task.startsWith(only)) continue;
    const known = best.get(line.task);
    if (known === undefined || line.median_ms < known.median_ms) best.set(line.task, line);
  }
  return { name, best };
}

const digits = (x: number): string => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toPrecision(2));

const short = (x: number): string => String(Math.round(1000 * x) / 1000);

/** A ratio, with its target where there is one. */
function ratio(value: number | undefined, base: number | undefined, target: number | undefined): string {
  if (value === undefined || base === undefined) return '-';
  const seen = value / base;
  return `${digits(seen)}${target === undefined ? '' : seen <= target ? ` (≤ ${short(target)})` : ` (misses ${short(target)})`}`;
}

function smallest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value): value is number => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function table(all: readonly Results[]): string {
  const tasks = Object.keys(TARGETS).filter((task) => all[0]!.best.has(task));
  const median = (name: string, task: string): number | undefined => all.find((own) => own.name === name)?.best.get(task)?.median_ms;
  const head = ['workload', ...all.map(({ name }) => `${name}, ms`), 'to NumPy/PyTorch', 'to C', 'to JavaScript libraries'];
  const rows = tasks.map((task) => {
    const { python, torch, c, javascript = THIRD, milliseconds, against = task } = TARGETS[task]!;
    const value = median('tapeflow', task)!;
    const cells = all.map(({ name, best }) => {
      const seen = best.get(name === 'tapeflow' ? task : against);
      const limit = name === 'tapeflow' && milliseconds !== undefined ? ` (${value <= milliseconds ? '' : 'misses '}≤ ${milliseconds})` : '';
      return seen === undefined ? '-' : `${digits(seen.median_ms)} (${digits(seen.min_ms)})${limit}`;
    });
    const fastest = (names: readonly string[]): number | undefined => smallest(names.map((name) => median(name, against)));
    const toPython = torch === undefined ? ratio(value, fastest(['numpy', 'torch']), python) : `${ratio(value, fastest(['torch']), torch)}, PyTorch`;
    return [task, ...cells, toPython, ratio(value, fastest(['c']), c), ratio(value, fastest(JAVASCRIPT), javascript)];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Runs this library and all installed peers on one thread, and returns a markdown table of medians (minima). */
export function comparePeers(only: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tapeflow-peers-'));
  try {
    return table([own, ...installedPeers(folder)].map((peer) => perform(peer, only)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
