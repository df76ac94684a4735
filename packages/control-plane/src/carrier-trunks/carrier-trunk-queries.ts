import { canonicalAddress } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import type { AccountScope, PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { SipTrunkTable, Sql, Transaction } from '../database/index.ts'
import { type CarrierTrunk, PLAIN_TRUNK, type TrunkStatus } from './carrier-trunk.ts'

export type CarrierTrunkRow = Selectable<SipTrunkTable>

type Executor = Sql | Transaction
/** Of a partition, or of one account in it. */
export type OwnerScope = PartitionScope | AccountScope

const MAX_LIST = 100
export const DEFAULT_SIP_PORT = 5060

export function accountIdOf(scope: OwnerScope): string | null {
  return 'accountId' in scope ? scope.accountId : null
}

/** The trunks of that owner alone: those of a partition are not those of its accounts. */
export function listCarrierTrunks(sql: Executor, scope: OwnerScope): Promise<CarrierTrunkRow[]> {
  return owned(sql, scope).orderBy('created_at').orderBy('id').limit(MAX_LIST).execute()
}

export function findCarrierTrunk(sql: Executor, scope: OwnerScope, id: string): Promise<CarrierTrunkRow | undefined> {
  return owned(sql, scope).where('id', '=', id).executeTakeFirst()
}

export function lockCarrierTrunk(sql: Transaction, scope: OwnerScope, id: string): Promise<CarrierTrunkRow | undefined> {
  return owned(sql, scope).where('id', '=', id).forUpdate().executeTakeFirst()
}

/** Whether a PBX of whoever is known by this address: then its calls could not be told from a carrier's. */
export async function isAddressOfPbx(sql: Executor, address: string, port: number): Promise<boolean> {
  const row = await sql
    .selectFrom('sip_trunk')
    .select('id')
    .where('kind', '=', 'PBX')
    .where((expression) => expression(expression.ref('settings', '->>').key('ipAddress' as never), '=', address as never))
    .where((expression) => expression(expression.ref('settings', '->>').key('portNumber' as never), '=', String(port) as never))
    .where((expression) => expression(expression.ref('settings', '->>').key('ipBasedAuthEnabled' as never), '=', 'true' as never))
    .executeTakeFirst()
  return row !== undefined
}

/** Whether no PBX may be known by this address: we take calls there ourselves, or a carrier of whoever is there. */
export async function isKeptFromPbxs(context: Pick<Context, 'directory' | 'settings'>, sql: Executor, address: string, port: number): Promise<boolean> {
  return isOurs(context, address, port) || isAddressOfCarrier(context, sql, address, port)
}

function isOurs({ settings }: Pick<Context, 'settings'>, address: string, port: number): boolean {
  const { host, port: ownPort, tlsPort } = settings.sipServer()
  return (address === canonicalAddress(host) || isLoopback(address)) && (port === ownPort || port === tlsPort)
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}

/** Whether a carrier of whoever is at this address: by its host, by another address that signals, or by where the name of its host leads now. */
async function isAddressOfCarrier({ directory }: Pick<Context, 'directory'>, sql: Executor, address: string, port: number): Promise<boolean> {
  for (const { targets, ...host } of directory.carriers()) if ((targets ?? [host]).some((at) => at.address === address && at.port === port)) return true
  const row = await sql
    .selectFrom('sip_trunk')
    .select('id')
    .where('kind', '=', 'CARRIER')
    .where((trunk) =>
      trunk.or([
        trunk.and([
          trunk(trunk.ref('settings', '->>').key('address' as never), '=', address as never),
          trunk(trunk.ref('settings', '->>').key('port' as never), '=', String(port) as never),
        ]),
        trunk.exists(
          trunk
            .selectFrom('trunk_address')
            .select('trunk_address.id')
            .whereRef('trunk_address.trunk_id', '=', 'sip_trunk.id')
            .where('trunk_address.address', '=', address)
            .where('trunk_address.type', '<>', 'media')
            .where((at) => at(at.fn.coalesce('trunk_address.port', at.val(DEFAULT_SIP_PORT)), '=', port)),
        ),
      ]),
    )
    .executeTakeFirst()
  return row !== undefined
}

/** What was checked before it was stored. */
export function carrierTrunkOf(row: CarrierTrunkRow): CarrierTrunk {
  const { passwordSealed: _sealed, enabled, ...settings } = row.settings
  // Rows of before there were states say only whether they are enabled.
  const status = enabled === false ? 'inactive' : 'active'
  return {
    name: row.name,
    ...PLAIN_TRUNK,
    ...(settings as Omit<CarrierTrunk, 'name' | 'status'>),
    status: (settings['status'] as TrunkStatus | undefined) ?? status,
  }
}

export function sealedPasswordOf(row: CarrierTrunkRow): string | undefined {
  const sealed = row.settings['passwordSealed']
  return typeof sealed === 'string' ? sealed : undefined
}

/** Of whoever: its owner is entered by whoever asks. */
export function findTrunkAnywhere(sql: Executor, id: string): Promise<CarrierTrunkRow | undefined> {
  return sql.selectFrom('sip_trunk').selectAll().where('id', '=', id).executeTakeFirst()
}

function owned(sql: Executor, scope: OwnerScope) {
  const accountId = accountIdOf(scope)
  return sql
    .selectFrom('sip_trunk')
    .selectAll()
    .where('partition_id', '=', scope.partitionId)
    .where('account_id', accountId === null ? 'is' : '=', accountId)
    .where('kind', '=', 'CARRIER')
}
