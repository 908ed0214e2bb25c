/** @file Programs among the parameters of operations, and what must happen in a fixed order inside them: calls of the host. */
import type { Primitive } from './primitive.ts';
import type { Equation, Program } from './program.ts';

/** Whether a parameter is a program. */
export function isProgram(value: unknown): value is Program {
  return typeof value === 'object' && value !== null && 'equations' in value && 'results' in value;
}

interface InnerProgram {
  readonly name: string;
  readonly program: Program;
}

const NONE: readonly InnerProgram[] = [];

/** Programs among the parameters of an equation (bodies of loops, operators of solves). */
export function innerPrograms({ params }: Pick<Equation, 'params'>): readonly InnerProgram[] {
  if (typeof params !== 'object' || params === null) return NONE;
  // Every pass of a compiler asks this of every equation, and most have none.
  let found: InnerProgram[] | undefined;
  for (const name in params) {
    const value: unknown = (params as Readonly<Record<string, unknown>>)[name];
    if (isProgram(value)) (found ??= []).push({ name, program: value });
  }
  return found ?? NONE;
}

/** Checks and host calls are performed although nobody reads a result, also inside loops and branches. */
export function hasEffect({ primitive, params, outputs }: Equation): boolean {
  return outputs.length === 0 || primitive.effect === true || callsHost(primitive, params) || innerPrograms({ params }).some(({ program }) => program.equations.some(hasEffect));
}

const callers = /* @__PURE__ */ new WeakMap<Program, boolean>();

/** Whether an operation calls the host, by itself, by what its parameters say, or in a program inside. */
export function callsHost(primitive: Primitive, params: unknown): boolean {
  if (primitive.host === true) return true;
  if (typeof params !== 'object' || params === null) return false;
  return silentParams(params) !== undefined || innerPrograms({ params }).some(({ program }) => isCaller(program));
}

/** Whether a program calls the host. */
export function isCaller(program: Program): boolean {
  let known = callers.get(program);
  if (known === undefined) callers.set(program, (known = program.equations.some(({ primitive, params }) => callsHost(primitive, params))));
  return known;
}

const silent = /* @__PURE__ */ new WeakMap<Program, Program>();

/** Parameters that make an equation silent, if it calls the host by itself. */
const silentParams = (params: object): object | undefined => (params as { readonly silent?: object | undefined }).silent;

/** The parameters of an equation with which it is silent. What is derived from it is not: see `aloud`. */
function silently(params: object): object {
  const silent = silentParams(params);
  if (silent === undefined) return params;
  const loud = Object.entries(params).filter(([name]) => name === 'silent' || name in silent);
  return { ...params, ...silent, silent: undefined, loud: Object.fromEntries(loud) };
}

/** The parameters of an equation with which it calls the host, where it was silenced: for what its derivatives do for the first time. */
export function aloud<P extends object>(params: P): P {
  const { loud } = params as { readonly loud?: object };
  return loud === undefined ? params : { ...params, ...loud, loud: undefined };
}

/** The program without calls of the host: for derivatives, which compute again what has been computed. */
export function withoutHostCalls(program: Program): Program {
  if (!isCaller(program)) return program;
  let known = silent.get(program);
  if (known === undefined) silent.set(program, (known = { ...program, equations: program.equations.filter(({ primitive }) => primitive.host !== true).map(silenced) }));
  return known;
}

function silenced(equation: Equation): Equation {
  const { primitive, params } = equation;
  if (!callsHost(primitive, params)) return equation;
  const inner = innerPrograms(equation).map(({ name, program }) => [name, withoutHostCalls(program)]);
  return { ...equation, params: { ...silently(params as object), ...Object.fromEntries(inner) } };
}
