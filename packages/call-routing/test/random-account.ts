import fc from 'fast-check'
import type {
  AccountServices, NumberOwner, RouteAttempt, RouteFacts, RoutingLineHandling, RoutingPagingGroup, RoutingQueue, RoutingRingGroup, RoutingSnapshot, RoutingTrunk, RoutingTrunkForwards, RoutingTrunkGroup, RoutingUser,
} from '../src/index.ts' // prettier-ignore
import { NO_SERVICES } from '../src/index.ts'
import { carrier, emergencyAddress, line, number, outsideCaller } from './account-fixture.ts'

/** A map that throws on every change, so that a test sees who writes into what it was given. */
class FrozenMap<Key, Value> extends Map<Key, Value> {
  #frozen = false

  constructor(entries: readonly (readonly [Key, Value])[]) {
    super(entries)
    this.#frozen = true
  }

  override set(key: Key, value: Value): this {
    // The base constructor sets the entries before this field exists.
    if (#frozen in this && this.#frozen) throw new Error('a snapshot was changed')
    return super.set(key, value)
  }

  override delete(): boolean {
    throw new Error('a snapshot was changed')
  }

  override clear(): void {
    throw new Error('a snapshot was changed')
  }
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    const children: Iterable<unknown> = value instanceof Map ? value.values() : Object.values(value)
    for (const child of children) freeze(child)
  }
  return value
}

const userIds = ['u0', 'u1', 'u2', 'u3'] as const
const lineIds = ['l0', 'l1', 'l2', 'l3', 'l4'] as const
const extensions = ['2000', '2001', '2002', '9110', '911'] as const
const carrierIds = ['c0', 'c1', 'c2'] as const
/** Numbers of account "one", of account "two", of another partition, and of nobody. */
const numbersOfOne = ['18015550000', '18015550001', '18005550002']
const numbersOfTwo = ['18015550010', '18015550011', '18015550012']
const numbersElsewhere = ['12125550020', '13105550021']
const allNumbers = [...numbersOfOne, ...numbersOfTwo, ...numbersElsewhere]

const anyNumber = fc.constantFrom(...allNumbers)
const anyTarget = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<string>(...extensions.slice(0, 3)) },
  { weight: 4, arbitrary: anyNumber },
  { weight: 1, arbitrary: fc.constantFrom('9110', '911', '4999', '5550010', '+18015550011', '411', '0', 'nonsense', '') },
)
export const emergencySpelling = fc.constantFrom('911', '9911', '1911', '+911', '9-1-1', '*67911', '112', '933', '9933', 'urn:service:sos')
export const anyDialed = fc.oneof(
  { weight: 5, arbitrary: anyTarget },
  { weight: 2, arbitrary: emergencySpelling },
  { weight: 1, arbitrary: fc.constantFrom('*31', '*45', '*462002', '*47911', '*312001', '*31911', '*3118015550010') },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'0123456789*+'.split('')), maxLength: 14 }) },
)

const action = fc.oneof(
  fc.constantFrom({ type: 'Voicemail' as const }, { type: 'Busy' as const }, { type: 'RingForever' as const }),
  anyTarget.map((forwardToNumber) => ({ type: 'Forward' as const, forwardToNumber })),
)
const seconds = fc.integer({ min: 0, max: 240 })
const noAnswer = fc
  .tuple(action, fc.option(fc.integer({ min: -1, max: 400 }), { nil: undefined }))
  .map(([what, timeoutSeconds]) => ({ ...what, timeoutSeconds }))
