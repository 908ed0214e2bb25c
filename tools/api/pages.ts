/** @file The API as Markdown: one page per package, and one that lists them. */
import { anchorMaker } from '../docs/links.ts';
import type { ApiEntry, ApiName, ApiPackage } from './model.ts';

/** Where the pages are written, from the root. */
export const API_FOLDER = 'docs/api';

/** The pages by path from the root. */
export function apiPages(packages: readonly ApiPackage[]): Map<string, string> {
  const pages = new Map(packages.map((each) => [`${API_FOLDER}/${each.folder}.md`, packagePage(each)]));
  return pages.set(`${API_FOLDER}/README.md`, overview(packages));
}

function overview(packages: readonly ApiPackage[]): string {
  const rows = packages.map(({ folder, name, description, entries }) => {
    const count = entries.reduce((sum, { groups }) => sum + groups.reduce((inner, { names }) => inner + names.length, 0), 0);
    return `| [${name}](${folder}.md) | ${description} | ${count} |`;
  });
  return ['# API', '', MADE, '', '| package | is | names |', '|---|---|---|', ...rows, ''].join('\n');
}

const MADE = 'Made from the docstrings by `npm run api`; not to be edited.';

function packagePage({ folder, name, description, hasReadme, entries }: ApiPackage): string {
  const anchorFor = anchorMaker();
  anchorFor(name);
  const sections = entries.map((entry) => entrySection(entry, anchorFor));
  return [
    `# ${name}`,
    '',
    `${description} ${hasReadme ? `[About this package](../../packages/${folder}/README.md) · ` : ''}[all packages](README.md)`,
    '',
    MADE,
    '',
    ...sections.flatMap(({ contents }) => contents),
    '',
    ...sections.flatMap(({ body }) => body),
  ].join('\n');
}

/** The lines of an entry point, and its lines of the list of contents. */
function entrySection({ specifier, about, groups }: ApiEntry, anchorFor: (heading: string) => string): { contents: string[]; body: string[] } {
  const heading = `\`${specifier}\``;
  const contents = [`- [${heading}](#${anchorFor(heading)})`];
  const body = [`## ${heading}`, '', prose(about), ''];
  for (const { title, names } of groups) {
    if (title !== '') {
      anchorFor(title);
      body.push(`### ${escaped(title)}`, '');
    }
    const links = names.map(({ name }) => `[\`${name}\`](#${anchorFor(name)})`);
    contents.push(`  - ${title === '' ? '' : `${escaped(title)}: `}${links.join(', ')}`);
    for (const each of names) body.push(...nameSection(each));
  }
  return { contents, body };
}

function nameSection({ name, signature, documentation, source }: ApiName): string[] {
  const text = documentation === '' ? [] : [prose(documentation), ''];
  // The language is TypeScript; a fence of `ts` would say that the block can be run.
  return [`#### ${name}`, '', '```mts', signature, '```', '', ...text, `[${source.path}](../../${source.path}#L${source.line})`, ''];
}

/** A docstring as Markdown: aligned facts (`Error     O(h²)`) and tags become lists. */
export function prose(documentation: string): string {
  const lines: string[] = [];
  for (const line of documentation.split('\n')) {
    const fact = /^([A-Z][a-z]+)\s{2,}(\S.*)$/.exec(line);
    const tag = /^@(param|throws|returns|deprecated|see)\b\s*(.*)$/.exec(line);
    const item = fact !== null ? `- **${fact[1]}** ${escaped(fact[2]!)}` : tag !== null ? `- ${tagText(tag[1]!, tag[2]!)}` : undefined;
    const previous = lines.at(-1) ?? '';
    if (item === undefined) lines.push(previous.startsWith('- **') && line !== '' ? `  ${escaped(line.trim())}` : escaped(line));
    else {
      if (previous !== '' && !/^(- | {2})/.test(previous)) lines.push('');
      lines.push(item);
    }
  }
  return lines.join('\n').trim();
}

function tagText(tag: string, rest: string): string {
  if (tag === 'param') {
    const [, name = '', text = ''] = /^(\S+)\s*(.*)$/.exec(rest) ?? [];
    return `**\`${name}\`** ${escaped(text)}`;
  }
  const words: Readonly<Record<string, string>> = { throws: 'Throws', returns: 'Returns', deprecated: 'Deprecated', see: 'See' };
  return `**${words[tag] ?? tag}** ${escaped(rest)}`;
}

/** Text in which nothing becomes an HTML tag, with {@link X} and references to literature followed. */
function escaped(text: string): string {
  const parts = text.replace(/\{@link (\S+?)\}/g, '`$1`').split(/(`[^`]*`)/);
  return parts.map((part, k) => (k % 2 === 1 ? part : part.replaceAll('<', '\\<').replace(/\[([A-Z][A-Za-z]+\d{4}[a-z]?)([^\]]*)\](?!\()/g, '[[$1$2]](../references.md)'))).join('');
}
