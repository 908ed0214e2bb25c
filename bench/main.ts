/** @file What `npm run bench` starts, bundled by tools/bench.ts: lists the benchmarks; `npm run bench -- NAME… [--json]` runs some, `-- --jsonl` the workloads of all peers. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { autodiff } from './autodiff.ts';
import { cold } from './cold.ts';
import { compile } from './compile.ts';
import { eager } from './eager.ts';
import { heavy } from './heavy.ts';
import { comparePeers } from './peers/compare.ts';
import { residence } from './residence.ts';
import { scaling } from './scaling.ts';
import { size } from './size.ts';
import { described, type Bench } from './table.ts';
import { runWorkloads } from './workloads/index.ts';

/** Every benchmark by name. */
const BENCHES: Readonly<Record<string, Bench>> = { autodiff, cold, compile, eager, heavy, residence, scaling, size };

const USAGE = `usage: npm run bench -- NAME… [--json]
  prints a table for each benchmark, or with --json one JSON object a line (then use npm run -s bench)
       npm run -s bench -- --jsonl [--only "W7 "] [--threads 2]
  performs the workloads that other libraries perform too (bench/peers), one JSON object a line
       npm run -s bench -- --peers [--only "W7 "] [--rounds 3] [--threads 1,2] [--json FILE]
  lets every library that is installed perform them, in rounds, and prints one table; all lines go to FILE`;

interface Request {
  readonly names: readonly string[];
  readonly json: boolean;
  readonly jsonl: boolean;
  readonly peers: boolean;
  readonly only: string;
  readonly rounds: number;
  readonly threads: readonly number[];
}

const wholeNumber = (option: string, text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new TypeError(`--${option} is '${text}', and should be a whole number from 1 on.`);
  return Number(text);
};

/** Reads the arguments. Throws where they make no sense. */
function requestOf(args: string[]): Request {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, jsonl: { type: 'boolean', default: false }, peers: { type: 'boolean', default: false }, only: { type: 'string', default: '' }, rounds: { type: 'string', default: '3' }, threads: { type: 'string' } },
  });
  const { json, jsonl, peers, only } = values;
  const unknown = peers ? undefined : positionals.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) throw new TypeError(`There is no benchmark '${unknown}'. There are: ${Object.keys(BENCHES).join(', ')}.`);
  if (jsonl && positionals.length > 0) throw new TypeError('--jsonl is about the workloads, and takes no names; choose with --only.');
  if (peers && positionals.length !== Number(json)) throw new TypeError(`--peers takes ${json ? 'one file after --json' : 'no names; choose with --only'}.`);
  const rounds = wholeNumber('rounds', values.rounds);
  // Beyond two threads the workloads are too small to say anything.
  const usual = peers && availableParallelism() > 1 ? '1,2' : '1';
  const threads = [...new Set((values.threads ?? usual).split(',').map((text) => wholeNumber('threads', text)))];
  if (!peers && threads.length > 1) throw new TypeError(`--threads is '${values.threads}', and should be one number without --peers.`);
  return { names: positionals, json, jsonl, peers, only, rounds, threads };
}

async function main(args: string[]): Promise<void> {
  const { names, json, jsonl, peers, only, rounds, threads } = requestOf(args);
  if (jsonl) {
    await runWorkloads(only, threads[0]!);
  } else if (peers) {
    const [file] = names;
    console.log(comparePeers({ only, rounds, threads, ...(file === undefined ? {} : { file }) }));
    return;
  } else if (names.length === 0) {
    console.log([USAGE, '', ...Object.entries(BENCHES).map(([name, { about }]) => `${name.padEnd(12)} ${about}`)].join('\n'));
  }
  for (const name of names) {
    const outcome = await BENCHES[name]!.run();
    console.log(json ? JSON.stringify(described(name, outcome)) : `${name}\n${outcome.text}`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`bench: ${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
