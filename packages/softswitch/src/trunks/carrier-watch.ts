import type { RouteAttempt } from '@dialtone/call-routing'
import type { CallState } from '../calls/state/call-state.ts'
import type { CarrierHealth } from './carrier-health.ts'

interface Seen {
  trail: number
  readonly begun: Set<string>
  readonly worked: Set<string>
}

/** The carrier itself failed: it said nothing, could not be reached, or refused for reasons of its own. */
const CARRIER_FAILURES: ReadonlySet<number> = new Set([408, 500, 502, 503, 504])
/** Q.850 causes of who was called: whatever the status, the carrier did its work. */
const CALLED_PARTY_CAUSES: ReadonlySet<number> = new Set([1, 16, 17, 18, 19, 20, 21, 22, 28])

/** Tells from the changes of calls how carriers do: which legs go to them, which are answered, and how tries end. */
export class CarrierWatch {
  readonly #health: CarrierHealth
  readonly #seen = new Map<string, Seen>()

  constructor(health: CarrierHealth) {
    this.#health = health
  }

  observe(state: CallState): void {
    if (!state.legs.some(({ plan }) => plan.carrierId !== undefined)) return
    const seen = this.#seen.get(state.sessionId) ?? { trail: 0, begun: new Set(), worked: new Set() }
    for (const { id, plan, phase } of state.legs) {
      if (plan.carrierId === undefined) continue
      if (!seen.begun.has(id)) this.#health.callBegan(plan.carrierId)
      seen.begun.add(id)
      // Ringing proves nothing: gateways play ringing of their own before they fail.
      if (phase !== 'answered' || seen.worked.has(id)) continue
      seen.worked.add(id)
      this.#health.callWorked(plan.carrierId)
    }
    for (const attempt of state.trail.slice(seen.trail)) this.#judge(attempt)
    seen.trail = state.trail.length
    // A call that is over may still close its legs; nothing of that is news about a carrier.
    if (state.disposed) this.#seen.delete(state.sessionId)
    else this.#seen.set(state.sessionId, seen)
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