const rungNumber = fc.record({
  toNumber: anyTarget,
  ringDelaySeconds: seconds,
  ringDurationSeconds: fc.option(seconds, { nil: undefined }),
  continueOnBusy: fc.boolean(),
  confirms: fc.boolean(),
})
const findMeEndpoint = fc.record({
  to: fc.oneof(
    fc.constant({ kind: 'own-devices' as const }),
    anyTarget.map((toNumber) => ({ kind: 'number' as const, toNumber })),
    fc.constantFrom<string>(...userIds, 'gone').map((userId) => ({ kind: 'user' as const, userId })),
  ),
  timeoutSeconds: fc.integer({ min: 1, max: 240 }),
  continueOnBusy: fc.boolean(),
  confirms: fc.boolean(),
})
const handling = fc.record({
  doNotDisturbEnabled: fc.constantFrom(false, false, true),
  callWaitingEnabled: fc.boolean(),
  simultaneousRing: fc.option(fc.record({ numbers: fc.array(rungNumber, { maxLength: 4 }), noAnswer }), { nil: undefined }),
  findMe: fc.option(
    fc.record({
      endpoints: fc.array(findMeEndpoint, { maxLength: 5 }),
      timeoutType: fc.constantFrom('Voicemail', 'Busy', 'RingForever', 'Forward' as const),
    }),
    { nil: undefined },
  ),
  optionType: fc.constantFrom('RingPhone', 'RingPhone', 'ForwardAlways', 'SimultaneousRing', 'FindMeFollowMe'),
  forwardAlwaysToNumber: fc.option(anyTarget, { nil: undefined }),
  busy: action,
  noAnswer,
  unregistered: action,
})
const anyScreen = fc.record({
  action: fc.constantFrom('Allow', 'Allow', 'Allow', 'Block', 'BlockWithPrompt', 'Voicemail', 'Forward', 'VipRing' as const),
  ringType: fc.constantFrom(undefined, 'Ring1', 'Ring7' as const),
})
const anyHours = fc.constantFrom({ startSecond: 0, endSecond: 86_400 }, { startSecond: 28_800, endSecond: 61_200 })
const anySpan = fc
  .tuple(fc.constantFrom({ day: 'WED' as const }, { day: 'THU' as const }, { date: '1969-12-31' }, { date: '1970-01-10' }), anyHours)
  .map(([when, hours]) => ({ ...when, ...hours }))
const anySchedule = fc.record({ name: fc.constant('hours'), spans: fc.array(anySpan, { maxLength: 3 }), callHandling: handling })
/** Most have none. */
const anyScreening = fc.option(
  fc.record({
    custom: fc.array(fc.tuple(anyNumber, anyScreen), { maxLength: 2 }).map((entries) => new FrozenMap(entries)),
    anonymous: anyScreen,
    tollFree: anyScreen,
    others: anyScreen,
    forwardTo: fc.option(anyTarget, { nil: undefined }),
  }),
  { nil: undefined, freq: 1 },
)
const anyUser = (id: string): fc.Arbitrary<RoutingUser> =>
  fc.record({
    id: fc.constant(id),
    firstName: fc.constant('First'),
    lastName: fc.constant(id),
    extension: fc.option(fc.constantFrom(...extensions, extensions[userIds.findIndex((each) => each === id)]), { nil: undefined }),
    callerIdNumber: fc.option(anyNumber, { nil: undefined }),
    externalCallerIdVisible: fc.boolean(),
    extensionCallerIdVisible: fc.boolean(),
    lineIds: fc.subarray([...lineIds], { minLength: 1 }),
    callHandling: handling,
    screening: anyScreening,
    schedules: fc.array(anySchedule, { maxLength: 2 }),
    timeZone: fc.constantFrom(undefined, 'US/Mountain', 'Nowhere/Land'),
    voicemailBoxId: fc.constantFrom('box', 'box', 'box', 'box of nobody', undefined),
  })
