/** @file A plain GIF reader for tests, written from the specification: colours of every frame, delays, loops. */

export interface ReadGif {
  width: number;
  height: number;
  loops: number | undefined;
  frames: { delay: number; colours: number[][] }[];
}

export function readGif(file: Uint8Array): ReadGif {
  const word = (at: number): number => file[at]! + 256 * file[at + 1]!;
  if (Buffer.from(file.slice(0, 6)).toString('latin1') !== 'GIF89a') throw new Error('no GIF');
  const gif: ReadGif = { width: word(6), height: word(8), loops: undefined, frames: [] };
  if (!(file[10]! & 0x80)) throw new Error('no palette');
  const colours = 2 ** ((file[10]! & 7) + 1);
  const palette = Array.from({ length: colours }, (_, i) => Array.from(file.slice(13 + 3 * i, 16 + 3 * i)));
  let at = 13 + 3 * colours;
  let delay = 0;
  const readBlocks = (): number[] => {
    const bytes: number[] = [];
    while (file[at] !== 0) {
      bytes.push(...file.slice(at + 1, at + 1 + file[at]!));
      at += file[at]! + 1;
      if (at >= file.length) throw new Error('blocks run past the end');
    }
    at++;
    return bytes;
  };
  while (file[at] !== 0x3b) {
    if (file[at] === 0x21) {
      const label = file[at + 1];
      at += 2;
      const bytes = readBlocks();
      if (label === 0xf9) delay = bytes[1]! + 256 * bytes[2]!;
      else if (label === 0xff && Buffer.from(bytes.slice(0, 11)).toString() === 'NETSCAPE2.0') gif.loops = bytes[12]! + 256 * bytes[13]!;
      else throw new Error('an unknown extension');
    } else if (file[at] === 0x2c) {
      if (word(at + 5) !== gif.width || word(at + 7) !== gif.height || file[at + 9] !== 0) throw new Error('an unexpected image');
      const bits = file[at + 10]!;
      at += 11;
      const indices = decompress(readBlocks(), bits);
      if (indices.length !== gif.width * gif.height) throw new Error(`${indices.length} pixels`);
      gif.frames.push({ delay: delay * 10, colours: indices.map((index) => palette[index]!) });
    } else throw new Error(`an unknown block ${file[at]}`);
  }
  if (at !== file.length - 1) throw new Error('bytes after the trailer');
  return gif;
}

function decompress(bytes: number[], bits: number): number[] {
  const clear = 2 ** bits;
  let table: number[][] = [];
  let size = 0;
  const reset = (): void => {
    table = Array.from({ length: clear + 2 }, (_, i) => (i < clear ? [i] : []));
    size = bits + 1;
  };
  const out: number[] = [];
  let position = 0;
  let previous: number[] | undefined;
  reset();
  for (;;) {
    let code = 0;
    for (let k = 0; k < size; k++, position++) code += ((bytes[position >> 3]! >> (position & 7)) & 1) * 2 ** k;
    if (position > bytes.length * 8) throw new Error('codes run past the end');
    if (code === clear) {
      reset();
      previous = undefined;
    } else if (code === clear + 1) {
      if (bytes.length * 8 - position >= 8) throw new Error('bytes after the end code');
      return out;
    } else {
      const entry = code < table.length ? table[code]! : previous !== undefined && code === table.length ? [...previous, previous[0]!] : undefined;
      if (entry === undefined || entry.length === 0) throw new Error(`code ${code} of ${table.length}`);
      for (const index of entry) out.push(index);
      if (previous !== undefined && table.length < 4096) {
        table.push([...previous, entry[0]!]);
        if (table.length === 2 ** size && size < 12) size++;
      }
      previous = entry;
    }
  }
}
