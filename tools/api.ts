/** @file `npm run api`: writes the API reference to docs/api, one page per package. The pages are not kept in the repository, so they cannot be old. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readApi } from './api/model.ts';
import { API_FOLDER, apiPages } from './api/pages.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pages = apiPages(readApi(root));
rmSync(join(root, API_FOLDER), { recursive: true, force: true });
mkdirSync(join(root, API_FOLDER), { recursive: true });
for (const [path, text] of pages) {
  writeFileSync(join(root, path), text);
  console.log(path);
}
