import type { Operation } from '../operation.ts'

const readers = new WeakMap<readonly Operation[], ReadonlyMap<string, Operation>>()

/** What GET of the same path does, if there is one. */
export function samePathReader(operations: readonly Operation[], operation: Operation): Operation | undefined {
  let known = readers.get(operations)
  if (known === undefined) {
    known = new Map(operations.filter(({ method }) => method === 'GET').map((reader) => [reader.path, reader]))
    readers.set(operations, known)
  }
  return known.get(operation.path)
}
