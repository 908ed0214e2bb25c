/** @file The header of an npy file: a Python literal with three keys, read by its grammar and by nothing that could run it. */
import { bytesOfKind, countOf, type ElementKind } from './elements.ts';
import { FileFormatError, type FileReason } from './errors.ts';
import { Scanner } from './scanner.ts';

/** Longest header that is read, as in NumPy. */
const MAX_HEADER = 10_000;
/** Most axes that NumPy knows. */
export const MAX_RANK = 64;
const MAGIC: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** What a header says. */
export interface NpyHeader {
  readonly kind: ElementKind;
  readonly little: boolean;
  /** Fortran order: the first axis is the fastest. */
  readonly columnMajor: boolean;
  readonly shape: readonly number[];
  readonly count: number;
  /** Where the elements begin. */
  readonly dataAt: number;
}

const KINDS: Readonly<Record<string, ElementKind>> = {
  f2: 'f16', f4: 'f32', f8: 'f64', b1: 'bool', i1: 'i8', i2: 'i16', i4: 'i32', i8: 'i64', u1: 'u8', u2: 'u16', u4: 'u32', u8: 'u64',
};

/** Advice by the letter of a NumPy type that is not read. */
const CURES: Readonly<Record<string, string>> = {
  O: 'Objects are pickled Python, which could run anything. Save numbers: np.save(name, array.astype("f8")).',
  c: 'Save the parts: np.save(name, array.real) and np.save(name, array.imag), and join them with complex(re, im).',
  V: 'Save each field of the records on its own.',
};

function fail(reason: FileReason, seen: string, advice = 'Write the file again with numpy.save or toNpy.'): never {
  throw new FileFormatError('fromNpy', 'npy', reason, '', seen, advice);
}

