/** @file scan: a fixed number of steps as one equation, in forward and reverse mode. The body is traced once. */
import {
  apply,
  batchProgram,
  evaluateProgram,
  materialize,
  primitive,
  programCotangents,
  programTangents,
  traceProgram,
  type Abstract,
  type MaybeValue,
  type Primitive,
  type Program,
  type Value,
} from '@tapeflow/autodiff/extend';
import { arrayAbstract, arraySpace, arrayTypeOf, NDArray } from '../array/ndarray.ts';
import { rowMajor, sizeOf } from '../array/strides.ts';
import { checkedAllocate, type ArrayType } from '../array/type.ts';
import { copyInto } from '../backends/js/copy.ts';
import { add } from '../primitives/elementwise.ts';
import { transpose } from '../primitives/structure.ts';
import { isReal } from './real.ts';

/**
 * Parameters of scan. Inputs `[...captured, ...carries, ...xs]`, xs stacked along a first axis; body
 * `(captured, carries, x slices) → (carries, y slices)`; outputs `[...carries, ...ys, ...carries before each step (if saved)]`.
 */
export interface ScanParams {
  readonly body: Program;
  readonly captured: number;
  readonly carries: number;
  readonly length: number;
  /** From the last element of xs to the first. */
  readonly reverse: boolean;
  readonly save: boolean;
}

const stackedType = ({ type }: Abstract, length: number): Abstract => {
  const { shape, dtype } = type as ArrayType;
  return arrayAbstract({ shape: [length, ...shape], dtype });
};

function outputTypes({ body, captured, carries, length, save }: ScanParams): Abstract[] {
  return [
    ...body.results.map((result, k) => (k < carries ? result : stackedType(result, length))),
    ...(save ? body.inputs.slice(captured, captured + carries).map((type) => stackedType(type, length)) : []),
  ];
}

/** Slice k along the first axis of a plain array: a view. */
function viewAt(x: NDArray, k: number): NDArray {
  return new NDArray(x.storage, x.shape.slice(1), x.strides.slice(1), x.offset + k * x.strides[0]!, x.dtype);
}

export const scanPrimitive: Primitive = primitive({
  name: 'scan',
  evaluate(inputs, params) {
    const scan = params as ScanParams;
    const { body, captured, carries, length, reverse, save } = scan;
    const fixed = inputs.slice(0, captured);
    const xs = inputs.slice(captured + carries) as NDArray[];
    let current = inputs.slice(captured, captured + carries);
    const stacks = outputTypes(scan).slice(carries).map(({ type }) => {
      const { shape, dtype } = type as ArrayType;
      return NDArray.of(checkedAllocate('scan', dtype, shape), shape, dtype);
    });
    const store = (stack: NDArray, step: number, value: Value): void => {
      const member = stack.shape.slice(1);
      copyInto(stack.data, value as NDArray, step * sizeOf(member), rowMajor(member));
    };
    for (let trip = 0; trip < length; trip++) {
      const step = reverse ? length - 1 - trip : trip;
      const outputs = evaluateProgram(body, [...fixed, ...current, ...xs.map((x) => viewAt(x, step))]);
      const ys = outputs.slice(carries);
      ys.forEach((y, k) => store(stacks[k]!, step, y));
      if (save) current.forEach((carry, k) => store(stacks[ys.length + k]!, step, carry));
      current = outputs.slice(0, carries);
    }
    return [...current, ...stacks];
  },
  abstract: (_inputs, params) => outputTypes(params as ScanParams),
  outputSpace: () => arraySpace as never,
  pushforward: scanTangents,
  linearize(inputs, params, needs) {
    const scan = params as ScanParams;
    const outputs = apply(scanPrimitive, inputs, { ...scan, save: true } satisfies ScanParams);
    const visible = scan.save ? outputs : outputs.slice(0, scan.body.results.length);
    return { outputs: visible, pullback: (yBars) => scanCotangents(yBars, inputs, outputs, scan, needs) };
  },
  batch(inputs, batched, params, size) {
    const scan = params as ScanParams;
    const { body, captured, carries } = scan;
    const flags = inputs.map((_, k) => (k >= captured && k < captured + carries) || batched[k]!);
    const stacked = inputs.map((input, k) => {
      if (flags[k] && !batched[k]) return arraySpace.batch.repeat(input, size);
      return k >= captured + carries && batched[k] ? swapFirstAxes(input) : input;
    });
    const types = stacked.map((input, k) => {
      const { shape, dtype } = arrayTypeOf(input);
      return k >= captured + carries ? arrayAbstract({ shape: shape.slice(1), dtype }) : arrayAbstract({ shape, dtype });
    });
    const outputs = apply(scanPrimitive, stacked, { ...scan, body: batchProgram(body, flags, size, types) } satisfies ScanParams);
    return { outputs: outputs.map((y, k) => (k < carries ? y : swapFirstAxes(y))), batched: outputs.map(() => true) };
  },
});

