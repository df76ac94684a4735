import type { TestControlPlane } from '@dialtone/testkit'
import type { Requirement } from '../../src/http/index.ts'

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: Schema
}

export interface PublishedOperation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly isPublic: boolean
  readonly requires: Requirement
  /** A further spelling of another one. */
  readonly isAlias: boolean
  readonly query: readonly Parameter[]
  /** Of JSON bodies. */
  readonly body: Schema | undefined
  /** It takes a file or a form. */
  readonly takesForm: boolean
}

export interface TextField {
  /** From the body down; `[]` is a member of an array. */
  readonly path: readonly string[]
  /** What references of the same object may be of. */
  readonly referenceTypes: readonly string[]
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { parameters?: readonly Parameter[]; requestBody?: { content: Record<string, { schema?: Schema }> }; security?: readonly unknown[]; deprecated?: boolean; 'x-requires': Requirement }>>>> // prettier-ignore
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> }
}

/** A stream does not end; what is signed in its URL asks for no token; places are the same for everybody. */
export function isOfTenants({ path, isPublic }: PublishedOperation): boolean {
  return !isPublic && !/\/events\/stream$|^\/v2\/(ref|address)\//.test(path)
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const DEEPEST = 8

/** The whole interface, as it is published. */
export async function publishedOperations(platform: TestControlPlane) {
  const document = (await platform.call('GET', '/openapi.json')).body as unknown as Document
  const schemas = document.components?.schemas ?? {}
  const resolved = (schema: Schema): Schema => (schema.$ref === undefined ? schema : resolved(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}))
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method): PublishedOperation[] => {
      const operation = item[method.toLowerCase()]
      if (operation === undefined) return []
      const content = operation.requestBody?.content ?? {}
      const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query')
      const takesForm = Object.keys(content).some((type) => !type.includes('json'))
      const isAlias = operation.deprecated === true
      const { security, 'x-requires': requires } = operation
      return [{ method, path, isPublic: security?.length === 0, requires, isAlias, query, body: content['application/json']?.schema, takesForm }]
    }),
  )
  return {
    operations,
    textsIn: (schema: Schema) => textsIn(schema, resolved),
    fieldsIn: (schema: Schema) => fieldsIn(schema, resolved),
    membersOf: (schema: Schema) => Object.keys(resolved(schema).properties ?? {}),
    sampleOf: (schema: Schema) => sampleOf(schema, 'x', resolved),
    withValue: (schema: Schema, body: unknown, path: readonly string[], value: string, referenceType: string | undefined) =>
      withValue(schema, body, path, { value, referenceType, resolved }),
  }
}

/** Every place there is, lists and alternatives left out of the paths. */
function fieldsIn(given: Schema, resolved: (schema: Schema) => Schema, path: readonly string[] = []): readonly string[] {
  const schema = resolved(given)
  if (path.length > DEEPEST) return []
  const below = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.items === undefined ? [] : [schema.items])]
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [[...path, name].join('.'), ...fieldsIn(field, resolved, [...path, name])])
  return [...fields, ...below.flatMap((each) => fieldsIn(each, resolved, path))]
}

/** Every place for a text that is no word of a list. */
function textsIn(given: Schema, resolved: (schema: Schema) => Schema, path: readonly string[] = [], referenceTypes: readonly string[] = []): TextField[] {
  const schema = resolved(given)
  if (path.length > DEEPEST) return []
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((choice) => textsIn(choice, resolved, path, referenceTypes))
  const members = schema.items === undefined ? [] : textsIn(schema.items, resolved, [...path, '[]'], referenceTypes)
  const types = (resolved(schema.properties?.['referenceType'] ?? {}).enum ?? []).map(String)
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => textsIn(field, resolved, [...path, name], types))
  const isText = (schema.type === 'string' || (Array.isArray(schema.type) && schema.type.includes('string'))) && schema.enum === undefined
  return [...choices, ...members, ...fields, ...(isText ? [{ path, referenceTypes }] : [])]
}

