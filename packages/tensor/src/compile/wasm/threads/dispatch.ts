/**
 * @file The functions through which threads share the chunks of a kernel. The caller writes down which kernel it is and how many chunks
 * there are, and everybody claims chunks one by one. The caller does what nobody else has claimed, so it waits only for chunks that a
 * worker has begun, and never for a worker that is late, asleep or gone. Between cores that are far apart a message takes a quarter of a microsecond,
 * so there are four on the way: the claim is read, taken, and answered by a count, beside which the results lie, that is read.
 */
import type { FunctionBuilder, FunctionReference, GlobalReference, Local, ModuleBuilder } from '../assembler.ts';
import { CONTROL, ERROR_BYTES, type ControlLayout } from './control.ts';
import { PATIENCE } from './worker.ts';

/** The caller looks so often whether the last chunk is done before it goes to sleep: about 50 µs. */
const LOOKS = 20_000;
/** For so long, in nanoseconds, it sleeps without looking. */
const SLEEP = 1_000_000n;
/** A worker looks so often between two readings of the clock. */
const LOOKS_PER_READING = 64;

/** No chunk is being performed. */
const NONE = -1;

/** What JavaScript does for the threads of a program. */
export interface ThreadImports {
  readonly indexOutOfRange: FunctionReference;
  /** Calls those workers that are listening. */
  readonly ring: FunctionReference;
  /** Calls for workers, and wakes those that sleep. */
  readonly wake: FunctionReference;
  /** Reports that a worker has ended in the middle of a chunk; does not return. */
  readonly workerFailed: FunctionReference;
  /** Milliseconds. */
  readonly now: FunctionReference;
}

/** Imports the functions; they come before all that are defined. */
export function importThreadFunctions(module: ModuleBuilder, from: string, indexOutOfRange: FunctionReference): ThreadImports {
  return {
    indexOutOfRange,
    ring: module.importFunction(from, 'ring', []),
    wake: module.importFunction(from, 'wake', []),
    workerFailed: module.importFunction(from, 'workerFailed', []),
    now: module.importFunction(from, 'now', [], ['f64']),
  };
}

/** The threads of a module. */
export class Dispatch {
  /** (kernel, chunks, nanoseconds of work) → performs all chunks of the kernel whose arguments lie in the control block. */
  readonly dispatch: FunctionReference;
  /** (number of a site, index, length) → notes an index that is out of range in the present chunk. */
  readonly noteIndexError: FunctionReference;
  /** 0: the caller. */
  readonly thread: GlobalReference;
  private readonly chunk: GlobalReference;
  /** Kernels that the caller has handed out. */
  private readonly handedOut: GlobalReference;
  private readonly module: ModuleBuilder;
  private readonly imports: ThreadImports;
  private readonly layout: ControlLayout;
  private readonly workers: number;
  private readonly waking: number;
  private readonly mayWait: boolean;
  private readonly runChunk: FunctionReference;
  private readonly drain: FunctionReference;

  /** `waking`: nanoseconds of work that are worth waking workers. `mayWait`: whether the caller is allowed to sleep, which the main thread of a page is not. */
  constructor(module: ModuleBuilder, imports: ThreadImports, layout: ControlLayout, threads: number, waking: number, mayWait: boolean) {
    this.module = module;
    this.imports = imports;
    this.layout = layout;
    this.workers = threads - 1;
    this.waking = waking;
    this.mayWait = mayWait;
    this.thread = module.addGlobal('i32', 0);
    this.chunk = module.addGlobal('i32', NONE);
    this.handedOut = module.addGlobal('i32', 0);
    this.runChunk = module.declareFunction('runChunk', ['i32', 'i32'], []);
    this.noteIndexError = this.defineNoteIndexError();
    this.drain = this.defineDrain();
    this.dispatch = this.defineDispatch();
    this.defineWork();
    this.defineAbandon();
  }

