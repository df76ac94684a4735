import type { AccountView, CallState, LegState } from './call-state.ts'

/**
 * When a phone rings, it does so for the call and for every account that takes part just then: not for whom the call has left before, and for who comes
 * later only when somebody rings there.
 */
export function noteRinging(state: CallState, { plan: { beside } }: LegState, atMs: number): Pick<CallState, 'ringingAtMs' | 'accounts' | 'forwards'> {
  const { ringingAtMs, answeredAtMs, accounts, forwards, legs } = state
  // Who was answered by the platform itself has not been kept waiting since.
  if (answeredAtMs !== undefined) return { ringingAtMs, accounts, forwards }
  // Of several that are called at once, each out of its account, one rings for itself alone.
  const ownId = beside?.forward?.recordId
  const isOfOthers = (recordId: string): boolean =>
    recordId !== ownId && (ownId !== undefined || legs.some(({ plan }) => plan.beside?.forward?.recordId === recordId))
  return {
    ringingAtMs: ringingAtMs ?? atMs,
    accounts: accounts.some(isSilent) ? accounts.map((view) => rung(view, atMs)) : accounts,
    forwards: forwards?.some(isSilent) === true ? forwards.map((view) => (isOfOthers(view.recordId) ? view : rung(view, atMs))) : forwards,
  }
}

function isSilent({ ringingAtMs, ended }: AccountView): boolean {
  return ringingAtMs === undefined && ended === undefined
}

function rung<View extends AccountView>(view: View, atMs: number): View {
  return isSilent(view) ? { ...view, ringingAtMs: atMs } : view
}
