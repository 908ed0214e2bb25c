/** @file Numbers and words for people: short numbers, plurals, the width of a text, lines that fit. */

/**
 * A number as a person would write it, with so many significant digits at most: 0.25, 1 200, 3.1×10⁻⁷, −4.
 * What is not finite is named.
 */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const [mantissa = '', exponent = '0'] = value.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  if (power >= -4 && power <= 5) return minus(String(Number(value.toPrecision(digits))));
  return scientific(String(Number(mantissa)), power);
}

/** A mantissa times a power of ten; a mantissa of 1 is not written. */
export function scientific(mantissa: string, power: number): string {
  const ten = `10${superscript(power)}`;
  if (mantissa === '1') return ten;
  return mantissa === '-1' ? `−${ten}` : `${minus(mantissa)}×${ten}`;
}

/** A real minus sign instead of a hyphen. */
export function minus(number: string): string {
  return number.replace('-', '−');
}

/** `1 point`, `3 points`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A name and its unit as they stand on an axis: `time [s]`. */
export function labelled({ label = '', unit }: { readonly label?: string; readonly unit?: string }): string {
  return unit === undefined ? label : `${label} [${unit}]`.trimStart();
}

/** Roughly how wide a text is in a usual sans-serif face; a little generous, so that things do not touch. */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) {
    if (/[ijltfrI1.,:;'|!()[\]⁰¹²³⁴⁵⁶⁷⁸⁹⁻ ]/.test(character)) ems += 0.36;
    else if (/[mwMW@%]/.test(character)) ems += 0.92;
    else if (/[A-Z]/.test(character)) ems += 0.7;
    else ems += character.charCodeAt(0) > 0x2e80 ? 1.05 : 0.59;
  }
  return ems * size;
}

/** A text cut at spaces into lines that fit a width. A single longer word keeps its line. */
export function wrapText(text: string, width: number, size: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}

/** A text shortened with an ellipsis so that it fits a width. */
export function fitText(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size) > width) characters.pop();
  return `${characters.join('')}…`;
}

function superscript(power: number): string {
  return [...String(power)].map((digit) => (digit === '-' ? '⁻' : ('⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? ''))).join('');
}
