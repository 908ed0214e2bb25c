/** @file Runs a program as a user would: in a process of its own. */

import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

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

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const fixture = fileURLToPath(new URL('./fixture-program.ts', import.meta.url));
/** What `npm start` runs. */
export const mainProgram: string = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Starts the test program, or another, in a folder. The environment is that of a plain shell: nothing of npm's, no DEBUG. */
export function start(cwd: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}, program: string = fixture): Running {
  const env = { PATH: process.env['PATH'] ?? '', ...environment };
  const child = spawn(process.execPath, ['--import', loader, '--conditions=tapeflow-source', program, ...args], { cwd, env });
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
