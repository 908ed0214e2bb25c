/**
 * @file Whether threads gain anything for a program. That depends on how far apart cores are, what else they do, and how small kernels are, and is the same
 * for runs that follow each other; so it is tried out: some runs with all threads, some by the caller alone, and the faster way for many more. The bits of
 * results are the same.
 */

/** Runs of each way that are timed, at most, besides a first one, in which caches are filled. */
const TIMED = 5;
/** Milliseconds of a way after which no more runs of it are timed. */
const ENOUGH = 20;
/** Runs from one trial to the next. */
const HOLD = 300;
/** The caller works alone where it takes less than this part of the time: measurements scatter. */
const MARGIN = 0.97;

/** Milliseconds of a run, medians of the last trial. */
export interface TrialReport {
  readonly shared: number;
  readonly alone: number;
}

/** What a trial sees and decides. */
export interface TrialHooks {
  /** Milliseconds. */
  now(): number;
  /** Chunks that workers have performed so far. */
  byWorkers(): number;
  /** Whether the caller performs all chunks of the runs to come. */
  setAlone(isAlone: boolean): void;
}

/** Tries out both ways, again and again. */
export class Trial {
  /** The last trial that came to an end. */
  report: TrialReport | undefined;
  private readonly hooks: TrialHooks;
  /** Runs that are left until the next trial. */
  private held = 0;
  private shared: number[] = [];
  private alone: number[] = [];

  constructor(hooks: TrialHooks) {
    this.hooks = hooks;
  }

  run(main: () => void): void {
    const { now, byWorkers, setAlone } = this.hooks;
    if (this.held > 0) {
      if (--this.held === 0) setAlone(false);
      return main();
    }
    const [before, start] = [byWorkers(), now()];
    main();
    const time = now() - start;
    if (isEnough(this.shared)) {
      this.alone.push(time);
      if (isEnough(this.alone)) this.decide();
    } else if (byWorkers() !== before) {
      // Runs to which no worker came tell nothing.
      this.shared.push(time);
      setAlone(isEnough(this.shared));
    }
  }

  private decide(): void {
    const [shared, alone] = [typical(this.shared), typical(this.alone)];
    this.report = { shared, alone };
    this.shared = [];
    this.alone = [];
    this.held = HOLD;
    this.hooks.setAlone(alone < MARGIN * shared);
  }
}

/** Whether a way has been timed. */
function isEnough(times: readonly number[]): boolean {
  return times.length > TIMED || times.reduce((total, time) => total + time, 0) >= ENOUGH;
}

/** The median, without the first run if there are others. */
function typical(times: readonly number[]): number {
  const counted = times.slice(Math.min(1, times.length - 1)).sort((a, b) => a - b);
  return counted[counted.length >> 1]!;
}
