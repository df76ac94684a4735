/** What two OpenAPI documents say about the same operations; a function of its arguments. */

export interface ContractDocument {
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> }
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export type Aspect = 'path' | 'status' | 'query' | 'required' | 'body' | 'answer' | 'types'

export interface Difference {
  /** Method and path as the public interface writes them. */
  readonly operation: string
  readonly aspect: Aspect
  readonly text: string
}

/** Why an operation differs, by operation and aspect: docs/contract-differences.json. */
export type Reasons = Readonly<Record<string, Readonly<Partial<Record<Aspect, string>>>>>

export interface Comparison {
  /** Of the public operations in `tags`, or of all. */
  readonly counted: (tags?: ReadonlySet<string>) => { readonly implemented: number; readonly total: number }
  readonly differences: readonly Difference[]
}

interface Described {
  readonly method: string
  readonly path: string
  readonly tags: readonly string[]
  readonly successStatuses: readonly string[]
  readonly queryNames: readonly string[]
  readonly requiredQuery: readonly string[]
  /** What may be sent, and what comes back: members by their place, with the values of lists that are fixed. */
  readonly body: Members
  readonly answer: Members
  /** The JSON types the answer as a whole may be of, none when it has no body. */
  readonly answerTypes: readonly string[]
}

/** `address.city` → the values it may have, none when it is free, and the JSON types it may be of, none when nobody says. */
type Members = ReadonlyMap<string, Member>

interface Member {
  readonly values: readonly string[]
  readonly types: ReadonlySet<string>
}

