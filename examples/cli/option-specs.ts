/** @file Typed descriptions of command-line options, from which values, checks and help are derived. */

interface Described {
  /** What the option does, as a phrase without a full stop. */
  readonly description: string;
  /** Unit of the value, shown in help. */
  readonly unit?: string;
}

/** Any text. */
export interface TextOption extends Described {
  readonly kind: 'text';
  readonly default?: string;
}

/** A whole number within bounds (both included). */
export interface IntegerOption extends Described {
  readonly kind: 'integer';
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  /** The value must be a multiple of this. */
  readonly multipleOf?: number;
}

/** A finite number within bounds (both included unless `above` is given, which is not). */
export interface NumberOption extends Described {
  readonly kind: 'number';
  readonly default: number;
  readonly minimum?: number;
  /** The value must be greater than this. */
  readonly above?: number;
  readonly maximum?: number;
}

/** One of a few words or numbers. */
export interface ChoiceOption extends Described {
  readonly kind: 'choice';
  readonly choices: readonly (string | number)[];
  readonly default: string | number;
}

/** Present or not; takes no value. */
export interface FlagOption extends Described {
  readonly kind: 'flag';
}

/** A file to read: must exist and be a file. The value is an absolute path. */
export interface FileOption extends Described {
  readonly kind: 'file';
  readonly default?: string;
  /** What help says instead of a long default path. */
  readonly defaultName?: string;
}

/** A folder to write to, made when needed. The value is an absolute path. */
export interface FolderOption extends Described {
  readonly kind: 'folder';
  readonly default?: string;
}

/** Any option. */
export type OptionSpec = TextOption | IntegerOption | NumberOption | ChoiceOption | FlagOption | FileOption | FolderOption;

/** The options of an example by name, without the leading dashes. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The type of an option's value. */
export type OptionValue<Spec extends OptionSpec> = Spec extends { readonly kind: 'integer' | 'number' }
  ? number
  : Spec extends { readonly kind: 'flag' }
    ? boolean
    : Spec extends { readonly kind: 'choice'; readonly choices: readonly (infer Choice)[] }
      ? Choice
      : Spec extends { readonly default: string }
        ? string
        : string | undefined;

/** The values an example receives, by option name. */
export type OptionValues<Specs extends OptionSpecs> = { readonly [Name in keyof Specs]: OptionValue<Specs[Name]> };
