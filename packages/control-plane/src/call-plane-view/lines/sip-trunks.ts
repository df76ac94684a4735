import type { RoutingLine, RoutingTrunk, TrunkMedia } from '@dialtone/call-routing'
import { canonicalAddress } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import { mediaOfTrunk, type TrunkAddressRow } from '../../carrier-trunks/index.ts'
import { allowedBurstCalls, type SipTrunk, trunkOf } from '../../sip-trunks/index.ts'
import { accountRow, defaultsOf } from '../account-rows.ts'
import { trunkAddressesOfAccount, trunksOfAccount } from '../trunks-of-account.ts'
import type { LineKind } from './line-kind.ts'

type Settings = Readonly<Record<string, unknown>>

/** A customer's PBX calls and rings like a line, with the numbers it sends as far as they are the account's (S1-118). */
export const sipTrunks: LineKind = {
  name: 'SIP_TRUNK',
  read: async (sql, accountId) => {
    const [rows, addresses] = await Promise.all([trunksOfAccount(sql, accountId), trunkAddressesOfAccount(sql, accountId)])
    if (rows.length === 0) return []
    const account = await accountRow(sql, accountId)
    const burstPercentage = account === undefined ? undefined : (await defaultsOf(sql, account.partition_id)).maxBurstCallPercentage
    const byTrunk = Map.groupBy(addresses, (address) => address.trunk_id)
    return rows.map((row) => ({
      id: row.id,
      userId: undefined,
      ringsForUserIds: [],
      emergencyNumber: numberAt(row.settings, 'callbackNumber'),
      callerId: callerIdOf(row.name, trunkOf(row).place),
      adminState: row.locked_out ? 'INACTIVE' : 'ACTIVE',
      trunk: { ...routingTrunkOf(row.settings, burstPercentage), media: mediaOf(trunkOf(row).place, byTrunk.get(row.id) ?? []) },
    }))
  },
}

/** What is shown while the PBX sends no number of the account: it has to be one of the account, as every caller ID (S3-13). */
function callerIdOf(trunkName: string, place: SipTrunk['place']): RoutingLine['callerId'] {
  const number = place?.callerIdNumber === undefined ? undefined : normalizePhoneNumber(place.callerIdNumber)
  return { number, name: place?.callerIdName ?? trunkName, visible: true }
}

/** Trunks that only `siptrunk_2` knows have nothing arranged but their addresses. */
function mediaOf(place: SipTrunk['place'], addresses: readonly TrunkAddressRow[]): TrunkMedia | undefined {
  return mediaOfTrunk(place ?? { codecs: undefined, dtmfMode: 'rfc2833', natSupport: true }, addresses)
}

function routingTrunkOf(settings: Settings, burstPercentage: number | undefined): RoutingTrunk {
  const patterns = settings['extensionPatterns']
  const { ipAddress, portNumber, sipTrunkGroupId, languageTag } = settings
  const isKnownByAddress = settings['ipBasedAuthEnabled'] === true && typeof ipAddress === 'string' && typeof portNumber === 'number'
  const concurrentCalls = countAt(settings, 'concurrentCalls') ?? 1
  return {
    concurrentCalls,
    // What was configured before the partition allowed less is bounded too.
    maxBurstCalls: Math.min(countAt(settings, 'maxBurstCalls') ?? 0, allowedBurstCalls(concurrentCalls, burstPercentage)),
    primaryNumber: numberAt(settings, 'primaryTn'),
    localServicesEnabled: settings['localServicesEnabled'] === true,
    extensionPatterns: Array.isArray(patterns) ? patterns.filter((pattern) => typeof pattern === 'string') : [],
    chargeNumber: numberAt(settings, 'externalChargeNumber'),
    numberDigits: countAt(settings, 'pbxTnDigits'),
    groupId: typeof sipTrunkGroupId === 'string' ? sipTrunkGroupId : undefined,
    address: isKnownByAddress ? { address: canonicalAddress(ipAddress), port: portNumber } : undefined,
    ...(typeof languageTag === 'string' ? { language: languageTag } : {}),
  }
}

function numberAt(settings: Settings, name: string): string | undefined {
  const value = settings[name]
  return typeof value === 'string' ? normalizePhoneNumber(value) : undefined
}

function countAt(settings: Settings, name: string): number | undefined {
  const value = settings[name]
  return typeof value === 'number' ? value : undefined
}
