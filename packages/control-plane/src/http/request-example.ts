import type { OpenApiDocument, OpenApiOperation, OpenApiSchema } from './open-api-document.ts'

export interface ExampleOf {
  readonly method: string
  readonly path: string
  readonly operation: OpenApiOperation
}

type Schemas = NonNullable<OpenApiDocument['components']>['schemas']

const SERVER = 'https://api.example.com'
/** A body that requires nothing is shown with so many of its members. */
const OPTIONAL_SHOWN = 4
const DEEPEST = 6

/** An operation as a command for a shell (S1-02): every required parameter and member, each with a value of its type or the name of what belongs there. */
export function requestExample({ method, path, operation }: ExampleOf, schemas: Schemas): string {
  const asked = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query' && parameter.required === true)
  const query = asked.map(({ name, schema }) => `${name}=${encodeURIComponent(String(exampleOf(schema, name, schemas)))}`).join('&')
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  return [
    `curl -X ${method} '${SERVER}${path}${query === '' ? '' : `?${query}`}'`,
    ...(operation.security?.length === 0 ? [] : ['-H "X-AUTH-TOKEN: $TOKEN"']),
    ...(type === undefined ? [] : [`-H 'Content-Type: ${type}'`, bodyOf(type, content?.schema, schemas)]),
  ].join(' \\\n  ')
}

function bodyOf(type: string, schema: OpenApiSchema | undefined, schemas: Schemas): string {
  return type === 'application/json' ? `-d '${JSON.stringify(exampleOf(schema, 'body', schemas))}'` : '--data-binary @file'
}

function exampleOf(schema: OpenApiSchema | undefined, name: string, schemas: Schemas, depth = 0): unknown {
  if (schema === undefined || depth > DEEPEST) return name
  if (schema.$ref !== undefined) return exampleOf(schemas?.[schema.$ref.split('/').at(-1) ?? ''], name, schemas, depth + 1)
  if (schema.anyOf !== undefined) return exampleOf(schema.anyOf[0], name, schemas, depth + 1)
  if (schema.default !== undefined) return schema.default
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.items !== undefined) return [exampleOf(schema.items, name, schemas, depth + 1)]
  if (schema.properties !== undefined) return objectOf(schema, schemas, depth)
  const type = typeof schema.type === 'object' ? schema.type[0] : schema.type
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1
  if (type === 'boolean') return true
  if (type === 'object') return {}
  return TEXTS[schema.format ?? ''] ?? name
}

const TEXTS: Readonly<Record<string, string>> = {
  'date-time': '2026-11-21T15:00:00Z',
  date: '2026-11-21',
  email: 'jane@example.com',
  uri: 'https://example.com/hook',
  uuid: '5967df89-c80e-4e94-b73f-f6f29202de1e',
}

function objectOf({ properties = {}, required = [] }: OpenApiSchema, schemas: Schemas, depth: number): object {
  const members = Object.entries(properties)
  const wanted = required.length > 0 ? members.filter(([name]) => required.includes(name)) : depth === 0 ? members.slice(0, OPTIONAL_SHOWN) : []
  return Object.fromEntries(wanted.map(([name, member]) => [name, exampleOf(member, name, schemas, depth + 1)]))
}
