/** @file Random programs as printed JavaScript give the bits of operations one by one. */
import { optimize } from '../../../src/compile/graph/optimize.ts';
import { compileToJavaScript } from '../../../src/compile/javascript/program.ts';
import { testRandomPrograms } from '../random-program-tests.ts';

testRandomPrograms({
  'printed JavaScript': (program) => compileToJavaScript(optimize(program)),
  'printed JavaScript with a clock': (program) => compileToJavaScript(optimize(program), 'clock'),
});