  /** Gives the chunks of all kernels: functions of the number of a chunk, by the numbers of the kernels. */
  finish(kernels: readonly FunctionReference[]): void {
    this.module.defineFunction(this.runChunk, (f, [kernel, chunk]) => {
      f.localGet(chunk!).globalSet(this.chunk);
      // There are no tables of functions here: the number is found by halving.
      const choose = (from: number, to: number): void => {
        if (to - from === 1) {
          f.localGet(chunk!).call(kernels[from]!);
          return;
        }
        const middle = (from + to) >> 1;
        f.localGet(kernel!).i32Const(middle).op('i32.lt_u').if(() => choose(from, middle), () => choose(middle, to));
      };
      choose(0, kernels.length);
    });
  }

  /** Says that a run begins or is over. */
  session(f: FunctionBuilder, isRunning: boolean): void {
    this.at(f, 'alone').load('i32.load').op('i32.eqz').if(() => {
      this.at(f, 'session').i32Const(Number(isRunning)).atomic('i32.atomic.store');
      if (isRunning) f.call(this.imports.ring);
    });
  }

  private at(f: FunctionBuilder, word: keyof typeof CONTROL): FunctionBuilder {
    return f.i32Const(this.layout.base + CONTROL[word]);
  }

  private defineNoteIndexError(): FunctionReference {
    return this.module.addFunction('noteIndexError', ['i32', 'i32', 'i32'], [], (f, [operation, index, length]) => {
      const place = f.local('i32');
      this.placeOfError(f, () => f.globalGet(this.chunk), place);
      f.localGet(place).localGet(operation).i32Const(1).op('i32.add').store('i32.store');
      f.localGet(place).localGet(index).store('i32.store', 4).localGet(place).localGet(length).store('i32.store', 8);
      this.at(f, 'failed').i32Const(1).atomic('i32.atomic.store');
    }, { export: false });
  }

  private placeOfError(f: FunctionBuilder, chunk: () => void, place: Local): void {
    chunk();
    f.i32Const(ERROR_BYTES).op('i32.mul').i32Const(this.layout.errors).op('i32.add').localSet(place);
  }

  /** Wakes workers when enough work has been done without them: often enough to gain where they can come, seldom enough to lose little where they cannot. */
  private callMissing(f: FunctionBuilder, work: Local): void {
    const missed = f.local('i32');
    this.at(f, 'present').atomic('i32.atomic.load').i32Const(this.workers).op('i32.lt_s').if(() => {
      this.at(f, 'missed').load('i32.load').localGet(work).op('i32.add').localTee(missed).i32Const(this.waking).op('i32.ge_s').if(() => {
        f.i32Const(0).localSet(missed).call(this.imports.wake);
      });
      this.at(f, 'missed').localGet(missed).store('i32.store');
    });
  }

  /**
   * → how many chunks this worker has performed. The caller claims them from the first one on and workers from the last one back, so that with one worker each
   * finds in its cache, kernel after kernel, what it has written itself.
   */
  private defineDrain(): FunctionReference {
    return this.module.addFunction('drain', [], ['i32'], (f) => {
      const [claim, end, done] = [f.local('i64'), f.local('i32'), f.local('i32')];
      f.loop((again) => {
        this.loadClaim(f, claim, end);
        f.if(() => {
          this.pushMissed(f, claim, -1n).brIf(again);
          // From here on nothing of the block can change until this chunk is done.
          f.localGet(claim).op('i32.wrap_i64').i32Const(16).op('i32.shr_u').localGet(end).i32Const(1).op('i32.sub').call(this.runChunk);
          f.i32Const(NONE).globalSet(this.chunk);
          this.finishChunk(f);
          f.localGet(done).i32Const(1).op('i32.add').localSet(done).br(again);
        });
      });
      f.localGet(done);
    }, { export: false });
  }

