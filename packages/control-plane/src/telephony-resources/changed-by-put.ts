import { ok, type Result } from '@dialtone/foundation'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { idOf } from './prefixed-id.ts'
import type { Owned } from './reach.ts'

/**
 * What a PUT changes (C-43): it makes something new for `new`, for the word of a type, and for an id that nobody has.
 * @returns undefined when there is nothing to change yet; the failure of `enter` for what is somebody else's
 */
export async function changedByPut<Found>(isWord: boolean, enter: () => Promise<Result<Found, ApiFailure>>): Promise<Result<Found | undefined, ApiFailure>> {
  if (isWord) return ok(undefined)
  const found = await enter()
  return found.ok || found.error.status !== 404 ? found : ok(undefined)
}

/** What stays as it was made, and is said otherwise by a PUT: refused, so that nobody takes it for done. @param kept the first of the others, if there is any */
export function unchangeable(organizationId: string | undefined, row: Owned, ...kept: readonly (ApiFailure | false | undefined)[]): ApiFailure | undefined {
  const isMoved = organizationId !== undefined && idOf('organization', organizationId) !== (row.account_id ?? row.partition_id)
  if (isMoved) return notChangeable('organizationId', 'it stays with its organisation: make one for the other')
  return kept.find((failure): failure is ApiFailure => failure !== undefined && failure !== false)
}

export function notChangeable(field: string, rule: string): ApiFailure {
  return invalidField(field, 'is another one', rule, `${field.charAt(0).toUpperCase()}${field.slice(1).replace(/Id$/, '')}NotChangeable`)
}
