import { ok, type Result } from '@dialtone/foundation'
import type { Context } from '../../context.ts'
import type { ApiFailure } from '../../failures/index.ts'
import type { Operation, Reply } from '../operation.ts'
import { checkSchema } from '../schema-validation.ts'
import type { AdmittedRequest } from './run-operation.ts'

const readers = new WeakMap<readonly Operation[], ReadonlyMap<string, Operation>>()

/** What GET of the same path does, if there is one. */
export function samePathReader(operations: readonly Operation[], operation: Operation): Operation | undefined {
  let known = readers.get(operations)
  if (known === undefined) {
    known = new Map(operations.filter(({ method }) => method === 'GET').map((reader) => [placesOf(reader.path), reader]))
    readers.set(operations, known)
  }
  return known.get(placesOf(operation.path))
}

const PARAMETER = /:(\w+)/g

/** What reads a path may call its parameters otherwise than what changes it. */
function placesOf(path: string): string {
  return path.replaceAll(PARAMETER, ':')
}

function paramsFor(reader: Operation, { operation, input }: AdmittedRequest): Readonly<Record<string, unknown>> {
  const given = input.params as Readonly<Record<string, unknown>>
  const [theirs, ours] = [reader, operation].map(({ path }) => [...path.matchAll(PARAMETER)].map(([, name = '']) => name))
  return Object.fromEntries((theirs ?? []).map((name, place) => [name, given[ours?.[place] ?? '']]))
}

/** What it answers when it is asked for nothing in particular: its query has its defaults, and where it cannot be left out nothing is shown. */
export async function readSamePath(context: Context, reader: Operation, request: AdmittedRequest): Promise<Result<Reply, ApiFailure>> {
  const query = reader.query === undefined ? ok({}) : checkSchema(reader.query, {}, 'query')
  return query.ok ? reader.run(context, { ...request.input, params: paramsFor(reader, request), query: query.value, body: undefined }, request.scope) : query
}
