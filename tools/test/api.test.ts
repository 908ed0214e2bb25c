/** @file The API reference: everything an entry point exports is there, under its heading, as a user sees it, with links that lead somewhere. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readApi, type ApiPackage } from '../api/model.ts';
import { apiPages, prose } from '../api/pages.ts';
import { checkLinks } from '../docs/links.ts';

const FILES: Readonly<Record<string, string>> = {
  'docs/references.md': '# References\n\n- **Stam1999** Stable fluids.\n',
  'packages/fluid/README.md': '# fluid\n',
  'packages/fluid/package.json': JSON.stringify({
    name: '@tapeflow/fluid',
    version: '1.0.0',
    description: 'Fluids.',
    exports: { '.': { 'tapeflow-source': './src/index.ts' }, './extend': { 'tapeflow-source': './src/extend.ts' }, './package.json': './package.json' },
  }),
  'packages/fluid/src/index.ts': [
    '/** @file @tapeflow/fluid: things that flow. */',
    '',
    '// Making',
    "export { Flow, flow as makeFlow, type FlowOptions } from './flow.ts';",
    "export { still } from './flow.ts';",
    '',
    '// moving',
    "export * as advect from './advect.ts';",
  ].join('\n'),
  'packages/fluid/src/extend.ts': "/** @file For authors. */\nexport * from './advect.ts';\n",
  'packages/fluid/src/advect.ts': '/** @file Advection. */\n/**\n * Upwind.\n *\n * Error     O(h)\n * Source    [Stam1999, eq. 3]\n */\nexport function upwind(a: Array<number>): Array<number> { return a; }\n',
  'packages/fluid/src/flow.ts': `/** @file Flows. */
/** How to make one. */
export interface FlowOptions {
  /** Speed. */
  readonly speed?: number;
}
/** A flow. */
export class Flow {
  /** Its speed. */
  readonly speed: number;
  private readonly secret: number = 1;
  #hidden: number = 2;
  constructor(speed: number) { this.speed = speed; }
  /** Twice. */
  faster(): Flow { return new Flow(this.speed * 2 + this.secret + this.#hidden); }
  private helper(): void {}
}
/** By number. */
export function flow(speed: number): Flow;
export function flow(options: FlowOptions): Flow;
export function flow(from: number | FlowOptions): Flow { return new Flow(typeof from === 'number' ? from : 1); }
/** No flow at all, < 1e-9 m/s. */
export const still: Flow = new Flow(0);
`,
};

let root: string;
let api: ApiPackage[];
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tapeflow-api-'));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  api = readApi(root);
});
afterAll(() => rmSync(root, { recursive: true }));

test('names come in the order of the catalogue, under its headings', () => {
  const [main, extend] = api[0]!.entries;
  expect(main!.about).toBe('@tapeflow/fluid: things that flow.');
  expect(main!.groups.map(({ title, names }) => [title, ...names.map(({ name }) => name)])).toEqual([['Making', 'Flow', 'makeFlow', 'FlowOptions', 'still'], ['Moving', 'advect.upwind']]);
  expect(extend!.groups.map(({ title, names }) => [title, ...names.map(({ name }) => name)])).toEqual([['', 'upwind']]);
});

test('signatures have neither bodies nor what is private', () => {
  const named = new Map(api[0]!.entries.flatMap(({ groups }) => groups.flatMap(({ names }) => names.map((each) => [each.name, each]))));
  expect(named.get('Flow')!.signature).toBe(`class Flow {
  /** Its speed. */
  readonly speed: number;
  constructor(speed: number);
  /** Twice. */
  faster(): Flow;
}`);
  expect(named.get('makeFlow')!.signature).toBe('function flow(speed: number): Flow;\nfunction flow(options: FlowOptions): Flow;\n// exported as makeFlow');
  const path = 'packages/fluid/src/flow.ts';
  const line = 1 + FILES[path]!.split('\n').findIndex((text) => text.includes('function flow(speed'));
  expect(named.get('makeFlow')).toMatchObject({ documentation: 'By number.', source: { path, line } });
  expect(named.get('still')!.signature).toBe('const still: Flow;');
  expect(named.get('FlowOptions')!.signature).toContain('/** Speed. */\n  readonly speed?: number;');
  expect(named.get('upwind')!.signature).toBe('function upwind(a: Array<number>): Array<number>;');
});

describe('pages', () => {
  test('have links that lead somewhere, from every name to its heading', () => {
    const pages = apiPages(api);
    expect([...pages.keys()]).toEqual(['docs/api/fluid.md', 'docs/api/README.md']);
    let links = 0;
    for (const [path, text] of pages) {
      const { complaints, count } = checkLinks(root, { path, text }, pages);
      expect(complaints).toEqual([]);
      links += count;
    }
    // Six names, each in the contents and with its source, two entry points, the reference and the links between pages.
    expect(links).toBeGreaterThanOrEqual(6 * 2 + 2 + 1 + 3);
    // Flow and flow would have one anchor.
    expect(pages.get('docs/api/fluid.md')).toContain('[`Flow`](#flow)');
  });

  test('link checks fail where a page or heading is missing', () => {
    const pages = apiPages(api);
    const broken = { path: 'docs/api/fluid.md', text: '[a](#nothing) [b](gone.md) [c](README.md#nothing)' };
    expect(checkLinks(root, broken, pages).complaints).toHaveLength(3);
  });

  test('code is highlighted but not run', () => {
    expect(apiPages(api).get('docs/api/fluid.md')).not.toMatch(/```(ts|js)\n/);
  });
});

describe('prose', () => {
  test('aligned facts and tags become lists, references links, and nothing markup', () => {
    expect(prose('Moves a < b.\n\nError     O(h)\n          at best\nSource    [Stam1999, eq. 3]\n\n@param a the value.\n@throws PlotError for `a<b>`.')).toBe(
      ['Moves a \\< b.', '', '- **Error** O(h)', '  at best', '- **Source** [[Stam1999, eq. 3]](../references.md)', '', '- **`a`** the value.', '- **Throws** PlotError for `a<b>`.'].join('\n'),
    );
  });
  test('names with an @ stay what they are', () => {
    expect(prose('@tapeflow/fluid: things that flow.')).toBe('@tapeflow/fluid: things that flow.');
  });
});
