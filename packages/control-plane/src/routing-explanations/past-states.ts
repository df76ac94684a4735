import { err, ok, type Result } from '@dialtone/foundation'
import type { RoutingSnapshot } from '@dialtone/call-routing'
import type { Context } from '../context.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import type { PastState } from '../routing-history/index.ts'
import { timeWritten } from '../time-zones/index.ts'

/** The states of accounts at one time of the past, read when they are asked for. */
export class PastStates {
  readonly snapshots = new Map<string, RoutingSnapshot>()
  /** Of an account nothing is known at that time. */
  isUnknown = false
  readonly states: (Omit<PastState, 'snapshot'> & { readonly accountId: string })[] = []
  readonly #asked = new Set<string>()
  readonly #context: Context
  readonly #at: Date

  constructor(context: Context, at: Date) {
    this.#context = context
    this.#at = at
  }

  /** @returns whether one of them was another then, and was not known yet. */
  async know(accountIds: readonly string[]): Promise<boolean> {
    const known = this.snapshots.size
    for (const accountId of new Set(accountIds)) {
      if (this.#asked.has(accountId)) continue
      this.#asked.add(accountId)
      const state = await this.#context.routingHistory.stateAt(accountId, this.#at)
      if (state === 'unknown') this.isUnknown = true
      if (typeof state === 'string') continue
      const { snapshot, ...when } = state
      this.states.push({ accountId, ...when })
      if (snapshot !== undefined) this.snapshots.set(accountId, snapshot)
    }
    return this.snapshots.size > known
  }
}

/** @returns undefined when nobody asked for a time of the past */
export async function pastTimeOf({ clock, routingHistory }: Context, asOf: string | undefined): Promise<Result<Date | undefined, ApiFailure>> {
  if (asOf === undefined) return ok(undefined)
  const at = timeWritten(asOf)
  if (at === undefined) return err(invalidField('asOf', `"${asOf}" is no time`, 'an RFC 3339 time such as 2026-11-21T15:00:00Z'))
  if (at.getTime() > clock.nowMs() - (clock.aheadMs ?? 0)) return err(invalidField('asOf', 'is in the future', 'a time of the past; `at` is for schedules'))
  const since = await routingHistory.keptSince()
  if (at < since) return err(invalidField('asOf', 'is too long ago', `states of the routing are kept since ${since.toISOString()}`, 'AsOfNotKept'))
  return ok(at)
}