const anyTrunk: fc.Arbitrary<RoutingTrunk> = fc.record({
  concurrentCalls: fc.integer({ min: 1, max: 3 }),
  maxBurstCalls: fc.integer({ min: 0, max: 2 }),
  primaryNumber: fc.option(anyNumber, { nil: undefined }),
  localServicesEnabled: fc.boolean(),
  extensionPatterns: fc.subarray(['20XX', '2001', '4999']),
  chargeNumber: fc.option(anyNumber, { nil: undefined }),
  numberDigits: fc.constantFrom(undefined, 4, 7, 10, 15),
  groupId: fc.constant(undefined),
  address: fc.constantFrom(undefined, { address: '192.0.2.1', port: 5060 }),
})
const anyLine = (id: string) =>
  fc
    .record({
      userId: fc.option(fc.constantFrom<string>(...userIds, 'gone'), { nil: undefined }),
      emergencyNumber: fc.option(anyNumber, { nil: undefined }),
      adminState: fc.constantFrom('ACTIVE', 'ACTIVE', 'ACTIVE', 'INACTIVE' as const),
      trunk: fc.option(anyTrunk, { nil: undefined, freq: 4 }),
    })
    .map(({ userId, trunk, ...changes }) => (trunk === undefined ? line(id, userId, changes) : line(id, undefined, { ...changes, trunk })))
const anyReference = fc.option(
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant('END_USER'), fc.constantFrom<string>(...userIds)) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('LINE_APPEARANCE'), fc.constantFrom<string>(...lineIds)) },
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom('HUNT_GROUP', 'BUSINESS_LINE_HUNT_GROUP'), fc.constantFrom<string>('g0', 'g1', 'g2', 'gone')) },
    { weight: 1, arbitrary: fc.constantFrom<[string, string]>(['CONFERENCE_ROOM', 'room'], ['PAGING_GROUP', 'page'], ['CONFERENCE_ROOM', 'gone']) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom('END_USER', 'LINE_APPEARANCE', 'IVR'), fc.constantFrom<string>('gone', 'u0', 'l0')) },
  ),
  { nil: undefined },
)
const groupIds = ['g0', 'g1', 'g2'] as const
const anyCallTarget = fc.oneof(
  fc.tuple(fc.constant('END_USER'), fc.constantFrom<string>(...userIds)),
  fc.tuple(fc.constantFrom('LINE_APPEARANCE', 'SIP_TRUNK'), fc.constantFrom<string>(...lineIds)),
  fc.tuple(fc.constant('TELEPHONE'), anyTarget),
  fc.tuple(fc.constantFrom('HUNT_GROUP', 'BUSINESS_LINE_HUNT_GROUP'), fc.constantFrom<string>(...groupIds, 'gone')),
  fc.constantFrom<[string, string]>(['BUSY', ''], ['SIP_TRUNK_GROUP', 't0'], ['VOICEMAIL', 'box'], ['CALL_QUEUE', 'q0'], ['CALL_QUEUE', 'q1'], ['CALL_QUEUE', 'gone'], ['CALL_PARKING_SPOT', 's0'], ['CALL_PARKING_SPOT', 's1'], ['CONFERENCE_ROOM', 'room'], ['PAGING_GROUP', 'page'], ['PAGING_GROUP', 'gone'], ['LIVE_CALL', 'LISTEN/caller/s'], ['LIVE_CALL', 'odd']),
).map(([referenceType, referenceId]) => ({ referenceType, referenceId })) // prettier-ignore
const anyOverflow = fc.option(
  fc.oneof({ weight: 4, arbitrary: anyCallTarget }, { weight: 1, arbitrary: fc.constant({ voicemailOf: 'first-member' as const }) }),
  {
    nil: undefined,
  },
)
const anySeconds = fc.option(fc.integer({ min: 0, max: 4000 }), { nil: undefined })
const anyMember = fc.oneof(
  fc.record({ kind: fc.constant('user' as const), id: fc.constantFrom<string>(...userIds, 'gone'), ringTimeoutSeconds: anySeconds }),
  fc.record({ kind: fc.constant('line' as const), id: fc.constantFrom<string>(...lineIds, 'gone'), ringTimeoutSeconds: anySeconds }),
)
const anyRingGroup = (id: string): fc.Arbitrary<RoutingRingGroup> =>
  fc.record({
    id: fc.constant(id),
    name: fc.constant(id),
    strategy: fc.constantFrom('SIMULTANEOUS', 'LINEAR', 'SEQUENTIAL', 'ROUND_ROBIN', 'LONGEST_IDLE'),
    members: fc.array(anyMember, { maxLength: 6 }),
    ringTimeoutSeconds: fc.integer({ min: 0, max: 4000 }),
    forwardAlwaysTo: fc.option(anyCallTarget, { nil: undefined, freq: 6 }).map((target) => target ?? undefined),
    overflow: fc.record({ busy: anyOverflow, noAnswer: anyOverflow, unregistered: anyOverflow }),
  })
