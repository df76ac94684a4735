import type { Clock, Logger, Timer, Timers } from '@dialtone/foundation'
import type { Database } from '../database/index.ts'
import type { CommittedEvent, EventSubscriber, PublicationHook } from './domain-event.ts'
import { committedEvent, publishEvents } from './publish-events.ts'

const BATCH_SIZE = 200
const IDLE_POLL_MS = 1_000
const RETRY_AFTER_FAILURE_MS = 2_000
/** What has failed so often and so long fails by a defect: everybody else's events wait behind it. */
const MAX_FAILURES = 20
const LONGEST_HOLD_MS = 60_000

export interface DispatcherOptions {
  readonly database: Database
  readonly subscribers: readonly EventSubscriber[]
  readonly timers: Timers
  readonly clock: Clock
  readonly logger: Logger
  /** Commits with the publication. */
  readonly onPublication?: PublicationHook
  /** There is more in the feed than before. */
  readonly published?: () => void
}

export interface OutboxDispatcher {
  /** There is something new: look now instead of at the next poll. */
  kick(): void
  /** Resolves when everything committed so far was handed to every subscriber. */
  settled(): Promise<void>
  stop(): Promise<void>
}

/**
 * Hands committed events to the subscribers, in order, at least once: an event is marked only after every
 * subscriber returned, so a crash in between repeats it. A failing subscriber holds the queue and is retried; one that goes on
 * failing with one event, while the database answers, goes without that event. Nothing that must not be missed hangs on that:
 * deliveries of webhooks and places in the feed are made with the publication, in its transaction.
 */
export function startOutboxDispatcher(o: DispatcherOptions): OutboxDispatcher {
  let timer: Timer | undefined
  let running: Promise<void> | undefined
  let again = false
  let stopped = false
  const failing: Failing = { at: '', times: 0, sinceMs: 0 }

  const schedule = (delayMs: number): void => {
    timer?.cancel()
    if (!stopped) timer = o.timers.start(delayMs, run)
  }
  const run = (): void => {
    if (running !== undefined) {
      again = true
      return
    }
    again = false
    running = dispatchPending(o, failing)
      .then(() => IDLE_POLL_MS)
      .catch((error: unknown) => {
        o.logger.warn('event dispatch failed, will be retried', { error: String(error) })
        return RETRY_AFTER_FAILURE_MS
      })
      .then((delayMs) => {
        running = undefined
        if (again && !stopped) run()
        else schedule(delayMs)
      })
  }
  schedule(0)

  return {
    kick: () => {
      if (!stopped) run()
    },
    settled: async () => {
      run()
      while (running !== undefined) await running
    },
    stop: async () => {
      stopped = true
      timer?.cancel()
      await running
    },
  }
}

/** Which subscriber fails with which event, how often it has, and since when. */
interface Failing {
  at: string
  times: number
  sinceMs: number
}

async function dispatchPending(o: DispatcherOptions, failing: Failing): Promise<void> {
  for (;;) {
    const rows = await o.database.sql.selectFrom('event_outbox').selectAll().where('dispatched_at', 'is', null).orderBy('sequence').limit(BATCH_SIZE).execute()
    const handed: string[] = []
    try {
      for (const row of rows) {
        const event = committedEvent(row)
        for (const subscriber of o.subscribers) await hand(o, event, subscriber, failing)
        handed.push(row.sequence)
      }
    } finally {
      const published = await publishEvents(o.database.sql, handed, new Date(o.clock.nowMs()), o.onPublication)
      if (published > 0) o.published?.()
    }
    if (rows.length < BATCH_SIZE) return
  }
}

async function hand(o: DispatcherOptions, event: CommittedEvent, subscriber: EventSubscriber, failing: Failing): Promise<void> {
  try {
    await subscriber.handle(event)
  } catch (error) {
    const at = `${event.sequence} ${subscriber.name}`
    const nowMs = o.clock.nowMs()
    if (failing.at !== at) Object.assign(failing, { at, times: 0, sinceMs: nowMs })
    failing.times++
    if (failing.times < MAX_FAILURES || nowMs - failing.sinceMs < LONGEST_HOLD_MS) throw error
    const { id: eventId, type } = event
    o.logger.error('a subscriber goes without an event that it fails with', { subscriber: subscriber.name, eventId, type, error: String(error) })
  }
}
