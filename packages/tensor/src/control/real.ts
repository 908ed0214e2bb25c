/** @file Which values of loops, branches and programs have tangents. */
import type { Abstract } from '@tapeflow/autodiff/extend';

/** Whether values of this kind do. */
export const isReal = ({ space, type }: Abstract): boolean => space.isDifferentiable(type);