/** Reads and checks the header. The elements then fill the rest of the file exactly. */
export function readNpyHeader(file: Uint8Array): NpyHeader {
  if (MAGIC.some((byte, k) => file[k] !== byte)) fail(file.length < MAGIC.length ? 'truncated' : 'not-this-format', 'the file does not begin with \\x93NUMPY.', 'Give the bytes of one .npy file; an .npz file is a zip of several.');
  if (file.length < 10) fail('truncated', `the file ends after ${file.length} bytes, inside its header.`);
  const [major, minor] = [file[6]!, file[7]!];
  if (major < 1 || major > 3 || minor !== 0) fail('version', `the version is ${major}.${minor}.`, 'Versions 1.0, 2.0 and 3.0 are read.');
  const start = major === 1 ? 10 : 12;
  if (file.length < start) fail('truncated', `the file ends after ${file.length} bytes, inside its header.`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  // Before a byte of it is read.
  if (length > MAX_HEADER) fail('header-size', `the header has ${length} bytes, more than ${MAX_HEADER}.`);
  if (start + length > file.length) fail('truncated', `the header has ${length} bytes, but only ${file.length - start} follow.`);
  const { descr, columnMajor, shape } = new HeaderReader(textOf(file.subarray(start, start + length))).read();
  const { kind, little } = elementType(descr);
  if (shape.length > MAX_RANK) fail('shape', `the array has ${shape.length} axes, more than ${MAX_RANK}.`);
  const count = countOf(shape);
  if (count === undefined) return fail('shape', `the shape [${shape.join(', ')}] has more elements than can be counted.`);
  const [needed, seen] = [count * bytesOfKind(kind), file.length - start - length];
  if (needed > seen) fail('truncated', `the shape [${shape.join(', ')}] needs ${needed} bytes of '${descr}', but ${seen} follow the header.`, 'The file was cut off: copy or write it again.');
  if (needed < seen) fail('trailing-bytes', `${seen - needed} bytes follow the last element.`, 'Give the bytes of one array only.');
  return { kind, little, columnMajor, shape, count, dataAt: start + length };
}

/** Keys and values are ASCII, in which all versions agree. */
function textOf(bytes: Uint8Array): string {
  const foreign = bytes.find((byte) => byte > 126);
  if (foreign !== undefined) fail('header', `the header has the byte ${foreign}, which is not ASCII.`);
  return String.fromCharCode(...bytes);
}

function elementType(descr: string): { kind: ElementKind; little: boolean } {
  const [order, type] = [descr[0], descr.slice(1)];
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (kind === undefined || !(order === '<' || order === '>' || (order === '|' && bytesOfKind(kind) === 1))) {
    const letter = type[0] ?? '';
    return fail('dtype', `the elements are '${descr}'.`, (Object.hasOwn(CURES, letter) ? CURES[letter] : undefined) ?? `Save it as one of ${Object.keys(KINDS).join(', ')}: np.save(name, array.astype("f8")).`);
  }
  return { kind, little: order !== '>' };
}

interface Fields {
  descr?: string;
  columnMajor?: boolean;
  shape?: number[];
}

/** `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`, keys in any order. */
class HeaderReader {
  private readonly scanner: Scanner;

  constructor(text: string) {
    this.scanner = new Scanner(text);
  }

  read(): Required<Fields> {
    const seen: Fields = {};
    this.expect('{');
    while (!this.scanner.take('}')) {
      const key = this.string();
      this.expect(':');
      this.field(key, seen);
      if (!this.scanner.take(',')) {
        this.expect('}');
        break;
      }
    }
    if (this.scanner.peek() !== undefined) fail('header', `${this.here()} follows the header.`);
    const { descr, columnMajor, shape } = seen;
    if (descr === undefined || columnMajor === undefined || shape === undefined) {
      return fail('header', `there is no ${descr === undefined ? 'descr' : columnMajor === undefined ? 'fortran_order' : 'shape'} in the header.`);
    }
    return { descr, columnMajor, shape };
  }

  private field(key: string, seen: Fields): void {
    const into = ({ descr: 'descr', fortran_order: 'columnMajor', shape: 'shape' } as const)[key as 'descr'];
    if (into === undefined || !Object.hasOwn({ descr: 0, fortran_order: 0, shape: 0 }, key)) fail('header', `the header has a key ${JSON.stringify(key)}.`);
    if (seen[into] !== undefined) fail('duplicate-key', `the header has ${key} twice.`);
    if (key === 'descr') {
      if (this.scanner.peek() === '[') fail('dtype', 'the elements are records of several fields.', CURES['V']!);
      seen.descr = this.string();
    } else if (key === 'shape') seen.shape = this.tuple();
    else seen.columnMajor = this.scanner.match(/True\b/y) !== undefined ? true : this.scanner.match(/False\b/y) !== undefined ? false : fail('header', `fortran_order is ${this.here()}, not True or False.`);
  }

  private tuple(): number[] {
    const shape: number[] = [];
    this.expect('(');
    while (!this.scanner.take(')')) {
      // Python 2 wrote 3L for long integers.
      const digits = this.scanner.match(/\d+L?/y) ?? fail('header', `the shape has ${this.here()} where a size was expected.`);
      const size = Number(digits.replace('L', ''));
      if (!Number.isSafeInteger(size)) fail('shape', `the shape has a size ${digits}.`);
      shape.push(size);
      if (!this.scanner.take(',')) {
        if (shape.length === 1) fail('header', 'the shape is a number in parentheses, not a tuple.');
        this.expect(')');
        break;
      }
    }
    return shape;
  }

  private string(): string {
    return (this.scanner.match(/'[^'\\]*'|"[^"\\]*"/y) ?? fail('header', `the header has ${this.here()} where a text was expected.`)).slice(1, -1);
  }

  private expect(sign: string): void {
    if (!this.scanner.take(sign)) fail('header', `the header has ${this.here()} where '${sign}' was expected.`);
  }

  private here(): string {
    return this.scanner.rest() ?? 'its end';
  }
}
