/** Types of the harness and inputs that all JavaScript benchmarks share. */
type Real = Float32Array | Float64Array;
export const THREADS: number;
export function bench(peer: string, task: string, params: string, fn: () => unknown, check?: (out: never) => unknown, threads?: number): Promise<void>;
export function rndf(n: number, seed: number, lo?: number, hi?: number): Float32Array;
export function rndf<T extends Real>(n: number, seed: number, lo: number, hi: number, type: new (n: number) => T): T;
export function velocity(n: number, amp?: number): [Float32Array, Float32Array];
export function smokeInputs(n: number): [Float32Array, Float32Array, Float32Array, Float32Array];
export function rhs(n: number): Float32Array;
export function rhs<T extends Real>(n: number, type: new (n: number) => T): T;
export function l2(a: ArrayLike<number>): number;
export function indices(n: number, seed?: number): Int32Array;
export const BURGERS: { readonly n: number; readonly steps: number; readonly c: number; readonly k: number; readonly u0: Float32Array; readonly target: Float32Array };
