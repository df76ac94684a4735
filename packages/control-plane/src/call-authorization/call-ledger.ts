import type { BusinessClock } from '@dialtone/foundation'
import { isNanp } from '@dialtone/numbering'
import { authorizeCall, callFactsOf, type Money, parseMoney, rateCall, rateOfPrefix, tariffOf } from '@dialtone/rating'
import type { AuthorizationRequest, CallAuthorization, CallAuthorizer } from '@dialtone/softswitch'
import { payersOf } from '../calling-plans/index.ts'
import { LegsPreview } from './legs-preview.ts'
import type { AccountPlans, PartitionPlans, PlanMinutes, ProductTerms } from './plan-books.ts'

/** How long a call that something limits may go on before it is asked about again. Short ones leave more for others at once. */
const SLICE_SECONDS = 60
/** Who may not go on when the guard trips is asked that often. */
const GUARDED_SLICE_SECONDS = 15

/** What one call holds of a plan: reserved while it goes on, used once it is over, until that is in the stored minutes. */
interface Hold {
  readonly request: AuthorizationRequest
  /** By the business clock. */
  readonly startedAtMs: number
  readonly planId: string | undefined
  readonly maxSeconds: number | undefined
  readonly seconds: number
  readonly amount: bigint
  readonly isOver: boolean
  /** It costs something: the guard counts it. */
  readonly isCounted: boolean
}

/** A leg of a call that nobody makes; when it would be asked about and given up, since its step began. */
export interface CallToPreview extends Omit<AuthorizationRequest, 'reservationId' | 'sessionId' | 'atMs'> {
  readonly startsAfterMs?: number | undefined
  readonly ringsForMs?: number | undefined
}

/** What the guard says of one call. */
export interface GuardVerdict {
  /** The code that it is refused with. */
  readonly refusal?: string | undefined
  readonly spendLeft?: Money | undefined
  /** Every call after it is refused too. */
  readonly trips?: boolean | undefined
  /** It is asked about again soon, so that it ends when the guard trips. */
  readonly isWatched?: boolean | undefined
}

export interface SpendGuard {
  /** @param isNew false: the call goes on, or tries another carrier */
  verdictOn(request: AuthorizationRequest, running: { readonly calls: number; readonly amount: bigint }, isNew: boolean): GuardVerdict
  /** What it would say of a call that is not made, after so many others; nothing is counted. */
  preview(request: CallToPreview, running: { readonly calls: number; readonly amount: bigint }, begunBefore: number): GuardVerdict
  /** What may be spent is spent. @returns whether the call goes on all the same */
  spent(request: AuthorizationRequest): boolean
}

/**
 * The minutes and the money of all accounts, in memory, so that calls are authorised in the moment they are routed (S4-40). What is
 * stored is read anew after every change; what running calls hold, and what ended ones used that is not stored yet, is kept
 * here and taken off. One thread asks, so no two calls ever get the same second.
 */
export class CallLedger implements CallAuthorizer {
  readonly #clock: BusinessClock
  readonly #guard: SpendGuard | undefined
  readonly #accounts = new Map<string, AccountPlans>()
  readonly #partitions = new Map<string, PartitionPlans>()
  readonly #holds = new Map<string, Hold>()
  readonly #holdsOf = new Map<string, Set<string>>()

  constructor(clock: BusinessClock, guard?: SpendGuard) {
    this.#clock = clock
    this.#guard = guard
  }

