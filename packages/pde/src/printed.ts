/** @file What grids, fields and boundaries look like in the console, and that JavaScript arithmetic on them is refused. */
import { TapeflowError } from '@tapeflow/autodiff';

/** How Node asks an object for its text. */
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/**
 * A base class whose instances are printed as this text. Its methods have symbols for names, which a declaration file cannot list.
 * JavaScript arithmetic would give NaN silently: it throws.
 */
export function printedAs<T extends object>(text: (instance: T) => string): new () => object {
  return class {
    [INSPECT](this: T): string {
      return text(this);
    }

    [Symbol.toPrimitive](this: T, hint: string): string {
      if (hint === 'string') return this.toString();
      throw new TapeflowError('coercion', `the ${this.toString()} was used as a JavaScript number.`, 'Write field.mul(2) for 2 * field.');
    }
  };
}

/** Lines with a margin. */
export const indented = (text: string): string => text.split('\n').map((line) => `  ${line}`).join('\n');
