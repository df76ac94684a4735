import { describe, expect, it } from 'vitest'
import { compareContracts, unexplained } from './contract-comparison.ts'

const operation = (tag: string, status: string, ...query: readonly string[]) => ({
  tags: [tag],
  responses: { [status]: {}, 400: {} },
  parameters: query.map((name) => ({ name, in: 'query' })),
})
const published = {
  paths: { '/v2/thing/{id}': { get: operation('Thing', '200', 'q'), delete: operation('Thing', '204') }, '/v2/other': { get: operation('Other', '200') } },
}
const differencesWith = (get: object) => compareContracts({ paths: { '/v2/thing/{id}': { get } } }, published).differences

const thing = (fields: object, required: object = fields) => ({
  tags: ['Thing'],
  requestBody: { content: { 'application/json': { schema: { type: 'object', properties: required } } } },
  responses: { 200: { content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Thing' } } } } } },
  fields,
})
const text = { type: 'string' }
const documentOf = (fields: object, body?: object) => ({
  components: { schemas: { Thing: { type: 'object', properties: fields } } },
  paths: { '/v2/thing': { post: thing(fields, body) } },
})

describe('comparing the members of bodies and answers', () => {
  const theirs = documentOf({ id: text, kind: { type: 'string', enum: ['A', 'B'] }, place: { type: 'object', properties: { city: text, zip: text } } })
  const lacks = (ours: object, leftOut?: ReadonlySet<string>) =>
    compareContracts(ours as typeof theirs, theirs, leftOut).differences.map(({ aspect, text: said }) => [aspect, said])

  it('finds what ours lacks, inside references and lists too, and values it does not know', () => {
    expect(lacks(documentOf({ id: text, kind: { type: 'string', enum: ['A'] }, place: { type: 'object', properties: { city: text } } }))).toEqual([
      ['body', 'lacks kind=B, place.zip'],
      ['answer', 'lacks kind=B, place.zip'],
    ])
  })

  it('is content with more, with a free object, and with what is explained once', () => {
    const all = { id: text, kind: text, place: { type: 'object', properties: { city: text, zip: text } }, more: text }
    expect(lacks(documentOf(all))).toEqual([])
    expect(lacks(documentOf({ ...all, place: { type: 'object', additionalProperties: text } }))).toEqual([])
    expect(lacks(documentOf({ id: text, kind: text, place: { type: 'object', properties: { city: text } } }), new Set(['zip']))).toEqual([])
  })

  it('finds what is of another type: an answer may be less than the public one says, what is taken more', () => {
    const number = { type: 'integer' }
    const either = { anyOf: [text, { type: 'null' }, number] }
    const said = (mine: object, public_: object) =>
      compareContracts(documentOf({ id: mine }), documentOf({ id: public_ })).differences.map((one) => [one.aspect, one.text])
    expect(said(number, text)).toEqual([
      ['types', 'takes id: public string, ours number'],
      ['types', 'answers id: public string, ours number'],
    ])
    expect(said(either, text)).toEqual([['types', 'answers id: public string, ours string|number']])
    expect(said(text, either)).toEqual([])
    expect(said(number, { type: ['number', 'null'] })).toEqual([])
  })

  it('finds an answer that is nothing or of another kind as a whole, and lets ours say more where the public one says nothing', () => {
    const answering = (schema?: object, type = 'application/json') => ({
      paths: { '/v2/thing': { delete: { responses: { 200: schema === undefined ? {} : { content: { [type]: { schema } } } } } } },
    })
    const said = (ours: object | undefined, public_: object | undefined, type?: string) =>
      compareContracts(answering(ours), answering(public_, type)).differences.map((one) => [one.aspect, one.text])
    expect(said(undefined, text)).toEqual([['types', 'answers string, ours nothing']])
    expect(said({ type: 'array', items: text }, { type: 'object' })).toEqual([['types', 'answers object, ours array']])
    expect(said(text, undefined)).toEqual([])
    expect(said(text, { type: 'array', items: text }, 'application/octet-stream')).toEqual([])
  })

  it('lets a body leave out what the answer says', () => {
    const { id: _ours, ...settable } = { id: text, kind: text, place: { type: 'object', properties: { city: text, zip: text } } }
    expect(lacks(documentOf({ ...settable, id: text }, settable))).toEqual([])
  })
})

describe('comparing our interface with the public one', () => {
  it('counts what is published by both, by tags and in all', () => {
    const { counted } = compareContracts({ paths: { '/v2/thing/{id}': { get: operation('Ours', '200', 'q') }, '/v2/extra': { get: {} } } }, published)
    expect(counted(new Set(['Thing']))).toEqual({ implemented: 1, total: 2 })
    expect(counted()).toEqual({ implemented: 1, total: 3 })
  })

  it('finds the same operation under another parameter name and says so', () => {
    const { counted, differences } = compareContracts({ paths: { '/v2/thing/{thingId}': { get: operation('Thing', '200', 'q') } } }, published)
    expect(counted().implemented).toBe(1)
    expect(differences).toEqual([{ operation: 'GET /v2/thing/{id}', aspect: 'path', text: 'public "/v2/thing/{id}", ours "/v2/thing/{thingId}"' }])
  })

  it('finds another success status, a missing and a further query parameter, and nothing else', () => {
    expect(differencesWith(operation('Thing', '200', 'q'))).toEqual([])
    expect(differencesWith(operation('Thing', '201', 'q'))).toMatchObject([{ aspect: 'status', text: 'public "200", ours "201"' }])
    expect(differencesWith(operation('Thing', '200'))).toMatchObject([{ aspect: 'query', text: 'public "q", ours ""' }])
    expect(differencesWith(operation('Thing', '200', 'a', 'q'))).toMatchObject([{ aspect: 'query', text: 'public "q", ours "a q"' }])
    // What every list takes besides is no difference of one.
    expect(differencesWith(operation('Thing', '200', 'cursor', 'pageSize', 'q'))).toEqual([])
  })

  it('finds what ours requires and the public one does not', () => {
    const asked = (required: boolean) => ({ ...operation('Thing', '200'), parameters: [{ name: 'q', in: 'query', required }] })
    expect(differencesWith(asked(true))).toMatchObject([{ aspect: 'required', text: 'ours requires q' }])
    expect(differencesWith(asked(false))).toEqual([])
  })

  it('a reason explains one aspect of one operation; an empty one explains nothing; one too many is stale', () => {
    const differences = differencesWith(operation('Thing', '201'))
    expect(unexplained(differences, { 'GET /v2/thing/{id}': { status: 'because' } })).toMatchObject({ open: [{ aspect: 'query' }], stale: [] })
    expect(unexplained(differences, { 'GET /v2/thing/{id}': { status: '', query: 'x' } })).toMatchObject({ open: [{ aspect: 'status' }] })
    expect(unexplained([], { 'GET /v2/thing/{id}': { status: 'because' } })).toEqual({ open: [], stale: ['GET /v2/thing/{id} (status)'] })
  })
})