  authorize(request: AuthorizationRequest, decided: (authorization: CallAuthorization) => void): void {
    decided(this.#decide(request, undefined))
  }

  /**
   * With which codes the legs of a call would be refused if it began now; undefined: they would not. What it tries one after the other is a step each: the
   * legs of one are out together, and hold what they reserve against each other. Nothing stays reserved or counted.
   */
  preview(steps: readonly (readonly CallToPreview[])[]): readonly (readonly (string | undefined)[])[] {
    const preview = new LegsPreview()
    return steps.map((legs) => {
      const codes = new Map<CallToPreview, string | undefined>()
      const held: { readonly id: string; readonly untilMs: number }[] = []
      for (const leg of legs.toSorted((one, other) => (one.startsAfterMs ?? 0) - (other.startsAfterMs ?? 0))) {
        const { startsAfterMs = 0, ringsForMs = Infinity } = leg
        for (const { id } of held.filter(({ untilMs }) => untilMs <= startsAfterMs)) this.#drop(id)
        const id = preview.idOf(leg)
        codes.set(leg, this.#previewLeg(leg, id, preview))
        held.push({ id, untilMs: startsAfterMs + ringsForMs })
      }
      for (const { id } of held) this.#drop(id)
      return legs.map((leg) => codes.get(leg))
    })
  }

  #previewLeg(leg: CallToPreview, id: string, preview: LegsPreview): string | undefined {
    const { accountId } = leg
    const { call, destinationAllowed, planId } = this.#factsOf(leg, undefined)
    const isFree = tariffOf(call).per === 'NOTHING'
    const isGuarded = !isFree && leg.category !== 'OnNet'
    if (isGuarded && preview.tripped.has(accountId)) return 'FraudGuardTripped'
    const verdict = isFree ? {} : (this.#guard?.preview(leg, this.runningOf(accountId), preview.begunBefore(leg)) ?? {})
    if (verdict.refusal !== undefined) {
      if (verdict.trips === true) preview.tripped.add(accountId)
      return verdict.refusal
    }
    if (isGuarded) preview.begin(leg)
    const forwarded = leg.sentOn === 'forwarded'
    const allowance = authorizeCall({ call, forwarded, destinationAllowed, authorizedSeconds: 0, sliceSeconds: SLICE_SECONDS, spendLeft: verdict.spendLeft })
    if (!allowance.allowed) {
      if (allowance.code === 'SpendLimitReached') preview.tripped.add(accountId)
      return allowance.code
    }
    const { maxSeconds, secondsReserved: seconds, amountReserved } = allowance
    const [request, amount] = [{ ...leg, reservationId: id, sessionId: id, atMs: 0 }, parseMoney(amountReserved) ?? 0n]
    this.#keep(id, { request, startedAtMs: this.#clock.nowMs(), planId, maxSeconds, seconds, amount, isOver: false, isCounted: !isFree })
    return undefined
  }

  /** For how long a call of a minute would go on, if it began now: the minutes of a plan without overage may be used up before. */
  previewSeconds(asked: CallToPreview): number {
    const { call, destinationAllowed } = this.#factsOf(asked, undefined)
    const question = { call, forwarded: asked.sentOn === 'forwarded', destinationAllowed, authorizedSeconds: 0, sliceSeconds: SLICE_SECONDS }
    const allowance = authorizeCall({ ...question, spendLeft: undefined })
    return (allowance.allowed ? allowance.maxSeconds : undefined) ?? SLICE_SECONDS
  }

  extend(reservationId: string, decided: (authorization: CallAuthorization) => void): void {
    const hold = this.#holds.get(reservationId)
    decided(hold === undefined || hold.isOver ? { allowed: false, code: 'PlanMinutesExhausted' } : this.#decide(hold.request, hold))
  }

  settle(reservationId: string, seconds: number): void {
    const hold = this.#holds.get(reservationId)
    if (hold === undefined || hold.isOver) return
    if (seconds <= 0) return this.#drop(reservationId)
    const { call } = this.#factsOf(hold.request, hold)
    const { secondsConsumed, cost } = rateCall({ ...call, answeredSeconds: seconds })
    this.#holds.set(reservationId, { ...hold, isOver: true, seconds: secondsConsumed, amount: parseMoney(cost) ?? 0n })
  }

  /** The calls of an account whose records are still to be stored, and those that go on. */
  heldBy(accountId: string): readonly string[] {
    return [...(this.#holdsOf.get(accountId) ?? [])]
  }

  /** How many outbound calls of an account go on, and what they and those not stored yet may cost. */
  runningOf(accountId: string, except?: string): { readonly calls: number; readonly amount: bigint } {
    let [calls, amount] = [0, 0n]
    for (const id of this.#holdsOf.get(accountId) ?? []) {
      const hold = this.#holds.get(id)
      if (hold === undefined || id === except) continue
      if (!hold.isOver && hold.isCounted) calls++
      amount += hold.amount
    }
    return { calls, amount }
  }

  /** @param charged records whose minutes are in the stored ones now */
  showAccount(accountId: string, plans: AccountPlans | undefined, charged: readonly string[]): void {
    if (plans === undefined) this.#accounts.delete(accountId)
    else this.#accounts.set(accountId, plans)
    for (const id of charged) this.#drop(id)
  }

  showPartition(partitionId: string, plans: PartitionPlans | undefined): void {
    if (plans === undefined) this.#partitions.delete(partitionId)
    else this.#partitions.set(partitionId, plans)
  }

  #decide(request: AuthorizationRequest, goesOn: Hold | undefined): CallAuthorization {
    const { reservationId, accountId, sentOn } = request
    // Another carrier is tried for the same call.
    const before = goesOn ?? this.#holds.get(reservationId)
    const { call, planId, destinationAllowed } = this.#factsOf(request, before)
    const isFree = tariffOf(call).per === 'NOTHING'
    const verdict = isFree ? {} : (this.#guard?.verdictOn(request, this.runningOf(accountId, reservationId), before === undefined) ?? {})
    if (verdict.refusal !== undefined) return { allowed: false, code: verdict.refusal }
    const question = {
      call,
      forwarded: sentOn === 'forwarded',
      destinationAllowed,
      authorizedSeconds: goesOn?.maxSeconds ?? 0,
      sliceSeconds: verdict.isWatched === true ? GUARDED_SLICE_SECONDS : SLICE_SECONDS,
    }
    let allowance = authorizeCall({ ...question, spendLeft: verdict.spendLeft })
    if (!allowance.allowed && allowance.code === 'SpendLimitReached') {
      const mayGoOn = (this.#guard?.spent(request) ?? true) && goesOn !== undefined
      if (mayGoOn) allowance = authorizeCall({ ...question, spendLeft: undefined })
    }
    if (!allowance.allowed) return { allowed: false, code: allowance.code }
    const { maxSeconds, secondsReserved: seconds, amountReserved } = allowance
    const amount = parseMoney(amountReserved) ?? 0n
    const startedAtMs = before?.startedAtMs ?? this.#clock.nowMs()
    this.#keep(reservationId, { request, startedAtMs, planId, maxSeconds, seconds, amount, isOver: false, isCounted: !isFree })
    const { plan } = call
    const isFinite = maxSeconds !== undefined && plan?.allowOverage === false
    return { allowed: true, maxSeconds, planId, ...(isFinite ? { mostSeconds: plan.secondsRemaining } : {}) }
  }

  /** The facts that a call is rated by, with what of its plan nobody else has used or reserved. */
  #factsOf(request: CallToPreview & { readonly reservationId?: string }, hold: Hold | undefined) {
    const { calledNumber, callingNumber, category, reservationId = '' } = request
    const partition = this.#partitions.get(request.partitionId)
    const found = this.#planOf(request, hold?.planId, reservationId)
    const rate = found === undefined ? undefined : rateOfPrefix(found.product.rates, calledNumber)
    const plan = found === undefined ? undefined : { ...found.product.plan, secondsRemaining: found.secondsLeft }
    const local = isLocal(partition, callingNumber, calledNumber)
    const call = callFactsOf({ direction: 'OUTBOUND', category, calledNumber, local, plan, rate })
    return { call, planId: found?.planId, destinationAllowed: rate?.allowed }
  }

  /** The first plan in use that has minutes left; without any the first. The same choice is made when the call is charged. */
  #planOf(request: CallToPreview, keptPlanId: string | undefined, except: string) {
    const { accountId, userId, lineId } = request
    const account = this.#accounts.get(accountId)
    const nowMs = this.#clock.nowMs()
    const products = this.#partitions.get(request.partitionId)?.products
    for (const payer of account === undefined ? [] : payersOf({ userId, lineId, accountId })) {
      const plans = (account?.uses ?? []).flatMap((use) => {
        const isInForce = use.startsAtMs <= nowMs && nowMs < use.endsAtMs
        if (!isInForce || use.referenceType !== payer.referenceType || use.referenceId !== payer.referenceId) return []
        const minutes = account?.minutes.get(use.planId)
        const product = minutes === undefined ? undefined : products?.get(minutes.productId)
        if (minutes === undefined || product === undefined) return []
        return [{ planId: use.planId, product, secondsLeft: this.#secondsLeft(use.planId, minutes, product, { accountId, except, nowMs }) }]
      })
      if (plans.length > 0) return plans.find(({ planId }) => planId === keptPlanId) ?? plans.find(({ secondsLeft }) => secondsLeft > 0) ?? plans[0]
    }
    return undefined
  }

  /** Minutes whose billing day has passed are full again, also before anything was rated (S1-31). */
  #secondsLeft(planId: string, minutes: PlanMinutes, { plan }: ProductTerms, o: { accountId: string; except: string; nowMs: number }): number {
    const isReset = minutes.resetsAtMs <= o.nowMs
    const cycleStartsAtMs = isReset ? minutes.resetsAtMs : minutes.cycleStartsAtMs
    let left = isReset ? plan.planMinutes * 60 : minutes.secondsRemaining
    for (const id of this.#holdsOf.get(o.accountId) ?? []) {
      const hold = this.#holds.get(id)
      if (hold?.planId === planId && id !== o.except && hold.startedAtMs >= cycleStartsAtMs) left -= hold.seconds
    }
    return Math.max(0, left)
  }

  #keep(id: string, hold: Hold): void {
    const { accountId } = hold.request
    this.#holds.set(id, hold)
    const others = this.#holdsOf.get(accountId)
    if (others === undefined) this.#holdsOf.set(accountId, new Set([id]))
    else others.add(id)
  }

  #drop(id: string): void {
    const accountId = this.#holds.get(id)?.request.accountId
    this.#holds.delete(id)
    if (accountId === undefined) return
    const others = this.#holdsOf.get(accountId)
    others?.delete(id)
    if (others?.size === 0) this.#holdsOf.delete(accountId)
  }
}

function isLocal(partition: PartitionPlans | undefined, callingNumber: string, calledNumber: string): boolean {
  if (partition === undefined || !isNanp(callingNumber) || !isNanp(calledNumber)) return false
  const [from, to] = [callingNumber.slice(1, 7), calledNumber.slice(1, 7)]
  return [from, from.slice(0, 3)].some((prefix) => {
    const area = partition.localPrefixes.get(prefix)
    return area !== undefined && (area.has(to) || area.has(to.slice(0, 3)))
  })
}
