import type { BusinessClock } from '@dialtone/foundation'
import { formatMoney, type Money, parseMoney } from '@dialtone/rating'
import type { AuthorizationRequest } from '@dialtone/softswitch'
import type { CallToPreview, GuardVerdict, SpendGuard } from './call-ledger.ts'

/** What a tenant's outbound calls may at most do; what is not said is not limited. */
export interface GuardSettings {
  /** Outbound calls that go on at once. */
  readonly maxConcurrentCalls?: number | undefined
  readonly maxCallsPerMinute?: number | undefined
  /** From midnight to midnight UTC. */
  readonly maxSpendPerDay?: Money | undefined
  /** Numbers that begin so are not called; digits of E.164. */
  readonly highRiskPrefixes?: readonly string[] | undefined
  /** Calls that go on end too when the guard trips, within a quarter of a minute. Default false. */
  readonly endsRunningCalls?: boolean | undefined
  readonly notifyEmails?: readonly string[] | undefined
}

export type TripReason = 'CONCURRENT_CALLS' | 'CALLS_PER_MINUTE' | 'SPEND_PER_DAY' | 'HIGH_RISK_PREFIX'

export interface GuardTrip {
  readonly partitionId: string
  readonly accountId: string
  readonly reason: TripReason
  readonly calledNumber: string
  readonly sentOn: AuthorizationRequest['sentOn']
  readonly atMs: number
  readonly notifyEmails: readonly string[]
}

/** What is stored of one account. */
export interface StoredGuard {
  readonly settings: GuardSettings | undefined
  readonly tripped: { readonly reason: TripReason; readonly atMs: number } | undefined
  /** What its calls since midnight UTC have cost. */
  readonly spentToday: Money
}

interface Tripped {
  readonly reason: TripReason
  readonly atMs: number
  /** Before that, what is stored does not know of it. */
  readonly isStored: boolean
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** More than any call can cost: calls that are only watched are not limited by it. */
const ANY_AMOUNT: Money = '999999999'

/**
 * Cuts an account off from the world when its outbound calls look like somebody else's: too many at once, too many a minute, too much
 * money a day, numbers nobody calls. Forwarded and transferred calls are outbound calls like others. Once tripped it refuses them until
 * it is reset, or until midnight UTC. Emergency calls, calls inside the partition and everything that is free are never looked at (C-58).
 */
export class FraudGuard implements SpendGuard {
  readonly #clock: BusinessClock
  readonly #onTrip: (trip: GuardTrip) => void
  readonly #ofPartition = new Map<string, GuardSettings>()
  readonly #ofAccount = new Map<string, GuardSettings>()
  readonly #tripped = new Map<string, Tripped>()
  readonly #begun = new Map<string, readonly number[]>()
  readonly #spent = new Map<string, { readonly day: number; readonly amount: bigint }>()
  readonly #toldOfRisk = new Map<string, number>()

  constructor(clock: BusinessClock, onTrip: (trip: GuardTrip) => void) {
    this.#clock = clock
    this.#onTrip = onTrip
  }

  verdictOn(request: AuthorizationRequest, running: { readonly calls: number; readonly amount: bigint }, isNew: boolean): GuardVerdict {
    const settings = this.settingsOf(request)
    if (settings === undefined || request.category === 'OnNet') return {}
    const { endsRunningCalls: isWatched = false } = settings
    const isCut = this.trippedOf(request.accountId) !== undefined || (isNew && this.#trips(request, settings, running.calls))
    if (isCut) return isNew || isWatched ? { refusal: 'FraudGuardTripped' } : {}
    return this.#leftToSpend(request, settings, running.amount)
  }

  preview(request: CallToPreview, running: { readonly calls: number; readonly amount: bigint }, begunBefore: number): GuardVerdict {
    const settings = this.settingsOf(request)
    if (settings === undefined || request.category === 'OnNet') return {}
    if (this.trippedOf(request.accountId) !== undefined) return { refusal: 'FraudGuardTripped' }
    const reason = this.#reasonToTrip(request, settings, running.calls, begunBefore)
    if (reason !== undefined) return { refusal: 'FraudGuardTripped', trips: reason !== 'HIGH_RISK_PREFIX' }
    return this.#leftToSpend(request, settings, running.amount)
  }

  #leftToSpend({ accountId }: CallToPreview, { maxSpendPerDay, endsRunningCalls: isWatched = false }: GuardSettings, runningAmount: bigint): GuardVerdict {
    const limit = maxSpendPerDay === undefined ? undefined : parseMoney(maxSpendPerDay)
    if (limit === undefined) return isWatched ? { spendLeft: ANY_AMOUNT, isWatched } : {}
    const left = limit - this.#spentToday(accountId) - runningAmount
    return { spendLeft: formatMoney(left < 0n ? 0n : left), isWatched }
  }

