/** @file `npm run bench`: lists the benchmarks; `npm run bench -- NAME… [--json]` runs some. */
import { pathToFileURL } from 'node:url';
import { autodiff } from './autodiff.ts';
import { resultOf, tableOf, type Bench } from './measure.ts';

/** Every benchmark by name. */
const BENCHES: Readonly<Record<string, Bench>> = { autodiff };

const USAGE = 'npm run bench -- NAME… [--json]    prints a table, or with --json one JSON object a line';

/** Runs what the arguments ask for, and returns the exit code: 0, or 2 when nothing is to be run. */
export function main(args: readonly string[], print: (text: string) => void, complain: (text: string) => void): number {
  const names = args.filter((arg) => !arg.startsWith('-'));
  const options = args.filter((arg) => arg.startsWith('-'));
  const unknownOption = options.find((option) => option !== '--json');
  if (unknownOption !== undefined) {
    complain(`bench: there is no option ${unknownOption}.\n  ${USAGE}`);
    return 2;
  }
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) {
    complain(`bench: there is no benchmark '${unknown}'. There are: ${Object.keys(BENCHES).join(', ')}.\n  ${USAGE}`);
    return 2;
  }
  if (names.length === 0) {
    print([USAGE, '', ...Object.entries(BENCHES).map(([name, { about }]) => `${name.padEnd(12)} ${about}`)].join('\n'));
    return 0;
  }
  for (const name of names) {
    const timings = BENCHES[name]!.run();
    print(options.includes('--json') ? JSON.stringify(resultOf(name, timings)) : `${name}\n${tableOf(timings)}`);
  }
  return 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = main(process.argv.slice(2), console.log, console.error);
}
