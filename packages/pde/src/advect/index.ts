/** @file Advection schemes: `advect.semiLagrangian(field, velocity, dt)`. */
export { macCormack, type MacCormackOptions } from './mac-cormack.ts';
export { semiLagrangian } from './semi-lagrangian.ts';
export { upwind } from './upwind.ts';
export type { Velocity } from './trace.ts';
