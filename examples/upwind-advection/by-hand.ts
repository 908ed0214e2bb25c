/**
 * @file The same loss and its gradient derived by hand, with plain arrays: what the tape has to agree with.
 *
 * With c = dt/h, m = c·min(u, 0) and p = c·max(u, 0) one step is, on a circle of cells,
 *
 *     d′ᵢ = dᵢ − mᵢ (dᵢ₊₁ − dᵢ) − pᵢ (dᵢ − dᵢ₋₁).
 *
 * Let λ be the derivative of the loss L to d′. Each dᵢ enters three of the new values, so its own derivative is
 *
 *     ∂L/∂dᵢ = λᵢ (1 + mᵢ − pᵢ) − λᵢ₋₁ mᵢ₋₁ + λᵢ₊₁ pᵢ₊₁,
 *
 * which is λ for the step before; it begins with λ = 2 (d − target) after the last step. And the velocity, which is the same in every step,
 * gathers from each of them
 *
 *     ∂L/∂uᵢ += −c λᵢ · { dᵢ₊₁ − dᵢ where uᵢ < 0;  dᵢ − dᵢ₋₁ where uᵢ > 0;  the mean of both where uᵢ = 0 }.
 */

/** Plain numbers of a problem; the cells are 1 wide. */
export interface PlainProblem {
  readonly marker: ArrayLike<number>;
  readonly target: ArrayLike<number>;
  readonly steps: number;
  readonly dt: number;
}

/** The marker before the first step and after each. */
export function statesByHand({ marker, steps, dt }: PlainProblem, u: ArrayLike<number>): Float64Array[] {
  const n = u.length;
  const states = [Float64Array.from(marker)];
  for (let k = 0; k < steps; k++) {
    const d = states[k]!;
    states.push(
      d.map((here, i) => {
        const [left, right] = [d[(i + n - 1) % n]!, d[(i + 1) % n]!];
        return here - dt * (Math.min(u[i]!, 0) * (right - here) + Math.max(u[i]!, 0) * (here - left));
      }),
    );
  }
  return states;
}

/** The sum of squared differences from the target. */
export function lossByHand(problem: PlainProblem, u: ArrayLike<number>): number {
  return statesByHand(problem, u).at(-1)!.reduce((sum, d, i) => sum + (d - problem.target[i]!) ** 2, 0);
}

/** ∂L/∂u, by the formulas above, from the last step to the first. */
export function gradientByHand(problem: PlainProblem, u: ArrayLike<number>): Float64Array {
  const { target, steps, dt } = problem;
  const n = u.length;
  const states = statesByHand(problem, u);
  const m = Float64Array.from(u, (velocity) => dt * Math.min(velocity, 0));
  const p = Float64Array.from(u, (velocity) => dt * Math.max(velocity, 0));
  const gradient = new Float64Array(n);
  let lambda = states[steps]!.map((d, i) => 2 * (d - target[i]!));
  for (let k = steps - 1; k >= 0; k--) {
    const d = states[k]!;
    for (let i = 0; i < n; i++) {
      const [below, above] = [d[i]! - d[(i + n - 1) % n]!, d[(i + 1) % n]! - d[i]!];
      const slope = u[i]! < 0 ? above : u[i]! > 0 ? below : (below + above) / 2;
      gradient[i]! -= dt * lambda[i]! * slope;
    }
    const now = lambda;
    lambda = now.map((own, i) => {
      const [left, right] = [(i + n - 1) % n, (i + 1) % n];
      return own * (1 + m[i]! - p[i]!) - now[left]! * m[left]! + now[right]! * p[right]!;
    });
  }
  return gradient;
}

/** ∂L/∂u by central differences of the loss, one cell at a time. */
export function gradientByDifferences(problem: PlainProblem, u: ArrayLike<number>, step: number = 1e-5): Float64Array {
  const lossAt = (i: number, by: number): number => lossByHand(problem, Float64Array.from(u, (velocity, j) => (i === j ? velocity + by : velocity)));
  return Float64Array.from(u, (_, i) => (lossAt(i, step) - lossAt(i, -step)) / (2 * step));
}
