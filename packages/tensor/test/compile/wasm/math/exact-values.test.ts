/** @file The oracle itself: published digits, and identities to 40 digits. */
import { expect, test } from 'vitest';
import { EXACT, exactly, unitsInLastPlace, type Exact } from './exact-values.ts';

/** The leading decimal digits of a number in [0.1, 10⁹). */
function digits({ mantissa, exponent }: Exact, count: number): string {
  const scaled = mantissa * 10n ** BigInt(count);
  return String(exponent < 0 ? scaled >> BigInt(-exponent) : scaled << BigInt(exponent));
}

// Constants of [DLMF, 3.12, 4.2, 7.23] and OEIS A001113, A002162, A000796, A049470, A049469, A003881, A099286; the others by mpmath.
test('published digits', () => {
  expect(digits(EXACT['exp']!(1, 0), 40)).toBe('27182818284590452353602874713526624977572');
  expect(digits(EXACT['log']!(2, 0), 40)).toBe('6931471805599453094172321214581765680755');
  expect(digits(EXACT['atan2']!(0.5, -0), 40).slice(0, 40)).toBe('1570796326794896619231321691639751442098');
  expect(digits(EXACT['atan']!(1, 0), 40)).toBe('7853981633974483096156608458198757210492');
  expect(digits(EXACT['cos']!(1, 0), 40)).toBe('5403023058681397174009366074429766037323');
  expect(digits(EXACT['sin']!(1, 0), 40)).toBe('8414709848078965066525023216302989996225');
  expect(digits(EXACT['erf']!(1, 0), 40)).toBe('8427007929497148693412206350826092592960');
  expect(digits(EXACT['tanh']!(1, 0), 40)).toBe('7615941559557648881194582826047935904127');
  expect(digits(EXACT['pow']!(2, 0.5), 40)).toBe('14142135623730950488016887242096980785696');
  expect(digits(EXACT['asin']!(0.5, 0), 40)).toBe('5235987755982988730771072305465838140328');
  expect(digits(EXACT['acos']!(0.25, 0), 40)).toBe('13181160716528179657456642546460404698463');
  expect(digits(EXACT['asinh']!(1, 0), 40)).toBe('8813735870195430252326093249797923090281');
  expect(digits(EXACT['acosh']!(2, 0), 40)).toBe('13169578969248167086250463473079684440269');
  expect(digits(EXACT['atanh']!(0.5, 0), 40)).toBe('5493061443340548456976226184612628523237');
  expect(digits(EXACT['cbrt']!(2, 0), 40)).toBe('12599210498948731647672106072782283505702');
  expect(digits(EXACT['hypot']!(1, 1), 40)).toBe('14142135623730950488016887242096980785696');
  expect(digits(EXACT['sinc']!(0.25, 0), 40)).toBe('9003163161571060695551991910067405826645');
  expect(digits(EXACT['erfc']!(1, 0), 40)).toBe('1572992070502851306587793649173907407039');
});

/** Fails unless a = b to 130 bits. */
function expectClose(a: Exact, b: Exact): void {
  const exponent = Math.min(a.exponent, b.exponent);
  const [x, y] = [a, b].map(({ mantissa, exponent: own }) => mantissa << BigInt(own - exponent));
  const difference = x! > y! ? x! - y! : y! - x!;
  expect(difference << 130n <= (y! < 0n ? -y! : y!)).toBe(true);
}

test('identities far from 1, where reductions count', () => {
  const times = (a: Exact, b: Exact): Exact => ({ mantissa: a.mantissa * b.mantissa, exponent: a.exponent + b.exponent });
  const plus = (a: Exact, b: Exact): Exact => {
    const exponent = Math.min(a.exponent, b.exponent);
    return { mantissa: (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent)), exponent };
  };
  for (const x of [1e-5, 0.37, 12.5, 700, -650.25]) expectClose(times(EXACT['exp']!(x, 0), EXACT['exp']!(-x, 0)), exactly(1));
  for (const x of [1e-9, 3, 1e22, -4.5e15]) expectClose(plus(times(EXACT['sin']!(x, 0), EXACT['sin']!(x, 0)), times(EXACT['cos']!(x, 0), EXACT['cos']!(x, 0))), exactly(1));
  for (const x of [0.25, 3, 1e6]) expectClose(times(EXACT['tan']!(x, 0), EXACT['cos']!(x, 0)), EXACT['sin']!(x, 0));
  for (const x of [0.75, 1.5, 100]) expectClose(plus(EXACT['sinh']!(x, 0), EXACT['cosh']!(x, 0)), EXACT['exp']!(x, 0));
  for (const x of [1e-5, 0.5, 0.9, -0.999]) expectClose(plus(EXACT['asin']!(x, 0), EXACT['acos']!(x, 0)), EXACT['asin']!(1, 0));
  for (const x of [2.5, -4, 7]) expectClose(plus(EXACT['erf']!(x, 0), EXACT['erfc']!(x, 0)), exactly(1));
  for (const x of [1e-9, -7, 3e200]) {
    const root = EXACT['cbrt']!(x, 0);
    expectClose(times(root, times(root, root)), exactly(x));
  }
  for (const [x, y] of [[3, 4e9], [1e-200, 1e200]] as const) {
    const length = EXACT['hypot']!(x, y);
    expectClose(times(length, length), plus(times(exactly(x), exactly(x)), times(exactly(y), exactly(y))));
  }
  // arcosh (2 x² + 1) = 2 arsinh x, e^(2 artanh x) = (1 + x) / (1 − x).
  for (const x of [0.5, 3, 1024]) expectClose(EXACT['acosh']!(2 * x * x + 1, 0), plus(EXACT['asinh']!(x, 0), EXACT['asinh']!(x, 0)));
  for (const [x, y] of [[0.5, 3], [0.75, 7]] as const) expectClose(plus(EXACT['atanh']!(x, 0), EXACT['atanh']!(x, 0)), EXACT['log']!(y, 0));
  for (const x of [1e-12, 0.1, 7]) expectClose(plus(EXACT['expm1']!(x, 0), exactly(1)), EXACT['exp']!(x, 0));
});

test('units in the last place', () => {
  expect(unitsInLastPlace(1 + 2 ** -52, exactly(1), 52)).toBe(1);
  expect(unitsInLastPlace(-1 - 2 ** -22, exactly(-1), 23)).toBe(2);
  expect(unitsInLastPlace(2 ** -1074, exactly(2 ** -1073), 52)).toBe(1);
  expect(unitsInLastPlace(2 ** -149, { mantissa: 3n, exponent: -150 }, 23)).toBe(0.5);
});
