import type { Result } from '@dialtone/foundation'
import type { ApiFailure } from './api-failure.ts'

const CONFLICTS: ReadonlySet<string> = new Set([
  'TelephoneNumberReserved', 'TelephoneNumberInUse', 'AccountTelephoneNumberLimitReached', 'OrderNotAwaitingApproval', 'OpenServiceActivation',
]) // prettier-ignore

/** The hyphenated surface answers a conflict with 409 where the other one says 400 (C-28, C-32). */
export function conflictStatus<Value>(result: Result<Value, ApiFailure>): Result<Value, ApiFailure> {
  return result.ok || !CONFLICTS.has(result.error.code) ? result : { ok: false, error: { ...result.error, status: 409 } }
}
