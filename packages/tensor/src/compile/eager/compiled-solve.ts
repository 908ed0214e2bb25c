/**
 * @file Linear solves outside of compiled functions, as compiled programs. The operator is a function that is traced in every call; a
 * solve with the same operations on arrays of the same types is the same program.
 */
import { apply, linearSolvePrimitive, traceProgram, type LinearSolveParams, type Program, type Value } from '@tapeflow/autodiff/extend';
import { arrayAbstract, NDArray } from '../../array/ndarray.ts';
import { heavyRunner, isHeavy, type HeavyWork } from '../../backends/heavy.ts';
import { fingerprintOf, withValuesAsInputs, type Fingerprint } from './fingerprint.ts';
import { heavyPrograms } from './heavy-runner.ts';

/** What decides whether the solves of a method are heavy. Direct ones are left to JavaScript, which factorizes matrices in any case. */
const WORK: Readonly<Record<string, HeavyWork>> = { cg: 'unknownsOfSteps', bicgstab: 'unknownsOfSteps', gmres: 'unknownsOfSteps', transform: 'unknownsOfTransforms', multigrid: 'unknownsOfMultigrid' };

const NOTHING: Fingerprint = { text: '', values: [] };

/** The `perform` of solves by a method whose other options are described by a text */
export function compiledSolve(method: string, options: string): NonNullable<LinearSolveParams['perform']> {
  const work = WORK[method];
  return (inputs, params) => {
    const { operator, captured, preconditioner, preconditionerCaptured, symmetric, guessed, context } = params;
    if (work === undefined || heavyRunner() === undefined || heavyPrograms.isUnavailable || heavyPrograms.isBusy || !inputs.every((input) => input instanceof NDArray)) return undefined;
    const start = captured + preconditionerCaptured;
    const unknowns = inputs.slice(start, start + operator.results.length).reduce((total: number, b) => total + (b as NDArray).size, 0);
    if (!isHeavy(work, unknowns)) return undefined;
    const own = fingerprintOf(operator);
    const beside = preconditioner === undefined ? NOTHING : fingerprintOf(preconditioner);
    if (own === undefined || beside === undefined) return undefined;
    const key = `${method} ${options} ${captured} ${preconditionerCaptured} ${symmetric} ${guessed} ${context.batchAxes} ${context.transposed} ${own.text} | ${beside.text}`;
    const given = [...inputs.slice(0, captured), ...own.values, ...inputs.slice(captured, start), ...beside.values, ...inputs.slice(start)];
    return heavyPrograms.run(key, () => solveProgram(params, own.values, beside.values, given as NDArray[]), given);
  };
}

/** The solve as a program of one equation, with all values that its operator holds as inputs. */
function solveProgram(params: LinearSolveParams, own: readonly NDArray[], beside: readonly NDArray[], inputs: readonly NDArray[]): Program {
  const { operator, captured, preconditioner, preconditionerCaptured, perform: _perform, ...rest } = params;
  const lifted: LinearSolveParams = {
    ...rest,
    operator: withValuesAsInputs(operator, own, captured),
    captured: captured + own.length,
    ...(preconditioner !== undefined && { preconditioner: withValuesAsInputs(preconditioner, beside, preconditionerCaptured) }),
    preconditionerCaptured: preconditionerCaptured + beside.length,
  };
  const types = inputs.map(({ shape, dtype }) => arrayAbstract({ shape, dtype }));
  return traceProgram('linearSolve', (xs): readonly Value[] => apply(linearSolvePrimitive, xs, lifted), types).program;
}
