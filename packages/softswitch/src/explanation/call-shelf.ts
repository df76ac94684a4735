import type { MediaReport } from '@dialtone/media'
import { TurnoverMap } from '@dialtone/foundation'
import { callFailure } from '../calls/call-failure.ts'
import type { CallEvent } from '../calls/state/call-event.ts'
import type { CallTrace } from '../calls/call-trace.ts'
import type { RecentCall, RefusedInvite } from '../ports/described-call.ts'
import { ArrivalOrder } from './arrival-order.ts'
import type { KeptCall } from './describe-call.ts'

/** What ended calls may take of the memory, in characters and so much an event; and those of one account, so that no account forgets for another. */
const MAX_WEIGHT = 16_000_000
const MAX_ACCOUNT_WEIGHT = 4_000_000
/** What an event takes besides its texts. */
const EVENT_WEIGHT = 400
/** Refused INVITEs that are kept of an account, and of all: who is refused does not push calls out. */
const MAX_REFUSED_OF_ACCOUNT = 20
const MAX_REFUSED = 2_000

interface Ended extends KeptCall {
  readonly accountId: string
  readonly weight: number
  readonly recent: RecentCall
}

interface OfAccount {
  weight: number
  count: number
  readonly order: ArrivalOrder
}

/** The traces of the last calls, for whoever asks why: bounded by what they weigh, in all and by account. */
export class CallShelf {
  readonly #maxWeight: number
  readonly #ended = new TurnoverMap<string, Ended>()
  readonly #isKept = (sessionId: string): boolean => this.#ended.has(sessionId)
  readonly #order = new ArrivalOrder(this.#isKept)
  readonly #accounts = new Map<string, OfAccount>()
  readonly #refused = new TurnoverMap<string, RefusedInvite>()
  readonly #refusedOf = new Map<string, string[]>()
  #weight = 0

  constructor(maxWeight = MAX_WEIGHT) {
    this.#maxWeight = maxWeight
  }

  get weight(): number {
    return this.#weight
  }

  /** A call is over, its records are closed. */
  put(accountId: string, trace: CallTrace, recent: RecentCall, mediaReport: MediaReport | undefined): void {
    const weight = trace.characters + EVENT_WEIGHT * trace.events.length
    const call: Ended = { accountId, weight, recent, events: trace.events, isCut: trace.isFull, mediaReport, isFinished: true }
    const own = this.#accounts.get(accountId) ?? { weight: 0, count: 0, order: new ArrivalOrder(this.#isKept) }
    this.#accounts.set(accountId, own)
    const { sessionId } = recent
    this.#ended.set(sessionId, call)
    own.weight += weight
    own.order.add(sessionId, ++own.count)
    this.#order.add(sessionId, this.#ended.size)
    this.#weight += weight
    while (own.weight > MAX_ACCOUNT_WEIGHT) this.#forget(own.order.takeFirst())
    while (this.#weight > this.#maxWeight) this.#forget(this.#order.takeFirst())
  }

  refuse(refused: RefusedInvite): void {
    const { accountId, sessionId } = refused
    const own = this.#refusedOf.get(accountId) ?? []
    this.#refusedOf.set(accountId, own)
    own.push(sessionId)
    this.#refused.set(sessionId, refused)
    if (own.length > MAX_REFUSED_OF_ACCOUNT) this.#refused.delete(own.shift() ?? '')
    if (this.#refused.size <= MAX_REFUSED) return
    const oldest = this.#refused.get(firstOf(this.#refused.keys()) ?? '')
    if (oldest === undefined) return
    this.#refused.delete(oldest.sessionId)
    const others = (this.#refusedOf.get(oldest.accountId) ?? []).filter((id) => id !== oldest.sessionId)
    if (others.length > 0) this.#refusedOf.set(oldest.accountId, others)
    else this.#refusedOf.delete(oldest.accountId)
  }

  callOf(sessionId: string): KeptCall | undefined {
    return this.#ended.get(sessionId)
  }

  refusedOf(sessionId: string): RefusedInvite | undefined {
    return this.#refused.get(sessionId)
  }

  /** Calls and refused INVITEs that had a dialog with this Call-ID. Looks at all of them: it is operators who ask. */
  sessionsWith(sipCallId: string): readonly string[] {
    const calls = this.#ended.values().filter(({ events }) => hasCallId(events, sipCallId))
    const refused = this.#refused.values().filter((each) => each.sipCallId === sipCallId)
    return [...calls.map(({ recent }) => recent.sessionId), ...refused.map(({ sessionId }) => sessionId)]
  }

  /** Calls that began in the account, the last one first. */
  recentOf(accountId: string): readonly RecentCall[] {
    const calls = (this.#accounts.get(accountId)?.order.known() ?? []).flatMap((id) => this.#ended.get(id)?.recent ?? [])
    const refused = (this.#refusedOf.get(accountId) ?? []).flatMap((id) => this.#refused.get(id) ?? []).map(recentOfRefused)
    return [...calls, ...refused].toSorted((one, other) => other.endedAtMs - one.endedAtMs)
  }

  #forget(sessionId: string | undefined): void {
    const call = sessionId === undefined ? undefined : this.#ended.get(sessionId)
    if (sessionId === undefined || call === undefined) return
    this.#ended.delete(sessionId)
    this.#weight -= call.weight
    const own = this.#accounts.get(call.accountId)
    if (own === undefined) return
    own.weight -= call.weight
    if (--own.count === 0) this.#accounts.delete(call.accountId)
  }
}

function hasCallId(events: readonly CallEvent[], sipCallId: string): boolean {
  return events.some((event) => 'sipCallId' in event && event.sipCallId === sipCallId)
}

function recentOfRefused({ sessionId, atMs, lineId, dialed, code }: RefusedInvite): RecentCall {
  const { statusCode, disposition } = callFailure(code)
  return { sessionId, startedAtMs: atMs, endedAtMs: atMs, from: lineId, dialed, outcome: disposition, statusCode }
}

function firstOf(keys: Iterable<string>): string | undefined {
  for (const key of keys) return key
  return undefined
}
