import type { RoutingTrunk } from '@dialtone/call-routing'
import { normalizePhoneNumber } from '@dialtone/numbering'
import { trunksOfAccount } from '../trunks-of-account.ts'
import type { LineKind } from './line-kind.ts'

type Settings = Readonly<Record<string, unknown>>

/** A customer's PBX calls and rings like a line, with the numbers it sends as far as they are the account's (S1-118). */
export const sipTrunks: LineKind = {
  name: 'SIP_TRUNK',
  read: async (sql, accountId) => {
    const rows = await trunksOfAccount(sql, accountId)
    return rows.map((row) => ({
      id: row.id,
      userId: undefined,
      ringsForUserIds: [],
      emergencyNumber: numberAt(row.settings, 'callbackNumber'),
      callerId: { number: undefined, name: row.name, visible: true },
      adminState: row.locked_out ? 'INACTIVE' : 'ACTIVE',
      trunk: trunkOf(row.settings),
    }))
  },
}

function trunkOf(settings: Settings): RoutingTrunk {
  const patterns = settings['extensionPatterns']
  const { ipAddress, portNumber, sipTrunkGroupId } = settings
  const isKnownByAddress = settings['ipBasedAuthEnabled'] === true && typeof ipAddress === 'string' && typeof portNumber === 'number'
  return {
    concurrentCalls: countAt(settings, 'concurrentCalls') ?? 1,
    maxBurstCalls: countAt(settings, 'maxBurstCalls') ?? 0,
    primaryNumber: numberAt(settings, 'primaryTn'),
    localServicesEnabled: settings['localServicesEnabled'] === true,
    extensionPatterns: Array.isArray(patterns) ? patterns.filter((pattern) => typeof pattern === 'string') : [],
    chargeNumber: numberAt(settings, 'externalChargeNumber'),
    numberDigits: countAt(settings, 'pbxTnDigits'),
    groupId: typeof sipTrunkGroupId === 'string' ? sipTrunkGroupId : undefined,
    address: isKnownByAddress ? { address: ipAddress, port: portNumber } : undefined,
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
