import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'

/** Publishes the interface at `/openapi.json`; it is written from the operations themselves, on first request. */
export async function publishOpenApi(http: FastifyInstance): Promise<void> {
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Dialtone', version: '0.1.0', description: 'Provisioning API of the Dialtone voice platform.' },
      components: { securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'X-AUTH-TOKEN' }, bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }, { bearer: [] }],
    },
    transformObject: (document) => ('openapiObject' in document ? hoistNamedSchemas(document.openapiObject) : document.swaggerObject),
  })
  for (const url of ['/openapi.json', '/openapi/v2.json']) {
    http.get(url, { schema: { hide: true } }, (_request, reply) => reply.type('application/json').serializer(JSON.stringify).send(http.swagger()))
  }
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
  document['paths'] = walk(document['paths'])
  document['components'] = { ...(document['components'] as object), schemas }
  return document as Document
}
