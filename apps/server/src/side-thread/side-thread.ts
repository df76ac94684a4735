import { Worker } from 'node:worker_threads'
import type { Logger } from '@dialtone/foundation'
import type { SideAnswer, SideQuestion, SideWork } from './side-work.ts'

/** Each that waits holds its file in memory. */
const MAX_WAITING = 16
/** A file cannot take more: the thread dies, and the next question begins another one. */
const MAX_HEAP_MEGABYTES = 512

type Settle = (answer: SideWork[keyof SideWork] | undefined) => void

/**
 * A thread for what takes tenths of a second, reading sounds and documents, so that the thread which carries calls waits for none of it.
 * Begun with the first question; questions are answered one after the other.
 */
export class SideThread {
  readonly #name: string
  readonly #logger: Logger
  readonly #waiting = new Map<number, Settle>()
  #worker: Worker | undefined
  #lastId = 0
  #isClosed = false

  /** @param name told in logs: which work it is that fails or is too much */
  constructor(name: string, logger: Logger) {
    this.#name = name
    this.#logger = logger
  }

  /** @returns undefined when it could not be done: so many wait already, the work failed, or the server stops */
  ask<Kind extends keyof SideWork>(kind: Kind, bytes: Uint8Array): Promise<SideWork[Kind] | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined)
    if (this.#waiting.size >= MAX_WAITING) {
      this.#logger.warn('too much waits for a side thread', { thread: this.#name, waiting: MAX_WAITING })
      return Promise.resolve(undefined)
    }
    const worker = (this.#worker ??= this.#start())
    const id = ++this.#lastId
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve as Settle)
      worker.ref()
      worker.postMessage({ id, kind, bytes } satisfies SideQuestion)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#worker?.terminate()
    this.#giveUp()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./side-worker.ts', import.meta.url), {
      name: this.#name,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MEGABYTES },
    })
    worker.on('message', (answer: SideAnswer) => this.#settle(worker, answer))
    worker.on('error', (error) => this.#logger.error('a side thread died', { thread: this.#name, error: String(error) }))
    worker.on('exit', () => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#giveUp()
    })
    return worker
  }

  #settle(worker: Worker, { id, answer, error }: SideAnswer): void {
    if (error !== undefined) this.#logger.error('a file could not be read', { thread: this.#name, error })
    const settle = this.#waiting.get(id)
    this.#waiting.delete(id)
    // Idle it keeps no process alive.
    if (this.#waiting.size === 0) worker.unref()
    settle?.(answer)
  }

  /** Whoever waits for a thread that is gone. */
  #giveUp(): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const settle of waiting) settle(undefined)
  }
}
