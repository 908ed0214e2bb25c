/** @file `npm run chapters -- FOLDER`: writes the code of docs/learn as files that can be run and changed, one per chapter. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeChapters } from './docs/chapters.ts';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || rest.length > 0) {
  console.error('npm run chapters -- FOLDER: where shall the files go? For example out/learn.');
  process.exitCode = 2;
} else {
  // npm runs scripts in the root; a relative path is meant from where the user is.
  const target = resolve(process.env['INIT_CWD'] ?? '.', folder);
  for (const { file, written } of writeChapters(dirname(dirname(fileURLToPath(import.meta.url))), target)) {
    console.log(written ? file : `${file} (there already, left alone)`);
  }
}
