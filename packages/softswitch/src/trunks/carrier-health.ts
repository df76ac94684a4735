import type { CarrierState } from '@dialtone/call-routing'
import type { Clock } from '@dialtone/foundation'
import { NO_OTHER_SWITCH } from '../ports/occupancy-board.ts'
import type { OccupancyBoard } from '../ports/occupancy-board.ts'
import type { CarrierChange } from '../ports/switch-events.ts'

export interface CarrierHealthLimits {
  /** So many calls in a row that the carrier did not answer, or refused for itself (408, 5xx), and it is held down. */
  readonly failuresToHoldDown: number
  readonly holdDownMs: number
  /** So many OPTIONS in a row without an answer, and it is down. */
  readonly missedToDown: number
  /** After it came back, for so long it gets a few calls a second at first and more by and by, where another carrier can have the rest. */
  readonly returnMs: number
}

export const DEFAULT_CARRIER_LIMITS: CarrierHealthLimits = { failuresToHoldDown: 3, holdDownMs: 30_000, missedToDown: 2, returnMs: 30_000 }

interface Health {
  failuresInARow: number
  missedInARow: number
  heldUntilMs: number
  isDown: boolean
  /** What was told last. */
  told: CarrierChange['health']
  secondBeganMs: number
  callsThisSecond: number
  /** What the other switches see of it: the calls that began in that second of the clock. */
  shownSecond: number
  shownCalls: number
  /** It came back then: it gets calls again little by little. */
  returnedAtMs: number
}

/** One call a second more after each of these. */
const RETURN_STEP_MS = 3_000
/** Carriers that are no longer configured are forgotten beyond so many. */
const MAX_CARRIERS = 10_000

/**
 * How carriers are doing: by how calls to them ended, and whether they answer OPTIONS. One that fails several calls in a row rests
 * for a while; then a single call, or an OPTIONS, says whether it is back: one more failure and it rests again.
 */
export class CarrierHealth {
  readonly #clock: Clock
  readonly #limits: CarrierHealthLimits
  readonly #tell: (change: Pick<CarrierChange, 'carrierId' | 'health' | 'reason' | 'atMs'>) => void
  readonly #known = new Map<string, Health>()
  readonly #board: Pick<OccupancyBoard, 'count' | 'callsElsewhere'>

  constructor(
    clock: Clock,
    limits: CarrierHealthLimits,
    tell: (change: Pick<CarrierChange, 'carrierId' | 'health' | 'reason' | 'atMs'>) => void,
    board: Pick<OccupancyBoard, 'count' | 'callsElsewhere'> = NO_OTHER_SWITCH,
  ) {
    this.#clock = clock
    this.#limits = limits
    this.#tell = tell
    this.#board = board
  }

  /** @param activeCalls counted by whoever sees the calls */
  stateOf(carrierId: string, activeCalls: number): CarrierState {
    const health = this.#known.get(carrierId)
    const nowMs = this.#clock.nowMs()
    const elsewhere = this.#board.callsElsewhere(keyOfSecond(carrierId, secondOf(nowMs)))
    if (health === undefined) return { health: 'up', activeCalls, callsInLastSecond: elsewhere }
    const callsInLastSecond = elsewhere + (nowMs - health.secondBeganMs < 1_000 ? health.callsThisSecond : 0)
    const verdict = this.#verdict(health)
    return { health: verdict === 'up' && callsInLastSecond >= this.#callsASecond(health) ? 'returning' : verdict, activeCalls, callsInLastSecond }
  }

  /** Whether an OPTIONS should ask how it is, though it is not kept alive by them. */
  needsProbe(carrierId: string): boolean {
    const health = this.#known.get(carrierId)
    return health !== undefined && health.told !== 'up' && this.#verdict(health) !== 'held-down'
  }

  callBegan(carrierId: string): void {
    const health = this.#of(carrierId)
    const nowMs = this.#clock.nowMs()
    if (nowMs - health.secondBeganMs >= 1_000) Object.assign(health, { secondBeganMs: nowMs, callsThisSecond: 0 })
    health.callsThisSecond++
    this.#show(carrierId, health, secondOf(nowMs))
  }

  #show(carrierId: string, health: Health, second: number): void {
    if (health.shownSecond !== second) {
      this.#hide(carrierId, health)
      Object.assign(health, { shownSecond: second, shownCalls: 0 })
    }
    health.shownCalls++
    this.#board.count(keyOfSecond(carrierId, second), 1)
  }

