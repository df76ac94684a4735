import { describe, expect, it } from 'vitest'
import { requestExample } from './request-example.ts'

const schemas = {
  Address: { type: 'object', properties: { city: { type: 'string' }, note: { type: 'string' } }, required: ['city'] },
  Loop: { type: 'object', properties: { again: { $ref: '#/components/schemas/Loop' } }, required: ['again'] },
}

function exampleFor(schema: object, more: object = {}) {
  const operation = { requestBody: { content: { 'application/json': { schema } } }, ...more }
  return requestExample({ method: 'POST', path: '/v2/things/{id}', operation }, schemas)
}

describe('the example of a request', () => {
  it('has the token, and a body with what is required, of the types that are', () => {
    const schema = {
      properties: {
        name: { type: 'string' }, count: { type: 'integer', minimum: 3 }, kind: { enum: ['A', 'B'] }, address: { $ref: '#/components/schemas/Address' },
        tags: { type: 'array', items: { type: 'string' } }, left: { type: 'string' },
      },
      required: ['name', 'count', 'kind', 'address', 'tags'],
    } // prettier-ignore
    expect(exampleFor(schema)).toBe(
      [
        "curl -X POST 'https://api.example.com/v2/things/{id}'",
        '-H "X-AUTH-TOKEN: $TOKEN"',
        "-H 'Content-Type: application/json'",
        '-d \'{"name":"name","count":3,"kind":"A","address":{"city":"city"},"tags":["tags"]}\'',
      ].join(' \\\n  '),
    )
  })

  it('needs no token where nobody asks for one, has required queries, and ends with schemas that hold themselves', () => {
    const parameters = [
      { name: 'startDate', in: 'query', required: true, schema: { type: 'string', format: 'date' } },
      { name: 'limit', in: 'query', schema: { type: 'integer' } },
    ]
    expect(requestExample({ method: 'GET', path: '/v2/x', operation: { security: [], parameters } }, {})).toBe(
      "curl -X GET 'https://api.example.com/v2/x?startDate=2026-11-21'",
    )
    expect(exampleFor({ $ref: '#/components/schemas/Loop' })).toContain('"again"')
  })
})
