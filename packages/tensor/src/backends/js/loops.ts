/** @file Loops of the js backend. Printed from elementwise/table.ts by `npm run generate`; do not edit. */
import { erf, erfc, gamma, lgamma, digamma, polygamma } from '@tapeflow/autodiff/extend';
import { sinc } from '../../elementwise/special.ts';
import { roundHalfEven } from './round.ts';

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

export function addLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = (xa + xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function subLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = (xa - xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function mulLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = (xa * xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function mulI32Loop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = Math.imul(xa, xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function divLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = (xa / xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function modLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = (xa - xb * Math.floor(xa / xb));
    aAt += aStep;
    bAt += bStep;
  }
}

export function negLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = (-xa);
    aAt += aStep;
  }
}

export function absLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.abs(xa);
    aAt += aStep;
  }
}

export function signLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.sign(xa);
    aAt += aStep;
  }
}

export function squareLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = (xa * xa);
    aAt += aStep;
  }
}

export function squareI32Loop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.imul(xa, xa);
    aAt += aStep;
  }
}

export function minLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = Math.min(xa, xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function maxLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = Math.max(xa, xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function floorLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.floor(xa);
    aAt += aStep;
  }
}

export function ceilLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.ceil(xa);
    aAt += aStep;
  }
}

export function roundLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = roundHalfEven(xa);
    aAt += aStep;
  }
}

export function truncLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.trunc(xa);
    aAt += aStep;
  }
}

export function sqrtLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.sqrt(xa);
    aAt += aStep;
  }
}

export function cbrtLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.cbrt(xa);
    aAt += aStep;
  }
}

export function expLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.exp(xa);
    aAt += aStep;
  }
}

export function expm1Loop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.expm1(xa);
    aAt += aStep;
  }
}

export function logLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.log(xa);
    aAt += aStep;
  }
}

export function log1pLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.log1p(xa);
    aAt += aStep;
  }
}

export function powLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = (xa ** xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function hypotLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = Math.hypot(xa, xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function sinLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.sin(xa);
    aAt += aStep;
  }
}

export function cosLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.cos(xa);
    aAt += aStep;
  }
}

export function tanLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.tan(xa);
    aAt += aStep;
  }
}

export function asinLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.asin(xa);
    aAt += aStep;
  }
}

export function acosLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.acos(xa);
    aAt += aStep;
  }
}

export function atanLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.atan(xa);
    aAt += aStep;
  }
}

export function atan2Loop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = Math.atan2(xa, xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function sinhLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.sinh(xa);
    aAt += aStep;
  }
}

export function coshLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.cosh(xa);
    aAt += aStep;
  }
}

export function tanhLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.tanh(xa);
    aAt += aStep;
  }
}

export function asinhLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.asinh(xa);
    aAt += aStep;
  }
}

export function acoshLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.acosh(xa);
    aAt += aStep;
  }
}

export function atanhLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = Math.atanh(xa);
    aAt += aStep;
  }
}

export function sigmoidLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = (((xa < 0 ? 1 : 0) ? Math.exp((-Math.abs(xa))) : 1) / (1 + Math.exp((-Math.abs(xa)))));
    aAt += aStep;
  }
}

export function softplusLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = (Math.max(xa, 0) + Math.log1p(Math.exp((-Math.abs(xa)))));
    aAt += aStep;
  }
}

export function erfLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = erf(xa);
    aAt += aStep;
  }
}

export function erfcLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = erfc(xa);
    aAt += aStep;
  }
}

export function gammaLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = gamma(xa);
    aAt += aStep;
  }
}

export function lgammaLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = lgamma(xa);
    aAt += aStep;
  }
}

export function digammaLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = digamma(xa);
    aAt += aStep;
  }
}

export function polygammaLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = polygamma(xa, xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function sincLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = sinc(xa);
    aAt += aStep;
  }
}

export function xlogyLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = ((xa === 0 ? 1 : 0) ? 0 : (xa * Math.log(xb)));
    aAt += aStep;
    bAt += bStep;
  }
}

export function lessLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = (xa < xb ? 1 : 0);
    aAt += aStep;
    bAt += bStep;
  }
}

export function lessEqualLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = (xa <= xb ? 1 : 0);
    aAt += aStep;
    bAt += bStep;
  }
}

export function equalLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = (xa === xb ? 1 : 0);
    aAt += aStep;
    bAt += bStep;
  }
}

export function notEqualLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = (1 - (xa === xb ? 1 : 0));
    aAt += aStep;
    bAt += bStep;
  }
}

export function isFiniteLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = (Number.isFinite(xa) ? 1 : 0);
    aAt += aStep;
  }
}

export function isNaNLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = (1 - (xa === xa ? 1 : 0));
    aAt += aStep;
  }
}

export function andLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = (xa & xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function orLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = (xa | xb);
    aAt += aStep;
    bAt += bStep;
  }
}

export function xorLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    out[at + i] = ((xa | xb) & (1 - (xa & xb)));
    aAt += aStep;
    bAt += bStep;
  }
}

export function notLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    out[at + i] = (1 - xa);
    aAt += aStep;
  }
}

export function selectLoop(out: Numbers, at: number, length: number, a: Numbers, aAt: number, aStep: number, b: Numbers, bAt: number, bStep: number, c: Numbers, cAt: number, cStep: number): void {
  for (let i = 0; i < length; i++) {
    const xa = a[aAt]!;
    const xb = b[bAt]!;
    const xc = c[cAt]!;
    out[at + i] = (xa ? xb : xc);
    aAt += aStep;
    bAt += bStep;
    cAt += cStep;
  }
}