/** Ringing in turn: what the switch remembers is anything at all. */
const anyGroupFacts = fc.option(
  fc.record({ last: fc.constantFrom<string | undefined>(...userIds, ...lineIds, undefined), idle: fc.nat({ max: 3 }) }).map(({ last, idle }) => ({
    lastAnsweredBy: () => last,
    idleSinceMs: (lineId: string) => (idle === 0 ? undefined : lineId.length * idle),
  })),
  { nil: undefined },
)
const anyLineHandling = (lineId: string): fc.Arbitrary<RoutingLineHandling> =>
  fc.record({
    lineId: fc.constant(lineId),
    forwardAlwaysTo: fc.option(anyCallTarget, { nil: undefined, freq: 4 }),
    callWaitingEnabled: fc.boolean(),
    ringTimeoutSeconds: anySeconds,
    onBusy: anyCallTarget,
    onNoAnswer: anyCallTarget,
    onUnregistered: anyCallTarget,
  })
const anyActiveCalls = fc.option(
  fc.nat({ max: 3 }).map((calls) => (id: string) => (calls + Number(id.at(-1))) % 3),
  { nil: undefined },
)
/** Who dialed 911, lines that are gone among them, lately or long ago. */
const anyCallers = fc.array(
  fc.tuple(
    anyNumber,
    fc.array(fc.record({ lineId: fc.constantFrom<string>(...lineIds, 'gone'), atMs: fc.constantFrom(0, 2 ** 30) }), { minLength: 1, maxLength: 2 }),
  ),
  { maxLength: 2 },
)

const anyForwards: fc.Arbitrary<RoutingTrunkForwards> = fc.record({
  always: fc.option(anyCallTarget, { nil: undefined, freq: 5 }).map((target) => target ?? undefined),
  onFailure: fc.array(anyCallTarget, { maxLength: 3 }),
  onCapacityExceeded: fc.array(anyCallTarget, { maxLength: 3 }),
})
const anyTrunkGroup: fc.Arbitrary<RoutingTrunkGroup> = fc.record({
  id: fc.constant('t0'),
  name: fc.constant('t0'),
  trunkIds: fc.subarray([...lineIds]),
  forwards: anyForwards,
})
const queueIds = ['q0', 'q1'] as const
const anyDuty = fc.constantFrom('AVAILABLE', 'PAUSED', 'LOGGED_OUT' as const)
const anyQueue = (id: string): fc.Arbitrary<RoutingQueue> =>
  fc.record({
    id: fc.constant(id),
    name: fc.constant(id),
    maxWaitSeconds: fc.integer({ min: 10, max: 7200 }),
    maxCallers: fc.integer({ min: 1, max: 10 }),
    ringSeconds: fc.integer({ min: 5, max: 120 }),
    music: fc.constant([]),
    announcesPosition: fc.boolean(),
    announcementIntervalSeconds: fc.constant(30),
    offersCallback: fc.boolean(),
    overflow: fc.option(anyCallTarget, { nil: undefined }),
    agents: fc.array(fc.record({ id: fc.constantFrom<string>(...userIds, ...lineIds, 'gone'), duty: anyDuty }), { maxLength: 3 }),
  })
