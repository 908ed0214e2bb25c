/** @file Text in columns. */

/** Rows of cells below each other, the first `numbers` columns flush right. */
export function alignColumns(rows: readonly (readonly string[])[], numbers: number): string {
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
  return rows.map((row) => row.map((cell, k) => (k < numbers ? cell.padStart(widths[k]!) : cell.padEnd(widths[k]!))).join('  ').trimEnd()).join('\n');
}
