import type { RouteAttempt } from '@dialtone/call-routing'
import type { CallState } from '../calls/state/call-state.ts'
import type { CarrierHealth } from './carrier-health.ts'

/** The carrier itself failed: it said nothing, could not be reached, or refused for reasons of its own. */
const CARRIER_FAILURES: ReadonlySet<number> = new Set([408, 500, 502, 503, 504])
/** Q.850 causes of who was called: whatever the status, the carrier did its work. */
const CALLED_PARTY_CAUSES: ReadonlySet<number> = new Set([1, 16, 17, 18, 19, 20, 21, 22, 28])

/** Tells from the changes of calls how carriers do: which legs go to them, which are answered, and how tries end. */
export class CarrierWatch {
  readonly #health: CarrierHealth

  constructor(health: CarrierHealth) {
    this.#health = health
  }

  /**
   * Told after every step of every call; most touch no leg and cost one look.
   * @param before the call as it was when it was seen last; undefined: it is new
   */
  observe({ legs, trail }: CallState, before: CallState | undefined): void {
    if (before?.legs === legs && before.trail === trail) return
    for (const { id, plan, phase } of legs) {
      if (plan.carrierId === undefined) continue
      const leg = before?.legs.find((other) => other.id === id)
      if (leg === undefined) this.#health.callBegan(plan.carrierId)
      // Ringing proves nothing: gateways play ringing of their own before they fail.
      if (phase === 'answered' && leg?.phase !== 'answered') this.#health.callWorked(plan.carrierId)
    }
    for (const attempt of trail.slice(before?.trail.length ?? 0)) this.#judge(attempt)
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