const anyPage: fc.Arbitrary<RoutingPagingGroup> = fc.record({
  id: fc.constant('page'),
  name: fc.constant('page'),
  type: fc.constantFrom('STANDARD', 'PRIORITY', 'EMERGENCY'),
  members: fc.array(anyMember, { maxLength: 6 }),
})
const anyRoom = fc.constantFrom(undefined, '1234').map((pin) => ({ id: 'room', name: 'room', pin, maxParties: 3, hasTones: true, music: [] }))
/** Rules that may stand in the way of 911, or lead to each other. */
const anyDialPlanRules = fc.array(
  fc.record({
    mask: fc.constantFrom('9', '91', '911', '*9', '*', '2', 'xxxx', '*72', '*5'),
    action: fc.constantFrom('TranslateAndReapplyDialPlan', 'CallOutboundNumber', 'CallForwardingAlways', 'DoNotDisturbEnable', 'DirectedCallPickUp', 'ParkCall', 'Callback', 'unknown'),
    minEnding: fc.constantFrom(undefined, 0, 3),
    maxEnding: fc.constantFrom(undefined, 0, 32),
    callNumber: fc.constantFrom(undefined, '2001', '16075551212', '911'),
    macro: fc.constantFrom(undefined, '*9{ending}', '911', '2{ending}', '{ending}'),
    callerId: fc.constantFrom(undefined, 'hidden' as const),
    callerNumber: fc.constantFrom(undefined, '16075551212'),
  }),
  { maxLength: 3 },
) // prettier-ignore
const anyServices: fc.Arbitrary<AccountServices> = fc
  .record({
    ringGroups: some(groupIds, anyRingGroup),
    queues: some(queueIds, anyQueue),
    lineHandling: fc.subarray(lineIds.slice(2)).chain((ids) => fc.tuple(...ids.map(anyLineHandling))),
    trunkForwards: fc.subarray([...lineIds]).chain((ids) => fc.tuple(...ids.map((id) => anyForwards.map((forwards) => [id, forwards] as const)))),
    trunkGroup: anyTrunkGroup,
    page: anyPage,
    room: anyRoom,
    targetByExtension: fc.array(fc.tuple(fc.constantFrom('2002', '2003', '911'), anyCallTarget), { maxLength: 2 }),
    callers: anyCallers,
    parkingSpots: fc.subarray(['s0', 's1']),
    dialPlanRules: anyDialPlanRules,
    patterns: fc.array(fc.tuple(fc.constantFrom('20XX', '2001', '4999', '49XX'), fc.constantFrom<string>(...lineIds, 'gone')), { maxLength: 3 }),
  })
  .map(({ ringGroups, queues, lineHandling, trunkForwards, trunkGroup, page, room, targetByExtension, callers, patterns, parkingSpots, dialPlanRules }) => ({
    ...NO_SERVICES,
    emergenciesByNumber: new FrozenMap(callers),
    trunkIdByPattern: new FrozenMap(patterns),
    queues: new FrozenMap(queues.map((each) => [each.id, each] as const)),
    ringGroups: new FrozenMap(ringGroups.map((each) => [each.id, each] as const)),
    trunkForwards: new FrozenMap(trunkForwards),
    trunkGroups: new FrozenMap([[trunkGroup.id, trunkGroup]]),
    pagingGroups: new FrozenMap([[page.id, page]]),
    conferenceRooms: new FrozenMap([[room.id, room]]),
    supervision: room.pin === undefined ? undefined : { modes: ['LISTEN'], notice: 'TONE' as const },
    forwardCodes: new FrozenMap([['*31', { configurationId: 'night', huntGroupId: 'g0', type: 'VARIABLE' as const, isActive: false }]]),
    lineHandling: new FrozenMap(lineHandling.map((each) => [each.lineId, each] as const)),
    targetByExtension: new FrozenMap(targetByExtension),
    dialPlanRules,
    parkingSpots: new FrozenMap(parkingSpots.map((id) => [id, { id, name: id, spotNumber: '70', timeoutSeconds: 60, music: [] }] as const)),
  }))
