import type { CallScene } from '../call-scene.ts'
import type { LastCaller } from '../taken-call.ts'

/** Who has called the phones of the caller last, and shows who he is. */
export function lastCallerOf({ caller, facts }: CallScene): LastCaller | undefined {
  if (caller.kind !== 'line') return undefined
  const last = facts.calls?.lastCallerOf(caller.user?.lineIds ?? [caller.line.id])
  return last === undefined || last.anonymous || last.number === '' ? undefined : last
}
