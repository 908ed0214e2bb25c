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

/** Largest ratios of medians that the project promises: to the faster one of NumPy and PyTorch, and to C. */
const TARGETS: Readonly<Record<string, readonly [python: number | undefined, c: number | undefined]>> = {
  'W1 chain': [1.3, 1.5],
  'W2 lap512': [0.4, 1.3],
  'W2 lap64': [0.2, undefined],
  'W3 matmul512': [4.5, 1.15],
  'W4 conv fwd+bwd': [3.5, undefined],
  'W5 mlp step': [1, undefined],
  'W6 advect fwd': [0.3, 1.5],
  'W6 advect fwd+bwd': [0.35, 1.7],
  'W7 cg f32 1e-5': [0.25, 1],
  'W7 cg f64 1e-8': [0.33, 1],
  'W8 burgers grad': [0.01, undefined],
  'W9 smoke fwd 1 step': [0.15, undefined],
  'W9 smoke grad 8 steps': [0.16, undefined],
  'W10 sum1M': [2.5, 1.2],
  'W10 gather1M': [1, 1.2],
  'W10 rfft2 256': [3, undefined],
};

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

/** A ratio, with its target where there is one. */
function ratio(value: number | undefined, base: number | undefined, target: number | undefined): string {
  if (value === undefined || base === undefined) return '-';
  const seen = value / base;
  return `${digits(seen)}${target === undefined ? '' : seen <= target ? ` (≤ ${target})` : ` (misses ${target})`}`;
}

function smallest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value): value is number => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function table(all: readonly Results[]): string {
  const tasks = Object.keys(TARGETS).filter((task) => all[0]!.best.has(task));
  const median = (name: string, task: string): number | undefined => all.find((own) => own.name === name)?.best.get(task)?.median_ms;
  const head = ['workload', ...all.map(({ name }) => `${name}, ms`), 'to NumPy/PyTorch', 'to C'];
  const rows = tasks.map((task) => {
    const [python, c] = TARGETS[task]!;
    const value = median('tapeflow', task);
    const cells = all.map(({ best }) => {
      const seen = best.get(task);
      return seen === undefined ? '-' : `${digits(seen.median_ms)} (${digits(seen.min_ms)})`;
    });
    return [task, ...cells, ratio(value, smallest([median('numpy', task), median('torch', task)]), python), ratio(value, median('c', task), c)];
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
