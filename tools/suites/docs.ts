/** @file Suite: what the documents show compiles, runs and prints what they say; their links lead somewhere. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { command, inLanes, nodeTool } from '../command.ts';
import { readApi } from '../api/model.ts';
import { apiPages } from '../api/pages.ts';
import { checkLinks } from '../docs/links.ts';
import { findSnippets, toModule, withAssertions } from '../docs/snippets.ts';
import { projectFiles, type TextFile } from '../files.ts';
import { AS_SOURCES, bundlePrograms } from '../programs.ts';
import { check, nothing, total, type Outcome, type Suite } from '../outcome.ts';

/** A document and the module made of its snippets. */
interface Lesson {
  readonly path: string;
  readonly module: string;
  /**
   * The module in the scratch folder: where the document is, with .ts for .md. So the blocks of a chapter may import what those of
   * another one export, `from './01-tape.ts'`.
   */
  readonly file: string;
  readonly snippets: number;
}

/** One check per snippet that runs, one per document for its links, and one per page of the API reference, which is made on the way. */
export const docs: Suite = {
  name: 'docs',
  about: 'snippets of README, CONTRIBUTING, docs/ and packages/*/README compile and run; links resolve',
  budget: 90,
  run: async (root) => {
    const documents = projectFiles(root).filter(({ path }) => path.endsWith('.md') && !path.startsWith('.'));
    const found = documents.map((document) => ({ document, ...findSnippets(document.path, document.text) }));
    const lessons = found.filter(({ snippets }) => snippets.some(({ notRun }) => notRun === undefined)).map(({ document, snippets }) => ({
      path: document.path,
      module: toModule(snippets),
      file: document.path.replace(/\.md$/, '.ts'),
      snippets: snippets.filter(({ notRun }) => notRun === undefined).length,
    }));
    const skipped = found.flatMap(({ snippets }) => snippets).filter(({ notRun }) => notRun !== undefined).length;
    const running = runLessons(root, lessons);
    // Meanwhile, as the compiler works in a process of its own.
    const reference = apiChecks(root);
    return total([
      ...documents.map((document) => linkCheck(root, document)),
      check('code blocks are well formed', found.flatMap(({ complaints }) => complaints)),
      ...reference,
      ...await running,
      { ...nothing, skipped },
    ]);
  },
};

function linkCheck(root: string, document: TextFile): Outcome {
  const { count, complaints } = checkLinks(root, document);
  return count === 0 ? nothing : check(`links of ${document.path}`, complaints);
}

/** The pages that `npm run api` would write: whatever is exported can be followed to where it is declared, and every link leads somewhere. */
function apiChecks(root: string): Outcome[] {
  try {
    const pages = apiPages(readApi(root));
    return [...pages].map(([path, text]) => check(path, checkLinks(root, { path, text }, pages).complaints));
  } catch (error) {
    return [check('the API can be described', [error instanceof Error ? error.message : String(error)])];
  }
}

/** Compiles all modules in one go, then runs those that compile, two at a time, each in its own process. */
async function runLessons(root: string, lessons: readonly Lesson[]): Promise<Outcome[]> {
  // Below the root, so that packages are found as they are by everything else here.
  const folder = join(root, '.cache', `docs-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    for (const { file, module } of lessons) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), module);
    }
    const config = {
      extends: '../../tsconfig.source.json',
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
      include: ['**/*.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const compiled = await nodeTool(root, 'typescript/bin/tsc', ['-p', folder, '--pretty', 'false']);
    const errors = compiled.code === 0 ? [] : messages(compiled.output);
    const known = errors.filter((error) => lessons.some((lesson) => isIn(lesson, folder, error)));
    const programs = await bundleLessons(folder, lessons.filter((lesson) => !known.some((error) => isIn(lesson, folder, error))));
    const outcomes = await inLanes(lessons, 2, (lesson) => runLesson(folder, lesson, errors, programs));
    // Errors in the packages themselves belong to the suite 'types', but must not vanish when only this suite is run.
    return known.length === errors.length ? outcomes : [...outcomes, check('snippets compile', errors.filter((error) => !known.includes(error)))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The programs of lessons that compile, by their paths. */
async function bundleLessons(folder: string, lessons: readonly Lesson[]): Promise<ReadonlyMap<string, string>> {
  const sources = Object.fromEntries(lessons.map((lesson) => {
    const file = join(folder, lesson.file.replace(/\.ts$/, '.run.ts'));
    writeFileSync(file, withAssertions(lesson.module, lesson.path));
    return [lesson.file.replace(/\.ts$/, '.run'), file];
  }));
  const programs = await bundlePrograms(folder, sources);
  return new Map(lessons.map(({ path, file }) => [path, programs[file.replace(/\.ts$/, '.run')]!]));
}

async function runLesson(folder: string, lesson: Lesson, errors: readonly string[], programs: ReadonlyMap<string, string>): Promise<Outcome> {
  const own = errors.filter((error) => isIn(lesson, folder, error));
  if (own.length > 0) {
    // .cache/docs-7/README.ts(12,3): error … → README.md:12: error …
    const shown = own.map((error) => error.replace(/^\S*?\((\d+),\d+\)/, `${lesson.path}:$1`));
    return { ...nothing, failed: lesson.snippets, failures: [`${lesson.path}: snippets do not compile\n${shown.join('\n')}`] };
  }
  const { code, output } = await command(process.execPath, [...AS_SOURCES, programs.get(lesson.path)!], { cwd: folder, limit: 60 });
  if (code === 0) return { ...nothing, passed: lesson.snippets };
  return { ...nothing, failed: lesson.snippets, failures: [`${lesson.path}: running its snippets failed\n${output}`] };
}

/** Whether a message of the compiler is about this lesson (and not about one of the same name in another folder). */
function isIn({ file }: Lesson, folder: string, error: string): boolean {
  return error.replaceAll('\\', '/').includes(`${basename(folder)}/${file}(`);
}

/** Splits the compiler's output into messages, each with its continuation lines. */
function messages(output: string): string[] {
  return output.split(/\n(?=\S)/).map((text) => text.trim()).filter((text) => text !== '');
}
