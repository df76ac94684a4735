import type { LastCaller } from '@dialtone/call-routing'
import type { QueueCallback } from '../services/queue-board.ts'

/** What a switch remembers of calls that are over, one value a kind and key. It is kept over a restart; the calls themselves are not. */
export type RememberedFact =
  /** Who has called a line last; the key is the line. */
  | { readonly kind: 'last-caller'; readonly key: string; readonly accountId: string; readonly value: LastCaller }
  /** Somebody who has hung up and keeps his place in a queue; the key is the place. */
  | { readonly kind: 'kept-place'; readonly key: string; readonly accountId: string; readonly value: StoredPlace }
  /** Who of a group or queue answered last; the key is the group. */
  | { readonly kind: 'last-answer'; readonly key: string; readonly accountId: string; readonly value: LastAnswer }
  /** When a line last ended a call that a group or queue had given it; the key is the line. */
  | { readonly kind: 'last-talk'; readonly key: string; readonly accountId: string; readonly value: { readonly endedAtMs: number } }

export interface LastAnswer {
  /** A user or line. */
  readonly memberId: string
  readonly answeredAtMs: number
}

export interface StoredPlace {
  readonly queueId: string
  readonly sinceMs: number
  readonly callback: QueueCallback
}

export type MemoryChange =
  | { readonly type: 'remember'; readonly fact: RememberedFact }
  | { readonly type: 'forget'; readonly kind: RememberedFact['kind']; readonly key: string }

/** Keeps what a switch remembers over a restart. `save` only queues: no call waits for a disk or a database. */
export interface SwitchMemory {
  load(): Promise<readonly RememberedFact[]>
  save(change: MemoryChange): void
}

/** Of a switch that begins with nothing and leaves nothing behind. */
export const FORGETFUL: SwitchMemory = { load: () => Promise.resolve([]), save: () => undefined }
