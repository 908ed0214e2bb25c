/** @file Finds the links of a Markdown file and says which of them lead nowhere. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import type { TextFile } from '../files.ts';

/** How many links a document has within the repository, and one complaint per link that does not resolve. */
export interface LinkReport {
  readonly count: number;
  readonly complaints: readonly string[];
}

/**
 * Checks every relative link and picture of `document`, with the heading it points to. Links to other sites are not followed.
 *
 * @param unwritten documents by path that count as there although they are on no disk.
 */
export function checkLinks(root: string, document: TextFile, unwritten: ReadonlyMap<string, string> = new Map()): LinkReport {
  const complaints: string[] = [];
  let count = 0;
  withoutCode(document.text).split('\n').forEach((line, index) => {
    for (const target of linksOf(line)) {
      if (/^([a-z]+:|\/\/)/i.test(target)) continue;
      count++;
      const complaint = problemWith(root, document, decodeURI(target), unwritten);
      if (complaint !== undefined) complaints.push(`${document.path}:${index + 1}: ${target} ${complaint}`);
    }
  });
  return { count, complaints };
}

/** The anchors that a reader of `markdown` can link to, as GitHub makes them from headings. */
export function anchorsOf(markdown: string): Set<string> {
  const anchorFor = anchorMaker();
  const headings = [...withoutCodeBlocks(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)];
  const anchors = new Set(headings.map(([, heading = '']) => anchorFor(heading)));
  for (const [, id = ''] of markdown.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

/** Gives the headings of one document their anchors, in the order in which they stand there. */
export function anchorMaker(): (heading: string) => string {
  const seen = new Map<string, number>();
  return (heading) => {
    const plain = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
    const slug = plain.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  };
}

function linksOf(line: string): string[] {
  const inline = [...line.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const references = [...line.matchAll(/^\s*\[[^\]]+\]:\s+(\S+)/g)];
  const pictures = [...line.matchAll(/<img\b[^>]*\bsrc="([^"]+)"/g)];
  return [...inline, ...references, ...pictures].map((match) => match[1] ?? '');
}

function problemWith(root: string, document: TextFile, target: string, unwritten: ReadonlyMap<string, string>): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? join(root, document.path) : normalize(join(root, dirname(document.path), path));
  if (relative(root, file).startsWith('..')) return 'leads out of the repository.';
  const text = unwritten.get(relative(root, file).replaceAll('\\', '/'));
  if (text !== undefined) return anchor === undefined || anchorsOf(text).has(anchor) ? undefined : `has no heading '#${anchor}'.`;
  if (!existsSync(file)) return 'does not exist.';
  if (anchor === undefined || !file.endsWith('.md') || statSync(file).isDirectory()) return undefined;
  return anchorsOf(readFileSync(file, 'utf8')).has(anchor) ? undefined : `has no heading '#${anchor}'.`;
}

// Keeps line numbers: code is replaced by as many empty lines.
function withoutCode(markdown: string): string {
  return withoutCodeBlocks(markdown).replace(/`[^`\n]*`/g, '``');
}

function withoutCodeBlocks(markdown: string): string {
  return markdown.replace(/^(\s*)(```+|~~~+)[^\n]*\n[\s\S]*?^\s*\2\s*$/gm, (block) => block.replace(/[^\n]/g, ''));
}
