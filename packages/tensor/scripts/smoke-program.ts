/** @file `npm run smoke-program`: compiles the smoke step of the tests and writes docs/smoke-step-program.md. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { smokeProgramPage } from '../test/compile/inspect/smoke-program.ts';

writeFileSync(fileURLToPath(new URL('../../../docs/smoke-step-program.md', import.meta.url)), smokeProgramPage());
