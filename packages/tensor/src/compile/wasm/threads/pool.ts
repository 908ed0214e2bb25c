/**
 * @file The workers of a process: they are made when a program first asks for them, serve all programs, and never keep the process alive.
 * Where there can be none, programs run on the thread that calls them.
 */
import { MOST_THREADS } from '../../choose-backend.ts';
import { WORDS, WORKER_SOURCE, type Message } from './worker.ts';

/** What there is of a worker. */
interface Handle {
  postMessage(message: Message): void;
}

/** What is used of node:worker_threads. */
interface NodeThreads {
  readonly Worker: new (source: string, options: object) => Handle & {
    on(event: 'error' | 'message', listener: (seen: unknown) => void): void;
    unref(): void;
  };
}

/** A program that workers know. */
export interface Membership {
  /** Calls those workers that are listening, and on request those that sleep, which takes some microseconds. */
  ring(wakes: boolean): void;
}

/** Why there can be no threads here; undefined if there can. */
export function problemWithThreads(): string | undefined {
  if (typeof SharedArrayBuffer === 'undefined') return 'there is no shared memory; a page must be cross-origin isolated';
  if ((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === false) return 'the page is not cross-origin isolated';
  if (nodeThreads() === undefined && typeof Worker === 'undefined') return 'there are no workers here';
  return pool?.problem;
}

/** Whether this thread may sleep: the main thread of a page may not. */
export function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/** Lets the first `threads − 1` workers know a program, for as long as `owner` lives. */
export function joinPool(owner: object, module: WebAssembly.Module, memory: WebAssembly.Memory, threads: number): Membership {
  return (pool ??= new Pool()).join(owner, module, memory, threads);
}

let pool: Pool | undefined;

class Pool {
  /** What the last worker that failed had to say. */
  problem: string | undefined;
  private readonly words = new Int32Array(new SharedArrayBuffer(4 * (WORDS.mail + MOST_THREADS)));
  /** By number; the caller is 0. */
  private readonly workers: (Handle | undefined)[] = [undefined];
  private programs = 0;
  private readonly owners = new FinalizationRegistry<{ readonly id: number; readonly threads: number }>(({ id, threads }) => this.send({ kind: 'remove', id }, threads));

  join(owner: object, module: WebAssembly.Module, memory: WebAssembly.Memory, threads: number): Membership {
    const id = ++this.programs;
    while (this.workers.length < threads && this.problem === undefined) this.workers.push(this.start(this.workers.length));
    this.send({ kind: 'add', id, module, memory }, threads);
    this.owners.register(owner, { id, threads });
    const { words } = this;
    return {
      ring: (wakes) => {
        Atomics.store(words, WORDS.program, id);
        this.call(wakes);
      },
    };
  }

  private call(wakes: boolean): void {
    Atomics.add(this.words, WORDS.bell, 1);
    if (wakes && Atomics.load(this.words, WORDS.sleepers) > 0) Atomics.notify(this.words, WORDS.bell);
  }

  private send(message: Message, threads: number): void {
    for (const [number, worker] of this.workers.slice(0, threads).entries()) {
      if (worker === undefined) continue;
      worker.postMessage(message);
      Atomics.add(this.words, WORDS.mail + number, 1);
    }
    this.call(true);
  }

  private start(number: number): Handle | undefined {
    const failed = (reason: unknown): void => {
      this.workers[number] = undefined;
      this.problem = `a worker failed: ${reason instanceof Error ? reason.message : String(reason)}`;
    };
    try {
      const worker = makeWorker(failed);
      worker.postMessage({ kind: 'start', words: this.words, number });
      Atomics.add(this.words, WORDS.mail + number, 1);
      return worker;
    } catch (error) {
      failed(error);
      return undefined;
    }
  }
}

function nodeThreads(): NodeThreads | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return process?.getBuiltinModule?.('node:worker_threads') as NodeThreads | undefined;
}

function makeWorker(failed: (reason: unknown) => void): Handle {
  const node = nodeThreads();
  if (node !== undefined) {
    // Options of the process, such as loaders, are none of their business.
    const worker = new node.Worker(WORKER_SOURCE, { eval: true, execArgv: [], name: 'tapeflow' });
    worker.on('error', failed);
    worker.on('message', failed);
    worker.unref();
    return worker;
  }
  const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: 'tapeflow' });
  worker.onerror = (event) => failed(event.message);
  worker.onmessage = (event) => failed(event.data);
  return worker;
}