interface RawOperation {
  readonly tags?: readonly string[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[]
  readonly requestBody?: unknown
  readonly responses?: Readonly<Record<string, unknown>>
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/**
 * Compares what both documents have; what only the public one has counts as missing, not as different.
 * @param leftOut members that are explained once for all operations.
 */
export function compareContracts(ours: ContractDocument, published: ContractDocument, leftOut: ReadonlySet<string> = new Set()): Comparison {
  const byKey = new Map(operationsOf(ours).map((operation) => [keyOf(operation), operation]))
  const pairs = operationsOf(published).map((theirs) => ({ theirs, mine: byKey.get(keyOf(theirs)) }))
  return {
    counted: (tags) => {
      const inTags = pairs.filter(({ theirs }) => tags === undefined || theirs.tags.some((tag) => tags.has(tag)))
      return { implemented: inTags.filter(({ mine }) => mine !== undefined).length, total: inTags.length }
    },
    differences: pairs.flatMap(({ theirs, mine }) => (mine === undefined ? [] : differencesOf(theirs, mine, leftOut))),
  }
}

/** Differences nobody gave a reason for, and reasons for differences that are no more. */
export function unexplained(differences: readonly Difference[], reasons: Reasons): { readonly open: readonly Difference[]; readonly stale: readonly string[] } {
  const open = differences.filter(({ operation, aspect }) => (reasons[operation]?.[aspect] ?? '') === '')
  const present = new Set(differences.map(({ operation, aspect }) => `${operation} (${aspect})`))
  const given = Object.entries(reasons).flatMap(([operation, aspects]) => Object.keys(aspects).map((aspect) => `${operation} (${aspect})`))
  return { open, stale: given.filter((name) => !present.has(name)) }
}

/** Ours besides, and explained once: whoever does not ask gets the list as it is documented (C-11), and a write that is done. */
const TAKEN_EVERYWHERE: ReadonlySet<string> = new Set(['cursor', 'pageSize', 'dryRun'])

function differencesOf(theirs: Described, mine: Described, leftOut: ReadonlySet<string>): readonly Difference[] {
  const operation = `${theirs.method} ${theirs.path}`
  const aspects: readonly (readonly [Aspect, string, string])[] = [
    ['path', theirs.path, mine.path],
    ['status', theirs.successStatuses.join(' '), mine.successStatuses.join(' ')],
    ['query', theirs.queryNames.join(' '), mine.queryNames.filter((name) => !TAKEN_EVERYWHERE.has(name) || theirs.queryNames.includes(name)).join(' ')],
  ]
  return [
    ...aspects.flatMap(([aspect, wanted, given]) => (wanted === given ? [] : [{ operation, aspect, text: `public "${wanted}", ours "${given}"` }])),
    // What the answer shows and the body does not take is ours to say: ids, counts, states.
    ...lackOf(operation, 'body', theirs.body, new Map([...mine.answer, ...mine.body]), leftOut),
    ...lackOf(operation, 'answer', theirs.answer, mine.answer, leftOut),
    ...otherBody(operation, theirs.answerTypes, mine.answerTypes),
    ...requiredBesides(operation, theirs, mine),
    ...otherTypes(operation, 'takes', theirs.body, mine.body),
    ...otherTypes(operation, 'answers', theirs.answer, mine.answer),
  ]
}

/** A caller written for the public interface leaves out what it lets him leave out. */
function requiredBesides(operation: string, theirs: Described, mine: Described): readonly Difference[] {
  const besides = mine.requiredQuery.filter((name) => theirs.queryNames.includes(name) && !theirs.requiredQuery.includes(name))
  return besides.length === 0 ? [] : [{ operation, aspect: 'required', text: `ours requires ${besides.join(', ')}` }]
}

/** Who reads the answer as JSON of a kind finds nothing, or another kind. A body where the public interface has none is ours besides. */
function otherBody(operation: string, theirs: readonly string[], ours: readonly string[]): readonly Difference[] {
  if (theirs.length === 0 || ours.some((type) => theirs.includes(type))) return []
  return [{ operation, aspect: 'types', text: `answers ${theirs.join('|')}, ours ${ours.length === 0 ? 'nothing' : ours.join('|')}` }]
}

/** A client in a language with types reads nothing of an answer in which a number is text. */
function otherTypes(operation: string, what: 'takes' | 'answers', theirs: Members, ours: Members): readonly Difference[] {
  const other = [...theirs].flatMap(([place, { types }]) => {
    const mine = ours.get(place)?.types ?? new Set<string>()
    const isKnown = types.size > 0 && mine.size > 0
    // What we take may be more; what we answer may not.
    const fits = what === 'takes' ? !types.isDisjointFrom(mine) : mine.isSubsetOf(types)
    return !isKnown || fits ? [] : [`${place}: public ${[...types].join('|')}, ours ${[...mine].join('|')}`]
  })
  return other.length === 0 ? [] : [{ operation, aspect: 'types', text: `${what} ${other.join(', ')}` }]
}

/** What theirs has and ours has not; what ours has besides is no difference: clients read by name. */
function lackOf(operation: string, aspect: Aspect, theirs: Members, ours: Members, leftOut: ReadonlySet<string>): readonly Difference[] {
  const lacking = [...theirs].flatMap(([place, { values }]) => {
    if (place.split('.').some((name) => name === '*' || leftOut.has(name))) return []
    const mine = ours.get(place)?.values
    // A free object of ours takes and shows whatever is inside it.
    if (mine === undefined) return hasFreeAncestor(place, ours) ? [] : [place]
    const missing = mine.length === 0 ? [] : values.filter((value) => !mine.includes(value))
    return missing.length === 0 ? [] : [`${place}=${missing.join('|')}`]
  })
  return lacking.length === 0 ? [] : [{ operation, aspect, text: `lacks ${lacking.join(', ')}` }]
}

function hasFreeAncestor(place: string, members: Members): boolean {
  const parts = place.split('.')
  return parts.some((_part, length) => members.has([...parts.slice(0, length), '*'].join('.')))
}

function operationsOf(document: ContractDocument): readonly Described[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as RawOperation | undefined
      return operation === undefined ? [] : [describe(method, path, operation, document)]
    }),
  )
}

function describe(method: string, path: string, operation: RawOperation, document: ContractDocument): Described {
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query')
  const answered = Object.entries(operation.responses ?? {}).find(([status]) => /^2\d\d$/.test(status))?.[1]
  const answer = contentOf(answered)
  return {
    method: method.toUpperCase(),
    path,
    tags: operation.tags ?? [],
    successStatuses: sorted(Object.keys(operation.responses ?? {}).filter((status) => /^[23]\d\d$/.test(status))),
    queryNames: sorted(query.map(({ name }) => name)),
    requiredQuery: sorted(query.filter(({ required }) => required === true).map(({ name }) => name)),
    body: membersOf(contentOf(operation.requestBody), document),
    answer: membersOf(answer, document),
    answerTypes: answer === undefined || !isJson(answered) ? [] : typesOf(answer, document, 0),
  }
}

