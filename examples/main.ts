/** @file What `npm start` runs: the main job, or the example that is named. */

import { catalogue } from './catalogue.ts';
import { runProgram } from './cli/run.ts';

process.exitCode = await runProgram({ catalogue, mainJob: 'smoke-control' }, process.argv.slice(2));
