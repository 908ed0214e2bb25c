/** @file Diffusion schemes: `diffuse.explicit(field, diffusivity, dt)`. */
export { explicit, type ExplicitDiffusionOptions } from './explicit.ts';