type Schema = Readonly<Record<string, unknown>>

/** The schema of the first kind of content. */
function contentOf(described: unknown): Schema | undefined {
  const { content } = (described ?? {}) as { content?: Readonly<Record<string, { readonly schema?: Schema }>> }
  return Object.values(content ?? {})[0]?.schema
}

function isJson(described: unknown): boolean {
  return Object.keys((described as { content?: object }).content ?? {})[0]?.includes('json') === true
}

/** Deep enough for every object of the interface; unions that contain themselves end here. */
const MAX_DEPTH = 4

function membersOf(schema: Schema | undefined, document: ContractDocument): Members {
  const members = new Map<string, Member>()
  collect(schema, '', 0, new Set())
  return members

  /** @param through those it is a part of: unions contain themselves. */
  function collect(given: Schema | undefined, place: string, depth: number, through: ReadonlySet<Schema>): void {
    const one = resolved(given, document)
    if (one === undefined || depth > MAX_DEPTH || through.has(one)) return
    const further = new Set([...through, one])
    const below = (name: string): string => (place === '' ? name : `${place}.${name}`)
    for (const part of [...listAt(one, 'allOf'), ...listAt(one, 'anyOf'), ...listAt(one, 'oneOf')]) collect(part, place, depth, further)
    if (one['items'] !== undefined) collect(one['items'] as Schema, place, depth, further)
    const known = (one['properties'] ?? {}) as Readonly<Record<string, Schema>>
    for (const [name, member] of Object.entries(known)) {
      const values = (resolved(member, document)?.['enum'] ?? []) as readonly unknown[]
      const before = members.get(below(name))
      const types = new Set([...(before?.types ?? []), ...typesOf(member, document, 0)])
      members.set(below(name), { values: [...(before?.values ?? []), ...values.map(String)], types })
      collect(member, below(name), depth + 1, further)
    }
    const isFree = one['type'] === 'object' && Object.keys(known).length === 0 && listAt(one, 'allOf').length + listAt(one, 'anyOf').length === 0
    if (isFree || (typeof one['additionalProperties'] === 'object' && one['additionalProperties'] !== null) || one['patternProperties'] !== undefined)
      members.set(below('*'), { values: [], types: new Set() })
  }
}

/** Of a schema and its alternatives. Whole numbers are numbers, and null is nothing. */
function typesOf(given: Schema, document: ContractDocument, depth: number): readonly string[] {
  const one = resolved(given, document)
  if (one === undefined || depth > MAX_DEPTH) return []
  const types = [one['type'] ?? []].flat().filter((type) => typeof type === 'string')
  const said = types.map((type) => (type === 'integer' ? 'number' : type))
  const parts = [...listAt(one, 'allOf'), ...listAt(one, 'anyOf'), ...listAt(one, 'oneOf')]
  return [...said, ...parts.flatMap((part) => typesOf(part, document, depth + 1))].filter((type) => type !== 'null')
}

function listAt(schema: Schema, name: string): readonly Schema[] {
  return (schema[name] ?? []) as readonly Schema[]
}

function resolved(schema: Schema | undefined, document: ContractDocument): Schema | undefined {
  const reference = schema?.['$ref']
  if (typeof reference !== 'string') return schema
  return document.components?.schemas?.[reference.split('/').at(-1) ?? ''] as Schema | undefined
}

/** The same operation whatever its path parameters are called and however its fixed parts are spelled. */
function keyOf({ method, path }: Described): string {
  return `${method} ${path
    .replaceAll(/\{[^}]*\}/g, '{}')
    .toLowerCase()
    .replace(/\/$/, '')}`
}

function sorted(names: readonly string[]): readonly string[] {
  return names.toSorted((one, other) => one.localeCompare(other))
}