function swapFirstAxes(x: Value): Value {
  return transpose(x, arrayTypeOf(x).shape.map((_, axis) => (axis === 0 ? 1 : axis === 1 ? 0 : axis)));
}

/** One scan over values and tangents together. */
function scanTangents(inputs: readonly Value[], tangents: readonly MaybeValue[], params: unknown): { outputs: readonly Value[]; tangents: readonly MaybeValue[] } {
  const scan = params as ScanParams;
  const { body, captured, carries, save } = scan;
  const xsAt = captured + carries;
  const live = (from: number, to: number): number[] => tangents.slice(from, to).flatMap((dx, k) => (dx === undefined ? [] : [from + k]));
  const liveFixed = live(0, captured);
  const liveXs = live(xsAt, inputs.length);
  const realCarries = body.inputs.slice(captured, xsAt).flatMap((input, k) => (isReal(input) ? [captured + k] : []));
  const realYs = body.results.flatMap((result, k) => (k >= carries && isReal(result) ? [k] : []));
  const dotTypes = (positions: readonly number[]): Abstract[] => positions.map((k) => body.inputs[k]!);
  const doubled = traceProgram(
    'jvp of scan',
    (all) => {
      let at = 0;
      const take = (count: number): readonly Value[] => all.slice(at, (at += count));
      const dots: MaybeValue[] = body.inputs.map(() => undefined);
      const takeDots = (positions: readonly number[]): void => take(positions.length).forEach((dx, k) => {
        dots[positions[k]!] = dx;
      });
      const fixed = take(captured);
      takeDots(liveFixed);
      const own = take(carries);
      takeDots(realCarries);
      const slices = take(body.inputs.length - xsAt);
      takeDots(liveXs);
      const next = programTangents(body, [...fixed, ...own, ...slices], dots);
      const dys = materialize(next.tangents, body.results);
      return [...next.outputs.slice(0, carries), ...realCarries.map((k) => dys[k - captured]), ...next.outputs.slice(carries), ...realYs.map((k) => dys[k])];
    },
    [
      ...body.inputs.slice(0, captured), ...dotTypes(liveFixed),
      ...body.inputs.slice(captured, xsAt), ...dotTypes(realCarries),
      ...body.inputs.slice(xsAt), ...dotTypes(liveXs),
    ],
  ).program;
  const startDots = materialize(realCarries.map((k) => tangents[k]), dotTypes(realCarries));
  const all = apply(
    scanPrimitive,
    [
      ...inputs.slice(0, captured), ...liveFixed.map((k) => tangents[k]),
      ...inputs.slice(captured, xsAt), ...startDots,
      ...inputs.slice(xsAt), ...liveXs.map((k) => tangents[k]),
    ],
    { ...scan, body: doubled, captured: captured + liveFixed.length, carries: carries + realCarries.length } satisfies ScanParams,
  );
  const outputs = all.slice(0, carries);
  const dys: MaybeValue[] = body.results.slice(0, carries).map(() => undefined);
  realCarries.forEach((k, j) => {
    dys[k - captured] = all[carries + j];
  });
  const ysAt = carries + realCarries.length;
  const ySize = body.results.length - carries;
  outputs.push(...all.slice(ysAt, ysAt + ySize));
  for (let k = carries; k < body.results.length; k++) dys.push(undefined);
  realYs.forEach((k, j) => {
    dys[k] = all[ysAt + ySize + j];
  });
  if (save) {
    const savedAt = ysAt + ySize + realYs.length;
    outputs.push(...all.slice(savedAt, savedAt + carries));
    const savedDots = all.slice(savedAt + carries);
    const extra: MaybeValue[] = body.results.slice(0, carries).map(() => undefined);
    realCarries.forEach((k, j) => {
      extra[k - captured] = savedDots[j];
    });
    dys.push(...extra);
  }
  return { outputs, tangents: dys };
}

const backwardBodies = new WeakMap<Program, Map<string, Program>>();

/**
 * Reverse mode is another scan, from the last step to the first: its body computes the step again from the saved carries
 * and pulls the cotangents through it.
 */
