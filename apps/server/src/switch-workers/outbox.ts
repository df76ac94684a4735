import type { LogFields } from '@dialtone/foundation'
import type { FromWorker } from './worker-protocol.ts'

/**
 * What a worker tells the main thread: everything of one turn of the event loop in one message, for waking the other thread costs
 * more than what is said.
 */
export class Outbox {
  readonly #post: (messages: readonly FromWorker[]) => void
  #waiting: FromWorker[] = []

  /** @param post throws when something cannot change its thread */
  constructor(post: (messages: readonly FromWorker[]) => void) {
    this.#post = post
  }

  add(message: FromWorker): void {
    if (this.#waiting.length === 0) setImmediate(() => this.flush())
    this.#waiting.push(message)
  }

  /** At once: the last thing before the thread ends. */
  flush(): void {
    const messages = this.#waiting
    this.#waiting = []
    if (messages.length === 0) return
    try {
      this.#post(messages)
    } catch {
      for (const message of messages) this.#postAlone(message)
    }
  }

  /** Fields of a log line may hold anything; the rest is plain data. */
  #postAlone(message: FromWorker): void {
    try {
      this.#post([message])
    } catch (error) {
      const told = message.kind === 'log' ? message : ({ kind: 'log', level: 'error', message: 'a message could not change its thread' } as const)
      this.#post([{ ...told, fields: message.kind === 'log' ? asTexts(message.fields) : { kind: message.kind, error: String(error) } }])
    }
  }
}

function asTexts(fields: LogFields | undefined): LogFields {
  return Object.fromEntries(Object.entries(fields ?? {}).map(([name, value]) => [name, String(value)]))
}
