/** @file Diffusion schemes: `diffuse.explicit(field, diffusivity, dt)`, `diffuse.implicit(…)`. */
export { explicit, type ExplicitDiffusionOptions } from './explicit.ts';
export { implicit, type ImplicitDiffusionOptions } from './implicit.ts';
