/** @file The other libraries: which are installed here, and how each performs the workloads. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A program that prints a JSON line per workload. */
export interface Peer {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How many threads it can use; any number where nothing is said. */
  readonly mostThreads?: number;
  /** Takes so long that one round must do. */
  readonly slow?: boolean;
}

const HERE = import.meta.dirname;

function works(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 120_000 });
    return true;
  } catch {
    return false;
  }
}

/** The loops in C, for vectors of 128 bits as WebAssembly has them. Its scatter-add has room for two threads. */
function compiledC(folder: string): Peer[] {
  const program = join(folder, 'w_sse');
  const flags = ['-O3', '-msse4.1', '-mno-avx', '-ffast-math', '-fopenmp', join(HERE, 'c', 'w.c'), '-o', program, '-lm', '-DNAME="c"'];
  return works('gcc', flags) ? [{ name: 'c', command: program, args: [], mostThreads: 2 }] : [];
}

function python(name: string, modules: string, script: string): Peer[] {
  const command = ['python3', '/usr/bin/python3'].find((candidate) => works(candidate, ['-c', `import ${modules}; ${modules.split(', ').map((own) => `${own}.__version__`).join('; ')}`]));
  return command === undefined ? [] : [{ name, command, args: [join(HERE, script)] }];
}

/** JavaScript libraries, where `npm install` has been run in their folders. */
function javascript(name: string, folder: string, env: Readonly<Record<string, string>> = {}): Peer[] {
  const own = join(HERE, folder);
  return existsSync(join(own, 'node_modules')) ? [{ name, command: process.execPath, args: [join(own, 'w.mjs')], env, mostThreads: 1, slow: true }] : [];
}

/** All peers that can run here. Programs are compiled into `folder`. */
export function installedPeers(folder: string): Peer[] {
  return [
    ...compiledC(folder),
    ...python('numpy', 'numpy, scipy', 'numpy-scipy/w.py'),
    ...python('torch', 'torch', 'torch/w.py'),
    ...javascript('tfjs', 'tfjs', { BENCH_BACKEND: 'wasm' }),
    ...javascript('jax-js', 'jax-js'),
  ];
}
