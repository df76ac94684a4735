import type { Transaction } from '../database/index.ts'

/** Something that happened to a tenant's object; committed together with the change itself. */
export interface DomainEvent {
  /** Such as `account.created`; the names of the public webhooks where those exist (public-spec section 16). */
  readonly type: string
  readonly partitionId: string
  readonly accountId: string | undefined
  readonly data: Readonly<Record<string, unknown>>
  /** Present when the change belongs into the history of the account, or of the partition when it is in no account (public-spec section 7: every write does). */
  readonly history?: HistoryEntry
}

export interface HistoryEntry {
  readonly type: string
  readonly action: 'CREATE' | 'UPDATE' | 'DELETE'
  readonly oldValue?: unknown
  readonly newValue?: unknown
  readonly referenceType: string
  readonly referenceId: string
  readonly referenceName: string
  /** Further words under which the history of a partition finds it; its type and reference are found anyway. */
  readonly searchTags?: readonly string[]
}

/** A committed event, as subscribers get it: at least once, in order of `sequence`. */
export interface CommittedEvent {
  readonly sequence: string
  readonly id: string
  readonly type: string
  readonly partitionId: string
  readonly accountId: string | undefined
  readonly data: Readonly<Record<string, unknown>>
  readonly occurredAt: Date
}

/** Must be safe to repeat: after a crash the same event arrives again. */
export interface EventSubscriber {
  readonly name: string
  readonly handle: (event: CommittedEvent) => Promise<void>
}

/** An event with its place in the feed: whoever has read up to a position has missed nothing before it. */
export interface PublishedEvent extends CommittedEvent {
  readonly position: string
  readonly actor: Readonly<Record<string, unknown>>
}

/** What commits together with the publication of events, exactly once an event: rows of deliveries. */
export type PublicationHook = (sql: Transaction, events: readonly PublishedEvent[]) => Promise<void>
