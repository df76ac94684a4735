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
  })

  it('a reason explains one aspect of one operation; an empty one explains nothing; one too many is stale', () => {
    const differences = differencesWith(operation('Thing', '201'))
    expect(unexplained(differences, { 'GET /v2/thing/{id}': { status: 'because' } })).toMatchObject({ open: [{ aspect: 'query' }], stale: [] })
    expect(unexplained(differences, { 'GET /v2/thing/{id}': { status: '', query: 'x' } })).toMatchObject({ open: [{ aspect: 'status' }] })
    expect(unexplained([], { 'GET /v2/thing/{id}': { status: 'because' } })).toEqual({ open: [], stale: ['GET /v2/thing/{id} (status)'] })
  })
})
