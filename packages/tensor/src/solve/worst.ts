/** @file Which of several systems went worst. */

/** The worst system: unsolved before solved (codes 1 and 2), then by residual. */
export function worstOf(status: ArrayLike<number>, residual: ArrayLike<number>): number {
  let worst = 0;
  const solved = (k: number): boolean => status[k] === 1 || status[k] === 2;
  for (let k = 1; k < status.length; k++) {
    if (solved(worst) === solved(k) ? residual[k]! > residual[worst]! : !solved(k)) worst = k;
  }
  return worst;
}
