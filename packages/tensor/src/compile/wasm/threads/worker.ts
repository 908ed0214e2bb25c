/**
 * @file What workers run, as text: they are made from it without a file, so nothing depends on where a bundler puts this package. A worker
 * has the programs that it was sent, performs chunks of the one that calls, and sleeps while nobody does.
 */

/** Words of the memory that the pool shares with its workers. */
export const WORDS = {
  /** Counts calls. */
  bell: 0,
  /** The program that called last. */
  program: 1,
  /** Workers that sleep. */
  sleepers: 2,
  /** From here on, for each worker, how many messages it has been sent: it must return to its event loop to read them. */
  mail: 16,
} as const;

/** For so many milliseconds a worker that has nothing to do listens, during a call and between calls, before it goes to sleep: waking it up takes as long. */
export const PATIENCE = 1;

/** What the pool tells a worker; `add` comes first with the words and the number of the worker. */
export type Message =
  | { readonly kind: 'start'; readonly words: Int32Array; readonly number: number }
  | { readonly kind: 'add'; readonly id: number; readonly module: WebAssembly.Module; readonly memory: WebAssembly.Memory }
  | { readonly kind: 'remove'; readonly id: number };

/**
 * The source, for Node and for browsers. Garbage collectors do not count shared memory. They count the ballast, of which nothing is ever touched, and so come
 * when they should.
 */
export const WORKER_SOURCE: string = `'use strict';
const isNode = typeof require === 'function';
const port = isNode ? require('node:worker_threads').parentPort : self;
const programs = new Map();
let words, number, received = 0, seen = 0;

function instantiate({ module, memory }) {
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const none = () => { throw new Error('a worker called ' + from + '.' + name); };
    (imports[from] ??= {})[name] = kind === 'memory' ? memory : name === 'now' ? () => performance.now() : from === 'math' && name in Math ? Math[name] : none;
  }
  const ballast = new ArrayBuffer(Math.min(memory.buffer.byteLength, 2 ** 28));
  return { ballast, ...new WebAssembly.Instance(module, imports).exports };
}

function work(id) {
  const program = programs.get(id);
  if (program === undefined) return 0;
  try {
    return program.work(number);
  } catch (error) {
    programs.delete(id);
    program.abandon();
    port.postMessage(String(error));
    return 1;
  }
}

function serve() {
  for (let since = performance.now(); Atomics.load(words, ${WORDS.mail} + number) === received; ) {
    const bell = Atomics.load(words, ${WORDS.bell});
    if (bell !== seen) {
      seen = bell;
      since = work(Atomics.load(words, ${WORDS.program})) === 1 ? 0 : performance.now();
    } else if (performance.now() - since > ${PATIENCE}) {
      Atomics.add(words, ${WORDS.sleepers}, 1);
      Atomics.wait(words, ${WORDS.bell}, bell);
      Atomics.sub(words, ${WORDS.sleepers}, 1);
      since = performance.now();
    }
  }
}

function receive(message) {
  received++;
  try {
    if (message.kind === 'start') ({ words, number } = message);
    else if (message.kind === 'add') programs.set(message.id, instantiate(message));
    else programs.delete(message.id);
  } catch (error) {
    port.postMessage(String(error));
  }
  serve();
}

if (isNode) port.on('message', receive);
else self.onmessage = ({ data }) => receive(data);
`;
