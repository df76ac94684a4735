import { decideRoute } from '@dialtone/call-routing'
import type { RejectVerdict, RouteAttempt, RouteDecision, RouteFacts, RoutingSnapshot } from '@dialtone/call-routing'
import type { StoredBinding } from '../ports/registration-store.ts'
import type { ServiceDesk } from '../ports/service-desk.ts'
import type { SwitchDirectory } from '../ports/switch-directory.ts'
import type { Clock } from '@dialtone/foundation'
import { MAX_HOPS } from './state/call-state.ts'
import type { RouteQuestion } from './state/call-event.ts'

/** What goes on at users, lines, trunks and carriers now, and who of a group had the last call. */
export type Occupancy = Pick<
  RouteFacts,
  'isBusy' | 'wantsNoSecondCall' | 'activeCallsOf' | 'recentEmergency' | 'carrierState' | 'group' | 'pageAt' | 'isCallingForHelp' | 'calls'
>

export interface RoutingNeeds {
  readonly directory: Pick<SwitchDirectory, 'snapshotOf' | 'ownerOf' | 'carrier'>
  readonly bindingsOf: (lineId: string) => readonly StoredBinding[]
  /** Without them the switch takes no call itself. */
  readonly services?: ServiceDesk | undefined
}

export interface RoutingQuestion extends RouteQuestion, Occupancy {
  readonly trail: readonly RouteAttempt[]
  readonly hopLimit: number
  readonly nowMs: number
  readonly startedAtMs?: number
}

export interface RoutingAnswer {
  /** undefined: the account is not known here. */
  readonly snapshot: RoutingSnapshot | undefined
  readonly decision: RouteDecision
}

/** Asks the routing, in the account's newest snapshot. Calls and explanations of calls ask here, so that they cannot differ. */
export function askRouting({ directory, bindingsOf, services }: RoutingNeeds, question: RoutingQuestion): RoutingAnswer {
  const snapshot = directory.snapshotOf(question.accountId)
  if (snapshot === undefined) return { snapshot, decision: ACCOUNT_GONE }
  const ownerOf = directory.ownerOf.bind(directory)
  const isRegistered = (lineId: string): boolean => bindingsOf(lineId).length > 0
  return { snapshot, decision: decideRoute(snapshot, { ...question, ownerOf, isRegistered, canServe: services !== undefined }) }
}

/** Who calls is in a call from the first digit on, though it is not among those that go on yet when its first decision is taken. */
export function withCaller<Known extends Occupancy>(occupancy: Known, isCalling: (userId: string) => boolean): Known {
  return { ...occupancy, isBusy: (userId: string) => isCalling(userId) || occupancy.isBusy?.(userId) === true }
}

/** A call that has gone on from where it was dialed has a path at the line or trunk it came by, as any other call there. */
export function withPathOf<Known extends Occupancy>(occupancy: Known, call: RouteQuestion['call'], lineId: string | undefined): Known {
  const { activeCallsOf } = occupancy
  if (call.direction === 'originating' || lineId === undefined || activeCallsOf === undefined) return occupancy
  return { ...occupancy, activeCallsOf: (id: string) => activeCallsOf(id) + (id === lineId ? 1 : 0) }
}

/** The account was deleted between two steps of the call. */
const ACCOUNT_GONE: RouteDecision = {
  kind: 'reject',
  statusCode: 404,
  code: 'UnknownNumber',
  reasonPhrase: 'Not Found',
  steps: [{ rule: 'account', outcome: 'the account is not known to the switch' }],
}

/** How a call that goes on would end before anybody is tried; undefined: somebody is. */
export function refusalOf(
  { clock, occupancyFor, ...needs }: RoutingNeeds & { readonly clock: Clock; readonly occupancyFor: (sessionId: string) => Occupancy },
  question: RouteQuestion,
  sessionId: string,
): Pick<RejectVerdict, 'code' | 'statusCode' | 'reasonPhrase'> | undefined {
  const { decision } = askRouting(needs, { ...question, trail: [], hopLimit: MAX_HOPS, nowMs: clock.nowMs(), ...occupancyFor(sessionId) })
  if (decision.kind !== 'reject') return undefined
  const { code, statusCode, reasonPhrase } = decision
  return { code, statusCode, reasonPhrase }
}
