/** @file Which process runs when: all sides of a group of workloads close together, in rounds, since the machine changes its speed. */
import type { Peer } from './peers.ts';

/** Tasks that belong together, by what their names begin with. */
export interface TaskGroup {
  readonly prefix: string;
}

/** One process: a side performs the tasks that begin with `only`. */
export interface Job {
  readonly only: string;
  /** From 0 on. */
  readonly round: number;
  readonly side: string;
  readonly threads: number;
}

/** How often, and on how many threads. */
export interface Plan {
  readonly rounds: number;
  readonly threads: readonly number[];
}

/** What the workloads and all peers agree on. */
export const TASK_GROUPS: readonly TaskGroup[] = [...Array.from({ length: 10 }, (_, k) => ({ prefix: `W${k + 1} ` })), { prefix: 'plume' }, { prefix: 'main job' }];

/**
 * All processes in the order in which they run: group by group, in each the rounds, in each every side with every number of threads
 * that it can use, every other round backwards. So what a side is compared with ran within seconds of it, before it as often as after it.
 */
export function jobsOf(sides: readonly Peer[], groups: readonly TaskGroup[], only: string, { rounds, threads }: Plan): Job[] {
  return groups.flatMap(({ prefix }) => {
    if (!prefix.startsWith(only) && !only.startsWith(prefix)) return [];
    const own = prefix.length > only.length ? prefix : only;
    return Array.from({ length: rounds }, (_, round) => {
      const jobs = sides.filter(({ slow = false }) => !slow || round === 0).flatMap((side) => threadsOf(side, threads).map((count): Job => ({ only: own, round, side: side.name, threads: count })));
      return round % 2 === 0 ? jobs : jobs.reverse();
    }).flat();
  });
}

/** The numbers of threads that a side can use, at least one of them: its own most where all others are more. */
function threadsOf({ mostThreads = Infinity }: Peer, threads: readonly number[]): number[] {
  const possible = threads.filter((count) => count <= mostThreads);
  return possible.length === 0 ? [mostThreads] : possible;
}
