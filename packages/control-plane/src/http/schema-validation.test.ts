import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { oneOf } from './named-schema.ts'
import { checkSchema, withoutNulls } from './schema-validation.ts'

const Line = Type.Object({ number: Type.Integer({ minimum: 1 }), kind: Type.Optional(oneOf(['A', 'B'])) })
const Body = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 5 }),
  enabled: Type.Optional(Type.Boolean()),
  size: Type.Integer({ default: 3 }),
  lines: Type.Optional(Type.Array(Line, { maxItems: 50 })),
})
const problemsOf = (value: unknown) => {
  const checked = checkSchema(Body, value)
  return checked.ok ? [] : (checked.error.details ?? [])
}

describe('checkSchema', () => {
  it('S1-39 C-18: numeric strings become numbers, defaults are filled in, unknown fields stay', () => {
    const checked = checkSchema(Body, { name: 'a', enabled: 'true', lines: [{ number: '2' }], extra: 1 })
    expect(checked).toEqual({ ok: true, value: { name: 'a', enabled: true, size: 3, lines: [{ number: 2 }], extra: 1 } })
  })

  it.each([
    ['a missing field', {}, { field: 'name', code: 'NameRequired', reason: 'is missing', rule: 'required' }],
    ['a text that is too long', { name: 'abcdef' }, { field: 'name', code: 'InvalidName', rule: 'must NOT have more than 5 characters' }],
    ['a wrong type', { name: 'a', enabled: 'perhaps' }, { field: 'enabled', code: 'InvalidEnabled', reason: 'has the wrong type' }],
    ['a number with decimals', { name: 'a', size: 1.5 }, { field: 'size', code: 'InvalidSize' }],
    [
      'a value outside a list, by its place',
      { name: 'a', lines: [{ number: 1 }, { number: 1, kind: 'C' }] },
      { field: 'lines.1.kind', code: 'InvalidKind', rule: 'one of A, B' },
    ],
    ['a missing field of a member', { name: 'a', lines: [{}] }, { field: 'lines.0.number', code: 'NumberRequired' }],
    ['something that is no object', [], { field: 'body', code: 'InvalidBody' }],
  ])('%s: one problem with field, code and rule', (_case, value, problem) => {
    expect(problemsOf(value)).toEqual([expect.objectContaining(problem)])
  })

  it('names every field that is wrong, each once', () => {
    expect(problemsOf({ name: '', size: 'many', enabled: 7 }).map((problem) => problem.field)).toEqual(expect.arrayContaining(['name', 'size', 'enabled']))
  })

  it('lists at most twenty problems, however wrong the request is', () => {
    expect(problemsOf({ name: 'a', lines: Array.from({ length: 40 }, () => ({ number: 0 })) })).toHaveLength(20)
  })
})

describe('withoutNulls', () => {
  it('null means absent, at every depth of objects; a null in a list stays in its place', () => {
    expect(withoutNulls({ a: null, b: { c: null, d: 0 }, e: [null, { f: null }], g: '' })).toEqual({ b: { d: 0 }, e: [null, {}], g: '' })
  })
})
