/**
 * @file The table of docs/choose-a-solver.md: systems with known solutions on a grid, solved by each method, and judged by plain loops
 * in double precision that share nothing with the solver.
 */
import { concat, precision, roll, solveLinear, tensor, type SolveOptions, type Tensor } from '@tapeflow/tensor';

/** Cells along each side of the grid. */
const SIDE = 64;
const MAX_STEPS = 1000;

type Grid = Tensor<'x' | 'y'>;

/** A u = shift·u + Σ (u − neighbour) + wind·(u − left neighbour), with what a neighbour beyond the edge is. */
interface System {
  readonly name: string;
  /** Beyond the edge: 0, the cell itself (no flux), or the cell at the other side. */
  readonly edge: 'zero' | 'wall' | 'periodic';
  readonly shift: number;
  readonly wind: number;
  readonly solution: 'rough' | 'smooth';
}

/** One line of the table. */
export interface SolverRow {
  readonly system: string;
  readonly bits: 32 | 64;
  readonly method: string;
  readonly outcome: string;
  readonly steps: number;
  /** ‖b − A x‖ / ‖b‖. */
  readonly residual: number;
  /** ‖x − x*‖ / ‖x*‖. */
  readonly error: number;
}

const SYSTEMS: readonly System[] = [
  { name: 'heat step: u + ¼·(−∇²u), walls', edge: 'wall', shift: 4, wind: 0, solution: 'rough' },
  { name: '−∇², 0 at the edge, rough', edge: 'zero', shift: 0, wind: 0, solution: 'rough' },
  { name: '−∇², 0 at the edge, smooth', edge: 'zero', shift: 0, wind: 0, solution: 'smooth' },
  { name: '−∇², closed box, smooth', edge: 'wall', shift: 0, wind: 0, solution: 'smooth' },
  { name: '−∇², periodic, rough', edge: 'periodic', shift: 0, wind: 0, solution: 'rough' },
  { name: '−∇² + wind, 0 at the edge', edge: 'zero', shift: 0, wind: 1, solution: 'rough' },
  { name: '−∇² − 0.05, 0 at the edge', edge: 'zero', shift: -0.05, wind: 0, solution: 'rough' },
];

/** Solves every system in both precisions by both methods. */
export function measureSolvers(): SolverRow[] {
  return SYSTEMS.flatMap((system) => ([32, 64] as const).flatMap((bits) => (['cg', 'bicgstab'] as const).map((method) => measure(system, bits, method))));
}

/** The rows as a table in Markdown. */
export function solverTable(rows: readonly SolverRow[]): string {
  const cells = rows.map(({ system, bits, method, outcome, steps, residual, error }, k) =>
    [k % 4 === 0 ? system : '', k % 2 === 0 ? `f${bits}` : '', method, outcome, String(steps), String(steps * (method === 'cg' ? 1 : 2)), residual.toExponential(0), error.toExponential(0)]);
  const head = ['system', 'numbers', 'method', 'outcome', 'steps', 'A applied', 'residual', 'error'];
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const TABLE = /(<!-- solver-table -->\n)([^]*?)(<!-- \/solver-table -->)/;

/** The page with another table between its marks. Throws when the page has no marks. */
export function withSolverTable(page: string, table: string): string {
  if (!TABLE.test(page)) throw new Error('docs/choose-a-solver.md has no <!-- solver-table --> … <!-- /solver-table -->.');
  return page.replace(TABLE, (_, before: string, _old: string, after: string) => `${before}${table}\n${after}`);
}

/** The table of a page as rows of cells, without its head. */
export function readSolverTable(page: string): string[][] {
  const lines = (TABLE.exec(page)?.[2] ?? '').trim().split('\n').slice(2);
  return lines.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
}

function measure(system: System, bits: 32 | 64, method: SolveOptions['method'] & string): SolverRow {
  const wanted = knownSolution(system);
  const b = applyPlain(system, wanted);
  return precision(bits, () => {
    const right = tensor({ y: SIDE, x: SIDE }, b) as Grid;
    const solved = solveLinear((u: Grid) => applyTensor(system, u), right, { method, maxSteps: MAX_STEPS, onFailure: 'return' });
    const x = Array.from(solved.value.data);
    return {
      system: system.name,
      bits,
      method: solved.method,
      outcome: solved.status,
      steps: solved.steps,
      residual: norm(difference(b, applyPlain(system, x))) / norm(b),
      error: norm(difference(wanted, x)) / norm(wanted),
    };
  });
}

/** Noise, or a polynomial that fits the edges; without mean where the system does not know it. */
function knownSolution({ edge, shift, solution }: System): number[] {
  let state = 1;
  const noise = (): number => (state = (state * 48271) % 2147483647) / 2 ** 30 - 1;
  const bump = (t: number): number => (edge === 'zero' ? t * (1 - t) : t * t * (3 - 2 * t));
  const at = (index: number): number => (index + 0.5) / SIDE;
  const values = cells((i, j) => (solution === 'rough' ? noise() : bump(at(i)) * bump(at(j))));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return edge === 'zero' || shift !== 0 ? values : values.map((value) => value - mean);
}

/** The operator in plain loops. */
function applyPlain({ edge, shift, wind }: System, u: readonly number[]): number[] {
  const neighbour = (i: number, j: number, own: number): number => {
    if (edge === 'periodic') return u[((j + SIDE) % SIDE) * SIDE + ((i + SIDE) % SIDE)]!;
    if (i >= 0 && i < SIDE && j >= 0 && j < SIDE) return u[j * SIDE + i]!;
    return edge === 'zero' ? 0 : own;
  };
  return cells((i, j) => {
    const own = u[j * SIDE + i]!;
    const left = neighbour(i - 1, j, own);
    return shift * own + 4 * own - left - neighbour(i + 1, j, own) - neighbour(i, j - 1, own) - neighbour(i, j + 1, own) + wind * (own - left);
  });
}

/** The same in operations on tensors, as a user would write it. */
function applyTensor({ edge, shift, wind }: System, u: Grid): Grid {
  const left = neighbours(u, 'x', -1, edge);
  const around = left.add(neighbours(u, 'x', 1, edge)).add(neighbours(u, 'y', -1, edge)).add(neighbours(u, 'y', 1, edge));
  return u.mul(4 + shift).sub(around).add(u.sub(left).mul(wind));
}

function neighbours(u: Grid, dim: 'x' | 'y', step: 1 | -1, edge: System['edge']): Grid {
  if (edge === 'periodic') return roll(u, dim, -step);
  const inside = cut(u, dim, step === 1 ? [1, SIDE] : [0, SIDE - 1]);
  const outside = edge === 'zero' ? cut(u, dim, [0, 1]).mul(0) : cut(u, dim, step === 1 ? [SIDE - 1, SIDE] : [0, 1]);
  return concat(step === 1 ? [inside, outside] : [outside, inside], dim);
}

const cut = (u: Grid, dim: 'x' | 'y', range: readonly [number, number]): Grid => (dim === 'x' ? u.slice({ x: range }) : u.slice({ y: range }));

/** One value per cell, x innermost. */
function cells(value: (i: number, j: number) => number): number[] {
  return Array.from({ length: SIDE * SIDE }, (_, at) => value(at % SIDE, Math.floor(at / SIDE)));
}

const difference = (a: readonly number[], b: readonly number[]): number[] => a.map((value, k) => value - b[k]!);
const norm = (a: readonly number[]): number => Math.sqrt(a.reduce((sum, value) => sum + value * value, 0));
