import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { OpenApiDocument } from './open-api-document.ts'
import { referencePage } from './reference-page.ts'

let platform: TestControlPlane
let document: OpenApiDocument
const get = (url: string) => platform.plane.http.inject({ method: 'GET', url })

beforeAll(async () => {
  platform = await startTestControlPlane()
  document = (await get('/openapi.json')).json<OpenApiDocument>()
})
afterAll(() => platform.stop())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method, path, operation })),
  )

describe('/openapi.json', () => {
  it('is put together once, however often somebody asks, and so are those of the surfaces', async () => {
    const written = vi.spyOn(platform.plane.http, 'swagger')
    const documents = ['/openapi.json', '/openapi/v2.json', '/openapi/telephony-resources.json', '/docs']
    const first = await Promise.all(documents.map(get))
    written.mockClear()
    const again = await Promise.all(documents.map(get))
    expect(again.map(({ statusCode, body }) => [statusCode, body])).toEqual(first.map(({ body }) => [200, body]))
    expect(written).not.toHaveBeenCalled()
    written.mockRestore()
  })

  it('every operation has a summary, one tag and an answer below 400', () => {
    expect(operations().length).toBeGreaterThan(50)
    for (const { name, operation } of operations()) {
      expect(operation.summary ?? '', name).not.toBe('')
      expect(operation.tags, name).toHaveLength(1)
      expect(
        Object.keys(operation.responses ?? {}).some((status) => Number(status) < 400),
        name,
      ).toBe(true)
    }
  })

  it('every operation has a name of its own, says how it fails, and tells of the manners that all have', () => {
    const names = operations().map(({ operation }) => operation.operationId ?? '')
    expect(new Set(names).size).toBe(names.length)
    for (const { name, method, operation } of operations()) {
      const described = Object.values(operation.responses ?? {}).map(({ description }) => description)
      expect(
        described.filter((text) => text === undefined || text === 'Default Response'),
        name,
      ).toEqual([])
      expect(Object.keys(operation.responses ?? {}), name).toContain('429')
      if (method === 'get' || operation.security?.length === 0) continue
      expect(
        (operation.parameters ?? []).map((parameter) => parameter.name),
        name,
      ).toEqual(expect.arrayContaining(['dryRun', 'Idempotency-Key']))
    }
  })

  it('every parameter of a path is described as one of the path', () => {
    for (const { name, path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      const described = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name)
      expect(
        described.toSorted((one, other) => one.localeCompare(other)),
        name,
      ).toEqual(inPath.toSorted((one, other) => (one ?? '').localeCompare(other ?? '')))
    }
  })

  it('named schemas are hoisted, and every reference leads to one', () => {
    const names = Object.keys(document.components?.schemas ?? {})
    expect(names).toEqual(expect.arrayContaining(['Account', 'AccountRequest', 'Problem', 'DeviceLine', 'LoginToken']))
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1])
    expect(references.length).toBeGreaterThan(100)
    expect(references.filter((name) => !names.includes(name ?? ''))).toEqual([])
    expect(JSON.stringify(document.paths)).not.toContain('"title"')
  })
})

describe('/docs', () => {
  it('lists every operation, tag and schema of the document', async () => {
    const { statusCode, headers, body } = await get('/docs')
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    for (const { method, path, operation } of operations()) {
      expect(body).toContain(`<b>${method.toUpperCase()}</b> <code>${path}</code>`)
      expect(body).toContain(`>${operation.tags?.[0] ?? ''}</h2>`)
    }
    for (const name of Object.keys(document.components?.schemas ?? {})) expect(body).toContain(`id="schema-${name}"`)
    for (const [, target] of body.matchAll(/href="#([^"]+)"/g)) expect(body).toContain(`id="${target ?? ''}"`)
  })

  it('runs no script and asks nobody outside: its policy forbids both, and it has no such address', async () => {
    const { headers, body } = await get('/docs')
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    )
    expect(body).not.toMatch(/<script|(src|href)="(https?:)?\/\/|@import|url\(/i)
  })

  it('texts of the document are text, never markup', () => {
    const hostile = {
      info: { title: '<b>', version: '1' },
      paths: { '/a"<x>': { get: { tags: ['<i>'], summary: '<script>alert(1)</script>', responses: { 200: {} } } } },
    }
    const page = referencePage(hostile)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toMatch(/<script|<i>|<x>/)
  })
})

describe('/', () => {
  it('leads to what there is', async () => {
    const { statusCode, headers, body } = await get('/')
    expect([statusCode, headers['content-security-policy']?.slice(0, 18)]).toEqual([200, "default-src 'none'"])
    for (const path of ['/docs', '/openapi.json', '/health/ready', '/metrics']) expect(body).toContain(`href="${path}"`)
  })
})
