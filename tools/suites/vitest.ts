/** @file Suites that vitest runs: unit tests, integration tests and examples. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { nodeTool } from '../command.ts';
import { check, nothing, total, type Outcome, type Suite } from '../outcome.ts';

/** The parts of vitest's JSON report that are counted. */
export interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** A suite that runs the projects of vitest.config.ts whose names start with its name. */
export function vitestSuite(project: string, about: string, budget: number): Suite {
  return { name: project, about, budget, run: (root) => runProject(root, project, budget) };
}

async function runProject(root: string, project: string, budget: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'tapeflow-vitest-'));
  const reportFile = join(folder, 'report.json');
  const { code, output } = await nodeTool(root, 'vitest/vitest.mjs', [
    'run', '--project', `${project}*`, '--allowOnly=false', '--reporter=dot', '--reporter=json', `--outputFile.json=${reportFile}`,
  ], { limit: 3 * budget, env: { NO_COLOR: '1' } });
  const report = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, 'utf8')) as Report) : undefined;
  rmSync(folder, { recursive: true });
  return total([
    countReport(report, code, output),
    check(`${project}: tests of one file have different names`, report ? duplicateNames(report, root) : []),
  ]);
}

/** Turns a report and the exit code into counts: a run that ended badly always counts a failure. */
export function countReport(report: Report | undefined, code: number | null, output: string): Outcome {
  const silent = report?.testResults.filter(({ status, assertionResults }) =>
    status === 'failed' && assertionResults.every((each) => each.status !== 'failed')).length ?? 0;
  const counted = (report?.numFailedTests ?? 0) + silent;
  const failed = code === 0 ? counted : Math.max(1, counted);
  return {
    ...nothing,
    passed: report?.numPassedTests ?? 0,
    failed,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
    failures: failed === 0 ? [] : [output],
  };
}

/** One complaint per full test name that appears twice in a file. */
export function duplicateNames(report: Report, root: string): string[] {
  return report.testResults.flatMap(({ name: file, assertionResults }) => {
    const names = assertionResults.map(({ fullName }) => fullName);
    const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
    return [...twice].map((name) => `${relative(root, file)}: two tests are called '${name}'.`);
  });
}
