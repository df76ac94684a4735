import type { Clock } from '@dialtone/foundation'
import { isStillKnown } from './still-known.ts'

/** As long as a token is believed without asking again. */
const REMEMBER_MS = 2_000
const MAX_REMEMBERED = 50_000

/**
 * Which accounts were just found in which partition. Reading requests go by it, and read what they show from the database
 * all the same; whatever changes something asks the database where its account is, every time.
 */
export interface KnownAccounts {
  isIn(partitionId: string, accountId: string): boolean
  remember(partitionId: string, accountId: string): void
  /** Accounts changed in this process. */
  forget(): void
}

export function createKnownAccounts(clock: Clock): KnownAccounts {
  const untilMs = new Map<string, number>()
  const keyOf = (partitionId: string, accountId: string): string => `${partitionId} ${accountId}`
  return {
    isIn: (partitionId, accountId) => isStillKnown(untilMs.get(keyOf(partitionId, accountId)) ?? 0, clock.nowMs(), REMEMBER_MS),
    remember: (partitionId, accountId) => {
      if (untilMs.size >= MAX_REMEMBERED) untilMs.clear()
      untilMs.set(keyOf(partitionId, accountId), clock.nowMs() + REMEMBER_MS)
    },
    forget: () => untilMs.clear(),
  }
}
