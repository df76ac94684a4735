import { ok, type Result } from '@dialtone/foundation'
import type { ApiFailure } from '../failures/index.ts'

/**
 * What a PUT changes (C-43): it makes something new for `new`, for the word of a type, and for an id that nobody has.
 * @returns undefined when there is nothing to change yet; the failure of `enter` for what is somebody else's
 */
export async function changedByPut<Found>(isWord: boolean, enter: () => Promise<Result<Found, ApiFailure>>): Promise<Result<Found | undefined, ApiFailure>> {
  if (isWord) return ok(undefined)
  const found = await enter()
  return found.ok || found.error.status !== 404 ? found : ok(undefined)
}
