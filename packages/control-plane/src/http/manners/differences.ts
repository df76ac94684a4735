/** One member that differs. */
export interface Difference {
  /** A JSON pointer (RFC 6901); empty for the whole. */
  readonly pointer: string
  readonly before?: unknown
  readonly after?: unknown
}

/** Deep enough for anything we store; below it the whole member is shown. */
const MAX_DEPTH = 8

/** What differs between two values, member by member; arrays are compared as a whole. */
export function differencesBetween(before: unknown, after: unknown, pointer = '', depth = 0): readonly Difference[] {
  if (isPlain(before) && isPlain(after) && depth < MAX_DEPTH)
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
      differencesBetween(before[name], after[name], `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1),
    )
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  return [{ pointer, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }]
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
