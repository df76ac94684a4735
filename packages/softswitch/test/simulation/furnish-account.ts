import type { AccountServices, CallTarget, MenuStep, RingStrategy, RoutingNumber } from '@dialtone/call-routing'
import { LOCATION, type PlainDirectory } from '../switch-tenants.ts'
import type { SeededNumbers } from './seeded-numbers.ts'

/** What the first account has besides people, by what is dialed for it. */
const EXTENSIONS: Readonly<Record<string, CallTarget>> = {
  2100: { referenceType: 'HUNT_GROUP', referenceId: 'group' },
  2200: { referenceType: 'IVR', referenceId: 'menu' },
  2300: { referenceType: 'CALL_QUEUE', referenceId: 'queue' },
  2400: { referenceType: 'CONFERENCE_ROOM', referenceId: 'room' },
  2500: { referenceType: 'PAGING_GROUP', referenceId: 'page' },
  2600: { referenceType: 'VOICEMAIL_BOX', referenceId: 'box-alice' },
  2701: { referenceType: 'CALL_PARKING_SPOT', referenceId: 'spot' },
}

/** Numbers that lead to services. */
export const SERVICE_NUMBERS = ['18015550111', '18015550112', '18015550113'] as const

/** Services, and codes for what phones do with them. */
export const SERVICE_DIALED = [
  ...['2100', '2200', '2300', '2400', '2400', '2400', '2500', '2600', '2701', '2701', '*97', '*98', '*11', '*58', '*592002', '*69', '*682701', '*882701'],
  ...['*722003', '*73', '*78', '*79', '*552002', '2001', '2002', '2003', '16075550123', '911', '933'],
] as [string, ...string[]]

/** Gives the first account voicemail, a hunt group, a menu, a queue, a conference room, a page and a parking spot, as drawn. */
export function furnishAccount(directory: PlainDirectory, numbers: SeededNumbers): void {
  const before = directory.snapshots.get('account-1')
  if (before === undefined) return
  const boxes: Readonly<Record<string, string>> = { alice: 'box-alice', bob: 'box-bob' }
  const users = new Map([...before.users].map(([id, user]) => [id, { ...user, voicemailBoxId: boxes[id] }]))
  const added = SERVICE_NUMBERS.map((number, index): [string, RoutingNumber] => {
    const { referenceType, referenceId } = EXTENSIONS[2200 + 100 * index] ?? { referenceType: 'BUSY', referenceId: '' }
    return [number, { number, referenceType, referenceId, operationalStatus: 'ACTIVE', callerName: undefined, emergencyAddress: LOCATION }]
  })
  const services = servicesOf(before.services, numbers)
  directory.snapshots.set('account-1', { ...before, users, numbers: new Map([...before.numbers, ...added]), services })
}

function servicesOf(before: AccountServices, numbers: SeededNumbers): AccountServices {
  const overflow = (): CallTarget | undefined => numbers.pick([undefined, ...Object.values(EXTENSIONS), { referenceType: 'END_USER', referenceId: 'alice' }])
  const group = (id: string, strategy: RingStrategy) => ({
    ...{ id, name: id, strategy, ringTimeoutSeconds: numbers.pick([3, 10]), forwardAlwaysTo: undefined },
    members: [{ kind: 'user', id: 'bob' } as const, { kind: numbers.chance(0.5) ? 'user' : 'line', id: numbers.chance(0.5) ? 'carol' : 'carol-desk' } as const],
    overflow: { busy: overflow(), noAnswer: overflow(), unregistered: overflow() },
  })
  const strategy = numbers.pick<RingStrategy>(['SIMULTANEOUS', 'LINEAR', 'SEQUENTIAL', 'ROUND_ROBIN', 'LONGEST_IDLE'])
  const agents = { ...group('queue:queue', 'SIMULTANEOUS'), freeOnly: { wrapUpMs: 1_000 }, overflow: NO_OVERFLOW }
  return {
    ...before,
    targetByExtension: new Map(Object.entries(EXTENSIONS)),
    ringGroups: new Map([group('group', strategy), agents].map((one) => [one.id, one])),
    voicemailBoxes: new Map(['box-alice', 'box-bob'].map((id) => [id, { id, name: id, language: 'en-US', opensToOwnPhones: numbers.chance(0.5) }])),
    menus: new Map([['menu', { id: 'menu', name: 'Menu', entryId: 'in', steps: menuSteps(overflow), next: { in: 'ask' } }]]),
    queues: new Map([['queue', queueOf(overflow(), numbers)]]),
    conferenceRooms: new Map([
      ['room', { id: 'room', name: 'Room', pin: numbers.pick([undefined, undefined, '5']), maxParties: numbers.pick([2, 10]), hasTones: true, music: [] }],
    ]),
    pagingGroups: new Map([['page', { id: 'page', name: 'Page', type: numbers.pick(['STANDARD', 'PRIORITY', 'EMERGENCY']), members: EVERYBODY }]]),
    parkingSpots: new Map([['spot', { id: 'spot', name: 'Spot', spotNumber: '2701', timeoutSeconds: numbers.pick([5, 45]), music: [] }]]),
    recording: numbers.pick([undefined, { userIds: undefined, announces: true }, { userIds: ['bob'], announces: false }]),
    pickupGroups: [{ id: 'pickup', name: 'Pickup', userIds: ['alice', 'bob'], lineIds: ['carol-desk'] }],
  }
}

const NO_OVERFLOW = { busy: undefined, noAnswer: undefined, unregistered: undefined } as const
const EVERYBODY = ['alice', 'bob', 'carol'].map((id) => ({ kind: 'user', id }) as const)

function queueOf(overflow: CallTarget | undefined, numbers: SeededNumbers) {
  return {
    ...{ id: 'queue', name: 'Queue', maxWaitSeconds: numbers.pick([20, 300]), maxCallers: numbers.pick([1, 10]), ringSeconds: 10, music: [], overflow },
    ...{ announcesPosition: true, announcementIntervalSeconds: 15, offersCallback: numbers.chance(0.5), agents: [] },
  }
}

function menuSteps(target: () => CallTarget | undefined): Readonly<Record<string, MenuStep>> {
  const prompt = [{ promptId: 'ivr-invalid' }]
  const go = (id: string): MenuStep => ({ id, kind: 'go', to: target() ?? { referenceType: 'BUSY', referenceId: '' } })
  const steps: readonly MenuStep[] = [
    { id: 'in', kind: 'pass' },
    {
      ...{ id: 'ask', kind: 'menu', greeting: prompt, isGreetingInterruptible: true, prompt, repeatSeconds: 4 },
      choices: { 1: 'one', 2: 'two', 5: 'ring', 0: 'name', '#': 'ask' },
      failure: { id: 'bye', timeoutSeconds: 5, invalid: prompt, attempts: 3 },
    },
    go('one'),
    go('two'),
    { id: 'ring', kind: 'ring', to: { referenceType: 'HUNT_GROUP', referenceId: 'group' }, timeoutSeconds: 8, otherwise: 'ask' },
    { id: 'name', kind: 'directory', intro: prompt, invalid: prompt, by: 'EXTENSION' },
    { id: 'bye', kind: 'hang-up', goodbye: prompt },
  ]
  return Object.fromEntries(steps.map((step) => [step.id, step]))
}
