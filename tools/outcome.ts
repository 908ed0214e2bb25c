/** @file What a suite of checks reports, and how outcomes are added up. */

/** The result of one suite: how many checks passed, failed or were skipped, and the failures in full. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One text per failure, or the output of the tool that found them. */
  readonly failures: readonly string[];
  /** What whoever runs the suite should know although nothing failed, such as why something was skipped. */
  readonly notes?: readonly string[];
}

/** One named set of checks with the seconds it may take. */
export interface Suite {
  readonly name: string;
  /** One line for `npm test -- --list`. */
  readonly about: string;
  /** Seconds on two cores; taking longer is a failure. */
  readonly budget: number;
  run(root: string): Promise<Outcome>;
}

/** An outcome without any checks. */
export const nothing: Outcome = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** One check: passed when there are no complaints. */
export function check(title: string, complaints: readonly string[]): Outcome {
  if (complaints.length === 0) return { ...nothing, passed: 1 };
  return { ...nothing, failed: 1, failures: [`${title}\n${complaints.map(indent).join('\n')}`] };
}

/** The sum of several outcomes, failures and notes in the order given. */
export function total(outcomes: readonly Outcome[]): Outcome {
  const notes = outcomes.flatMap((each) => each.notes ?? []);
  return {
    passed: outcomes.reduce((sum, each) => sum + each.passed, 0),
    failed: outcomes.reduce((sum, each) => sum + each.failed, 0),
    skipped: outcomes.reduce((sum, each) => sum + each.skipped, 0),
    failures: outcomes.flatMap((each) => each.failures),
    ...(notes.length === 0 ? {} : { notes }),
  };
}

function indent(text: string): string {
  return text.split('\n').map((line) => `  ${line}`).join('\n');
}
