import { ok } from '@dialtone/foundation'
import type { CarrierChange } from '@dialtone/softswitch'
import { SYSTEM_ACTOR } from '../access/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'

/** Tells the tenant whose carrier it is that it went down, rests after failures, or is back. Of the platform's own nobody is told. */
export async function reportCarrierChange(context: Context, { carrierId, name, partitionId, accountId, health, reason }: CarrierChange): Promise<void> {
  if (partitionId === undefined) return
  await write(context, SYSTEM_ACTOR, async (change) => {
    const data = { carrierTrunkId: carrierId, name, health, reason }
    change.emit({ type: health === 'up' ? 'carrier.up' : 'carrier.down', partitionId, accountId, data })
    return Promise.resolve(ok(undefined))
  })
}
