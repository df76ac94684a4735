import { randomToken } from '@dialtone/foundation'
import { DigestAuthenticator } from '@dialtone/sip'
import type { Occupancy } from './calls/ask-routing.ts'
import type { CameFrom } from './calls/resolve-route.ts'
import { AccountCalls } from './calls/account-calls.ts'
import { CallDesk } from './calls/call-desk.ts'
import type { CallState } from './calls/state/call-state.ts'
import { requestRealm } from './edge/request-domain.ts'
import { RecentEmergencies } from './emergency/recent-emergencies.ts'
import { GroupMemory } from './features/group-memory.ts'
import { guardListeners } from './guard-listeners.ts'
import type { CallDoor } from './ports/call-door.ts'
import type { CarrierNews } from './ports/switch-events.ts'
import { PageBoard } from './paging/page-board.ts'
import { NO_OTHER_SWITCH } from './ports/occupancy-board.ts'
import { EVERYTHING_ALLOWED } from './ports/call-authorizer.ts'
import { DialogWatch } from './presence/dialog-watch.ts'
import { FORGETFUL, type RememberedFact } from './ports/switch-memory.ts'
import { MessageWaiting } from './presence/message-waiting.ts'
import { SubscriptionBook } from './presence/subscription-book.ts'
import { LocationTable } from './registrar/location-table.ts'
import { QueueBoard } from './services/queue-board.ts'
import { queueNow } from './services/queue-now.ts'
import { RoomBoard } from './services/room-board.ts'
import type { SoftswitchOptions } from './softswitch.ts'
import { TimersInUse } from './timers-in-use.ts'
import { CallOccupancy } from './trunks/call-occupancy.ts'
import type { CarrierKeepAlive } from './trunks/carrier-keep-alive.ts'
import { watchCarriers } from './trunks/watch-carriers.ts'

/** The rooms of a switch that remember something. */
export interface SoftswitchParts {
  readonly timers: TimersInUse
  readonly digest: DigestAuthenticator
  readonly locations: LocationTable
  readonly desk: CallDesk
  /** What goes on now, apart from that call. */
  readonly occupancyFor: (sessionId: string, from?: CameFrom) => Occupancy
  /** Calls of this switch at a line, trunk or carrier. */
  readonly callsHere: (id: string) => number
  readonly dialogs: DialogWatch
  readonly recentEmergencies: RecentEmergencies
  readonly messages: MessageWaiting
  readonly keepAlive: CarrierKeepAlive
  readonly mirrorCarrier: (news: CarrierNews) => void
  readonly queueNow: CallDoor['queueNow']
  readonly queues: QueueBoard
  /** What an earlier run remembered. */
  readonly recall: (facts: readonly RememberedFact[]) => void
  /** Told of the calls as the other observers are, from the moment it is there. */
  readonly observers: ((state: CallState) => void)[]
  readonly subscriptions: SubscriptionBook
}

