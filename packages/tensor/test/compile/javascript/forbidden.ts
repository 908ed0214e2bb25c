/** @file What code-generation.test.ts runs in processes that forbid things: eager and compiled smoke, printed as one line of JSON. */
import { grad } from '@tapeflow/autodiff';
import { CodeGenerationForbiddenError, jit, l2, scalar, WebAssemblyUnavailableError, type Scalar } from '../../../src/index.ts';
import { start, step, type Smoke } from '../smoke.ts';
import { numbersOf } from '../numbers-of.ts';

const dt = scalar(0.1);
const loss = ({ d, u, v }: Smoke): Scalar => {
  const end = step({ d, u, v }, dt);
  return l2(end.d).add(l2(end.u)).add(l2(end.v)) as Scalar;
};

/** The name of what is thrown. */
function thrownBy(f: () => unknown): string {
  try {
    f();
    return 'nothing';
  } catch (error) {
    return error instanceof CodeGenerationForbiddenError || error instanceof WebAssemblyUnavailableError ? error.name : String(error);
  }
}

const chosen = jit(grad(loss));
const onJs = jit(grad(loss), { backend: 'js' });
const results = { eager: numbersOf(grad(loss)(start())), chosen: numbersOf(chosen(start())), js: numbersOf(onJs(start())) };
const { backend, backendReason } = chosen.report();
console.log(
  JSON.stringify({
    ...results,
    backend,
    backendReason,
    isPrinted: onJs.report().programs[0]!.steps!.includes('printed JavaScript'),
    wasm: thrownBy(() => jit(loss, { backend: 'wasm' })(start())),
    debug: thrownBy(() => jit(loss, { debug: true })(start())),
  }),
);