const TEXTS: Readonly<Record<string, string>> = {
  'date-time': '2026-11-21T15:00:00Z',
  date: '2026-11-21',
  email: 'jane@example.com',
  uri: 'https://example.com/hook',
}

/** Texts whose form no schema's sample would have. */
const FORMS: Readonly<Record<string, string>> = {
  deviceTypeId: 'SPA112',
  deviceType: 'SPA112',
  digit: '1',
  mask: '*99',
  starCode: '*71',
  type: 'Voicemail',
  lineType: 'AdvancedSharedLine',
}

/** Of two members that say the same in two ways the other one: with both a body is refused before either is looked at. */
const INSTEAD_OF: Readonly<Record<string, readonly string[]>> = { lineId: ['userId'], userId: ['lineId'], overflow: ['voicemailEnabled', 'voicemailBoxId'] }

/** A body with what is required and no more. */
function sampleOf(given: Schema, name: string, resolved: (schema: Schema) => Schema, depth = 0): unknown {
  const schema = resolved(given)
  const [choice] = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  if (choice !== undefined) return sampleOf(choice, name, resolved, depth + 1)
  if (schema.default !== undefined) return schema.default
  const form = FORMS[name]
  if (schema.enum !== undefined) return form !== undefined && schema.enum.includes(form) ? form : schema.enum[0]
  if (depth > DEEPEST) return name
  if (schema.items !== undefined) return [sampleOf(schema.items, name, resolved, depth + 1)]
  if (schema.properties !== undefined)
    return Object.fromEntries((schema.required ?? []).map((key) => [key, sampleOf(schema.properties?.[key] ?? {}, key, resolved, depth + 1)]))
  const type = typeof schema.type === 'object' ? schema.type[0] : schema.type
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1
  if (type === 'boolean') return true
  if (type === 'object') return {}
  return TEXTS[schema.format ?? ''] ?? form ?? name
}

interface Placing {
  readonly value: string
  /** The kind of a reference, which stands beside its id. */
  readonly referenceType: string | undefined
  readonly resolved: (schema: Schema) => Schema
}

/** @returns a copy with the value at that place; objects on the way that are not there have what is required of them. */
function withValue(given: Schema, body: unknown, [part, ...rest]: readonly string[], o: Placing): unknown {
  if (part === undefined) return o.value
  const schema = leadingTo(o.resolved(given), part, o.resolved)
  if (part === '[]') return [withValue(schema.items ?? {}, Array.isArray(body) ? body[0] : undefined, rest, o), ...(Array.isArray(body) ? body.slice(1) : [])]
  const isThere = typeof body === 'object' && body !== null && !Array.isArray(body)
  const all = (isThere ? body : sampleOf({ ...schema, anyOf: [], oneOf: [] }, part, o.resolved)) as Readonly<Record<string, unknown>>
  const replaced = rest.length === 0 || part === 'overflow' ? (INSTEAD_OF[part] ?? []) : []
  const members = Object.fromEntries(Object.entries(all).filter(([name]) => !replaced.includes(name)))
  const key = members['lineType'] ?? 'Line'
  const lineType = part === 'referenceId' && schema.properties?.['lineType'] !== undefined ? { lineType: key === 'Line' ? 'AdvancedSharedLine' : key } : {}
  const kind = part === 'referenceId' && o.referenceType !== undefined ? { referenceType: o.referenceType } : lineType
  return { ...members, ...kind, [part]: withValue(schema.properties?.[part] ?? {}, members[part], rest, o) }
}

/** Of several forms the one that has the place. */
function leadingTo(schema: Schema, part: string, resolved: (schema: Schema) => Schema): Schema {
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map((choice) => leadingTo(resolved(choice), part, resolved))
  return choices.find((choice) => (part === '[]' ? choice.items !== undefined : choice.properties?.[part] !== undefined)) ?? schema
}
