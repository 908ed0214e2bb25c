/**
 * @file Stages of a transform of lines. Several lines are transformed at once, one per lane: row k holds element k of each of them, and
 * a stage reads rows and writes rows. What follows is data; `wasm/fixed/lines` makes instructions of it.
 */

/** Where rows lie: in scratch memory, in the arrays that are transformed, or in tables that have a number for every lane. */
export type RowMemory = 'scratch' | 'from0' | 'from1' | 'to0' | 'to1' | 'turns0' | 'turns1';

/** Real rows: row k is row start + k · step of a memory. */
export interface Plane {
  readonly memory: RowMemory;
  readonly start: number;
  readonly step: number;
}

/** Complex rows. */
export interface Planes {
  readonly re: Plane;
  readonly im: Plane;
}

/** One pass of a Fourier transform: sums over `radix` rows which are groups · stride apart. The same order as in backends/js/fft/passes.ts. */
export interface PassStage {
  readonly kind: 'pass';
  readonly radix: number;
  readonly groups: number;
  readonly stride: number;
  readonly from: Planes;
  readonly to: Planes;
  /** Roots for group 1, 2, …: cosine and sine for row 1, 2, … of the sum. */
  readonly table: number;
}

export interface CopyStage {
  readonly kind: 'copy';
  readonly from: Plane;
  readonly to: Plane;
  readonly count: number;
  readonly negate: boolean;
}

export interface ZeroStage {
  readonly kind: 'zero';
  readonly to: Plane;
  readonly count: number;
}

/** to[k] = from[k] · (c + i s), where the table gives c and s for every row. Without `im`, rows are real. */
export interface MultiplyStage {
  readonly kind: 'multiply';
  readonly from: { readonly re: Plane; readonly im?: Plane };
  readonly to: Planes;
  readonly count: number;
  readonly table: number;
}

/** to[k] = from[k] · turns[k], each lane by its own number. */
export interface TurnStage {
  readonly kind: 'turn';
  readonly from: Planes;
  readonly turns: Planes;
  readonly to: Planes;
  readonly count: number;
}

/** to[k] = c re[k] + s im[k]. */
export interface ProjectStage {
  readonly kind: 'project';
  readonly from: Planes;
  readonly to: Plane;
  readonly count: number;
  readonly table: number;
}

/** Coefficients of real lines of an even length, from those of the complex lines that have even elements as real and odd ones as imaginary part. */
export interface UntangleStage {
  readonly kind: 'untangle';
  readonly half: number;
  readonly from: Planes;
  /** cos and sin of 2πk/n for k ≤ n/4. */
  readonly table: number;
  readonly finish: Finish;
}

/** The coefficients 0 … count − 1 of real lines, the first of which is real. */
export interface FinishStage {
  readonly kind: 'finish';
  readonly count: number;
  readonly from: Planes;
  readonly finish: Finish;
}

/** The reverse of untangle. */
export interface TangleStage {
  readonly kind: 'tangle';
  readonly half: number;
  readonly begin: Begin;
  readonly table: number;
  readonly to: Planes;
}

/** All coefficients of real lines of an odd length: the given ones and their conjugates. */
export interface UnfoldStage {
  readonly kind: 'unfold';
  readonly length: number;
  readonly begin: Begin;
  readonly to: Planes;
}

export type Stage = PassStage | CopyStage | ZeroStage | MultiplyStage | TurnStage | ProjectStage | UntangleStage | FinishStage | TangleStage | UnfoldStage;

/** What becomes of coefficient k of real lines of `length` elements. */
export type Finish =
  | { readonly kind: 'spectrum'; readonly to: Planes }
  /** Only the real part, or only the negative imaginary part. */
  | { readonly kind: 'real' | 'minusImaginary'; readonly to: Plane }
  /** to[k] = re − im, to[n − k] = re + im. */
  | { readonly kind: 'hartley'; readonly to: Plane; readonly length: number }
  /** to[k] = c re + s im, to[n − k] = s re − c im with c + i s = e^(2πi k/4n) of the table. */
  | { readonly kind: 'cosine'; readonly to: Plane; readonly length: number; readonly table: number };

/** Where coefficient k of real lines comes from. Those that have a conjugate are halved. */
export type Begin =
  | { readonly kind: 'spectrum'; readonly from: Planes }
  /** (c + i s) (from[k] − i from[n − k]), halved, where the table gives c/2 and s/2. */
  | { readonly kind: 'cosine'; readonly from: Plane; readonly length: number; readonly table: number };

/** How lines are transformed. */
export interface LinePlan {
  readonly stages: readonly Stage[];
  /** Rows of scratch memory. */
  readonly rows: number;
  /** Numbers that the stages use, in double precision. */
  readonly table: readonly number[];
}
