/**
 * @file The table of docs/choose-a-solver.md: systems with known solutions on a grid, solved by several methods, and judged by plain loops
 * in double precision that share nothing with the solver.
 */
import { concat, precision, roll, solveLinear, tensor, type SolveMethod, type SolveOptions, type Tensor } from '@tapeflow/tensor';

const MAX_STEPS = 1000;

type Grid = Tensor<'x' | 'y'>;

/** A u = shift·u + Σ (u − neighbour) + wind·(u − left neighbour), with what a neighbour beyond the edge is. */
interface System {
  readonly name: string;
  /** Cells along each side of the grid. */
  readonly side: number;
  /** Units of the unknowns, from 1 at the left to this at the right: S A S is solved. */
  readonly units: number;
  readonly methods: readonly Method[];
  /** Beyond the edge: 0, the cell itself (no flux), or the cell at the other side. */
  readonly edge: 'zero' | 'wall' | 'periodic';
  readonly shift: number;
  readonly wind: number;
  readonly solution: 'rough' | 'smooth';
}

/** A method, with the diagonal as preconditioner or without. */
type Method = SolveMethod | `${SolveMethod} + jacobi`;

/** One line of the table. */
export interface SolverRow {
  readonly system: string;
  readonly bits: 32 | 64;
  readonly method: string;
  readonly outcome: string;
  readonly steps: number;
  /** Products with A. */
  readonly applied: number;
  /** ‖b − A x‖ / ‖b‖. */
  readonly residual: number;
  /** ‖x − x*‖ / ‖x*‖. */
  readonly error: number;
}

const plain = { side: 64, units: 1, shift: 0, wind: 0, methods: ['cg', 'bicgstab'] } as const;
const all: readonly Method[] = ['cg', 'bicgstab', 'gmres', 'direct'];
/** GMRES is measured where its many dots do not make the table wait. */
const iterative: readonly Method[] = ['cg', 'bicgstab', 'gmres'];

const SYSTEMS: readonly System[] = [
  { ...plain, name: 'heat step: u + ¼·(−∇²u), walls', edge: 'wall', shift: 4, solution: 'rough', methods: iterative },
  { ...plain, name: '−∇², 0 at the edge, rough', edge: 'zero', solution: 'rough', methods: iterative },
  { ...plain, name: '−∇², 0 at the edge, smooth', edge: 'zero', solution: 'smooth' },
  { ...plain, name: '−∇², closed box, smooth', edge: 'wall', solution: 'smooth' },
  { ...plain, name: '−∇², periodic, rough', edge: 'periodic', solution: 'rough' },
  { ...plain, name: '−∇² + wind, 0 at the edge', edge: 'zero', wind: 1, solution: 'rough', methods: iterative },
  { ...plain, name: '−∇² − 0.05, 0 at the edge', edge: 'zero', shift: -0.05, solution: 'rough' },
  { ...plain, name: '−∇² − 0.5, 0 at the edge, 16 × 16', side: 16, edge: 'zero', shift: -0.5, solution: 'rough', methods: all },
  { ...plain, name: '−∇² in units from 1 to 100, 16 × 16', side: 16, units: 100, edge: 'zero', solution: 'rough', methods: ['cg', 'cg + jacobi', 'bicgstab', 'bicgstab + jacobi', 'gmres', 'gmres + jacobi', 'direct'] },
];

/** Solves every system in both precisions by its methods. */
export function measureSolvers(): SolverRow[] {
  return SYSTEMS.flatMap((system) => ([32, 64] as const).flatMap((bits) => system.methods.map((method) => measure(system, bits, method))));
}

/**
 * Products with A that a solve takes: those of its steps, or one for each column of the matrix and one for each residual; before them those
 * that find a diagonal, two for each of the 3 × 3 colours that a stencil of five points needs.
 */
function productsOf(method: Method, steps: number, unknowns: number): number {
  if (method === 'direct') return unknowns + 2;
  return steps * (method.startsWith('bicgstab') ? 2 : 1) + (method.endsWith('jacobi') ? 18 : 0);
}

