/**
 * @file `npm run every-single -- tanh`: the largest error of a function of compiled programs over all 2³² singles, and how often its value falls from
 * one single to the next. Minutes per function; with a number, as in `-- tanh 16`, only every 16th single.
 */
import { laneFunction } from '../test/compile/wasm/math/lane-functions.ts';
import { DOUBLE } from '../test/compile/wasm/math/accuracy.ts';

const AT_ONCE = 2 ** 20;
/** The last place of numbers by the exponent field of doubles. */
const LAST = Float64Array.from({ length: 2047 }, (_, field) => 2 ** (Math.max(field - 1023, -126) - 23));

const words = new Uint32Array(AT_ONCE);
const singles = new Float32Array(words.buffer);
const double = new Float64Array(1);
const parts = new Uint32Array(double.buffer);

const given = process.argv.slice(2);
const step = Number(given.find((text) => /^\d+$/.test(text)) ?? 1);

for (const name of given.filter((text) => !/^\d+$/.test(text))) {
  const { all } = laneFunction(name, 'f32');
  const exact = DOUBLE[name] as (x: number) => number;
  let [worst, at, falls, firstFall, wrong] = [0, 0, 0, NaN, 0];
  let before = -Infinity;
  // From −∞ to −0, then from 0 to ∞.
  for (const isNegative of [true, false]) {
    for (let from = 0; from <= 0x7f80_0000; from += AT_ONCE * step) {
      const count = Math.min(AT_ONCE, Math.floor((0x7f80_0000 - from) / step) + 1);
      for (let k = 0; k < AT_ONCE; k++) {
        const magnitude = from + Math.min(k, count - 1) * step;
        words[k] = isNegative ? 0xff80_0000 - magnitude : magnitude;
      }
      const seen = all(singles);
      for (let k = 0; k < count; k++) {
        const value = seen[k]!;
        const expected = exact(singles[k]!);
        if (Number.isNaN(expected) || Number.isNaN(value)) {
          if (!Number.isNaN(expected) || !Number.isNaN(value)) wrong++;
          continue;
        }
        double[0] = expected;
        const error = Math.abs(value - expected) / LAST[(parts[1]! >>> 20) & 0x7ff]!;
        // Where both are infinite the difference is no number.
        if (error > worst && Math.abs(expected) < 2 ** 128 * (1 - 2 ** -25)) [worst, at] = [error, singles[k]!];
        if (value < before) {
          falls++;
          if (Number.isNaN(firstFall)) firstFall = singles[k]!;
        }
        before = value;
      }
    }
  }
  console.log(`${name}: largest error ${worst.toFixed(4)} at ${at}; falls ${falls} times${falls === 0 ? '' : `, first at ${firstFall}`}; NaN on one side only ${wrong} times`);
}
