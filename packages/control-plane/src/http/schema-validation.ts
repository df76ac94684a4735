import { err, ok, type Result } from '@dialtone/foundation'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { Static, TSchema } from 'typebox'
import { type ApiFailure, type FieldProblem, invalidFields, pascalCase } from '../failures/index.ts'

// Numeric strings are coerced (S1-39, C-18) and unknown fields are left alone (conflicts, section 0).
const ajv = new Ajv({ coerceTypes: true, useDefaults: true, removeAdditional: false, allErrors: true, strict: false, discriminator: true })
addFormats.default(ajv)
// A text that has to be there is one that can be seen: a name of blanks names nothing.
ajv.removeKeyword('minLength')
ajv.addKeyword({ keyword: 'minLength', type: 'string', schemaType: 'number', validate: isLongEnough, errors: true })

const validators = new WeakMap<object, ValidateFunction>()

function isLongEnough(least: number, text: string): boolean {
  const isBlank = least > 0 && text.trim() === ''
  const isShort = text.length < least || (text.length < 2 * least && Array.from(text).length < least)
  const message = text !== '' && isBlank ? 'must hold more than blanks' : `must NOT have fewer than ${least} characters`
  isLongEnough.errors = isBlank || isShort ? [{ keyword: 'minLength', message, params: { limit: least } }] : []
  return !isBlank && !isShort
}
isLongEnough.errors = [] as Partial<ErrorObject>[]

/** Compiled on first use: compiling every schema at start would take seconds at the size of this interface. */
export function validatorOf(schema: object): ValidateFunction {
  let validator = validators.get(schema)
  if (validator === undefined) {
    validator = ajv.compile(schema)
    validators.set(schema, validator)
  }
  return validator
}

/** Checks and coerces `value` in place. @returns the failure with one entry a field. */
export function checkSchema<Schema extends TSchema>(schema: Schema, value: unknown, place = 'body'): Result<Static<Schema>, ApiFailure> {
  const validator = validatorOf(schema)
  if (validator(value)) return ok(value as Static<Schema>)
  return err(invalidFields(problemsOf(validator.errors ?? [], place)))
}

/** What a query says twice is not one value: the other one may be what somebody in between has read. */
export function saidTwice(schema: TSchema | undefined, query: unknown): FieldProblem | undefined {
  const { properties }: { readonly properties?: Readonly<Record<string, { readonly type?: unknown }>> } = schema ?? {}
  for (const [field, value] of Object.entries((query ?? {}) as Readonly<Record<string, unknown>>)) {
    const isOnce = ONCE_EVERYWHERE.has(field) || ONE_VALUE.has(String(properties?.[field]?.type))
    if (Array.isArray(value) && isOnce) return { field, code: `Invalid${pascalCase(field)}`, reason: 'is given more than once', rule: 'once' }
  }
  return undefined
}

const ONE_VALUE = new Set(['string', 'number', 'integer', 'boolean'])
/** Of every operation, whatever its own query. */
const ONCE_EVERYWHERE = new Set(['dryRun', 'pageSize', 'cursor', 'partitionId'])

export function problemsOf(errors: readonly ErrorObject[], place: string): FieldProblem[] {
  const problems = new Map<string, FieldProblem>()
  for (const error of errors) {
    const problem = problemOf(error, place)
    if (!problems.has(problem.field)) problems.set(problem.field, problem)
  }
  return [...problems.values()].slice(0, 20)
}

function problemOf(error: ErrorObject, place: string): FieldProblem {
  const path = error.instancePath.slice(1).replaceAll('/', '.')
  if (error.keyword === 'required') {
    const missing = String((error.params as { missingProperty?: unknown }).missingProperty)
    const field = path === '' ? missing : `${path}.${missing}`
    return { field, code: `${pascalCase(missing)}Required`, reason: 'is missing', rule: 'required' }
  }
  const field = path === '' ? place : path
  return { field, code: `Invalid${pascalCase(field)}`, reason: reasonOf(error), rule: ruleOf(error) }
}

function reasonOf(error: ErrorObject): string {
  return error.keyword === 'type' ? 'has the wrong type' : 'has a value that is not allowed'
}

function ruleOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'enum':
      return `one of ${(params['allowedValues'] as unknown[]).join(', ')}`
    case 'const':
      return `exactly ${String(params['allowedValue'])}`
    default:
      return error.message ?? error.keyword
  }
}

/** Absent and `null` mean the same in a create or a replace: drop nulls before defaults and types are applied. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (member === null ? [] : [[key, withoutNulls(member)]])))
}
