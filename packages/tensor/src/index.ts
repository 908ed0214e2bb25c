/** @file @tapeflow/tensor: tensors with named dimensions. For authors of operations and compilers see `@tapeflow/tensor/extend`. */

// Tensors and dimensions
export { Tensor } from './named/tensor.ts';
export { describe, type StorageKind, type TensorDescription, type ValueSummary } from './named/describe.ts';
export { batch, channel, dual, instance, spatial, type Dim, type DimOf, type DimSpec, type DimType } from './named/dims.ts';
export type { Dims, Names, NewDim, NewDims, Scalar, Without } from './named/types.ts';
export type { Index, Range, RangeLike } from './named/index-raw.ts';
export type { DType, FloatDType, TypedArray } from './array/dtype.ts';
export { backend, precision } from './context.ts';

// Making tensors
export { asScalar, convert, full, linspace, ones, range, scalar, tensor, zeros, zerosLike } from './named/create.ts';

// Arrays of the ndarray package
export { fromNdarray, toNdarray, type NdarrayLike } from './named/ndarray.ts';

// Files of other tools, as bytes; messages to other threads
export { fromNpy, toNpy, type ToNpyOptions } from './io/npy.ts';
export { fromSafetensors, toSafetensors, type FromSafetensorsOptions, type Safetensors, type TensorAxes, type ToSafetensorsOptions } from './io/safetensors.ts';
export { fromTransferable, toTransferable, type TransferableTree, type TreeMessage } from './io/transfer.ts';
export { FileFormatError, type FileFormat, type FileReason } from './io/errors.ts';

// Random numbers
export { foldKey, Key, randomKey, randomNormal, randomUniform, splitKey, type NormalOptions, type UniformOptions } from './named/random.ts';
export { randomChoice, randomInteger, randomPermutation, type ChoiceOptions, type IntegerOptions } from './named/random-discrete.ts';
export { SeedError } from './random/threefry.ts';

// Elementwise functions
export { abs, add, ceil, clip, div, floor, maximum, minimum, mod, mul, neg, round, sign, square, sub, trunc } from './named/arithmetic.ts';
export { cbrt, exp, expm1, hypot, log, log1p, pow, sqrt } from './named/arithmetic.ts';
export { acos, acosh, asin, asinh, atan, atan2, atanh, cos, cosh, sin, sinh, tan, tanh } from './named/arithmetic.ts';
export { digamma, erf, erfc, gamma, lgamma, polygamma, sigmoid, sinc, softplus, xlogy } from './named/arithmetic.ts';
export { and, equal, greater, greaterEqual, isFinite, isNaN, less, lessEqual, not, notEqual, or, xor } from './named/arithmetic.ts';
export { select } from './named/select.ts';

// Reductions
export { all, any, l2, max, mean, min, norm, prod, sum, type Reduction, type ReductionWith } from './named/reduce.ts';
export { median, quantile, standardDeviation, variance, type VarianceOptions } from './named/statistics.ts';
export { logSoftmax, logSumExp, softmax, type Weighting } from './named/softmax.ts';
export { argMax, argMin, type ExtremePosition } from './named/extremes.ts';
export { frequencyLoss, huber, l1, type FrequencyLossOptions, type HuberOptions } from './named/losses.ts';
export { histogram, type Histogram, type HistogramOptions } from './named/histogram.ts';
export { cumulativeMax, cumulativeMin, cumulativeProduct, cumulativeSum, type Cumulation, type CumulationOptions } from './named/cumulate.ts';

// Contractions
export { contract, dot, outer, type Columns, type Rows } from './named/contract.ts';
export { convolve, convolveTransposed, type ConvolveTransposedOptions } from './named/convolve.ts';
export type { ConvolveOptions, Padding } from './named/convolve-plan.ts';

// Complex numbers and transforms
export { Complex, complex, polar } from './named/complex.ts';
export { fft, fftFrequencies, ifft, irfft, rfft, rfftFrequencies } from './named/fourier.ts';
export { dct, dst, idct, idst, type TransformFunction, type TransformType } from './named/fourier.ts';

