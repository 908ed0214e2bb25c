/**
 * @file Prints expressions of the scalar language as WebAssembly.
 *
 * The js backend computes in doubles and rounds once, when the result is stored. Here single precision does the same: an operation
 * that rounds correctly by itself is one f32 instruction, anything longer is computed in f64 and rounded at the end.
 */
import type { DType } from '../../array/dtype.ts';
import { operands, type Expression, type Operator } from '../../elementwise/expression.ts';
import { ELEMENTWISE, type ElementwiseName } from '../../elementwise/table.ts';
import type { FunctionBuilder, FunctionReference, Local } from './function-builder.ts';
import { HOST_FUNCTIONS } from './host-functions.ts';

/** Type of WebAssembly in which numbers of an expression are computed. */
type Work = 'f32' | 'f64' | 'i32';

/** Functions of JavaScript that the module imports, by operator. */
export type Imports = ReadonlyMap<Operator, FunctionReference>;

/** The WebAssembly type of elements of a dtype. */
export function valueType(dtype: DType): Work {
  return dtype === 'f32' || dtype === 'f64' ? dtype : 'i32';
}

/** Single instructions whose f32 result is the rounded f64 result of f32 operands. */
const ROUNDS_CORRECTLY: ReadonlySet<Operator> = new Set<Operator>([
  'add', 'sub', 'mul', 'div', 'sqrt', 'min', 'max', 'neg', 'abs', 'sign', 'floor', 'ceil', 'trunc', 'round', 'less', 'lessEqual', 'equal', 'select', 'isFinite',
]);
/** Operations on integers that need no doubles. */
const ON_INTEGERS: ReadonlySet<Operator> = new Set<Operator>([
  'add', 'sub', 'mulI32', 'min', 'max', 'neg', 'abs', 'floor', 'ceil', 'trunc', 'round', 'less', 'lessEqual', 'equal', 'select',
]);

function expressionOf(name: ElementwiseName, dtype: DType): Expression {
  const { arity, value, integer } = ELEMENTWISE[name];
  return (dtype === 'i32' && integer !== undefined ? integer : value)(...operands(arity));
}

/** Operators in an operation that are calls of JavaScript. */
export function hostOperators(name: ElementwiseName): Operator[] {
  const found: Operator[] = [];
  const visit = (expression: Expression): void => {
    if (expression.kind !== 'operation') return;
    if (HOST_FUNCTIONS[expression.operator] !== undefined) found.push(expression.operator);
    expression.inputs.forEach(visit);
  };
  visit(expressionOf(name, 'f64'));
  return found;
}

function workType(expression: Expression, dtype: DType): Work {
  if (dtype === 'f64') return 'f64';
  if (dtype === 'bool') return 'i32';
  const isSingle = expression.kind === 'operation' && expression.inputs.every(({ kind }) => kind !== 'operation');
  const allowed = dtype === 'f32' ? ROUNDS_CORRECTLY : ON_INTEGERS;
  return isSingle && allowed.has(expression.operator) ? valueType(dtype) : 'f64';
}

function countOperands(expression: Expression, counts: number[]): number[] {
  if (expression.kind === 'operand') counts[expression.index] = (counts[expression.index] ?? 0) + 1;
  else if (expression.kind === 'operation') for (const input of expression.inputs) countOperands(input, counts);
  return counts;
}

/** One operand: its dtype, and how to push its value. */
export interface PrintedOperand {
  readonly dtype: DType;
  push(): void;
}

/** Pushes the result of an elementwise operation on operands of `dtype` (of its branches, for select). */
export function printOperation(f: FunctionBuilder, imports: Imports, name: ElementwiseName, dtype: DType, inputs: readonly PrintedOperand[]): void {
  const expression = expressionOf(name, dtype);
  const work = workType(expression, dtype);
  // An operand that is used more than once is computed once.
  const counts = countOperands(expression, []);
  const ready = inputs.map((input, k): PrintedOperand => {
    if ((counts[k] ?? 0) <= 1) return input;
    const local = f.local(valueType(input.dtype));
    input.push();
    f.localSet(local);
    return { dtype: input.dtype, push: () => f.localGet(local) };
  });
  const printer = new ExpressionPrinter(f, imports, work, ready);
  if (ELEMENTWISE[name].result === 'bool') {
    printer.condition(expression);
    return;
  }
  printer.number(expression);
  const wanted = valueType(dtype);
  if (wanted === 'f32' && work === 'f64') f.op('f32.demote_f64');
  if (wanted === 'i32' && work === 'f64') f.op('i64.trunc_sat_f64_s').op('i32.wrap_i64');
}

class ExpressionPrinter {
  private readonly f: FunctionBuilder;
  private readonly imports: Imports;
  private readonly work: Work;
  private readonly operands: readonly PrintedOperand[];

  constructor(f: FunctionBuilder, imports: Imports, work: Work, inputs: readonly PrintedOperand[]) {
    this.f = f;
    this.imports = imports;
    this.work = work;
    this.operands = inputs;
  }

