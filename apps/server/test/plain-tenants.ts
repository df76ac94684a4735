import type { AccountPicture, CallPlaneChange } from '@dialtone/control-plane'
import type { RoutingRingGroup, RoutingSnapshot, RoutingTrunk, RoutingUser } from '@dialtone/call-routing'
import { NO_SERVICES } from '@dialtone/call-routing'
import { computeHa1 } from '@dialtone/sip'
import type { CarrierPeer, LineCredentials, SwitchDirectory } from '@dialtone/softswitch'
import { PASSWORD, REALM } from './line-phone.ts'

const PARTITION = 'partition'

/** Account n has two users with a line each: `line-n-1` at extension 201 and number 1801555n201, `line-n-2` at 202. */
export interface PlainTenants extends SwitchDirectory {
  contents(): Iterable<CallPlaneChange>
  /** Adds an account. @returns the change to tell */
  add(index: number): CallPlaneChange
  /** All accounts call out by these, in this order. @returns the changes to tell */
  useCarriers(carriers: readonly CarrierPeer[], maxConcurrentCalls?: number): readonly CallPlaneChange[]
  /** The lines of an account are trunks of its PBXs, in one group that both numbers ring. @returns the change to tell */
  makeTrunks(account: number, paths: Pick<RoutingTrunk, 'concurrentCalls' | 'maxBurstCalls'>): CallPlaneChange
  /** The first number of the account leads to a queue whose agent is the second user. @returns the change to tell */
  makeQueue(account: number, wrapUpMs?: number): CallPlaneChange
  /** The first number of the account leads to a group of both users, who are asked in turns. @returns the change to tell */
  makeGroup(account: number): CallPlaneChange
}

export const QUEUE = 'queue'

export function plainTenants(count: number): PlainTenants {
  const pictures = new Map<string, AccountPicture>()
  let peers: readonly CarrierPeer[] = []
  const tenants: PlainTenants = {
    *contents() {
      yield { kind: 'carriers', carriers: peers }
      for (const [accountId, picture] of pictures) yield { kind: 'account', accountId, picture }
    },
    add: (index) => {
      const [accountId, picture] = [accountOf(index), pictureOf(index)]
      pictures.set(accountId, picture)
      return { kind: 'account', accountId, picture }
    },
    useCarriers: (carriers, maxConcurrentCalls) => {
      peers = carriers
      const choices = carriers.map(({ id, name, emergency }, priority) => ({
        id,
        name,
        priority,
        healthy: true,
        emergencyCapable: emergency,
        maxConcurrentCalls,
      }))
      const emergencyCarrierIds = carriers.filter(({ emergency }) => emergency).map(({ id }) => id)
      for (const [id, picture] of pictures) pictures.set(id, { ...picture, snapshot: { ...picture.snapshot, carriers: choices, emergencyCarrierIds } })
      return [...tenants.contents()]
    },
    makeTrunks: (account, paths) => {
      const [accountId, picture] = [accountOf(account), withTrunks(pictureOf(account), paths)]
      pictures.set(accountId, picture)
      return { kind: 'account', accountId, picture }
    },
    makeQueue: (account, wrapUpMs = 0) => {
      const [accountId, picture] = [accountOf(account), withQueue(pictureOf(account), account, wrapUpMs)]
      pictures.set(accountId, picture)
      return { kind: 'account', accountId, picture }
    },
    makeGroup: (account) => {
      const [accountId, picture] = [accountOf(account), withGroup(pictureOf(account), account)]
      pictures.set(accountId, picture)
      return { kind: 'account', accountId, picture }
    },
    credentialsOf: (username) => [...pictures.values()].map((picture) => picture.credentials.get(username)).find((line) => line !== undefined),
    snapshotOf: (accountId) => pictures.get(accountId)?.snapshot,
    ownerOf: (number) => {
      const owner = [...pictures.values()].find(({ snapshot }) => snapshot.numbers.has(number))?.snapshot
      return owner === undefined ? undefined : { partitionId: PARTITION, accountId: owner.accountId }
    },
    carrier: (id) => peers.find((peer) => peer.id === id),
    carriers: () => peers,
    trunkByAddress: () => undefined,
  }
  for (let index = 0; index < count; index++) tenants.add(index)
  return tenants
}

export function accountOf(index: number): string {
  return `account-${index}`
}

export function lineOf(account: number, user: 1 | 2): string {
  return `line-${account}-${user}`
}

export function numberOf(account: number, user: 1 | 2): string {
  return `1801555${account}20${user}`
}

