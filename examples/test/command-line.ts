/** @file Runs a program as a user would: in a process of its own. */

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AS_SOURCES, bundlePrograms } from '../../tools/programs.ts';

/** What a run left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that goes on. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A folder that goes with this process, inside of the project, so that packages are found. */
function scratchFolder(): string {
  const cache = join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const made = mkdtempSync(join(cache, 'examples-'));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

const programs = await bundlePrograms(scratchFolder(), { fixture: join(root, 'examples/test/fixture-program.ts'), main: join(root, 'examples/main.ts') });
const { fixture } = programs;
/** What `npm start` runs. */
export const mainProgram: string = programs.main;

/** Starts the test program, or another, in a folder. The environment is that of a plain shell: nothing of npm's, no DEBUG. */
export function start(cwd: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}, program: string = fixture): Running {
  const env = { PATH: process.env['PATH'] ?? '', ...environment };
  const child = spawn(process.execPath, [...AS_SOURCES, program, ...args], { cwd, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { process: child, ended };
}

/** Runs the program to its end. */
export function run(cwd: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}, program: string = fixture): Promise<Ended> {
  return start(cwd, args, environment, program).ended;
}