/** Makes them; nothing happens yet. */
export function createParts(options: SoftswitchOptions): SoftswitchParts {
  const { sip, media, directory, registrations, clock, logger, realm, publicAddress, memory = FORGETFUL, occupancyBoard: board = NO_OTHER_SWITCH } = options
  const { records, events } = guardListeners(options.records, options.events, logger)
  const timers = new TimersInUse(options.timers)
  const digest = digestOf(options)
  const locations = new LocationTable({ store: registrations, events, clock, timers })
  const snapshotOf = directory.snapshotOf.bind(directory)
  const dialogs = new DialogWatch({ snapshotOf, calls: () => desk.states, realm })
  const recentEmergencies = new RecentEmergencies()
  const occupancy = new CallOccupancy(board)
  const { health, gateways, watch, keepAlive } = watchCarriers(options, events)
  const groups = new GroupMemory(clock, memory)
  const queues = new QueueBoard(clock, memory)
  const pages = new PageBoard()
  const accountCalls = new AccountCalls(() => desk.states, memory)
  const observers: SoftswitchParts['observers'] = []
  const occupancyFor = (sessionId: string, from?: CameFrom): Occupancy =>
    occupancyOf({ occupancy, groups, pages, accountCalls, recentEmergencies, clock, desk, stateOf: health.stateOf.bind(health) }, sessionId, from)
  const desk = new CallDesk({
    sip,
    media,
    directory,
    authorizer: options.authorizer ?? EVERYTHING_ALLOWED,
    services: options.services,
    recorder: options.recorder,
    queues,
    rooms: new RoomBoard(),
    pages,
    ...{ records, events, clock, timers, logger, turns: board },
    realm,
    publicAddress,
    recentEmergencies,
    bindingsOf: (lineId) => locations.bindingsOf(lineId),
    observe: (state, before) => {
      occupancy.observe(state, before)
      watch.observe(state, before)
      dialogs.observe(state)
      groups.observe(state, before)
      for (const observe of observers) observe(state)
      accountCalls.observe(state, before)
    },
    occupancyFor,
    targetsInOrder: (peer) => gateways.inOrder(peer),
    flowFailed: (lineId, contactUri) => locations.flowFailed(lineId, contactUri),
  })
  return {
    timers,
    digest,
    locations,
    desk,
    occupancyFor,
    callsHere: (id) => occupancy.callsHere(id),
    dialogs,
    recentEmergencies,
    keepAlive,
    mirrorCarrier: (news) => (news.kind === 'probed' ? gateways.mirror(news.probe) : health.mirror(news.change)),
    queues,
    recall: (facts) => {
      for (const part of [queues, groups, accountCalls]) part.recall(facts)
    },
    observers,
    queueNow: (queueId, lineIds) => queueNow({ queues, groups, calls: () => desk.calls.map((call) => call.state) }, queueId, lineIds),
    messages: new MessageWaiting(),
    subscriptions: new SubscriptionBook(),
  }
}

interface Observed {
  readonly occupancy: CallOccupancy
  readonly groups: GroupMemory
  readonly pages: PageBoard
  readonly accountCalls: AccountCalls
  readonly recentEmergencies: RecentEmergencies
  readonly desk: CallDesk
  readonly stateOf: (carrierId: string, activeCalls: number) => ReturnType<NonNullable<Occupancy['carrierState']>>
  readonly clock: SoftswitchOptions['clock']
}

/**
 * What goes on, apart from that call.
 * @param from its carrier: sent there, it needs a second path; and the call that its transferor leaves
 */
function occupancyOf(
  { occupancy, groups, pages, accountCalls, recentEmergencies, desk, stateOf, clock }: Observed,
  sessionId: string,
  { carrierId: cameBy, leaving }: CameFrom = {},
): Occupancy {
  const activeCallsOf = (id: string) => occupancy.callsAt(id, sessionId)
  const idleSinceMs = (lineId: string) => (activeCallsOf(lineId) > 0 ? Number.POSITIVE_INFINITY : groups.idleSinceMs(lineId))
  const isBusy = (userId: string) => desk.isBusy(userId, leaving)
  const wantsNoSecondCall = (userId: string) => accountCalls.wantsNoSecondCall(userId, leaving)
  const recentEmergency = (number: string) => recentEmergencies.linesOf(number, clock.nowMs())
  const carrierState = (carrierId: string) => stateOf(carrierId, activeCallsOf(carrierId) + (carrierId === cameBy ? 1 : 0))
  const group = { lastAnsweredBy: (groupId: string) => groups.lastAnsweredBy(groupId), idleSinceMs }
  const pageAt = (lineId: string) => pages.typeAt(lineId)
  const isCallingForHelp = (lineId: string) => occupancy.isCallingForHelp(lineId, sessionId)
  return { isBusy, wantsNoSecondCall, activeCallsOf, carrierState, recentEmergency, group, pageAt, isCallingForHelp, calls: accountCalls }
}

/** In the realm of the platform, or of the tenant's domain that a request names. */
function digestOf({ realm, directory, clock, digestAlgorithms: offered = ['MD5'] }: SoftswitchOptions): DigestAuthenticator {
  const secret = Buffer.from(randomToken(32))
  return new DigestAuthenticator({ realm, realmOf: (request) => requestRealm(directory, request), clock, secret, offered })
}
