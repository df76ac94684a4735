import { err, newId, ok, randomToken, type Result } from '@dialtone/foundation'
import { actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { violatedUniqueIndex } from '../database/index.ts'
import { type DomainEvent, write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, inConflict, invalidFields } from '../failures/index.ts'
import { type CarrierTrunk, carrierTrunkProblems } from './carrier-trunk.ts'
import {
  accountIdOf,
  type CarrierTrunkRow,
  carrierTrunkOf,
  isAddressOfPbx,
  listCarrierTrunks,
  lockCarrierTrunk,
  type OwnerScope,
  sealedPasswordOf,
} from './carrier-trunk-queries.ts'

const MAX_TRUNKS = 100

export interface GivenTrunk {
  readonly trunk: CarrierTrunk
  /** undefined: the one there is stays. */
  readonly password: string | undefined
  /** Its place may be a name. */
  readonly takesNames: boolean
}

/** A tenant brings a carrier along: from then on its calls go there, and nowhere else (S0-58). */
export async function createCarrierTrunk(
  context: Context,
  principal: Principal,
  scope: OwnerScope,
  given: GivenTrunk,
): Promise<Result<CarrierTrunkRow, ApiFailure>> {
  return named(
    () => given,
    () =>
      write(context, actorOf(principal), async (change) => {
        const problems = carrierTrunkProblems(given.trunk, given.password !== undefined, given.takesNames)
        if (problems.length > 0) return err(invalidFields(problems))
        const others = await listCarrierTrunks(change.sql, scope)
        if (others.length >= MAX_TRUNKS) return err(inConflict('TooManyCarrierTrunks', `At most ${MAX_TRUNKS} carriers.`))
        if (hasName(others, given.trunk.name)) return err(nameInUse(given.trunk))
        if (await isAddressOfPbx(change.sql, given.trunk.address, given.trunk.port)) return err(addressInUse(given.trunk))
        const id = newId()
        const row = await change.sql
          .insertInto('sip_trunk')
          .values({
            id,
            partition_id: scope.partitionId,
            account_id: accountIdOf(scope),
            kind: 'CARRIER',
            name: given.trunk.name,
            settings: settingsOf(given.trunk, given.password === undefined ? undefined : context.sealer.seal(given.password, id)),
            created_at: change.now,
            updated_at: change.now,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        change.emit(trunkChanged(scope, row, undefined, given.trunk))
        return ok(row)
      }),
  )
}

/** @param revise makes the wanted trunk of the stored one while its row is locked. */
export async function reviseCarrierTrunk(
  context: Context,
  principal: Principal,
  scope: OwnerScope,
  id: string,
  revise: (before: CarrierTrunk) => GivenTrunk,
): Promise<Result<CarrierTrunkRow, ApiFailure>> {
  let wanted: GivenTrunk | undefined
  return named(
    () => wanted,
    () =>
      write(context, actorOf(principal), async (change) => {
        const row = await lockCarrierTrunk(change.sql, scope, id)
        if (row === undefined) return err(entityNotFound('CarrierTrunk', id))
        const given = revise(carrierTrunkOf(row))
        wanted = given
        const kept = given.trunk.username === undefined ? undefined : sealedPasswordOf(row)
        const sealed = given.password === undefined ? kept : context.sealer.seal(given.password, id)
        const problems = carrierTrunkProblems(given.trunk, sealed !== undefined, given.takesNames)
        if (problems.length > 0) return err(invalidFields(problems))
        const others = (await listCarrierTrunks(change.sql, scope)).filter((other) => other.id !== id)
        if (hasName(others, given.trunk.name)) return err(nameInUse(given.trunk))
        if (await isAddressOfPbx(change.sql, given.trunk.address, given.trunk.port)) return err(addressInUse(given.trunk))
        const updated = await change.sql
          .updateTable('sip_trunk')
          .set({ name: given.trunk.name, settings: settingsOf(given.trunk, sealed), updated_at: change.now })
          .where('id', '=', row.id)
          .where('partition_id', '=', row.partition_id)
          .returningAll()
          .executeTakeFirstOrThrow()
        change.emit(trunkChanged(scope, updated, carrierTrunkOf(row), given.trunk))
        return ok(updated)
      }),
  )
}

/** Without the last one, calls go by the carriers of the partition or the platform again. */
export function deleteCarrierTrunk(context: Context, principal: Principal, scope: OwnerScope, id: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const row = await lockCarrierTrunk(change.sql, scope, id)
    if (row === undefined) return err(entityNotFound('CarrierTrunk', id))
    await change.sql.deleteFrom('sip_trunk').where('id', '=', row.id).where('partition_id', '=', row.partition_id).execute()
    change.emit(trunkChanged(scope, row, carrierTrunkOf(row), undefined))
    return ok(undefined)
  })
}

async function named(
  wanted: () => GivenTrunk | undefined,
  run: () => Promise<Result<CarrierTrunkRow, ApiFailure>>,
): Promise<Result<CarrierTrunkRow, ApiFailure>> {
  try {
    return await run()
  } catch (error) {
    const given = wanted()
    const index = violatedUniqueIndex(error)
    if (given !== undefined && (index === 'sip_trunk_account_name' || index === 'sip_trunk_partition_name')) return err(nameInUse(given.trunk))
    throw error
  }
}

function settingsOf({ name: _name, ...settings }: CarrierTrunk, passwordSealed: string | undefined): string {
  // Known by its own user to whoever calls us by the registration.
  const contactUser = settings.registrarDomain === undefined ? undefined : (settings.contactUser ?? `dt-${randomToken(12)}`)
  return JSON.stringify({ ...settings, contactUser, ...(passwordSealed === undefined ? {} : { passwordSealed }) })
}

function hasName(others: readonly CarrierTrunkRow[], name: string): boolean {
  return others.some((other) => other.name.toLowerCase() === name.toLowerCase())
}

function nameInUse({ name }: CarrierTrunk): ApiFailure {
  return alreadyInUse('DuplicateTrunkName', 'name', name, 'owner of the trunk')
}

function addressInUse({ address, port }: CarrierTrunk): ApiFailure {
  return alreadyInUse('IpAddressInUse', 'address', `${address}:${port}`, 'platform')
}

function trunkChanged(scope: OwnerScope, row: CarrierTrunkRow, before: object | undefined, after: object | undefined): DomainEvent {
  const [verb, action] =
    before === undefined ? (['created', 'CREATE'] as const) : after === undefined ? (['deleted', 'DELETE'] as const) : (['updated', 'UPDATE'] as const)
  return {
    type: `carriertrunk.${verb}`,
    partitionId: scope.partitionId,
    accountId: accountIdOf(scope) ?? undefined,
    data: { carrierTrunkId: row.id, name: row.name },
    history: {
      type: accountIdOf(scope) === null ? 'PARTITION' : 'SIP_TRUNK',
      action,
      ...(before === undefined ? {} : { oldValue: before }),
      ...(after === undefined ? {} : { newValue: after }),
      referenceType: 'CarrierTrunk',
      referenceId: row.id,
      referenceName: row.name,
    },
  }
}
