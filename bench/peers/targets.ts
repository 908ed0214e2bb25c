/** @file What the project promises of each workload beside other libraries. */

/** Largest ratios of medians, or milliseconds. */
export interface Target {
  /** To the faster one of NumPy and PyTorch. */
  readonly python?: number;
  /** To PyTorch alone. */
  readonly torch?: number;
  /** To the loops in C, both on one thread. */
  readonly c?: number;
  /** To the faster one of the JavaScript libraries; a third where nothing is said. */
  readonly javascript?: number;
  readonly milliseconds?: number;
  /** Whose task it is compared with, where the others have another one. */
  readonly against?: string;
}

/** By the names of the tasks, in the order of the table. */
export const TARGETS: Readonly<Record<string, Target>> = {
  'W1 chain': { python: 1.3, c: 1.5 },
  'W2 lap512': { python: 0.4, c: 1.3 },
  'W2 lap64': { python: 0.2 },
  'W3 matmul512': { python: 4.5, c: 1.15, javascript: 0.83 },
  'W3 matmul512 fused': { python: 4.5, c: 1.15, javascript: 0.83, against: 'W3 matmul512' },
  'W4 conv fwd': { javascript: 0.83 },
  'W4 conv fwd fused': { javascript: 0.83, against: 'W4 conv fwd' },
  'W4 conv fwd+bwd': { python: 3.5 },
  'W4 conv fwd+bwd fused': { python: 3.5, against: 'W4 conv fwd+bwd' },
  'W5 mlp step': { torch: 1 },
  'W5 mlp step fused': { torch: 1, against: 'W5 mlp step' },
  'W6 advect fwd': { python: 0.3, c: 1.5 },
  'W6 advect fwd+bwd': { python: 0.35, c: 1.7 },
  'W7 cg f32 1e-5': { python: 0.25, c: 1 },
  'W7 cg f64 1e-8': { python: 0.33, c: 1 },
  'W7 auto f32 1e-5': { python: 0.07, against: 'W7 cg f32 1e-5' },
  'W7 auto f64 1e-8': { python: 0.07, against: 'W7 cg f64 1e-8' },
  'W8 burgers grad': { python: 0.01 },
  'W9 smoke fwd 1 step': { python: 0.15 },
  'W9 smoke grad 8 steps': { python: 0.16 },
  'W10 sum1M': { python: 2.5, c: 1.2 },
  'W10 gather1M': { python: 1, c: 1.2, javascript: 0.83 },
  'W10 rfft2 256': { python: 3 },
  'plume step': { milliseconds: 4 },
  'main job': { python: 0.35 },
};

/** To the JavaScript libraries, where a task says nothing else. */
export const JAVASCRIPT_TARGET: number = 1 / 3;
