import type {
  CallerIdentity,
  RouteAttempt,
  RouteDecision,
  RouteFacts,
  RoutingCarrier,
  RoutingLine,
  RoutingNumber,
  RoutingSnapshot,
  RoutingUser,
} from '../src/index.ts'
import { decideRoute, NO_SERVICES } from '../src/index.ts'

/** Ann 4001 with desk phone and app, Bob 4002 with one phone; three numbers; two carriers and a third that is down. */
export const ANN_NUMBER = '18015550001'
export const BOB_NUMBER = '18015550002'
export const SPARE_NUMBER = '18015550003'
export const OUTSIDE_NUMBER = '16075551212'
export const PARTNER_NUMBER = '18015559000'

export const emergencyAddress = {
  streetNumber: '1064',
  preDirectional: 'S',
  streetName: 'NORTH COUNTY',
  streetSuffix: 'BLVD',
  postDirectional: '',
  unit: '500',
  city: 'PLEASANT GROVE',
  state: 'UT',
  postalCode: '84062',
  country: 'USA',
  latitude: '40.33',
  longitude: '-111.72',
}

export function user(changes: Partial<RoutingUser> & Pick<RoutingUser, 'id'>): RoutingUser {
  return {
    firstName: 'Test',
    lastName: 'User',
    extension: undefined,
    callerIdNumber: undefined,
    externalCallerIdVisible: true,
    extensionCallerIdVisible: true,
    lineIds: [],
    voicemailBoxId: undefined,
    ...changes,
    // The defaults of a new user (S1-58).
    callHandling: changes.callHandling ?? defaultHandling,
  }
}

export const defaultHandling: RoutingUser['callHandling'] = {
  doNotDisturbEnabled: false,
  optionType: 'RingPhone',
  busy: { type: 'Voicemail' },
  noAnswer: { type: 'Voicemail', timeoutSeconds: 20 },
  unregistered: { type: 'Voicemail' },
}

export function line(id: string, userId?: string, changes: Partial<RoutingLine> = {}): RoutingLine {
  return { id, userId, sipUsername: id, emergencyNumber: undefined, adminState: 'ACTIVE', ...changes }
}

export function number(digits: string, reference?: readonly [string, string], changes: Partial<RoutingNumber> = {}): RoutingNumber {
  const [referenceType, referenceId] = reference ?? []
  return { number: digits, referenceType, referenceId, operationalStatus: 'ACTIVE', callerName: undefined, emergencyAddress: undefined, ...changes }
}

export function carrier(id: string, priority: number, changes: Partial<RoutingCarrier> = {}): RoutingCarrier {
  return { id, name: id, priority, healthy: true, emergencyCapable: false, ...changes }
}

export interface Account {
  readonly users?: readonly RoutingUser[]
  readonly lines?: readonly RoutingLine[]
  readonly numbers?: readonly RoutingNumber[]
  readonly carriers?: readonly RoutingCarrier[]
  readonly changes?: Partial<RoutingSnapshot>
}

export const ann = user({ id: 'ann', firstName: 'Ann', lastName: 'Adams', extension: '4001', callerIdNumber: ANN_NUMBER, lineIds: ['ann-desk', 'ann-app'] })
export const bob = user({ id: 'bob', firstName: 'Bob', lastName: 'Brown', extension: '4002', lineIds: ['bob-desk'] })

/** The account above; what is given replaces users, lines and numbers with the same id and adds the others. */
export function account(given: Account = {}): RoutingSnapshot {
  const users = new Map([ann, bob, ...(given.users ?? [])].map((each) => [each.id, each]))
  const lines = [line('ann-desk', 'ann'), line('ann-app', 'ann'), line('bob-desk', 'bob'), line('lobby'), ...(given.lines ?? [])]
  const numbers = [
    number(ANN_NUMBER, ['END_USER', 'ann'], { callerName: 'ADAMS ANN', emergencyAddress }),
    number(BOB_NUMBER, ['END_USER', 'bob']),
    number(SPARE_NUMBER),
    ...(given.numbers ?? []),
  ]
  return {
    version: 7,
    partitionId: 'partition',
    accountId: 'account',
    accountStatus: 'ACTIVE',
    dialingBehavior: 'OPEN_DIAL_PLAN',
    extensionLength: 4,
    homeAreaCode: '801',
    users,
    lines: new Map(lines.map((each) => [each.id, each])),
    numbers: new Map(numbers.map((each) => [each.number, each])),
    userIdByExtension: new Map([...users.values()].flatMap((each) => (each.extension === undefined ? [] : [[each.extension, each.id] as const]))),
    carriers: given.carriers ?? [carrier('second', 20), carrier('first', 10, { emergencyCapable: true }), carrier('down', 1, { healthy: false })],
    services: NO_SERVICES,
    emergencyCarrierIds: ['first'],
    ...given.changes,
  }
}

export function ownerOf(digits: string): { partitionId: string; accountId: string } | undefined {
  if (digits === PARTNER_NUMBER) return { partitionId: 'partition', accountId: 'partner' }
  return digits === '12125550000' ? { partitionId: 'elsewhere', accountId: 'stranger' } : undefined
}

export function attempt(target: string, outcome: RouteAttempt['outcome'], statusCode: number): RouteAttempt {
  return { target, outcome, statusCode }
}

type Overrides = Partial<Omit<RouteFacts, 'call' | 'trail'>> & { readonly presented?: CallerIdentity }

/** What happens when this line dials, with these tries behind it. */
export function dial(
  snapshot: RoutingSnapshot,
  fromLineId: string,
  dialed: string,
  trail: readonly RouteAttempt[] = [],
  { presented, ...overrides }: Overrides = {},
): RouteDecision {
  return decideRoute(snapshot, { call: { direction: 'originating', fromLineId, dialed, presented }, nowMs: 0, ownerOf, trail, ...overrides })
}

export const outsideCaller = { number: OUTSIDE_NUMBER, name: 'CALLER', anonymous: false }

/** What happens when a call comes in for this number. */
export function receive(snapshot: RoutingSnapshot, calledNumber: string, trail: readonly RouteAttempt[] = [], overrides: Overrides = {}): RouteDecision {
  return decideRoute(snapshot, { call: { direction: 'terminating', calledNumber, caller: outsideCaller }, nowMs: 0, ownerOf, trail, ...overrides })
}

export function rulesOf(decision: RouteDecision): readonly string[] {
  return decision.steps.map((step) => step.rule)
}