const anyRoutingNumber = (digits: string) =>
  fc
    .tuple(anyReference, fc.constantFrom('ACTIVE', 'ACTIVE', 'STAGED' as const), fc.boolean())
    .map(([reference, operationalStatus, registered]) =>
      number(digits, reference, { operationalStatus, emergencyAddress: registered ? emergencyAddress : undefined }),
    )
const anyCarrier = (id: string) =>
  fc
    .record({
      priority: fc.integer({ min: 0, max: 3 }),
      healthy: fc.constantFrom(true, true, false),
      emergencyCapable: fc.boolean(),
      maxConcurrentCalls: fc.constantFrom(undefined, 1, 3),
    })
    .map(({ priority, ...changes }) => carrier(id, priority, changes))

function some<Item>(all: readonly string[], anyItem: (id: string) => fc.Arbitrary<Item>): fc.Arbitrary<Item[]> {
  const whole = fc.constant([...all])
  const ids = fc.oneof({ weight: 4, arbitrary: whole }, { weight: 1, arbitrary: fc.subarray([...all]) })
  return ids.chain((chosen) => fc.tuple(...chosen.map(anyItem)))
}

/** An account in any state, consistent or not, frozen to the bottom. */
export function anyAccount(accountId: 'one' | 'two', accountStatus?: RoutingSnapshot['accountStatus']): fc.Arbitrary<RoutingSnapshot> {
  const status = fc.constantFrom('ACTIVE', 'DISABLED', 'SUSPENDED', 'PENDING', 'DELETE_PENDING', 'DELETED' as const)
  const ownNumbers = accountId === 'one' ? numbersOfOne : numbersOfTwo
  return fc
    .record({
      accountStatus: accountStatus === undefined ? status : fc.constant(accountStatus),
      dialingBehavior: fc.constantFrom(
        'SEVEN_DIGIT',
        'TEN_DIGIT',
        'OPEN_DIAL_PLAN',
        'OPEN_DIAL_PLAN',
        'OPEN_DIAL_PLAN',
        'DIAL_NINE_SEVEN_DIGIT',
        'OPEN_DIAL_PLAN_TEN_DIGIT' as const,
      ),
      extensionLength: fc.constantFrom(4, 4, 4, 3, 6),
      homeAreaCode: fc.constantFrom('801', undefined),
      users: some(userIds, anyUser),
      lines: some(lineIds, anyLine),
      numbers: some(ownNumbers, anyRoutingNumber),
      carriers: some(carrierIds, anyCarrier),
      services: anyServices.map((services) => ({
        ...services,
        voicemailBoxes: new FrozenMap([['box', { id: 'box', name: 'Bob', language: 'en-US', opensToOwnPhones: true }]]),
      })),
      screening: anyScreening,
      emergencyCarrierIds: fc.subarray([...carrierIds, 'unlisted']),
    })
    .map(({ users, lines, numbers, ...rest }) =>
      freeze({
        version: 1,
        partitionId: 'partition',
        accountId,
        users: new FrozenMap(users.map((each) => [each.id, each] as const)),
        lines: new FrozenMap(lines.map((each) => [each.id, each] as const)),
        numbers: new FrozenMap(numbers.map((each) => [each.number, each] as const)),
        userIdByExtension: new FrozenMap(users.flatMap((each) => (each.extension === undefined ? [] : [[each.extension, each.id] as const]))),
        ...rest,
      }),
    )
}

export function ownerOf(digits: string): NumberOwner | undefined {
  if (numbersOfOne.includes(digits)) return { partitionId: 'partition', accountId: 'one' }
  if (numbersOfTwo.includes(digits)) return { partitionId: 'partition', accountId: 'two' }
  return digits === numbersElsewhere[0] ? { partitionId: 'elsewhere', accountId: 'three' } : undefined
}

