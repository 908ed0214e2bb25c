/** @file Looking into programs: pictures that Graphviz reads, memory and bytes, JavaScript, and measured times. */
import { describe, expect, test } from 'vitest';
import { grad } from '@tapeflow/autodiff';
import { inspect, jit, l2, mul, NotInspectableError, scan, scalar, sin, sum, tensor, whileLoop, less, type Jitted, type MemoryReport, type Scalar, type Tensor } from '../../../src/index.ts';
import { start, step } from '../smoke.ts';
import { BACKENDS } from '../support.ts';
import { parseDot } from './dot-language.ts';

type Line = Tensor<'x'>;
const N = 1000;
const u: Line = tensor({ x: N }, Array.from({ length: N }, (_, k) => k / N));

describe.each(BACKENDS)('on %s', (backend) => {
  test('a picture of memory, kernels and loops', () => {
    const f = jit((a: Line) => scan((c: Line) => [sin(c), sum(c)] as const, a, 7), { backend });
    const { nodes, edges, clusters } = parseDot(inspect(f, u).toGraphviz());
    expect(clusters).toEqual(['7 times']);
    expect(nodes.get('input0')).toEqual({ shape: 'ellipse', label: `input0\nf32 × ${N}` });
    const kernels = [...nodes].filter(([, { shape }]) => shape === 'box').map(([name]) => name);
    expect(kernels.length).toBeGreaterThan(0);
    for (const { from, to } of edges) expect([from, to].filter((name) => !nodes.has(name))).toEqual([]);
    // Every edge joins work with memory.
    for (const { from, to } of edges) expect(kernels.includes(from)).not.toBe(kernels.includes(to));
    for (const name of kernels) expect(edges.some(({ from, to }) => from === name || to === name)).toBe(true);
  });
  test('the smoke step, with its loops that are decided as they run, is a graph too', { timeout: 60_000 }, () => {
    const picture = parseDot(inspect(jit(step, { backend }), start(), scalar(0.1)).toGraphviz());
    expect(picture.nodes.size).toBeGreaterThan(20);
    expect(picture.clusters.some((label) => label.startsWith('while '))).toBe(true);
  });
  test('memory and bytes of a chain', () => {
    const program = inspect(jit((a: Line) => sin(mul(a, 2)), { backend }), u);
    expect(program.backend).toBe(backend);
    expect(program.bytes).toEqual({ read: 4 * N, written: 4 * N });
    expect(program.work).toMatchObject([{ name: 'kernel0', times: 1, equations: expect.any(Number), bytesRead: 4 * N, bytesWritten: 4 * N }]);
    expect(program.memory.inputs).toBe(4 * N);
    expect(program.memory.peak).toBeGreaterThanOrEqual(2 * 4 * N);
    expect(program.memory.peak).toBeLessThan(2 * 4 * N + 200);
    expect(String(program)).toContain(`for x < ${N}`);
  });
  test('values that are not needed at the same time share memory', () => {
    const memoryOf = (length: number): MemoryReport => inspect(jit((a: Line) => Array.from({ length }).reduce((b: Line) => b.sub(sum(b)), a), { backend }), u).memory;
    const [short, long] = [memoryOf(6), memoryOf(12)];
    expect(long.unshared - short.unshared).toBeGreaterThanOrEqual(6 * 4 * N);
    expect(long.peak - short.peak).toBeLessThan(4 * N);
  });
  test('how often work is done', () => {
    const fixed = inspect(jit((a: Line) => scan((c: Line) => [sin(c), undefined] as const, a, 9)[0], { backend }), u);
    expect(fixed.work.map(({ times }) => times)).toContain(9);
    expect(fixed.bytes.written).toBeGreaterThanOrEqual(9 * 4 * N);
    const open = inspect(jit((a: Line) => whileLoop((c: Line) => less(1, l2(c)) as never, (c: Line) => c.mul(0.5), a), { backend }), u);
    expect(open.work.some(({ times }) => times === undefined)).toBe(true);
  });
  test('measured times, as a table', () => {
    const f = jit((a: Line) => scan((c: Line) => [sin(c).sub(sum(c)), undefined] as const, a, 9)[0], { backend });
    const program = inspect(f, u);
    const profile = program.profile(5);
    expect(profile.repeats).toBe(5);
    expect(profile.work.map(({ name }) => name)).toEqual(program.work.map(({ name }) => name));
    expect(profile.work.map(({ calls }) => calls)).toEqual(program.work.map(({ times }) => times));
    const total = profile.work.reduce((ms, work) => ms + work.milliseconds, 0);
    expect(total).toBeGreaterThan(0);
    expect(profile.bytes).toBe(program.bytes.read + program.bytes.written);
    const [head, ...rows] = String(profile).split('\n');
    expect(head).toMatch(/^ *ms +share +calls +read +written +GB\/s +work +last of its equations$/);
    expect(rows).toHaveLength(profile.work.length + 1);
    const column = head!.indexOf('work');
    for (const row of rows.slice(0, -1)) expect(row.slice(column)).toMatch(/^(kernel|clear)\d+/);
  });
});

test('JavaScript is printed for any backend, and is what js runs', () => {
  const text = (backend: 'js' | 'wasm'): string => inspect(jit((a: Line) => sin(a), { backend }), u).toJavaScript();
  expect(text('wasm')).toBe(text('js'));
  expect(text('js')).toContain('result0[x] = Math.sin(input0[x]);');
});

test('inspecting traces, but does not call; calls afterwards use the program', () => {
  const f = jit((a: Line) => sin(a));
  inspect(f, u);
  f(u);
  expect(f.report()).toMatchObject({ calls: 1, traces: 1 });
});

test('what is no program is refused', () => {
  const plain = ((a: Line) => sin(a)) as unknown as Jitted<[Line], Line>;
  expect(() => inspect(plain, u)).toThrow(NotInspectableError);
  const f = jit((a: Line) => l2(a) as Scalar);
  expect(() => grad((a: Line) => (inspect(f, a), f(a)))(u)).toThrow(NotInspectableError);
});

test('texts that would end a label stay inside of it', () => {
  expect(() => parseDot('digraph a { "b" [label="c"d"]; }')).toThrow(SyntaxError);
  expect(parseDot('digraph a { "b\\"c" -> d [label="\\\\"]; }').edges).toEqual([{ from: 'b"c', to: 'd', attributes: { label: '\\' } }]);
});