// Derivatives by name
export { hessian, jacobian, type ColumnsOf, type JacobianOptions } from './named/jacobian.ts';

// Restructuring
export { concat, expand, flip, padConstant, rename, roll, stack } from './named/restructure.ts';
export { packDims, squeeze, unpackDim } from './named/pack.ts';
export { split, unstack } from './named/split.ts';
export { repeat, tile } from './named/tile.ts';
export { pad, type Beyond, type BeyondBoth, type PadMode } from './named/pad.ts';
export { gather } from './named/gather.ts';
export { scatter, type ScatterMode, type ScatterOptions } from './named/scatter.ts';
export { argsort, sort, type SortOptions } from './named/sort.ts';
export { take, takeMask } from './named/take.ts';
export { interpolate, interpolateStencil, stencilAt, type Stencil } from './named/interpolate.ts';
export { interpolateCubic } from './named/interpolate-cubic.ts';

// Loops, branches and checks
export { check } from './control/named-check.ts';
export { hostCall } from './control/host-call.ts';
export { printGradient } from './control/print-gradient.ts';
export { cond, LoopLimitError, scan, whileLoop, type ScanOptions } from './control/named.ts';
export { forLoop, iterate, type IterateOptions } from './control/iterate.ts';
export { vmap, type Entries } from './control/vmap.ts';
export type { SliceOf, Stacked } from './control/tensors.ts';

// Matrices
export { cholesky, determinant, inverse, logDeterminant, solveDense, type DenseOptions, type LogDeterminant } from './named/dense.ts';
export type { Inverted, MatrixRoles, Others, Paired } from './named/matrix.ts';
export { NotPositiveDefinite, SingularMatrix } from './named/matrix-errors.ts';

// Linear systems
export { boxOperator, type BoxAxis, type BoxOperator, type BoxOptions, type BoxSide } from './solve/box.ts';
export { solveLinear, type Preconditioner, type SolveOptions } from './solve/solve-linear.ts';
export { cgSteps } from './solve/cg-steps.ts';
export type { SolveMethod } from './solve/choose.ts';
export type { LinearSolution } from './solve/solution.ts';
export { InconsistentSystem, NotConverged, type SolveStatus } from './solve/errors.ts';
export { SolveLog, type SolveRecord } from './solve/solve-log.ts';

// Roots and fixed points
export { root, type RootOptions } from './solve/root.ts';
export { fixedPoint, type FixedPointOptions } from './solve/fixed-point.ts';
export { RootNotFound, type RootMethod, type RootSolution, type RootStatus, type SystemReport } from './solve/root-report.ts';
export { SingularJacobian } from './solve/search.ts';

// Programs
export { jit, type Jitted, type JitOptions, type JitProgramReport, type JitReport } from './compile/jit.ts';
export { inspect, type Inspection, type MemoryReport } from './compile/inspect/inspect.ts';
export type { Profile, WorkProfile } from './compile/inspect/profile.ts';
export type { WorkReport } from './compile/inspect/work.ts';
export type { Backend } from './compile/choose-backend.ts';
export type { ThreadsReport } from './compile/executable.ts';
export { loadGpu, type Gpu, type LoadGpuOptions } from './compile/gpu/load.ts';
export type { GpuMode } from './compile/gpu/library.ts';
export { CapturedValueError, CodeGenerationForbiddenError, DebugBackendError, GpuLimitError, GpuNotLoadedError, GpuUnavailableError, NotFiniteError, NotInspectableError, ProgramTooLargeError, ReentrantCallError, StaticArgumentError, UnsupportedOperationError, WebAssemblyUnavailableError, WorkerError } from './compile/errors.ts';

// Errors
export { AllocationError, ArgumentError, BatchedHostCallError, DataError, DimensionError, DonatedArgumentError, DTypeError, IndexError, LentResultError, NumberArgumentError, ReleasedResultError, ShapeError } from './errors.ts';
