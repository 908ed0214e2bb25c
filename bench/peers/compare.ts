/** @file `npm run bench -- --peers`: every library that is installed performs the workloads, group by group in rounds; one table of all. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { canFuse } from '../workloads/workload.ts';
import { bestOf, type Line } from './choose.ts';
import { installedPeers, type Peer } from './peers.ts';
import { jobsOf, TASK_GROUPS, type Job, type Plan } from './plan.ts';
import { tableOf } from './table.ts';

/** What is compared, and where its lines go. */
export interface Comparison extends Plan {
  /** What the tasks begin with. */
  readonly only: string;
  /** A file for all lines as JSON, with their sides and rounds. */
  readonly file?: string;
}

/** A line with the process that it comes from. */
interface Seen extends Line {
  readonly side: string;
  readonly round: number;
}

const ROOT = dirname(dirname(import.meta.dirname));
/** Relaxed SIMD, which some engines have behind a flag. */
const FLAGS = canFuse() ? [] : ['--experimental-wasm-relaxed-simd'];
const own: Peer = { name: 'tapeflow', command: process.execPath, args: [...FLAGS, process.argv[1]!, '--jsonl'] };

/** Several rounds make up for the shorter time of each: seconds and runs per way of performing a task, after a warm-up as long. */
const SAMPLING = { BENCH_BUDGET: '0.25', BENCH_MINRUNS: '10' };
/** A process that takes longer is stopped, and counted as silent. */
const LIMIT_SECONDS = 300;

/** The arguments by which a side learns what to perform; all but this library read it from the environment. */
const argumentsOf = ({ name, args }: Peer, { only, threads }: Job): string[] => (name === own.name ? [...args, '--only', only, '--threads', String(threads)] : [...args]);

function perform(side: Peer, job: Job): Seen[] {
  const { only, threads, round } = job;
  const env = { ...process.env, ...side.env, ...SAMPLING, BENCH_THREADS: String(threads), OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads), BENCH_ONLY: only };
  const { stdout } = spawnSync(side.command, argumentsOf(side, job), { cwd: ROOT, encoding: 'utf8', env, maxBuffer: 1 << 26, timeout: 1000 * LIMIT_SECONDS });
  const lines = (stdout ?? '').split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
  return lines.filter(({ task }) => task.startsWith(only)).map((line) => ({ ...line, threads, side: side.name, round }));
}

/** Performs the jobs one after the other and tells on standard error how far it is. */
function performAll(sides: readonly Peer[], jobs: readonly Job[], rounds: number): Seen[] {
  const seen: Seen[] = [];
  const silent = new Set<string>();
  const start = performance.now();
  for (const [k, job] of jobs.entries()) {
    const key = `${job.side} ×${job.threads} ${job.only}`;
    if (silent.has(key)) continue;
    const begin = performance.now();
    const lines = perform(sides.find(({ name }) => name === job.side)!, job);
    // What has none of these tasks need not be started again.
    if (lines.length === 0) silent.add(key);
    seen.push(...lines);
    const [seconds, total] = [begin, start].map((from) => ((performance.now() - from) / 1000).toFixed(1));
    console.error(`${k + 1} of ${jobs.length}  ${job.only.trim()}, round ${job.round + 1} of ${rounds}: ${job.side} ×${job.threads}, ${lines.length} lines in ${seconds} s (${total} s)`);
    for (const { task, params, error } of lines) if (error !== undefined) console.error(`  ${task}, ${params}: ${error}`);
  }
  return seen;
}

/** Runs this library and all installed peers, and returns a markdown table of medians (minima) of the best processes. */
export function comparePeers({ only, file, ...plan }: Comparison): string {
  const folder = mkdtempSync(join(tmpdir(), 'tapeflow-peers-'));
  try {
    const sides = [own, ...installedPeers(folder)];
    const seen = performAll(sides, jobsOf(sides, TASK_GROUPS, only, plan), plan.rounds);
    if (file !== undefined) writeFileSync(file, seen.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return tableOf(sides.map(({ name }) => ({ name, best: bestOf(seen.filter(({ side }) => side === name)) })));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
