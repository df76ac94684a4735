import type { Result } from '@dialtone/foundation'
import type { Context } from '../../context.ts'
import { inOneUnit } from '../../events/index.ts'
import type { ApiFailure } from '../../failures/index.ts'

/** PostgreSQL's "could not serialize access due to concurrent update". */
const SERIALIZATION_FAILURE = '40001'
const ATTEMPTS = 3

/** A unit that sees one state only: who changed something between its reading and its writing makes it start again. */
export async function inRepeatableUnit<Value>(
  context: Context,
  act: (context: Context) => Promise<Result<Value, ApiFailure>>,
): Promise<Result<Value, ApiFailure>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await inOneUnit(context, act, { isRepeatableRead: true })).result
    } catch (error) {
      if ((error as { code?: unknown }).code !== SERIALIZATION_FAILURE || attempt >= ATTEMPTS) throw error
    }
  }
}