function pictureOf(account: number): AccountPicture {
  const both = [1, 2] as const
  const users = both.map((user): RoutingUser => userOf(account, user))
  const snapshot: RoutingSnapshot = {
    version: 1,
    partitionId: PARTITION,
    accountId: accountOf(account),
    accountStatus: 'ACTIVE',
    dialingBehavior: 'OPEN_DIAL_PLAN_TEN_DIGIT',
    extensionLength: 3,
    homeAreaCode: '801',
    users: new Map(users.map((user) => [user.id, user])),
    lines: new Map(
      both.map((user) => [
        lineOf(account, user),
        { id: lineOf(account, user), userId: `user-${account}-${user}`, sipUsername: lineOf(account, user), emergencyNumber: undefined, adminState: 'ACTIVE' },
      ]),
    ),
    numbers: new Map(
      both.map((user) => [
        numberOf(account, user),
        {
          number: numberOf(account, user),
          referenceType: 'END_USER',
          referenceId: `user-${account}-${user}`,
          operationalStatus: 'ACTIVE',
          callerName: undefined,
          emergencyAddress: undefined,
        },
      ]),
    ),
    userIdByExtension: new Map(users.map((user) => [user.extension ?? '', user.id])),
    services: NO_SERVICES,
    carriers: [],
    emergencyCarrierIds: [],
  }
  return { snapshot, credentials: new Map(both.map((user) => [lineOf(account, user), credentialsOf(account, user)])), trunksByAddress: new Map() }
}

function withTrunks(picture: AccountPicture, paths: Pick<RoutingTrunk, 'concurrentCalls' | 'maxBurstCalls'>): AccountPicture {
  const { snapshot } = picture
  const group = { id: GROUP, name: 'Both', trunkIds: [...snapshot.lines.keys()], forwards: { always: undefined, onCapacityExceeded: [], onFailure: [] } }
  const trunk: RoutingTrunk = {
    ...{ ...paths, primaryNumber: undefined, localServicesEnabled: false, extensionPatterns: [] },
    ...{ chargeNumber: undefined, numberDigits: undefined, groupId: GROUP, address: undefined },
  }
  const lines = [...snapshot.lines].map(([id, line]) => [id, { ...line, userId: undefined, trunk }] as const)
  const numbers = [...snapshot.numbers].map(([number, known]) => [number, { ...known, referenceType: 'SIP_TRUNK_GROUP', referenceId: GROUP }] as const)
  const services = { ...NO_SERVICES, trunkGroups: new Map([[GROUP, group]]) }
  return { ...picture, snapshot: { ...snapshot, lines: new Map(lines), numbers: new Map(numbers), services } }
}

const GROUP = 'both-trunks'

function withQueue(picture: AccountPicture, account: number, wrapUpMs: number): AccountPicture {
  const { snapshot } = picture
  const id = `user-${account}-2`
  const limits = { maxWaitSeconds: 600, maxCallers: 10, ringSeconds: 20, announcementIntervalSeconds: 30 }
  const queue = { id: QUEUE, name: 'Queue', ...limits, music: [], announcesPosition: false, offersCallback: true, overflow: undefined }
  const agents: RoutingRingGroup = {
    ...{ id: `queue:${QUEUE}`, name: 'Queue', strategy: 'SEQUENTIAL', members: [{ kind: 'user', id }], ringTimeoutSeconds: 20, freeOnly: { wrapUpMs } },
    ...{ forwardAlwaysTo: undefined, overflow: { busy: undefined, noAnswer: undefined, unregistered: undefined } },
  }
  const services = {
    ...NO_SERVICES,
    queues: new Map([[QUEUE, { ...queue, agents: [{ id, duty: 'AVAILABLE' as const }] }]]),
    ringGroups: new Map([[agents.id, agents]]),
  }
  return { ...picture, snapshot: { ...snapshot, numbers: leadingTo(snapshot, account, 'CALL_QUEUE', QUEUE), services } }
}

function withGroup(picture: AccountPicture, account: number): AccountPicture {
  const { snapshot } = picture
  const group: RoutingRingGroup = {
    ...{ id: 'in-turns', name: 'In turns', strategy: 'ROUND_ROBIN', ringTimeoutSeconds: 20, forwardAlwaysTo: undefined },
    members: [...snapshot.users.keys()].map((id) => ({ kind: 'user', id })),
    overflow: { busy: undefined, noAnswer: undefined, unregistered: undefined },
  }
  const services = { ...NO_SERVICES, ringGroups: new Map([[group.id, group]]) }
  return { ...picture, snapshot: { ...snapshot, numbers: leadingTo(snapshot, account, 'LINE_HUNTGROUP', group.id), services } }
}

/** The first number of the account leads there. */
function leadingTo({ numbers }: RoutingSnapshot, account: number, referenceType: string, referenceId: string): RoutingSnapshot['numbers'] {
  const number = numberOf(account, 1)
  return new Map([...numbers].map(([each, known]) => [each, each === number ? { ...known, referenceType, referenceId } : known]))
}

function userOf(account: number, user: 1 | 2): RoutingUser {
  const voicemail = { type: 'Voicemail' } as const
  return {
    id: `user-${account}-${user}`,
    firstName: 'Alice',
    lastName: String(account),
    extension: `20${user}`,
    callerIdNumber: numberOf(account, user),
    externalCallerIdVisible: true,
    extensionCallerIdVisible: true,
    lineIds: [lineOf(account, user)],
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

function credentialsOf(account: number, user: 1 | 2): LineCredentials {
  const lineId = lineOf(account, user)
  const ha1 = (algorithm: 'MD5' | 'SHA-256'): string => computeHa1(algorithm, lineId, REALM, PASSWORD)
  return { lineId, partitionId: PARTITION, accountId: accountOf(account), ha1: { MD5: ha1('MD5'), 'SHA-256': ha1('SHA-256') }, adminState: 'ACTIVE' }
}
