import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { withManners } from './published-manners.ts'

const DESCRIPTION = [
  'Provisioning API of the Dialtone voice platform: partitions, accounts, users, numbers, devices, lines, trunks and what calls do.',
  'POST /v2/authorize gives a token for X-AUTH-TOKEN or Authorization: Bearer; keys of programs are made by POST …/apikey.',
  'Unknown members are ignored, null is the same as leaving out (in a PATCH it takes away), numbers sent as text are numbers.',
  'Failures carry a stable code and name field, reason and rule; Accept: application/problem+json answers RFC 9457.',
].join(' ')

/** Publishes the interface at `/openapi.json`, and that of each surface beside it; written from the operations themselves, once. */
export async function publishOpenApi(http: FastifyInstance, surfaces: readonly string[]): Promise<void> {
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Dialtone', version: '0.1.0', description: DESCRIPTION },
      servers: [{ url: '/', description: 'Where this document comes from' }],
      components: { securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'X-AUTH-TOKEN' }, bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }, { bearer: [] }],
    },
    transformObject: (document) => ('openapiObject' in document ? hoistNamedSchemas(document.openapiObject) : document.swaggerObject),
  })
  const publish = (url: string, content: () => unknown): void => {
    // Two megabytes that never change: anybody may ask for them, and calls wait meanwhile.
    let bytes: Buffer | undefined
    http.get(url, { schema: { hide: true } }, (_request, reply) => {
      bytes ??= Buffer.from(JSON.stringify(content()), 'utf8')
      return reply.type('application/json').send(bytes)
    })
  }
  publish('/openapi.json', () => http.swagger())
  for (const name of ['v2', ...new Set(surfaces)]) publish(`/openapi/${name}.json`, () => documentOf(http.swagger(), name))
}

interface PublishedDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> }
}

/** The operations of one surface, and the schemas they lead to. */
function documentOf(whole: object, surface: string): object {
  const { paths = {}, components } = whole as PublishedDocument
  const isOf = (operation: unknown): boolean => ((operation as Record<string, unknown>)['x-surface'] ?? 'v2') === surface
  const kept = Object.entries(paths).flatMap(([path, item]): (readonly [string, object])[] => {
    const operations = Object.entries(item).filter(([, operation]) => isOf(operation))
    return operations.length === 0 ? [] : [[path, Object.fromEntries<unknown>(operations)]]
  })
  const schemas = components?.schemas ?? {}
  const used = new Set<string>()
  for (const waiting: unknown[] = [kept]; waiting.length > 0;)
    for (const [, name = ''] of JSON.stringify(waiting.pop()).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      waiting.push(schemas[name] ?? {})
    }
  const ofSurface = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)))
  return { ...whole, paths: Object.fromEntries<object>(kept), components: { ...components, schemas: ofSurface } }
}

/** Schemas with a title become `components.schemas` and are referred to by `$ref`. */
function hoistNamedSchemas<Document extends object>(source: Document): Document {
  const document = structuredClone(source) as Record<string, unknown>
  const schemas: Record<string, unknown> = {}
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk)
    if (typeof node !== 'object' || node === null) return node
    const members = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value)]))
    const title = members['title']
    if (members['type'] !== 'object' || typeof title !== 'string') return members
    schemas[title] = members
    return { $ref: `#/components/schemas/${title}` }
  }
  const paths = walk(document['paths']) as Readonly<Record<string, Readonly<Record<string, object>>>>
  document['paths'] = Object.fromEntries(
    Object.entries(paths).map(
      ([path, item]) => [path, Object.fromEntries(Object.entries(item).map(([method, one]) => [method, withManners(method, path, one)] as const))] as const,
    ),
  )
  document['components'] = { ...(document['components'] as object), schemas }
  return document as Document
}
