/** @file Every example, in the order in which to meet them. */

import type { CatalogueEntry } from './cli/example.ts';

/** The examples that `npm start -- list` shows. */
export const catalogue: readonly CatalogueEntry[] = [
  {
    name: 'smoke-control',
    summary: 'Finds the forces that carry a disc of smoke into the shape of a picture, through a differentiable fluid solver.',
    load: () => import('./smoke-control/index.ts'),
  },
  {
    name: 'tape',
    summary: 'Draws the tape of a formula, with value and derivative at every operation, and its gradient as a program.',
    load: () => import('./tape/index.ts'),
  },
  {
    name: 'upwind-advection',
    summary: 'Finds the velocity that carries a marker to its target, and compares its gradient with one derived by hand.',
    load: () => import('./upwind-advection/index.ts'),
  },
  {
    name: 'differentiate-pressure',
    summary: 'Finds the velocity on the left that, made incompressible by its pressure, gives a wanted flow on the right.',
    load: () => import('./differentiate-pressure/index.ts'),
  },
  {
    name: 'burgers-inverse',
    summary: "Finds the initial state of Burgers' equation from a later one, by gradients through the solver.",
    load: () => import('./burgers-inverse/index.ts'),
  },
  {
    name: 'navier-stokes-inverse',
    summary: 'Finds the initial velocities that bring smoke from other inflows to where that of a reference ends.',
    load: () => import('./navier-stokes-inverse/index.ts'),
  },
  {
    name: 'solver-and-network',
    summary: 'Lets a small network correct a coarse solver, put before or behind it, trained with noise or through several steps.',
    load: () => import('./solver-and-network/index.ts'),
  },
];
