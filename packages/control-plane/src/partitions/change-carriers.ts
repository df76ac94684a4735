import { err, newId, ok, type Result } from '@dialtone/foundation'
import { actorOf, type PartitionScope, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { violatedUniqueIndex } from '../database/index.ts'
import { type DomainEvent, write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, inConflict } from '../failures/index.ts'
import { type CarrierAttributes, carrierOf, type CarrierType, countOwnCarriers, type InboundCarrier, type InboundCarrierRow } from './inbound-carriers.ts'

export interface NewCarrier {
  readonly name: string
  readonly carrierType: CarrierType
  readonly attributes: CarrierAttributes
}

const MAX_CARRIERS = 100

/** Gives a partition a carrier of its own; from the first one on it no longer has those of the partition above (S1-11). */
export async function createCarrier(
  context: Context,
  principal: Principal,
  scope: PartitionScope,
  carrier: NewCarrier,
): Promise<Result<InboundCarrier, ApiFailure>> {
  try {
    return await write(context, actorOf(principal), async (change) => {
      if ((await countOwnCarriers(change.sql, scope.partitionId)) >= MAX_CARRIERS)
        return err(inConflict('TooManyCarriers', `At most ${MAX_CARRIERS} carriers.`))
      const row = await change.sql
        .insertInto('inbound_carrier')
        .values({
          id: newId(),
          partition_id: scope.partitionId,
          name: carrier.name,
          carrier_type: carrier.carrierType,
          attributes: JSON.stringify(carrier.attributes),
          created_at: change.now,
          updated_at: change.now,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      change.emit(carrierChanged('CREATE', row))
      return ok(carrierOf(row))
    })
  } catch (error) {
    if (violatedUniqueIndex(error) === 'inbound_carrier_name') return err(alreadyInUse('DuplicateName', 'name', carrier.name, 'partition'))
    throw error
  }
}

/** Removes an own carrier that no number comes from. */
export function deleteCarrier(context: Context, principal: Principal, scope: PartitionScope, id: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await change.sql
      .deleteFrom('inbound_carrier')
      .where('id', '=', id)
      .where('partition_id', '=', scope.partitionId)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return err(entityNotFound('InboundCarrier', id))
    const used = await change.sql.selectFrom('telephone_number').select('phone_number').where('carrier_id', '=', id).limit(1).executeTakeFirst()
    if (used !== undefined)
      return err(inConflict('InboundCarrierInUse', 'There are numbers of this carrier.', { type: 'InboundCarrier', id, usedBy: [used.phone_number] }))
    change.emit(carrierChanged('DELETE', row))
    return ok(undefined)
  })
}

function carrierChanged(action: 'CREATE' | 'DELETE', row: InboundCarrierRow): DomainEvent {
  const value = { name: row.name, carrierType: row.carrier_type, ...row.attributes }
  return {
    type: action === 'CREATE' ? 'inboundcarrier.created' : 'inboundcarrier.deleted',
    partitionId: row.partition_id,
    accountId: undefined,
    data: { inboundCarrierId: row.id, name: row.name },
    history: {
      type: 'PARTITION',
      action,
      ...(action === 'CREATE' ? { newValue: value } : { oldValue: value }),
      referenceType: 'InboundCarrier',
      referenceId: row.id,
      referenceName: row.name,
    },
  }
}