  /** → whether a chunk is left, and in variables the claim and where the chunks that are left end. */
  private loadClaim(f: FunctionBuilder, claim: Local, end: Local): void {
    this.at(f, 'claim').atomic('i64.atomic.load').localTee(claim).op('i32.wrap_i64').i32Const(0xff).op('i32.and').localSet(end);
    this.pushFirst(f, claim);
    f.localGet(end).op('i32.lt_u');
  }

  /** Takes a chunk by changing the claim. → whether somebody else has changed it before. */
  private pushMissed(f: FunctionBuilder, claim: Local, change: bigint): FunctionBuilder {
    return this.at(f, 'claim').localGet(claim).localGet(claim).i64Const(change).op('i64.add').atomic('i64.atomic.rmw.cmpxchg').localGet(claim).op('i64.ne');
  }

  /** → the first chunk that a claim leaves. */
  private pushFirst(f: FunctionBuilder, claim: Local): void {
    f.localGet(claim).op('i32.wrap_i64').i32Const(8).op('i32.shr_u').i32Const(0xff).op('i32.and');
  }

  private finishChunk(f: FunctionBuilder): void {
    f.i32Const(this.layout.byWorkers).i32Const(1).atomic('i32.atomic.rmw.add').op('drop');
    if (!this.mayWait) return;
    this.at(f, 'waiting').atomic('i32.atomic.load').if(() => f.i32Const(this.layout.byWorkers).i32Const(1).atomic('memory.atomic.notify').op('drop'));
  }

  private defineDispatch(): FunctionReference {
    return this.module.addFunction('dispatch', ['i32', 'i32', 'i32'], [], (f, [kernel, count, work]) => {
      this.at(f, 'alone').load('i32.load').if(() => {
        const chunk = f.local('i32');
        f.forRange(chunk, 0, count, 1, () => f.localGet(kernel).localGet(chunk).call(this.runChunk));
      }, () => this.share(f, kernel, count, work));
      this.at(f, 'failed').atomic('i32.atomic.load').if(() => this.reportIndexError(f, count));
      this.at(f, 'broken').atomic('i32.atomic.load').if(() => {
        this.at(f, 'broken').i32Const(0).atomic('i32.atomic.store').call(this.imports.workerFailed);
      });
    }, { export: false });
  }

  /** The caller performs the first chunk without claiming it: it is gone when the kernel is handed out. */
  private share(f: FunctionBuilder, kernel: Local, count: Local, work: Local): void {
    const [before, missing, end] = [f.local('i32'), f.local('i32'), f.local('i32')];
    const claim = f.local('i64');
    f.i32Const(this.layout.byWorkers).atomic('i32.atomic.load').localSet(before);
    f.globalGet(this.handedOut).i32Const(1).op('i32.add').globalSet(this.handedOut);
    this.at(f, 'claim').globalGet(this.handedOut).op('i64.extend_i32_u').i64Const(32n).op('i64.shl');
    f.localGet(kernel).i32Const(16).op('i32.shl').localGet(count).op('i32.or').i32Const(1 << 8).op('i32.or').op('i64.extend_i32_u').op('i64.or').atomic('i64.atomic.store');
    this.callMissing(f, work);
    f.localGet(kernel).i32Const(0).call(this.runChunk);
    f.localGet(count).i32Const(1).op('i32.sub').localSet(missing);
    f.block((exit) => {
      f.loop((again) => {
        // In the usual case a worker has taken the rest, and its claim is not read.
        this.pushDoneSince(f, before).localGet(missing).op('i32.ge_s').brIf(exit);
        this.loadClaim(f, claim, end);
        f.op('i32.eqz').brIf(exit);
        this.pushMissed(f, claim, 256n).brIf(again);
        f.localGet(kernel);
        this.pushFirst(f, claim);
        f.call(this.runChunk).localGet(missing).i32Const(1).op('i32.sub').localSet(missing).br(again);
      });
    });
    this.waitFor(f, before, missing);
  }

