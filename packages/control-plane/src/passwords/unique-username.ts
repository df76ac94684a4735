import { err, type Result } from '@dialtone/foundation'
import { violatedUniqueIndex } from '../database/index.ts'
import { alreadyInUse, type ApiFailure } from '../failures/index.ts'

/** Names of users are unique on the platform, by these indexes. */
const INDEXES: ReadonlySet<string | undefined> = new Set(['management_user_username', 'account_user_username'])

/** Does the work; where the name turns out to be taken, that is the answer. @param username asked when it is known: a change decides on it inside */
export async function uniqueUsername<Value>(
  username: () => string,
  work: () => Promise<Result<Value, ApiFailure>>,
  field = 'username',
): Promise<Result<Value, ApiFailure>> {
  try {
    return await work()
  } catch (error) {
    if (INDEXES.has(violatedUniqueIndex(error))) return err(alreadyInUse('DuplicateUsername', field, username(), 'platform'))
    throw error
  }
}
