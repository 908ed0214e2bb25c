/** @file Boundaries of flows by their usual names. */
import type { Boundary, Side } from './boundary.ts';
import { normalTangential } from './components.ts';
import { constant, zeroGradient } from './constant.ts';

/** A wall at rest to which the fluid sticks: the velocity on it is 0. */
export const wall: Boundary = constant(0);

/** An open side, through which fluid passes freely: the velocity does not change across it, the pressure outside is 0. */
export const open: Side = zeroGradient;

/** A wall without friction: nothing passes, the velocity along it is free. */
export const freeSlip: Boundary = normalTangential(constant(0), zeroGradient);
