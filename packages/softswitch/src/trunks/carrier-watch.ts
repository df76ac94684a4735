import type { RouteAttempt } from '@dialtone/call-routing'
import { TurnoverMap } from '@dialtone/foundation'
import type { CallState } from '../calls/state/call-state.ts'
import type { CarrierHealth } from './carrier-health.ts'

interface Seen {
  readonly legs: CallState['legs']
  readonly trail: CallState['trail']
  /** Ids of legs; a call has few. */
  readonly begun: readonly string[]
  readonly worked: readonly string[]
}

/** The carrier itself failed: it said nothing, could not be reached, or refused for reasons of its own. */
const CARRIER_FAILURES: ReadonlySet<number> = new Set([408, 500, 502, 503, 504])
/** Q.850 causes of who was called: whatever the status, the carrier did its work. */
const CALLED_PARTY_CAUSES: ReadonlySet<number> = new Set([1, 16, 17, 18, 19, 20, 21, 22, 28])

/** Tells from the changes of calls how carriers do: which legs go to them, which are answered, and how tries end. */
export class CarrierWatch {
  readonly #health: CarrierHealth
  readonly #seen = new TurnoverMap<string, Seen>()

  constructor(health: CarrierHealth) {
    this.#health = health
  }

  /** Told after every step of every call; most touch no leg and cost one look. */
  observe(state: CallState): void {
    const { sessionId, legs, trail, disposed } = state
    const seen = this.#seen.get(sessionId)
    // A call that is over may still close its legs; nothing of that is news about a carrier.
    if (disposed && seen !== undefined) this.#seen.delete(sessionId)
    if (seen?.legs === legs && seen.trail === trail) return
    if (!legs.some(({ plan }) => plan.carrierId !== undefined)) return
    const begun = this.#noteBegun(legs, seen?.begun ?? [])
    const worked = this.#noteWorked(legs, seen?.worked ?? [])
    for (const attempt of trail.slice(seen?.trail.length ?? 0)) this.#judge(attempt)
    if (!disposed) this.#seen.set(sessionId, { legs, trail, begun, worked })
  }

  #noteBegun(legs: CallState['legs'], before: readonly string[]): readonly string[] {
    const begun: string[] = []
    for (const { id, plan } of legs) {
      if (plan.carrierId === undefined || before.includes(id)) continue
      this.#health.callBegan(plan.carrierId)
      begun.push(id)
    }
    return begun.length === 0 ? before : [...before, ...begun]
  }

  /** Ringing proves nothing: gateways play ringing of their own before they fail. */
  #noteWorked(legs: CallState['legs'], before: readonly string[]): readonly string[] {
    const worked: string[] = []
    for (const { id, plan, phase } of legs) {
      if (plan.carrierId === undefined || phase !== 'answered' || before.includes(id)) continue
      this.#health.callWorked(plan.carrierId)
      worked.push(id)
    }
    return worked.length === 0 ? before : [...before, ...worked]
  }

  #judge({ target, statusCode, q850Cause }: RouteAttempt): void {
    if (!target.startsWith('carrier:')) return
    const carrierId = target.slice('carrier:'.length)
    const isOfCalled = q850Cause !== undefined && CALLED_PARTY_CAUSES.has(q850Cause)
    if (CARRIER_FAILURES.has(statusCode) && !isOfCalled) this.#health.callFailed(carrierId, statusCode)
    // 401, 403 and the like are about us: no proof either way.
    else if (isOfCalled || [404, 410, 480, 484, 486, 487, 600, 603, 604].includes(statusCode)) this.#health.callWorked(carrierId)
  }
}
