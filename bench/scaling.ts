/** @file How the time of a smoke step grows with the grid, and what a member of a batch costs beside a single simulation. */
import { batch, cos, expand, full, jit, mul, sin, tensor, type Tensor } from '@tapeflow/tensor';
import { advect, buoyancy, centered, grid, project, staggered, wall, zeroGradient, type CenteredField, type StaggeredField } from '@tapeflow/pde';
import { columns, verdict, type Bench } from './table.ts';

interface Plume {
  readonly smoke: CenteredField;
  readonly velocity: StaggeredField;
}

/** One size or batch. */
interface Row {
  readonly cells: number;
  readonly members: number;
  readonly milliseconds: number;
  /** Per cell and member. */
  readonly nanoseconds: number;
}

const SIZES = [64, 128, 256, 512, 1024];
const MEMBERS = 16;
const ROUNDS = 9;
/** Largest quotients that are promised: of times per cell between two sizes, and of a member to a single simulation. */
const FLAT = 2.5;
const PER_MEMBER = 1.15;

function step({ smoke, velocity }: Plume): Plume {
  const lifted = advect.semiLagrangian(velocity, velocity, 1).add(buoyancy(smoke, velocity, { y: 0.1 }));
  const next = project(lifted, { relative: 1e-3 }).velocity;
  return { smoke: advect.semiLagrangian(smoke, next, 1), velocity: next };
}

/** A smooth state in a closed box; members differ in their phase. */
function stateOf(n: number, members: number): Plume {
  const box = grid({ x: n, y: n });
  const phase = tensor({ member: batch(members) }, Array.from({ length: members }, (_, k) => k / members));
  const along = (values: Tensor, name: string): Tensor => mul(full({ [name]: values.sizes[name]! }, 1), tensor({ [name]: values.sizes[name]! }, Array.from({ length: values.sizes[name]! }, (_, k) => (6.28 * k) / n)));
  const wave = (values: Tensor): Tensor => {
    const own = members === 1 ? 0 : phase;
    return mul(sin(along(values, 'x').add(own as Tensor)), cos(along(values, 'y')));
  };
  const first: Plume = { smoke: centered(box, 0, { boundary: zeroGradient }), velocity: staggered(box, 0, { boundary: wall }) };
  const spread = (values: Tensor): Tensor => (members === 1 ? values : expand(values, 'member', batch(members)));
  return {
    smoke: first.smoke.mapSamples((values) => spread(values).add(wave(values))) as CenteredField,
    velocity: first.velocity.mapSamples((values) => spread(values).add(wave(values))),
  };
}

/** The fastest of some rounds, each of several steps; all take turns, since a machine is slower in some moments. */
function timesOf(cases: readonly { readonly n: number; readonly members: number }[]): Row[] {
  const runs = cases.map(({ n, members }) => {
    const compiled = jit(step);
    let state = compiled(compiled(stateOf(n, members)));
    const steps = Math.max(1, Math.round(2_000_000 / (n * n * members)));
    return (): number => {
      const started = performance.now();
      for (let k = 0; k < steps; k++) state = compiled(state);
      return (performance.now() - started) / steps;
    };
  });
  const fastest = cases.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) runs.forEach((run, k) => (fastest[k] = Math.min(fastest[k]!, run())));
  return cases.map(({ n, members }, k) => ({ cells: n * n, members, milliseconds: fastest[k]!, nanoseconds: (1e6 * fastest[k]!) / (n * n * members) }));
}

/** A step of smoke in a closed box: advection, buoyancy, pressure by the method that is chosen by itself. */
export const scaling: Bench = {
  about: 'a smoke step on 64² to 1024² cells, and in a batch of 16',
  run() {
    const rows = timesOf([...SIZES.map((n) => ({ n, members: 1 })), { n: SIZES[0]!, members: MEMBERS }]);
    const [single, [members]] = [rows.slice(0, -1), rows.slice(-1)];
    const per = single.map(({ nanoseconds }) => nanoseconds);
    const spread = Math.max(...per) / Math.min(...per);
    const share = members!.nanoseconds / single[0]!.nanoseconds;
    const cells = rows.map((row) => [`${Math.sqrt(row.cells)}²`, String(row.members), row.milliseconds.toFixed(3), row.nanoseconds.toFixed(1)]);
    const text = [
      columns([['cells', 'members', 'ms min', 'ns per cell'], ...cells], [true, true, true, true]),
      `slowest to fastest size, per cell: ${spread.toFixed(2)} (${verdict(spread, FLAT)}); a member of ${MEMBERS} to a single one: ${share.toFixed(2)} (${verdict(share, PER_MEMBER)})`,
    ].join('\n');
    return { rows, text };
  },
};
