/** @file The progress bar as examples start it. */

import { progressBar, type Progress } from '@tapeflow/vis';
import { terminalAbilities } from '@tapeflow/vis/node';

/**
 * Starts a progress bar for a number of steps.
 *
 * @param start steps done before this run.
 */
export type StartProgress = (label: string, total: number, start?: number) => Progress;

/** Starts a progress bar on standard error; silent when that is not a terminal. */
export const startProgress: StartProgress = (label, total, start = 0) =>
  progressBar({ label, total, start, ...terminalAbilities(process.stderr) });
