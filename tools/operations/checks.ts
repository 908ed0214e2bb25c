/** @file Counts the tests of a table of operations by operation and kind, from the titles that lead to them. */

/** Titles from the outermost to that of the test. */
export type CollectedTest = readonly string[];

/** Kinds of checks in the order of the table; titles of cases end in them, kinks and errors begin with them. */
const KINDS = ['value', 'f32', 'laws', 'batching', 'tracing', 'views', 'kinks', 'errors'] as const;
type Kind = (typeof KINDS)[number];

/** How many checks of each kind an operation has. */
export type Checks = Readonly<Record<Kind, number>>;

function kindOf(title: string): Kind | undefined {
  if (title.startsWith('kink: ')) return 'kinks';
  if (title.startsWith('error: ')) return 'errors';
  const ending = title.slice(title.lastIndexOf(': ') + 2);
  return ending === 'laws of derivatives' ? 'laws' : KINDS.find((kind) => kind === ending);
}

/** Checks by operation: the tests of a table stand in a group for the table and, in it, one for each operation. */
export function checksByOperation(tests: readonly CollectedTest[]): ReadonlyMap<string, Checks> {
  const all = new Map<string, Record<Kind, number>>();
  for (const titles of tests) {
    const [table, operation, title] = titles;
    const kind = title === undefined ? undefined : kindOf(titles.slice(2).join(' > '));
    if (!/\(seed \d+\)$/.test(table ?? '') || operation === undefined || kind === undefined) continue;
    if (!all.has(operation)) all.set(operation, Object.fromEntries(KINDS.map((each) => [each, 0])) as Record<Kind, number>);
    all.get(operation)![kind]++;
  }
  return all;
}

/** A line for each operation, and one for all. */
export function tableOfChecks(checks: ReadonlyMap<string, Checks>): string {
  const sum = (own: Checks): number => KINDS.reduce((total, kind) => total + own[kind], 0);
  const line = (name: string, own: Checks): string[] => [name, ...KINDS.map((kind) => (own[kind] === 0 ? '' : String(own[kind]))), String(sum(own))];
  const all = Object.fromEntries(KINDS.map((kind) => [kind, [...checks.values()].reduce((total, own) => total + own[kind], 0)])) as Record<Kind, number>;
  const lines = [...checks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, own]) => line(name, own));
  const rows = [['operation', ...KINDS, 'all'], ...lines, line(`${checks.size} operations`, all)];
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map((cells) => cells[k]!.length)));
  return rows.map((cells) => cells.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!))).join('  ')).join('\n');
}
