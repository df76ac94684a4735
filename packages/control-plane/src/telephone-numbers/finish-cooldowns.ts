import { ok } from '@dialtone/foundation'
import { SYSTEM_ACTOR } from '../access/index.ts'
import type { DueTask } from '../due-work/index.ts'
import { write } from '../events/index.ts'
import { advanceFound, lockRested } from '../service-activations/index.ts'

const BATCH = 200
const MAX_ROUNDS = 100

/**
 * Nobody touches a number when it has rested, it is free from that moment on; the event that told of its disconnection is over then
 * (public-spec section 10: the carrier has it back).
 */
export const cooldownsDueTask: DueTask = {
  name: 'cooldowns',
  run: async (context) => {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const done = await write(context, SYSTEM_ACTOR, async (change) => {
        const rested = await lockRested(change.sql, change.now, BATCH)
        for (const row of rested) await advanceFound(change, row, { status: 'COMPLETED', ...(row.cooldown_until === null ? {} : { at: row.cooldown_until }) })
        return ok(rested.length)
      })
      if (!done.ok || done.value < BATCH) return
    }
  },
}
