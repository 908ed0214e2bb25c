/** @file Runs a program, or several side by side, and keeps what it prints. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** How a program ended: its exit code (null when it was stopped) and everything it printed. */
export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** Options of {@link command}. */
export interface CommandOptions {
  readonly cwd: string;
  /** Seconds after which the program is stopped. */
  readonly limit?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `program` with `args` until it ends; never throws for a failing exit code. */
export function command(program: string, args: readonly string[], { cwd, limit = 600, env = {} }: CommandOptions): Promise<Finished> {
  return new Promise((resolve) => {
    // Its own process group, so that stopping it also stops the workers it started.
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    const text = (): string => Buffer.concat(chunks).toString('utf8');
    const timer = setTimeout(() => stopGroup(child.pid), limit * 1000);
    const onExit = (): void => stopGroup(child.pid);
    process.once('exit', onExit);
    const finish = (finished: Finished): void => {
      clearTimeout(timer);
      process.off('exit', onExit);
      resolve(finished);
    };
    child.on('error', (error) => finish({ code: null, output: `${program}: ${error.message}\n${text()}` }));
    child.on('close', (code, signal) => {
      const stopped = signal === null ? '' : `\n${program} was stopped by ${signal} (limit ${limit} s).`;
      finish({ code, output: text() + stopped });
    });
  });
}

/** Runs a program of node_modules/.bin by its script, without the shell wrapper (which differs between systems). */
export function nodeTool(root: string, script: string, args: readonly string[], options?: Partial<CommandOptions>): Promise<Finished> {
  return command(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, ...options });
}

/** Applies `work` to every item, at most `lanes` at a time; results keep the order of the items. */
export async function inLanes<Item, Result>(
  items: readonly Item[], lanes: number, work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) results.set(index, await work(item));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return [...results.entries()].sort(([a], [b]) => a - b).map(([, result]) => result);
}

function stopGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
