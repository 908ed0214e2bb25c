/** @file What flows through the sides of a box: an incompressible fluid cannot flow in faster than it flows out. */
import { abs, add, check, lessEqual, mul, sum, type Tensor } from '@tapeflow/tensor';
import type { End, Side } from './boundary/boundary.ts';
import { Edge } from './boundary/edge.ts';
import { NetInflowError } from './errors.ts';
import { lineAlong } from './layout.ts';
import type { StaggeredField } from './staggered-field.ts';

/** A net inflow of this size, relative to all flow through the sides, is more than rounding. */
const UNBALANCED = { f32: 1e-5, f64: 1e-10 };

/** The rule for the flow across one side. */
interface Opening {
  readonly axis: string;
  readonly end: End;
  readonly side: Side;
}

function openingsOf({ grid, boundary }: StaggeredField): Opening[] {
  return grid.names.flatMap((axis) => (['lower', 'upper'] as const).map((end) => ({ axis, end, side: boundary.side(axis, end, axis) })));
}

/** Whether fluid can flow through some side as the pressure wants. */
export function hasOpenSide(velocity: StaggeredField): boolean {
  return openingsOf(velocity).some(({ side }) => side.storesFace && side.name !== 'periodic');
}

/** Throws `NetInflowError` where the values that the boundary of a closed box holds let more flow in than out. */
export function requireBalance(velocity: StaggeredField): void {
  const { grid } = velocity;
  const flows = openingsOf(velocity).flatMap(({ axis, end, side }): Tensor[] => {
    if (side.storesFace || side.isZero('face')) return [];
    const values = velocity.component(axis);
    const onSide = side.ghosts(new Edge(values, axis, end, lineAlong(velocity.layout(axis), axis).position), 1);
    const area = grid.cellVolume / grid.axis(axis).width;
    return [mul(end === 'lower' ? area : -area, sum(onSide, grid.names)) as Tensor];
  });
  if (flows.length === 0) return;
  const net = flows.reduce((a, b) => add(a, b));
  const gross = flows.map((flow) => abs(flow)).reduce((a, b) => add(a, b));
  const limit = UNBALANCED[net.dtype === 'f64' ? 'f64' : 'f32'];
  check(lessEqual(abs(net), mul(limit, gross)), (inwards, through) => worst(inwards!, through!), [net, gross]);
}

function worst(inwards: ArrayLike<number>, through: ArrayLike<number>): NetInflowError {
  let k = 0;
  for (let j = 1; j < inwards.length; j++) if (Math.abs(inwards[j]!) > Math.abs(inwards[k]!)) k = j;
  return new NetInflowError(inwards[k]!, through[k]!);
}
