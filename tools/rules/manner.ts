/** @file Rules about how files are written. */
import { isSource, isTypeScript, type Rule } from './rule.ts';

/** Every file says in one sentence what it is. */
export const fileSentence: Rule = {
  title: 'every TypeScript file opens with /** @file one sentence. */',
  complaints: ({ files }) => files
    .filter(({ path, text }) => isTypeScript(path) && !/^(#!.*\n)?\/\*\*\s(\s?\*\s)?\s*@file\s\S/.test(text))
    .map(({ path }) => `${path}: begin with /** @file … */.`),
};

/** Files work on any machine. */
export const noMachinePaths: Rule = {
  title: 'no absolute paths of somebody’s machine',
  complaints: ({ files }) => {
    const folders = ['home', 'Users', 'root', 'work', 'tmp', 'private'].join('|');
    const path = new RegExp(`(^|[\\s"'\`(=:,])(file://)?/(${folders})/\\w|[A-Z]:\\\\\\\\?Users\\\\`);
    return places(files, (line) => path.test(line), (line) => `names a path of one machine: ${line.trim().slice(0, 100)}`);
  },
};

/** `as unknown as` and `@ts-ignore` switch the compiler off; a cast needs a comment that says why it is right. */
export const noBlindCasts: Rule = {
  title: 'sources contain no @ts-ignore, and no `as unknown as` without a reason in the line above',
  complaints: ({ files }) => places(
    files.filter(({ path }) => isSource(path)),
    (line, above) => /@ts-(ignore|nocheck)/.test(line) || (/\bas unknown as\b/.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(above)),
    (line) => `switches the compiler off: ${line.trim().slice(0, 100)}`,
  ),
};

/** A source named in a docstring is in the list of references. */
export const knownReferences: Rule = {
  title: 'every [Key1999] under Source is in docs/references.md',
  complaints: ({ files }) => {
    const list = files.find(({ path }) => path === 'docs/references.md')?.text ?? '';
    const known = new Set([...list.matchAll(/^- \*\*([A-Z]\w+\d{4}[a-z]?)\*\*/gm)].map((match) => match[1]));
    return files.filter(({ path }) => isSource(path)).flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => [...line.matchAll(/\[([A-Z][A-Za-z]+\d{4}[a-z]?)\b/g)]
        .filter((match) => !known.has(match[1]))
        .map((match) => `${path}:${index + 1}: ${match[1]} is not in docs/references.md.`)));
  },
};

function places(
  files: readonly { readonly path: string; readonly text: string }[],
  wrong: (line: string, above: string) => boolean,
  complaint: (line: string) => string,
): string[] {
  return files.flatMap(({ path, text }) => text.split('\n').flatMap((line, index, lines) =>
    (wrong(line, lines[index - 1] ?? '') ? [`${path}:${index + 1}: ${complaint(line)}`] : [])));
}
