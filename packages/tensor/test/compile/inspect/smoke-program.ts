/** @file docs/smoke-step-program.md: what the smoke step of the tests becomes when it is compiled. */
import { inspect, jit, scalar } from '../../../src/index.ts';
import { start, step } from '../smoke.ts';

/** The page. */
export function smokeProgramPage(): string {
  const program = inspect(jit(step), start(), scalar(0.1));
  const text = program.toJavaScript();
  const at = text.lastIndexOf('\nfunction kernel');
  const kernel = text.slice(text.lastIndexOf('\n\n', at) + 2, text.indexOf('\n}\n', at) + 2);
  return `# The smoke step as a program

One step of a smoke simulation in a closed box of 16 × 16 cells ([smoke.ts](../packages/tensor/test/compile/smoke.ts)): advection by bilinear
interpolation, buoyancy, and a pressure solve by conjugate gradients. \`jit\` makes one program of it, and this is what \`String(inspect(jit(step), smoke, dt))\`
says of that ([Looking into a program](performance.md#looking-into-a-program)). \`npm run smoke-program\` writes this page anew, and a test compares it with
what the compiler does.

How to read it: \`for y < 16, x < 16\` is one pass over all cells, in which every line below it is done. \`f32@432[16·y + x]\` is an element of the memory that
begins at byte 432; values that are not needed at the same time have the same place. A pass that ends in several stores computes several results at once. The two
loops inside each other, \`while\`, are the pressure solve: the inner one are its steps, the outer one begins again where rounding has led the residual astray.

The same program as JavaScript (\`toJavaScript()\`) has the equations of each pass above it. The last one takes the pressure gradient from the velocity:

\`\`\`text
${kernel}
\`\`\`

The whole program:

\`\`\`text
${String(program)}
\`\`\`
`;
}
