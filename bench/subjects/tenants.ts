import type { RoutingCarrier, RoutingLine, RoutingNumber, RoutingSnapshot, RoutingUser } from '@dialtone/call-routing'
import { NO_SERVICES } from '@dialtone/call-routing'
import { computeHa1 } from '@dialtone/sip'
import type { CarrierPeer, LineCredentials, StoredBinding, SwitchDirectory } from '@dialtone/softswitch'

export const REALM = 'example.com'
export const PASSWORD = 'secret'
const PARTITION = 'partition'
const ACCOUNT = 'account'
const ONE_HOUR_MS = 3_600_000

export interface Tenants {
  readonly directory: SwitchDirectory
  /** Every line answers at one address: that of the load tool. */
  bindingsAt(port: number, nowMs: number): readonly StoredBinding[]
}

/** User 2000 has line `line2000`, extension 2000 and the number 1801555 2000; and so on. */
export function lineOf(extension: number): string {
  return `line${extension}`
}

export function numberOf(extension: number): string {
  return `1801555${extension}`
}

/**
 * One account of so many users with a line each, as plain data in memory: what the composition root fills from the database.
 * @param carrierPort the carrier listens and calls there, on the loopback
 * @param furnish what the account has besides
 */
export function tenantsOf(
  extensions: readonly number[],
  carrierPort: number,
  furnish: (plain: RoutingSnapshot) => RoutingSnapshot = (plain) => plain,
): Tenants {
  const users = extensions.map(userOf)
  const carriers: readonly RoutingCarrier[] = [{ id: 'carrier', name: 'Carrier', priority: 1, healthy: true, emergencyCapable: false }]
  const snapshot = furnish({
    version: 1,
    partitionId: PARTITION,
    accountId: ACCOUNT,
    accountStatus: 'ACTIVE',
    dialingBehavior: 'OPEN_DIAL_PLAN_TEN_DIGIT',
    extensionLength: 4,
    homeAreaCode: '801',
    users: new Map(users.map((user) => [user.id, user])),
    lines: new Map(extensions.map((extension) => [lineOf(extension), routingLineOf(extension)])),
    numbers: new Map(extensions.map((extension) => [numberOf(extension), routingNumberOf(extension)])),
    userIdByExtension: new Map(users.map((user) => [user.extension ?? '', user.id])),
    services: NO_SERVICES,
    carriers,
    emergencyCarrierIds: [],
  })
  const credentials = new Map(extensions.map((extension) => [lineOf(extension), credentialsOf(lineOf(extension))]))
  const carrier: CarrierPeer = {
    id: 'carrier',
    name: 'Carrier',
    partitionId: undefined,
    address: '127.0.0.1',
    port: carrierPort,
    transport: 'udp',
    emergency: false,
  }
  return {
    directory: {
      credentialsOf: (sipUsername) => credentials.get(sipUsername),
      snapshotOf: (accountId) => (accountId === ACCOUNT ? snapshot : undefined),
      ownerOf: (number) => (snapshot.numbers.has(number) ? { partitionId: PARTITION, accountId: ACCOUNT } : undefined),
      carrier: (id) => (id === carrier.id ? carrier : undefined),
      trunkByAddress: () => undefined,
      carriers: () => [carrier],
    },
    bindingsAt: (port, nowMs) => extensions.map((extension) => bindingOf(extension, port, nowMs)),
  }
}

function userOf(extension: number): RoutingUser {
  const voicemail = { type: 'Voicemail' } as const
  return {
    id: `user${extension}`,
    firstName: 'Alice',
    lastName: String(extension),
    extension: String(extension),
    callerIdNumber: numberOf(extension),
    externalCallerIdVisible: true,
    extensionCallerIdVisible: true,
    lineIds: [lineOf(extension)],
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

function routingLineOf(extension: number): RoutingLine {
  return { id: lineOf(extension), userId: `user${extension}`, sipUsername: lineOf(extension), emergencyNumber: undefined, adminState: 'ACTIVE' }
}

function routingNumberOf(extension: number): RoutingNumber {
  const reference = { referenceType: 'END_USER', referenceId: `user${extension}`, operationalStatus: 'ACTIVE' } as const
  return { number: numberOf(extension), ...reference, callerName: undefined, emergencyAddress: undefined }
}

function credentialsOf(lineId: string): LineCredentials {
  const ha1 = (algorithm: 'MD5' | 'SHA-256'): string => computeHa1(algorithm, lineId, REALM, PASSWORD)
  return { lineId, partitionId: PARTITION, accountId: ACCOUNT, ha1: { MD5: ha1('MD5'), 'SHA-256': ha1('SHA-256') }, adminState: 'ACTIVE' }
}

function bindingOf(extension: number, port: number, nowMs: number): StoredBinding {
  const lineId = lineOf(extension)
  return {
    lineId,
    accountId: ACCOUNT,
    partitionId: PARTITION,
    contactUri: `sip:${lineId}@127.0.0.1:${port};transport=udp`,
    receivedFrom: { transport: 'udp', address: '127.0.0.1', port },
    callId: `registration-of-${lineId}`,
    cseq: 1,
    expiresAtMs: nowMs + ONE_HOUR_MS,
    userAgent: 'sipp',
    registeredAtMs: nowMs,
    transport: 'udp',
  }
}