  spent(request: AuthorizationRequest): boolean {
    this.#trip(request, 'SPEND_PER_DAY')
    return this.settingsOf(request)?.endsRunningCalls !== true
  }

  /** Those of the account, otherwise those of its partition. */
  settingsOf({ partitionId, accountId }: { readonly partitionId: string; readonly accountId: string }): GuardSettings | undefined {
    return this.#ofAccount.get(accountId) ?? this.#ofPartition.get(partitionId)
  }

  /** Midnight UTC sets it free. */
  trippedOf(accountId: string): Pick<Tripped, 'reason' | 'atMs'> | undefined {
    const tripped = this.#tripped.get(accountId)
    return tripped === undefined || dayOf(tripped.atMs) !== dayOf(this.#clock.nowMs()) ? undefined : tripped
  }

  showPartition(partitionId: string, settings: GuardSettings | undefined): void {
    if (settings === undefined) this.#ofPartition.delete(partitionId)
    else this.#ofPartition.set(partitionId, settings)
  }

  showAccount(accountId: string, { settings, tripped, spentToday }: StoredGuard): void {
    if (settings === undefined) this.#ofAccount.delete(accountId)
    else this.#ofAccount.set(accountId, settings)
    const amount = parseMoney(spentToday) ?? 0n
    if (amount === 0n) this.#spent.delete(accountId)
    else this.#spent.set(accountId, { day: dayOf(this.#clock.nowMs()), amount })
    if (tripped !== undefined) this.#tripped.set(accountId, { ...tripped, isStored: true })
    else if (this.#tripped.get(accountId)?.isStored === true) this.#tripped.delete(accountId)
  }

  /** What is stored says it too from now on. */
  tripStored(accountId: string): void {
    const tripped = this.#tripped.get(accountId)
    if (tripped !== undefined) this.#tripped.set(accountId, { ...tripped, isStored: true })
  }

  #trips(request: AuthorizationRequest, settings: GuardSettings, runningCalls: number): boolean {
    const reason = this.#reasonToTrip(request, settings, runningCalls)
    if (reason === 'HIGH_RISK_PREFIX') return this.#tellOfRisk(request)
    if (reason !== undefined) return this.#trip(request, reason)
    if (settings.maxCallsPerMinute !== undefined) this.#begun.set(request.accountId, [...this.#begunLately(request.accountId), this.#clock.nowMs()])
    return false
  }

  #reasonToTrip({ accountId, calledNumber }: CallToPreview, settings: GuardSettings, runningCalls: number, begunBefore = 0): TripReason | undefined {
    const { maxConcurrentCalls = Infinity, maxCallsPerMinute = Infinity, highRiskPrefixes = [] } = settings
    if (highRiskPrefixes.some((prefix) => calledNumber.startsWith(prefix))) return 'HIGH_RISK_PREFIX'
    if (runningCalls + 1 > maxConcurrentCalls) return 'CONCURRENT_CALLS'
    return this.#begunLately(accountId).length + begunBefore + 1 > maxCallsPerMinute ? 'CALLS_PER_MINUTE' : undefined
  }

  #begunLately(accountId: string): readonly number[] {
    const nowMs = this.#clock.nowMs()
    return (this.#begun.get(accountId) ?? []).filter((atMs) => atMs > nowMs - MINUTE_MS && atMs <= nowMs)
  }

  /** One call there is refused, and told of once a day; the others go on. */
  #tellOfRisk(request: AuthorizationRequest): true {
    const today = dayOf(this.#clock.nowMs())
    if (this.#toldOfRisk.get(request.accountId) !== today) {
      this.#toldOfRisk.set(request.accountId, today)
      this.#tell(request, 'HIGH_RISK_PREFIX')
    }
    return true
  }

  #trip(request: AuthorizationRequest, reason: TripReason): true {
    if (this.trippedOf(request.accountId) !== undefined) return true
    this.#tripped.set(request.accountId, { reason, atMs: this.#clock.nowMs(), isStored: false })
    this.#tell(request, reason)
    return true
  }

  #tell(request: AuthorizationRequest, reason: TripReason): void {
    const { partitionId, accountId, calledNumber, sentOn } = request
    const notifyEmails = this.settingsOf(request)?.notifyEmails ?? []
    this.#onTrip({ partitionId, accountId, reason, calledNumber, sentOn, atMs: this.#clock.nowMs(), notifyEmails })
  }

  #spentToday(accountId: string): bigint {
    const spent = this.#spent.get(accountId)
    return spent === undefined || spent.day !== dayOf(this.#clock.nowMs()) ? 0n : spent.amount
  }
}

function dayOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS)
}
