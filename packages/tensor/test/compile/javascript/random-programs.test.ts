/** @file Random programs as printed JavaScript give the bits of operations one by one. */
import { optimize } from '../../../src/compile/graph/optimize.ts';
import { compileToJavaScript } from '../../../src/compile/javascript/program.ts';
import { testRandomPrograms } from '../random-program-tests.ts';

testRandomPrograms({
  'printed JavaScript': { executableOf: (program) => compileToJavaScript(optimize(program)), programs: 200, isLong: true },
  'printed JavaScript with a clock': { executableOf: (program) => compileToJavaScript(optimize(program), 'clock'), programs: 50, isLong: false },
});
