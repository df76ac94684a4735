import type { DomainEvent } from './domain-event.ts'

/** What happens right after a commit, before the caller gets his answer. */
export interface ChangeFeed {
  /** Resolves when the call plane of this process routes by the new state. */
  committed(events: readonly DomainEvent[]): Promise<void>
}