  #hide(carrierId: string, { shownSecond, shownCalls }: Health): void {
    for (let shown = 0; shown < shownCalls; shown++) this.#board.count(keyOfSecond(carrierId, shownSecond), -1)
  }

  /** Somebody answered, or it said something about who was called: it works. */
  callWorked(carrierId: string): void {
    const health = this.#known.get(carrierId)
    if (health === undefined || (health.failuresInARow === 0 && health.told === 'up')) return
    Object.assign(health, { failuresInARow: 0, missedInARow: 0, heldUntilMs: 0, isDown: false })
    this.#tellIfChanged(carrierId, health, 'a call went through')
  }

  callFailed(carrierId: string, statusCode: number): void {
    const health = this.#of(carrierId)
    health.failuresInARow++
    if (health.failuresInARow >= this.#limits.failuresToHoldDown) health.heldUntilMs = this.#clock.nowMs() + this.#limits.holdDownMs
    this.#tellIfChanged(carrierId, health, `${health.failuresInARow} calls in a row failed, the last one with ${statusCode}`)
  }

  optionsAnswered(carrierId: string): void {
    const health = this.#of(carrierId)
    Object.assign(health, { missedInARow: 0, isDown: false })
    // Calls may fail all the same: one more failure is enough.
    if (this.#verdict(health) === 'up') health.failuresInARow = Math.min(health.failuresInARow, this.#limits.failuresToHoldDown - 1)
    this.#tellIfChanged(carrierId, health, 'it answers OPTIONS')
  }

  optionsMissed(carrierId: string): void {
    const health = this.#of(carrierId)
    health.missedInARow++
    if (health.missedInARow >= this.#limits.missedToDown) health.isDown = true
    this.#tellIfChanged(carrierId, health, `${health.missedInARow} OPTIONS in a row were not answered`)
  }

  /** Somebody outside says that it is down, or that it is not. */
  reported(carrierId: string, isDown: boolean, reason: string): void {
    const health = this.#of(carrierId)
    Object.assign(health, isDown ? { isDown } : { isDown, missedInARow: 0 })
    this.#tellIfChanged(carrierId, health, reason)
  }

  /** Another switch has found that out and told it. */
  mirror({ carrierId, health: told, atMs }: Pick<CarrierChange, 'carrierId' | 'health' | 'atMs'>): void {
    const health = this.#of(carrierId)
    Object.assign(health, { told, missedInARow: 0, isDown: told === 'down', heldUntilMs: told === 'held-down' ? atMs + this.#limits.holdDownMs : 0 })
    if (told !== 'up') return
    Object.assign(health, { failuresInARow: Math.min(health.failuresInARow, this.#limits.failuresToHoldDown - 1), returnedAtMs: this.#clock.nowMs() })
  }

  /** All there are, or as many as it may have by now since it came back. */
  #callsASecond({ returnedAtMs }: Health): number {
    const sinceMs = this.#clock.nowMs() - returnedAtMs
    return sinceMs >= this.#limits.returnMs ? Infinity : 1 + Math.floor(sinceMs / RETURN_STEP_MS)
  }

  #of(carrierId: string): Health {
    const known = this.#known.get(carrierId)
    if (known !== undefined) return known
    const health: Health = {
      failuresInARow: 0,
      missedInARow: 0,
      heldUntilMs: 0,
      isDown: false,
      told: 'up',
      secondBeganMs: 0,
      callsThisSecond: 0,
      shownSecond: 0,
      shownCalls: 0,
      returnedAtMs: -Infinity,
    }
    this.#known.set(carrierId, health)
    const [oldest] = this.#known.size > MAX_CARRIERS ? this.#known : []
    if (oldest !== undefined) {
      this.#hide(...oldest)
      this.#known.delete(oldest[0])
    }
    return health
  }

  #verdict({ isDown, heldUntilMs }: Health): CarrierChange['health'] {
    if (isDown) return 'down'
    return heldUntilMs > this.#clock.nowMs() ? 'held-down' : 'up'
  }

  /** A hold that ended is no news before a call or an OPTIONS says that the carrier is back. */
  #tellIfChanged(carrierId: string, health: Health, reason: string): void {
    const verdict = this.#verdict(health)
    if (verdict === health.told || (verdict === 'up' && health.failuresInARow >= this.#limits.failuresToHoldDown)) return
    health.told = verdict
    if (verdict === 'up') health.returnedAtMs = this.#clock.nowMs()
    this.#tell({ carrierId, health: verdict, reason, atMs: this.#clock.nowMs() })
  }
}

function secondOf(nowMs: number): number {
  return Math.floor(nowMs / 1_000)
}

function keyOfSecond(carrierId: string, second: number): string {
  return `${carrierId} ${second}`
}
