/** @file `npm run bench`: lists the benchmarks; `npm run bench -- NAME… [--json]` runs some. */
import { autodiff } from './autodiff.ts';
import { size } from './size.ts';
import { described, type Bench } from './table.ts';

/** Every benchmark by name. */
const BENCHES: Readonly<Record<string, Bench>> = { autodiff, size };

const USAGE = `usage: npm run bench -- NAME… [--json]
  prints a table for each benchmark, or with --json one JSON object a line (then use npm run -s bench)`;

/** Why the arguments make no sense; undefined where they do. */
function complaint(args: readonly string[]): string | undefined {
  const option = args.find((arg) => arg.startsWith('-') && arg !== '--json');
  if (option !== undefined) return `there is no option ${option}.`;
  const name = args.find((arg) => arg !== '--json' && !Object.hasOwn(BENCHES, arg));
  if (name !== undefined) return `there is no benchmark '${name}'. There are: ${Object.keys(BENCHES).join(', ')}.`;
  return undefined;
}

const args = process.argv.slice(2);
const wrong = complaint(args);
const names = args.filter((arg) => arg !== '--json');
if (wrong !== undefined) {
  console.error(`bench: ${wrong}\n${USAGE}`);
  process.exitCode = 2;
} else if (names.length === 0) {
  console.log([USAGE, '', ...Object.entries(BENCHES).map(([name, { about }]) => `${name.padEnd(12)} ${about}`)].join('\n'));
}
if (wrong === undefined) {
  for (const name of names) {
    const outcome = await BENCHES[name]!.run();
    console.log(args.includes('--json') ? JSON.stringify(described(name, outcome)) : `${name}\n${outcome.text}`);
  }
}