  /** Pushes the value as a number of the working type. */
  number(expression: Expression): void {
    const { f, work } = this;
    if (expression.kind === 'constant') {
      if (work === 'i32') f.i32Const(expression.value);
      else if (work === 'f32') f.f32Const(expression.value);
      else f.f64Const(expression.value);
      return;
    }
    if (expression.kind === 'operand') {
      const operand = this.operands[expression.index]!;
      operand.push();
      const own = valueType(operand.dtype);
      if (own === 'f32' && work === 'f64') f.op('f64.promote_f32');
      if (own === 'i32' && work !== 'i32') f.op(`${work}.convert_i32_s`);
      return;
    }
    if (isCondition(expression.operator)) {
      this.condition(expression);
      if (work !== 'i32') f.op(`${work}.convert_i32_s`);
      return;
    }
    this.arithmetic(expression.operator, expression.inputs);
  }

  /** Pushes 1 or 0. */
  condition(expression: Expression): void {
    const { f, work } = this;
    if (expression.kind === 'operation' && isCondition(expression.operator)) {
      this.comparison(expression.operator, expression.inputs);
      return;
    }
    if (expression.kind === 'operand' && this.operands[expression.index]!.dtype === 'bool') {
      this.operands[expression.index]!.push();
      return;
    }
    this.number(expression);
    if (work === 'i32') f.i32Const(0).op('i32.ne');
    else if (work === 'f32') f.f32Const(0).op('f32.ne');
    else f.f64Const(0).op('f64.ne');
  }

  private comparison(operator: Operator, inputs: readonly Expression[]): void {
    const { f, work } = this;
    const [x, y] = inputs as [Expression, Expression];
    if (operator === 'and' || operator === 'or') {
      this.condition(x);
      this.condition(y);
      f.op(`i32.${operator}`);
      return;
    }
    if (operator === 'not') {
      this.condition(x);
      f.op('i32.eqz');
      return;
    }
    this.number(x);
    if (operator === 'isFinite') {
      if (work === 'i32') {
        f.op('drop').i32Const(1);
        return;
      }
      // x − x is 0 for finite x, else NaN.
      const value = f.local(work);
      f.localTee(value).localGet(value).op(`${work}.sub`);
      if (work === 'f32') f.f32Const(0).op('f32.eq');
      else f.f64Const(0).op('f64.eq');
      return;
    }
    this.number(y);
    const code = operator === 'equal' ? 'eq' : operator === 'less' ? 'lt' : 'le';
    if (work === 'i32') f.op(code === 'eq' ? 'i32.eq' : `i32.${code}_s`);
    else f.op(`${work}.${code}`);
  }

  private arithmetic(operator: Operator, inputs: readonly Expression[]): void {
    const { f, work } = this;
    if (operator === 'select') {
      const [condition, x, y] = inputs as [Expression, Expression, Expression];
      this.number(x);
      this.number(y);
      this.condition(condition);
      f.op('select');
      return;
    }
    for (const input of inputs) this.number(input);
    if (work === 'i32') {
      this.integer(operator);
      return;
    }
    switch (operator) {
      case 'add': case 'sub': case 'mul': case 'div': case 'min': case 'max':
      case 'sqrt': case 'neg': case 'abs': case 'floor': case 'ceil': case 'trunc':
        f.op(`${work}.${operator}`);
        return;
      case 'round':
        f.op(`${work}.nearest`);
        return;
      case 'sign':
        this.sign(work);
        return;
      case 'mod':
        this.modulo(work);
        return;
      default:
        f.call(this.imports.get(operator)!);
    }
  }

  /** 1, −1, or x itself (zeros and NaN). */
  private sign(work: 'f32' | 'f64'): void {
    const { f } = this;
    const x = f.local(work);
    const constant = (value: number): void => {
      if (work === 'f32') f.f32Const(value);
      else f.f64Const(value);
    };
    f.localSet(x);
    constant(1);
    constant(-1);
    f.localGet(x);
    f.localGet(x);
    constant(0);
    f.op(`${work}.lt`).op('select');
    // Of −1 and x, then of 1 and that.
    f.localGet(x);
    constant(0);
    f.op(`${work}.gt`).op('select');
  }

  /** x − y ⌊x / y⌋ of the two numbers on the stack. */
  private modulo(work: 'f32' | 'f64'): void {
    const { f } = this;
    const x = f.local(work);
    const y = f.local(work);
    f.localSet(y).localSet(x);
    f.localGet(x).localGet(y).localGet(x).localGet(y).op(`${work}.div`).op(`${work}.floor`).op(`${work}.mul`).op(`${work}.sub`);
  }

  private integer(operator: Operator): void {
    const { f } = this;
    const pair = (): [Local, Local] => {
      const y = f.local('i32');
      const x = f.local('i32');
      f.localSet(y).localSet(x).localGet(x).localGet(y).localGet(x).localGet(y);
      return [x, y];
    };
    switch (operator) {
      case 'add': case 'sub':
        f.op(`i32.${operator}`);
        return;
      case 'mulI32':
        f.op('i32.mul');
        return;
      case 'min':
        pair();
        f.op('i32.lt_s').op('select');
        return;
      case 'max':
        pair();
        f.op('i32.gt_s').op('select');
        return;
      case 'neg':
      case 'abs': {
        const x = f.local('i32');
        f.localSet(x).i32Const(0).localGet(x).op('i32.sub');
        if (operator === 'abs') f.localGet(x).localGet(x).i32Const(0).op('i32.lt_s').op('select');
        return;
      }
      default:
        // Rounding does nothing to integers.
    }
  }
}

function isCondition(operator: Operator): boolean {
  return operator === 'less' || operator === 'lessEqual' || operator === 'equal' || operator === 'and' || operator === 'or' || operator === 'not' || operator === 'isFinite';
}
