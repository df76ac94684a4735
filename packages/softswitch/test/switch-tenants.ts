import type { RoutingCarrier, RoutingLine, RoutingNumber, RoutingSnapshot, RoutingUser, TrunkAddress } from '@dialtone/call-routing'
import { NO_SERVICES } from '@dialtone/call-routing'
import { computeHa1 } from '@dialtone/sip'
import type { CarrierPeer, LineCredentials, SwitchDirectory, TrunkPeer } from '../src/index.ts'

export const REALM = 'dialtone.test'
export const ALICE_NUMBER = '18015550101'
export const ZOE_NUMBER = '18015550201'
export const PARTITION = 'partition-1'

export const LOCATION = {
  streetNumber: '333',
  preDirectional: 'S',
  streetName: '520 W',
  streetSuffix: '',
  postDirectional: '',
  unit: '',
  city: 'Lindon',
  state: 'UT',
  postalCode: '84042',
  country: 'US',
  latitude: undefined,
  longitude: undefined,
}

interface UserOf {
  readonly id: string
  readonly firstName: string
  readonly extension: string
  readonly number?: string
  readonly lineIds: readonly string[]
}

function user(given: UserOf): RoutingUser {
  const voicemail = { type: 'Voicemail' } as const
  return {
    ...given,
    lastName: 'Adams',
    callerIdNumber: given.number,
    externalCallerIdVisible: true,
    extensionCallerIdVisible: true,
    callHandling: {
      doNotDisturbEnabled: false,
      optionType: 'RingPhone',
      busy: voicemail,
      noAnswer: { ...voicemail, timeoutSeconds: 20 },
      unregistered: voicemail,
    },
    voicemailBoxId: undefined,
  }
}

function snapshot(accountId: string, users: readonly RoutingUser[], carriers: readonly RoutingCarrier[]): RoutingSnapshot {
  const lines = users.flatMap((owner) =>
    owner.lineIds.map((id): RoutingLine => ({ id, userId: owner.id, sipUsername: id, emergencyNumber: undefined, adminState: 'ACTIVE' })),
  )
  const numbers = users.flatMap((owner): RoutingNumber[] => {
    if (owner.callerIdNumber === undefined) return []
    const reference = { referenceType: 'END_USER', referenceId: owner.id, operationalStatus: 'ACTIVE' } as const
    return [{ number: owner.callerIdNumber, ...reference, callerName: undefined, emergencyAddress: LOCATION }]
  })
  return {
    version: 1,
    partitionId: PARTITION,
    accountId,
    accountStatus: 'ACTIVE',
    dialingBehavior: 'OPEN_DIAL_PLAN_TEN_DIGIT',
    extensionLength: 4,
    homeAreaCode: '801',
    users: new Map(users.map((one) => [one.id, one])),
    lines: new Map(lines.map((one) => [one.id, one])),
    numbers: new Map(numbers.map((one) => [one.number, one])),
    userIdByExtension: new Map(users.flatMap((one) => (one.extension === undefined ? [] : [[one.extension, one.id] as const]))),
    services: NO_SERVICES,
    carriers,
    emergencyCarrierIds: ['psap'],
  }
}

const PASSWORD = 'correct horse'

export function passwordOf(sipUsername: string): string {
  return `${PASSWORD} ${sipUsername}`
}

export interface Peers {
  readonly pstn: number
  readonly backup: number
  readonly psap: number
}

export interface PlainDirectory extends SwitchDirectory {
  readonly snapshots: Map<string, RoutingSnapshot>
  readonly lines: Map<string, LineCredentials>
  readonly peers: CarrierPeer[]
  /** PBXs known by their address. */
  readonly trunks: (TrunkPeer & TrunkAddress)[]
}

/**
 * Two accounts of one partition as plain data. Alice 2001 (one phone), Bob 2002 (two phones) and Carol 2003 share the first;
 * Zoe is alone in the second. The carriers listen on loopback at the ports given.
 */
export function directoryOf(ports: Peers): PlainDirectory {
  const peers = [peer('pstn', ports.pstn, false), peer('backup', ports.backup, false), peer('psap', ports.psap, true)]
  const carriers: RoutingCarrier[] = peers.map((one, index) => ({
    id: one.id,
    name: one.name,
    priority: index,
    healthy: true,
    emergencyCapable: one.emergency,
  }))
  const first = [
    user({ id: 'alice', firstName: 'Alice', extension: '2001', number: ALICE_NUMBER, lineIds: ['alice-desk'] }),
    user({ id: 'bob', firstName: 'Bob', extension: '2002', lineIds: ['bob-desk', 'bob-cell'] }),
    user({ id: 'carol', firstName: 'Carol', extension: '2003', lineIds: ['carol-desk'] }),
  ]
  const second = [user({ id: 'zoe', firstName: 'Zoe', extension: '2001', number: ZOE_NUMBER, lineIds: ['zoe-desk'] })]
  const snapshots = new Map([
    [
      'account-1',
      snapshot(
        'account-1',
        first,
        carriers.filter((one) => !one.emergencyCapable),
      ),
    ],
    [
      'account-2',
      snapshot(
        'account-2',
        second,
        carriers.filter((one) => !one.emergencyCapable),
      ),
    ],
  ])
  const lines = new Map<string, LineCredentials>()
  for (const { accountId, lines: ofAccount } of snapshots.values()) for (const id of ofAccount.keys()) lines.set(id, credentials(id, accountId))
  const trunks: (TrunkPeer & TrunkAddress)[] = []
  return {
    snapshots,
    lines,
    peers,
    trunks,
    credentialsOf: (sipUsername) => lines.get(sipUsername),
    snapshotOf: (accountId) => snapshots.get(accountId),
    ownerOf: (number) => {
      const owner = [...snapshots.values()].find((one) => one.numbers.has(number))
      return owner === undefined ? undefined : { partitionId: owner.partitionId, accountId: owner.accountId }
    },
    carrier: (id) => peers.find((one) => one.id === id),
    trunkByAddress: (address, port) => trunks.find((one) => one.address === address && one.port === port),
    carriers: () => peers,
  }
}

export function peer(id: string, port: number, emergency: boolean): CarrierPeer {
  return { id, name: id, partitionId: undefined, address: '127.0.0.1', port, transport: 'udp', emergency }
}

function credentials(lineId: string, accountId: string): LineCredentials {
  const ha1 = (algorithm: 'MD5' | 'SHA-256') => computeHa1(algorithm, lineId, REALM, passwordOf(lineId))
  return { lineId, partitionId: PARTITION, accountId, ha1: { MD5: ha1('MD5'), 'SHA-256': ha1('SHA-256') }, adminState: 'ACTIVE' }
}
