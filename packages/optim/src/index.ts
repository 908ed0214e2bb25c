/** @file @tapeflow/optim: optimizers. Nothing stands here yet. */
export {};
