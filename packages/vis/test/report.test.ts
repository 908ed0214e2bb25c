/** @file A report is one file that needs nothing else, lets nothing else in, and takes no text for markup. */

import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { framePictures } from '../src/animation.ts';
import { PlotError } from '../src/errors.ts';
import { heatMap } from '../src/heat-map.ts';
import { renderHtml } from '../src/html.ts';
import { linePlot } from '../src/line-plot.ts';
import { decodePng } from '../src/png/decode.ts';
import { rasterFrom } from '../src/raster.ts';
import { htmlReport, type Report } from '../src/report.ts';
import { PAGE_STYLE, PAGE_STYLE_HASH, PLAYER_SCRIPT, PLAYER_SCRIPT_HASH } from '../src/report-page.ts';
import { element } from '../src/svg.ts';
import { elementsOf, HOSTILE, parseXml, textOf, type XmlElement } from './xml.ts';

const film = Array.from({ length: 4 }, (_, k) => rasterFrom(6, 5, (i, j) => i * j + k));
const frames = framePictures(film, { scale: 1 });

function full(text: string): Report {
  return {
    title: text,
    lead: text,
    facts: [{ label: text, value: text, unit: text, note: text }, { label: 'loss', value: 3.2e-7, unit: 'J' }],
    sections: [
      {
        title: text,
        text: [text, text],
        blocks: [
          { kind: 'plot', plot: linePlot([{ name: text, y: [1, 2] }], { title: text }), caption: text },
          { kind: 'plot', plot: heatMap(rasterFrom(40, 40, (i) => i)) },
          { kind: 'picture', picture: frames[0]!, description: text, caption: text },
          { kind: 'frames', frames, labels: [text, text], description: text, caption: text },
          { kind: 'table', columns: [text, 'b'], rows: [[text, 1], ['x', 2.5]], caption: text },
          { kind: 'code', text, caption: text },
        ],
      },
    ],
    footer: text,
  };
}

/** The page as a tree: HTML's void elements closed and its script and style taken out, the rest has to be well-formed XML. */
function treeOf(html: string): XmlElement {
  expect(html.startsWith('<!doctype html>\n')).toBe(true);
  const withoutRaw = html.replace(/<(script|style)>[^]*?<\/\1>/g, '<$1/>');
  return parseXml(withoutRaw.replace('<!doctype html>\n', '').trim().replace(/<(meta|img|input)((?:\s+[\w-]+="[^"]*")*)>/g, '<$1$2/>'));
}

test('the hashes of the policy are those of the style and script; a change needs the hash shown here', () => {
  const hash = (text: string): string => createHash('sha256').update(text, 'utf8').digest('base64');
  expect(PAGE_STYLE_HASH).toBe(hash(PAGE_STYLE));
  expect(PLAYER_SCRIPT_HASH).toBe(hash(PLAYER_SCRIPT));
});

describe('one file with everything in it', () => {
  const html = htmlReport(full('plain'));
  const elements = elementsOf(treeOf(html));

  test('no address leads outside', () => {
    for (const { name, attributes } of elements) {
      for (const [key, value] of Object.entries(attributes)) {
        if (['src', 'href'].includes(key)) expect(value.startsWith('data:image/png;base64,'), `${name} ${key}`).toBe(true);
        expect(key === 'style' || key.startsWith('on'), `${name} has ${key}`).toBe(false);
      }
      expect(['link', 'iframe', 'object', 'embed', 'base', 'form', 'a']).not.toContain(name);
    }
    expect(html).not.toMatch(/url\(|@import|fetch\(|XMLHttp|WebSocket|eval|innerHTML/);
  });

  test('the policy comes before anything it governs, and allows only what is there', () => {
    const head = elements.find(({ name }) => name === 'head')!;
    const policy = head.children.findIndex((child) => typeof child !== 'string' && child.attributes['http-equiv'] === 'Content-Security-Policy');
    expect(policy).toBeLessThan(2);
    const content = (head.children[policy] as XmlElement).attributes['content']!;
    expect(content).toContain("default-src 'none'");
    expect(content).not.toContain('unsafe');
    const rawTexts = [...html.matchAll(/<(script|style)>([^]*?)<\/\1>/g)];
    expect(rawTexts).toHaveLength(2);
    for (const [, name, text] of rawTexts) expect(content).toContain(`${name}-src 'sha256-${createHash('sha256').update(text!, 'utf8').digest('base64')}'`);
  });

  test('frames are whole pictures, of which one shows; the slider reaches all', () => {
    const player = elements.find(({ attributes }) => attributes['class'] === 'player')!;
    const images = elementsOf(player).filter(({ name }) => name === 'img');
    expect(images.map(({ attributes }) => 'hidden' in attributes)).toEqual([true, true, true, false]);
    images.forEach((image, k) => expect(decodePng(Buffer.from(image.attributes['src']!.slice(22), 'base64'))).toEqual(frames[k]));
    expect(elementsOf(player).find(({ name }) => name === 'input')!.attributes).toMatchObject({ min: '0', max: '3', value: '3' });
  });

  test('numbers stand right in tables, and are written for people', () => {
    const cells = elements.filter(({ name }) => name === 'td');
    expect(cells.map(textOf)).toEqual(['plain', '1', 'x', '2.5']);
    expect(cells.map(({ attributes }) => attributes['class'])).toEqual([undefined, 'number', undefined, 'number']);
    expect(textOf(elements.find(({ name, children }) => name === 'dd' && textOf({ name, attributes: {}, children }).includes('J'))!)).toBe('3.2×10⁻⁷ J');
  });
});

test('a report without frames has no script at all', () => {
  expect(htmlReport({ title: 'a', sections: [{ title: 'b' }] })).not.toContain('<script');
});

test('a player without frames says so', () => {
  const html = htmlReport({ title: 'a', sections: [{ title: 'b', blocks: [{ kind: 'frames', frames: [], description: 'c' }] }] });
  expect(html).toContain('There are no frames.');
  expect(html).not.toContain('class="player"');
});

test.each(HOSTILE)('text stays text wherever it stands: %j', (text) => {
  const tree = treeOf(htmlReport(full(text)));
  // The same elements as with harmless text, but for how many lines of a plot it takes.
  const names = (root: XmlElement): string[] => elementsOf(root).map(({ name }) => name).filter((name) => name !== 'text');
  expect(names(tree)).toEqual(names(treeOf(htmlReport(full('harmless')))));
  const whole = textOf(tree);
  expect(whole.split(text).length - 1).toBeGreaterThanOrEqual(12);
});

test('raw text that would end its element early is refused', () => {
  expect(() => renderHtml(element('script', {}, 'a </script> b'))).toThrow(PlotError);
  expect(() => renderHtml(element('style', {}, '<!-- '))).toThrow(PlotError);
  expect(renderHtml(element('script', {}, "if (a && b) c('x')"))).toBe("<script>if (a && b) c('x')</script>");
});