function scanCotangents(yBars: readonly MaybeValue[], inputs: readonly Value[], outputs: readonly Value[], scan: ScanParams, needs: readonly boolean[]): MaybeValue[] {
  const { body, captured, carries, length, reverse } = scan;
  const xsAt = captured + carries;
  const ySize = body.results.length - carries;
  const saved = outputs.slice(carries + ySize, carries + ySize + carries);
  const real = (from: number, to: number): number[] => body.inputs.slice(from, to).flatMap((input, k) => (isReal(input) ? [from + k] : []));
  const realCarries = real(captured, xsAt);
  const wantedFixed = real(0, captured).filter((k) => needs[k]);
  const wantedXs = real(xsAt, inputs.length).filter((k) => needs[k]);
  const realYs = body.results.flatMap((result, k) => (k >= carries && isReal(result) ? [k] : []));
  // Cotangents of the saved carries exist only where a scan that saves is itself differentiated.
  const savedBars = scan.save ? yBars.slice(carries + ySize) : [];
  const barredSaved = realCarries.filter((k) => savedBars[k - captured] !== undefined);
  const types = (positions: readonly number[]): Abstract[] => positions.map((k) => body.inputs[k]!);
  const key = `${wantedFixed.join()}:${wantedXs.join()}:${barredSaved.join()}`;
  const cache = backwardBodies.get(body) ?? new Map<string, Program>();
  backwardBodies.set(body, cache);
  let backward = cache.get(key);
  if (backward === undefined) {
    backward = traceProgram(
      'reverse of scan',
      (all) => {
        let at = 0;
        const take = (count: number): readonly Value[] => all.slice(at, (at += count));
        const fixed = take(captured);
        const carryBars = take(realCarries.length);
        const sums = take(wantedFixed.length);
        const own = take(carries);
        const slices = take(inputs.length - xsAt);
        const sliceBars = take(realYs.length);
        const extraBars = take(barredSaved.length);
        const resultBars: MaybeValue[] = body.results.map(() => undefined);
        realCarries.forEach((k, j) => {
          resultBars[k - captured] = carryBars[j];
        });
        realYs.forEach((k, j) => {
          resultBars[k] = sliceBars[j];
        });
        const wanted = body.inputs.map((_, k) => realCarries.includes(k) || wantedFixed.includes(k) || wantedXs.includes(k));
        const bars = programCotangents(body, [...fixed, ...own, ...slices], resultBars, wanted);
        const zeroFilled = (k: number): Value => bars[k] ?? body.inputs[k]!.space.zeros(body.inputs[k]!.type);
        return [
          ...realCarries.map((k) => {
            const extra = extraBars[barredSaved.indexOf(k)];
            return extra === undefined ? zeroFilled(k) : add(zeroFilled(k), extra);
          }),
          ...wantedFixed.map((k, j) => (bars[k] === undefined ? sums[j] : add(sums[j], bars[k]))),
          ...wantedXs.map(zeroFilled),
        ];
      },
      [
        ...body.inputs.slice(0, captured), ...types(realCarries), ...types(wantedFixed),
        ...body.inputs.slice(captured, xsAt), ...body.inputs.slice(xsAt), ...realYs.map((k) => body.results[k]!), ...types(barredSaved),
      ],
    ).program;
    cache.set(key, backward);
  }
  const stackedBars = realYs.map((k) => yBars[k] ?? arraySpace.zeros(stackedType(body.results[k]!, length).type as ArrayType));
  const result = apply(
    scanPrimitive,
    [
      ...inputs.slice(0, captured),
      ...materialize(realCarries.map((k) => yBars[k - captured]), types(realCarries)),
      ...types(wantedFixed).map(({ space, type }) => space.zeros(type)),
      ...saved, ...inputs.slice(xsAt), ...stackedBars, ...barredSaved.map((k) => savedBars[k - captured]),
    ],
    { body: backward, captured, carries: realCarries.length + wantedFixed.length, length, reverse: !reverse, save: false } satisfies ScanParams,
  );
  const bars: MaybeValue[] = inputs.map(() => undefined);
  [...realCarries, ...wantedFixed, ...wantedXs].forEach((position, j) => {
    bars[position] = result[j];
  });
  return bars;
}

/** Runs a traced body `length` times; see `ScanParams` for the order of inputs and outputs. */
export function scanLeaves(body: Program, captured: readonly Value[], carries: readonly Value[], xs: readonly Value[], length: number, reverse = false): readonly Value[] {
  return apply(scanPrimitive, [...captured, ...carries, ...xs], { body, captured: captured.length, carries: carries.length, length, reverse, save: false } satisfies ScanParams);
}
