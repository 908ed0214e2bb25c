/** @file Programs among the parameters of operations, and what must happen in a fixed order inside them: calls of the host. */
import type { Primitive } from './primitive.ts';
import type { Equation, Program } from './program.ts';

/** Whether a parameter is a program. */
export function isProgram(value: unknown): value is Program {
  return typeof value === 'object' && value !== null && 'equations' in value && 'results' in value;
}

/** Programs among the parameters of an equation (bodies of loops, operators of solves). */
export function innerPrograms({ params }: Pick<Equation, 'params'>): { name: string; program: Program }[] {
  if (typeof params !== 'object' || params === null) return [];
  return Object.entries(params)
    .filter((entry): entry is [string, Program] => isProgram(entry[1]))
    .map(([name, program]) => ({ name, program }));
}

/** Checks and host calls are performed although nobody reads a result, also inside loops and branches. */
export function hasEffect({ primitive, params, outputs }: Equation): boolean {
  return outputs.length === 0 || primitive.effect === true || callsHost(primitive, params) || innerPrograms({ params }).some(({ program }) => program.equations.some(hasEffect));
}

const callers = /* @__PURE__ */ new WeakMap<Program, boolean>();

/** Whether an operation calls the host, by itself, by what its parameters say, or in a program inside. */
export function callsHost(primitive: Primitive, params: unknown): boolean {
  if (primitive.host !== undefined) return true;
  if (typeof params !== 'object' || params === null) return false;
  return (params as { readonly host?: boolean }).host === true || innerPrograms({ params }).some(({ program }) => isCaller(program));
}

function isCaller(program: Program): boolean {
  let known = callers.get(program);
  if (known === undefined) callers.set(program, (known = program.equations.some(({ primitive, params }) => callsHost(primitive, params))));
  return known;
}

/** Whether a program makes calls that are made once, in itself or in a program inside. */
export function callsHostOnce(program: Program): boolean {
  return isCaller(program) && program.equations.some((equation) => equation.primitive.host === 'once' || innerPrograms(equation).some((inner) => callsHostOnce(inner.program)));
}

const silent = /* @__PURE__ */ new WeakMap<Program, Program>();

/**
 * The program without calls that are made once: for derivatives, which compute again what has been computed. What reports how often
 * something is computed stays.
 */
export function withoutHostCalls(program: Program): Program {
  if (!isCaller(program)) return program;
  let known = silent.get(program);
  if (known === undefined) silent.set(program, (known = { ...program, equations: program.equations.filter(({ primitive }) => primitive.host !== 'once').map(silenced) }));
  return known;
}

function silenced(equation: Equation): Equation {
  const inner = innerPrograms(equation).map(({ name, program }) => [name, withoutHostCalls(program)]);
  return inner.length === 0 ? equation : { ...equation, params: { ...(equation.params as object), ...Object.fromEntries(inner) } };
}
