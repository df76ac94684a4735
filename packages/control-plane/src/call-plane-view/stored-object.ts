/** A stored JSON object, read member by member: what is not as it should be is not there. */
export type StoredObject = Readonly<Record<string, unknown>>

export function objectAt(source: StoredObject, name: string): StoredObject {
  const value = source[name]
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

export function listAt(source: StoredObject, name: string): readonly unknown[] {
  const value = source[name]
  return Array.isArray(value) ? (value as unknown[]) : []
}

/** @returns undefined for an empty text, too */
export function textAt(source: StoredObject, name: string): string | undefined {
  const value = source[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function numberAt(source: StoredObject, name: string): number | undefined {
  const value = source[name]
  return typeof value === 'number' ? value : undefined
}