export const anyOutcome = fc.constantFrom('busy', 'no-answer', 'unregistered', 'declined', 'failed' as const)
export const anyStatusCode = fc.constantFrom(403, 404, 408, 480, 486, 487, 488, 500, 503, 600, 603, 604)
const anyTrail: fc.Arbitrary<RouteAttempt[]> = fc.array(
  fc.record({
    target: fc.constantFrom(...userIds.map((id) => `user:${id}`), ...lineIds.map((id) => `line:${id}`), ...carrierIds.map((id) => `carrier:${id}`)),
    outcome: anyOutcome,
    statusCode: anyStatusCode,
  }),
  { maxLength: 24 },
)
const anyHopLimit = fc.constantFrom(undefined, undefined, 0, 1, 5, 20)
const anyPresented = fc.option(
  fc.record({ number: fc.oneof(anyNumber, fc.constantFrom('', '2001', '19995550000')), name: fc.constant('PBX'), anonymous: fc.boolean() }),
  { nil: undefined },
)
/** The same state of every carrier. */
const anyCarrierState = fc
  .option(fc.record({ health: fc.constantFrom('up', 'held-down', 'down' as const), activeCalls: fc.nat(4), callsInLastSecond: fc.nat(4) }), { nil: undefined })
  .map((state) => () => state)

const anyOtherFacts = {
  nowMs: fc.nat(),
  ownerOf: fc.constant(ownerOf),
  isBusy: fc.constantFrom(undefined, (userId: string) => userId === 'u0'),
  trail: anyTrail,
  hopLimit: anyHopLimit,
  group: anyGroupFacts,
  calls: fc.constantFrom(undefined, {
    parkedAt: (_account: string, spotId: string) => (spotId === 's0' ? { sessionId: 'parked' } : undefined),
    ringingAt: (ids: readonly string[]) => (ids[0] === undefined ? undefined : { sessionId: 'ringing', legId: 'b1', lineId: ids[0] }),
    talkAt: () => ({ sessionId: 'talk', side: 'callee' as const }),
    lastCallerOf: () => ({ number: numbersElsewhere[0] ?? '', anonymous: false, sessionId: 'last', atMs: 0 }),
    otherCallOf: (lineId: string) => (lineId === 'l0' ? { sessionId: 'held', side: 'caller' as const } : undefined),
  }),
  activeCallsOf: anyActiveCalls,
  carrierState: anyCarrierState,
  recentEmergency: fc.constantFrom(
    undefined,
    () => [],
    (callbackNumber: string) => (callbackNumber === numbersOfOne[0] ? ['l0', 'gone'] : []),
  ),
}

export function anyFacts(dialed: fc.Arbitrary<string>): fc.Arbitrary<RouteFacts> {
  const originating = fc.record({
    direction: fc.constant('originating' as const),
    fromLineId: fc.constantFrom<string>(...lineIds, 'gone'),
    dialed,
    presented: anyPresented,
  })
  return fc.record({ call: originating, ...anyOtherFacts }).map(freeze)
}

export const anyCall: fc.Arbitrary<RouteFacts['call']> = fc.oneof(
  fc.record({ direction: fc.constant('originating' as const), fromLineId: fc.constantFrom<string>(...lineIds), dialed: anyDialed, presented: anyPresented }),
  fc.record({
    direction: fc.constant('terminating' as const),
    calledNumber: fc.constantFrom(...numbersOfOne, ...numbersOfOne, ...allNumbers),
    caller: fc.constant(outsideCaller),
  }),
)

export function anyFactsOfAnyCall(): fc.Arbitrary<RouteFacts> {
  return fc.record({ call: anyCall, ...anyOtherFacts }).map(freeze)
}
