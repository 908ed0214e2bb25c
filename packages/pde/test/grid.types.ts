/** @file What the compiler knows of axes: each wrong line carries @ts-expect-error. */
import { add, tensor, type Tensor } from '@tapeflow/tensor';
import { box, centered, grid, laplacian, staggered, type CenteredField, type Grid, type Points, type Positions } from '../src/index.ts';

const plane = grid({ x: 4, y: 3 }, box({ x: [0, 1], y: [0, 1] }));

// The names come from the record.
const named: Grid<'x' | 'y'> = plane;
const anyGrid: Grid = plane;
const coordinates: Positions<'x' | 'y'> = plane.centers();
const anyPoints: Points = coordinates;

plane.axis('x');
// @ts-expect-error -- there is no axis z
plane.axis('z');
anyGrid.axis('z');

// Functions of position get the axes of the grid, and may take any points.
centered(plane, ({ x, y }) => x.mul(y));
staggered(plane, ({ x, y }) => ({ x: y, y: x.neg() }));
centered(plane, (points: Points): Tensor<never> => Object.values(points).reduce((a, b) => add(a, b)));
// @ts-expect-error -- there is no axis z
centered(plane, ({ z }) => z);
// @ts-expect-error -- nothing is known of the axes of this grid, so x may be missing
centered(anyGrid, ({ x }) => x.mul(2));

// Tensors of any names are values; operators keep the kind of field.
const field: CenteredField = laplacian(centered(plane, 0).with(tensor({ y: 3, x: 4 }, new Float32Array(12))));
// @ts-expect-error -- a velocity is staggered, this is not
const faces: ReturnType<typeof staggered> = laplacian(field);

export { anyPoints, faces, named };
