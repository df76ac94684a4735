import type { Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import { activateNumbers, type NumbersToAdd } from './activate-numbers.ts'
import type { TelephoneNumberRow } from './telephone-number-queries.ts'

/** Puts numbers on an account and activates them: all of them or none (S1-74 … S1-86). */
export function addNumbers(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  request: NumbersToAdd,
): Promise<Result<readonly TelephoneNumberRow[], ApiFailure>> {
  return write(context, actorOf(principal), (change) => activateNumbers(change, principal, scope, request))
}
