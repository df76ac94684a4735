/** What two OpenAPI documents say about the same operations; a function of its arguments. */

export interface ContractDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export type Aspect = 'path' | 'status' | 'query'

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
}

interface RawOperation {
  readonly tags?: readonly string[]
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses?: Readonly<Record<string, unknown>>
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** Compares what both documents have; what only the public one has counts as missing, not as different. */
export function compareContracts(ours: ContractDocument, published: ContractDocument): Comparison {
  const byKey = new Map(operationsOf(ours).map((operation) => [keyOf(operation), operation]))
  const pairs = operationsOf(published).map((theirs) => ({ theirs, mine: byKey.get(keyOf(theirs)) }))
  return {
    counted: (tags) => {
      const inTags = pairs.filter(({ theirs }) => tags === undefined || theirs.tags.some((tag) => tags.has(tag)))
      return { implemented: inTags.filter(({ mine }) => mine !== undefined).length, total: inTags.length }
    },
    differences: pairs.flatMap(({ theirs, mine }) => (mine === undefined ? [] : differencesOf(theirs, mine))),
  }
}

/** Differences nobody gave a reason for, and reasons for differences that are no more. */
export function unexplained(differences: readonly Difference[], reasons: Reasons): { readonly open: readonly Difference[]; readonly stale: readonly string[] } {
  const open = differences.filter(({ operation, aspect }) => (reasons[operation]?.[aspect] ?? '') === '')
  const present = new Set(differences.map(({ operation, aspect }) => `${operation} (${aspect})`))
  const given = Object.entries(reasons).flatMap(([operation, aspects]) => Object.keys(aspects).map((aspect) => `${operation} (${aspect})`))
  return { open, stale: given.filter((name) => !present.has(name)) }
}

function differencesOf(theirs: Described, mine: Described): readonly Difference[] {
  const operation = `${theirs.method} ${theirs.path}`
  const aspects: readonly (readonly [Aspect, string, string])[] = [
    ['path', theirs.path, mine.path],
    ['status', theirs.successStatuses.join(' '), mine.successStatuses.join(' ')],
    ['query', theirs.queryNames.join(' '), mine.queryNames.join(' ')],
  ]
  return aspects.flatMap(([aspect, wanted, given]) => (wanted === given ? [] : [{ operation, aspect, text: `public "${wanted}", ours "${given}"` }]))
}

function operationsOf(document: ContractDocument): readonly Described[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as RawOperation | undefined
      return operation === undefined ? [] : [describe(method, path, operation)]
    }),
  )
}

function describe(method: string, path: string, operation: RawOperation): Described {
  const queryNames = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name)
  return {
    method: method.toUpperCase(),
    path,
    tags: operation.tags ?? [],
    successStatuses: sorted(Object.keys(operation.responses ?? {}).filter((status) => /^[23]\d\d$/.test(status))),
    queryNames: sorted(queryNames),
  }
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
