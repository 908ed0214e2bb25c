/**
 * @file What kernels need and gpu.js cannot translate: whole numbers, bits, infinities. Each is written twice, in JavaScript for the cpu mode
 * and in GLSL for WebGL 2. Math.floor and its like are among them because gpu.js takes their results for integers, which large numbers,
 * infinities and NaN are not.
 */

/** A function of numbers that kernels call. */
export interface GpuFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  /** The whole function in JavaScript; gpu.js translates it where there is no GLSL. */
  readonly source: string;
  /** The body in GLSL. */
  readonly glsl?: string;
}

/** A function that gpu.js translates. */
export const gpuFunction = (name: string, parameters: string, body: string): GpuFunction => ({ name, parameters: parameters.split(', '), source: `function ${name}(${parameters}) {\n${body.trim()}\n}` });

const native = (name: string, parameters: readonly string[], body: string, glsl: string): GpuFunction => ({
  name,
  parameters,
  source: `function ${name}(${parameters.join(', ')}) { ${body} }`,
  glsl,
});

export const NATIVE_FUNCTIONS: readonly GpuFunction[] = [
  /** A number as a number: gpu.js would otherwise guess that it is an integer. */
  native('num', ['x'], 'return x;', 'return x;'),
  native('infinity', [], 'return 1 / 0;', 'return intBitsToFloat(0x7f800000);'),
  native('notANumber', [], 'return 0 / 0;', 'return intBitsToFloat(0x7fc00000);'),
  // Comparisons with NaN are often optimized away; bits are not.
  native('isNaNOf', ['x'], 'if (x === x) { return 0; } return 1;', 'return (floatBitsToInt(x) & 0x7fffffff) > 0x7f800000 ? 1.0 : 0.0;'),
  native('isFiniteOf', ['x'], 'if (x - x === 0) { return 1; } return 0;', 'return (floatBitsToInt(x) & 0x7fffffff) < 0x7f800000 ? 1.0 : 0.0;'),
  native('isNegativeOf', ['x'], 'if (x < 0 || 1 / x < 0) { return 1; } return 0;', 'return floatBitsToInt(x) < 0 ? 1.0 : 0.0;'),
  /** Of whole numbers from 0 up to 2²⁴: division of real numbers may round up to the next whole one. */
  native('quotientOf', ['x', 'y'], 'return Math.floor(x / y);', 'return float(int(x) / int(y));'),
  native('floorOf', ['x'], 'return Math.floor(x);', 'return floor(x);'),
  native('ceilOf', ['x'], 'return Math.ceil(x);', 'return ceil(x);'),
  native('truncOf', ['x'], 'return Math.trunc(x);', 'return trunc(x);'),
  native(
    'roundOf',
    ['x'],
    'const down = Math.floor(x); const rest = x - down; if (!(rest >= 0)) { return x; } let y = down; if (rest > 0.5 || (rest === 0.5 && down % 2 !== 0)) { y = down + 1; } if (y === 0 && (x < 0 || 1 / x < 0)) { return -0; } return y;',
    'return roundEven(x);',
  ),
  /** Of a positive normal number: the exponent e of x = m · 2ᵉ with 1 ≤ m < 2. */
  native(
    'exponentOf',
    ['x'],
    'let e = Math.floor(Math.log2(x)); if (Math.pow(2, e) > x) { e = e - 1; } if (Math.pow(2, e + 1) <= x) { e = e + 1; } return e;',
    'return float((floatBitsToInt(x) >> 23) - 127);',
  ),
  /** 2ⁿ for a whole n from −126 up to 127. */
  native('powerOfTwoOf', ['n'], 'return Math.pow(2, n);', 'return intBitsToFloat((int(n) + 127) << 23);'),
];
