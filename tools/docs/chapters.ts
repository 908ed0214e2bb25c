/** @file The code of docs/learn as files that can be run and changed, one per chapter. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findSnippets, toModule } from './snippets.ts';

/** A file of a chapter; `written: false` when there was one already, which is left alone: it may hold somebody's work. */
export interface ChapterFile {
  readonly file: string;
  readonly written: boolean;
}

/** Writes the code of each chapter of `root`/docs/learn to `target`. Chapters import each other by these file names. */
export function writeChapters(root: string, target: string): ChapterFile[] {
  const chapters = join(root, 'docs', 'learn');
  mkdirSync(target, { recursive: true });
  return readdirSync(chapters).filter((name) => /^\d\d-.*\.md$/.test(name)).sort().map((name) => {
    const { snippets } = findSnippets(name, readFileSync(join(chapters, name), 'utf8'));
    const file = join(target, name.replace(/\.md$/, '.ts'));
    return { file, written: writeNew(file, tidied(toModule(snippets))) };
  });
}

/** Without the blank lines that stand for text, and without the mark that makes any block a module. */
function tidied(module: string): string {
  return module.replace(/^\n+/, '').replace(/\n{3,}/g, '\n\n').replace(/export \{\};\n$/, '');
}

function writeNew(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