/** The rows as a table in Markdown. */
export function solverTable(rows: readonly SolverRow[]): string {
  const cells = rows.map(({ system, bits, method, outcome, steps, applied, residual, error }, k) => {
    const [sameSystem, sameBits] = [rows[k - 1]?.system === system, rows[k - 1]?.bits === bits];
    return [sameSystem ? '' : system, sameSystem && sameBits ? '' : `f${bits}`, method, outcome, String(steps), String(applied), residual.toExponential(0), error.toExponential(0)];
  });
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

function measure(system: System, bits: 32 | 64, method: Method): SolverRow {
  const wanted = knownSolution(system);
  const b = applyPlain(system, wanted);
  return precision(bits, () => {
    const { side } = system;
    const right = tensor({ y: side, x: side }, b) as Grid;
    const [name, preconditioner] = method.split(' + ') as [SolveMethod, 'jacobi' | undefined];
    const units = tensor({ x: side }, unitsOf(system)) as Tensor<'x'>;
    const operator = (u: Grid): Grid => (system.units === 1 ? applyTensor(system, u) : applyTensor(system, u.mul(units)).mul(units));
    const options: SolveOptions<Grid> = { method: name, symmetric: system.wind === 0, maxSteps: MAX_STEPS, onFailure: 'return', ...(preconditioner && { preconditioner }) };
    const solved = solveLinear(operator, right, options);
    const x = Array.from(solved.value.data);
    return {
      system: system.name,
      bits,
      method,
      outcome: solved.status,
      steps: solved.steps,
      applied: productsOf(method, solved.steps, side * side),
      residual: norm(difference(b, applyPlain(system, x))) / norm(b),
      error: norm(difference(wanted, x)) / norm(wanted),
    };
  });
}

/** Noise, or a polynomial that fits the edges; without mean where the system does not know it. */
function knownSolution({ side, edge, shift, solution }: System): number[] {
  let state = 1;
  const noise = (): number => (state = (state * 48271) % 2147483647) / 2 ** 30 - 1;
  const bump = (t: number): number => (edge === 'zero' ? t * (1 - t) : t * t * (3 - 2 * t));
  const at = (index: number): number => (index + 0.5) / side;
  const values = cells(side, (i, j) => (solution === 'rough' ? noise() : bump(at(i)) * bump(at(j))));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return edge === 'zero' || shift !== 0 ? values : values.map((value) => value - mean);
}

/** The unit of each column of cells. */
const unitsOf = ({ side, units }: System): number[] => Array.from({ length: side }, (_, i) => units ** (i / (side - 1)));

/** The operator in plain loops. */
function applyPlain(system: System, given: readonly number[]): number[] {
  const { side, edge, shift, wind } = system;
  const units = unitsOf(system);
  const u = given.map((value, at) => value * units[at % side]!);
  const neighbour = (i: number, j: number, own: number): number => {
    if (edge === 'periodic') return u[((j + side) % side) * side + ((i + side) % side)]!;
    if (i >= 0 && i < side && j >= 0 && j < side) return u[j * side + i]!;
    return edge === 'zero' ? 0 : own;
  };
  return cells(side, (i, j) => {
    const own = u[j * side + i]!;
    const left = neighbour(i - 1, j, own);
    return units[i]! * (shift * own + 4 * own - left - neighbour(i + 1, j, own) - neighbour(i, j - 1, own) - neighbour(i, j + 1, own) + wind * (own - left));
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
  const side = u.sizes[dim]!;
  const inside = cut(u, dim, step === 1 ? [1, side] : [0, side - 1]);
  const outside = edge === 'zero' ? cut(u, dim, [0, 1]).mul(0) : cut(u, dim, step === 1 ? [side - 1, side] : [0, 1]);
  return concat(step === 1 ? [inside, outside] : [outside, inside], dim);
}

const cut = (u: Grid, dim: 'x' | 'y', range: readonly [number, number]): Grid => (dim === 'x' ? u.slice({ x: range }) : u.slice({ y: range }));

/** One value per cell, x innermost. */
function cells(side: number, value: (i: number, j: number) => number): number[] {
  return Array.from({ length: side * side }, (_, at) => value(at % side, Math.floor(at / side)));
}

const difference = (a: readonly number[], b: readonly number[]): number[] => a.map((value, k) => value - b[k]!);
const norm = (a: readonly number[]): number => Math.sqrt(a.reduce((sum, value) => sum + value * value, 0));
