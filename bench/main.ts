/** @file `npm run bench`: lists the benchmarks; `npm run bench -- NAME… [--json]` runs some, `-- --jsonl` the workloads of all peers. */
import { parseArgs } from 'node:util';
import { autodiff } from './autodiff.ts';
import { compile } from './compile.ts';
import { eager } from './eager.ts';
import { heavy } from './heavy.ts';
import { comparePeers } from './peers/compare.ts';
import { scaling } from './scaling.ts';
import { size } from './size.ts';
import { described, type Bench } from './table.ts';
import { runWorkloads } from './workloads/index.ts';

/** Every benchmark by name. */
const BENCHES: Readonly<Record<string, Bench>> = { autodiff, compile, eager, heavy, scaling, size };

const USAGE = `usage: npm run bench -- NAME… [--json]
  prints a table for each benchmark, or with --json one JSON object a line (then use npm run -s bench)
       npm run -s bench -- --jsonl [--only "W7 "] [--threads 2]
  performs the workloads that other libraries perform too (bench/peers), one JSON object a line
       npm run -s bench -- --peers [--only "W7 "]
  lets every library that is installed perform them, and prints one table`;

interface Request {
  readonly names: readonly string[];
  readonly json: boolean;
  readonly jsonl: boolean;
  readonly peers: boolean;
  readonly only: string;
  readonly threads: number;
}

/** Reads the arguments. Throws where they make no sense. */
function requestOf(args: string[]): Request {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, jsonl: { type: 'boolean', default: false }, peers: { type: 'boolean', default: false }, only: { type: 'string', default: '' }, threads: { type: 'string', default: '1' } },
  });
  const unknown = positionals.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) throw new TypeError(`There is no benchmark '${unknown}'. There are: ${Object.keys(BENCHES).join(', ')}.`);
  if ((values.jsonl || values.peers) && positionals.length > 0) throw new TypeError('--jsonl and --peers are about the workloads, and take no names; choose with --only.');
  const threads = Number(values.threads);
  if (!Number.isInteger(threads) || threads < 1) throw new TypeError(`--threads is '${values.threads}', and should be a whole number from 1 on.`);
  return { names: positionals, ...values, threads };
}

async function main(args: string[]): Promise<void> {
  const { names, json, jsonl, peers, only, threads } = requestOf(args);
  if (jsonl) {
    await runWorkloads(only, threads);
  } else if (peers) {
    console.log(comparePeers(only));
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
