import { go } from './call-state.ts'
import type { AccountView, CallState, Step } from './call-state.ts'

/**
 * Legs of a call that our own end had answered before they began, of a menu, a queue, a parking spot: each is answered when somebody answers there.
 * Nobody pays for them from the beginning of the call on, nor for those that nobody answered.
 */

type LegEnd = Omit<NonNullable<AccountView['ended']>, 'atMs'>

/** For what begins now. */
export function lateness({ servedAtMs }: CallState): Pick<AccountView, 'isLate'> {
  return servedAtMs === undefined ? {} : { isLate: true }
}

/** When it was answered; undefined: nobody has. */
export function answeredAtOf({ answeredAtMs }: Pick<CallState, 'answeredAtMs'>, view: AccountView): number | undefined {
  return view.isLate === true ? view.answeredAtMs : answeredAtMs
}

/** Since when those who pay now do: the last that was answered. */
export function paidSinceOf({ answeredAtMs, accounts, forwards = [] }: CallState): number | undefined {
  if (answeredAtMs === undefined) return undefined
  const late = [...accounts, ...forwards].flatMap((view) => (view.isLate === true && view.ended === undefined ? (view.answeredAtMs ?? []) : []))
  return Math.max(answeredAtMs, ...late)
}

function isOpen(view: AccountView): boolean {
  return view.isLate === true && view.answeredAtMs === undefined && view.ended === undefined
}

/** Somebody answered there. */
export function answerLate(step: Step, atMs: number): Step {
  return changeLate(step, { answeredAtMs: atMs })
}

/** Nobody did, and nobody will. */
export function endLate(step: Step, atMs: number, { disposition, statusCode, code }: LegEnd): Step {
  return changeLate(step, { ended: { atMs, disposition, statusCode, code } })
}

function changeLate(step: Step, changes: Pick<AccountView, 'answeredAtMs' | 'ended'>): Step {
  const { servedAtMs, accounts, forwards } = step.state
  if (servedAtMs === undefined || ![...accounts, ...(forwards ?? [])].some(isOpen)) return step
  const change = <View extends AccountView>(view: View): View => (isOpen(view) ? { ...view, ...changes } : view)
  return go(step, { accounts: accounts.map(change), ...(forwards === undefined ? {} : { forwards: forwards.map(change) }) })
}
