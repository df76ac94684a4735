import { CALLBACK_WINDOW_MS } from '@dialtone/call-routing'
import type { E164 } from '@dialtone/numbering'
import type { SwitchDirectory } from '../ports/switch-directory.ts'
import type { RecentEmergencies } from './recent-emergencies.ts'

export interface CallbackNeeds {
  readonly recentEmergencies: RecentEmergencies
  readonly directory: Pick<SwitchDirectory, 'ownerOf' | 'snapshotOf'>
}

/**
 * Whether a call to this number may be the PSAP's, who calls back whoever dialed 911 lately: as the switch remembers it, or as it was stored before its
 * start. From memory alone: it is asked where nothing may wait.
 */
export function isCalledBack({ recentEmergencies, directory }: CallbackNeeds, number: E164, nowMs: number): boolean {
  if (recentEmergencies.linesOf(number, nowMs).length > 0) return true
  const owner = directory.ownerOf(number)
  const stored = owner === undefined ? undefined : directory.snapshotOf(owner.accountId)?.services.emergenciesByNumber.get(number)
  return stored?.some(({ atMs }) => nowMs - atMs < CALLBACK_WINDOW_MS) === true
}