  /** → how many chunks workers have performed since there were so many. */
  private pushDoneSince(f: FunctionBuilder, before: Local): FunctionBuilder {
    return f.i32Const(this.layout.byWorkers).atomic('i32.atomic.load').localGet(before).op('i32.sub');
  }

  private waitFor(f: FunctionBuilder, before: Local, missing: Local): void {
    const [seen, looks] = [f.local('i32'), f.local('i32')];
    f.block((exit) => {
      f.loop((again) => {
        this.pushDoneSince(f, before).localTee(seen).localGet(missing).op('i32.ge_s').brIf(exit);
        f.localGet(looks).i32Const(1).op('i32.add').localTee(looks).i32Const(LOOKS).op('i32.lt_s').brIf(again);
        if (this.mayWait) {
          this.at(f, 'waiting').i32Const(1).atomic('i32.atomic.store');
          f.i32Const(this.layout.byWorkers).localGet(before).localGet(seen).op('i32.add').i64Const(SLEEP).atomic('memory.atomic.wait32').op('drop');
          this.at(f, 'waiting').i32Const(0).atomic('i32.atomic.store');
        }
        f.br(again);
      });
    });
  }

  /** Reports the first of the chunks with an index out of range, so that the error does not depend on who was first. */
  private reportIndexError(f: FunctionBuilder, count: Local): void {
    const [at, place, operation, index, length] = Array.from({ length: 5 }, () => f.local('i32')) as [Local, Local, Local, Local, Local];
    this.at(f, 'failed').i32Const(0).atomic('i32.atomic.store');
    f.localGet(count).i32Const(1).op('i32.sub').localSet(at);
    f.forRange(at, at, -1, -1, () => {
      this.placeOfError(f, () => f.localGet(at), place);
      f.localGet(place).load('i32.load').if(() => {
        f.localGet(place).load('i32.load').i32Const(1).op('i32.sub').localSet(operation);
        f.localGet(place).load('i32.load', 4).localSet(index).localGet(place).load('i32.load', 8).localSet(length);
        f.localGet(place).i32Const(0).store('i32.store');
      });
    });
    f.localGet(operation).localGet(index).localGet(length).call(this.imports.indexOutOfRange);
  }

  /** (number of the worker) → performs chunks while there is a run. 1: for a while there was nothing to do. */
  private defineWork(): void {
    this.module.addFunction('work', ['i32'], ['i32'], (f, [number]) => {
      const [looks, isIdle] = [f.local('i32'), f.local('i32')];
      const since = f.local('f64');
      f.localGet(number).globalSet(this.thread);
      this.at(f, 'present').i32Const(1).atomic('i32.atomic.rmw.add').op('drop');
      f.call(this.imports.now).localSet(since);
      f.block((exit) => {
        f.loop((again) => {
          f.call(this.drain).if(() => f.call(this.imports.now).localSet(since).br(again));
          this.at(f, 'session').atomic('i32.atomic.load').op('i32.eqz').brIf(exit);
          f.localGet(looks).i32Const(1).op('i32.add').localTee(looks).i32Const(LOOKS_PER_READING - 1).op('i32.and').brIf(again);
          f.call(this.imports.now).localGet(since).op('f64.sub').f64Const(PATIENCE).op('f64.lt').brIf(again);
          f.i32Const(1).localSet(isIdle);
        });
      });
      this.at(f, 'present').i32Const(-1).atomic('i32.atomic.rmw.add').op('drop');
      f.localGet(isIdle);
    });
  }

  /** For a worker that has failed: nobody waits for the chunk that it was performing, and the run of that chunk fails. */
  private defineAbandon(): void {
    this.module.addFunction('abandon', [], [], (f) => {
      this.at(f, 'present').i32Const(-1).atomic('i32.atomic.rmw.add').op('drop');
      f.globalGet(this.chunk).i32Const(NONE).op('i32.ne').if(() => {
        this.at(f, 'broken').i32Const(1).atomic('i32.atomic.store');
        this.finishChunk(f);
      });
    });
  }
}
