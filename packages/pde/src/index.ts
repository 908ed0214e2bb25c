/** @file @tapeflow/pde: fields and their operators. Nothing stands here yet. */
export {};
