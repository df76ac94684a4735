import type { Worker } from 'node:worker_threads'
import { TurnoverMap, type Logger } from '@dialtone/foundation'
import type { MediaReport, MediaSide } from '../media-engine.ts'
import type { StreamPosition } from './outgoing-stream.ts'
import type { SessionEvent, WorkerCommand, WorkerMessage } from './worker-protocol.ts'

/** A worker that dies at once is not started again at once, nor ever left alone. */
const FIRST_RESTART_MS = 50
const LAST_RESTART_MS = 5_000

export type OpenOutcome =
  | { readonly type: 'opened' }
  | { readonly type: 'openFailed'; readonly rtpPort: number; readonly code: string }
  | { readonly type: 'died' }

interface Listener {
  opened: ((outcome: OpenOutcome) => void) | undefined
  closed: ((report: MediaReport | undefined) => void) | undefined
  event: (event: SessionEvent) => void
  /** Who asked for positions, in order. */
  readonly positions: ((position: StreamPosition | undefined) => void)[]
}

/** The main thread's end of a media worker: starts it, starts it again when it dies, and matches answers to questions. */
export class WorkerLink {
  readonly #spawn: () => Worker
  readonly #logger: Logger
  readonly #listeners = new TurnoverMap<number, Listener>()
  #worker: Worker | undefined
  #ready = false
  #stopped = false
  #restartMs = FIRST_RESTART_MS
  #restart: ReturnType<typeof setTimeout> | undefined
  #starting: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined

  constructor(options: { readonly spawn: () => Worker; readonly logger: Logger }) {
    this.#spawn = options.spawn
    this.#logger = options.logger
  }

  get ready(): boolean {
    return this.#ready
  }

  /** Sessions it carries. */
  get load(): number {
    return this.#listeners.size
  }

  /** Starts the worker; resolves when it is ready. Throws when it dies before: then the program itself is broken. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#starting = { resolve, reject }
      this.#run()
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#restart)
    await this.#worker?.terminate()
    this.#lose()
  }

  /** Asks for the sockets of a session; a session that was opened tells its events to `onEvent` until it is closed. */
  open(key: number, rtpPorts: Readonly<Record<MediaSide, number>>, onEvent: (event: SessionEvent) => void): Promise<OpenOutcome> {
    if (!this.#ready) return Promise.resolve({ type: 'died' })
    return new Promise((resolve) => {
      this.#listeners.set(key, { opened: resolve, closed: undefined, event: onEvent, positions: [] })
      this.post({ type: 'open', key, rtpPorts })
    })
  }

  /** Frees the sockets of a session; resolves with undefined when the worker died with it. */
  close(key: number): Promise<MediaReport | undefined> {
    const listener = this.#listeners.get(key)
    if (listener === undefined) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      listener.closed = resolve
      this.post({ type: 'close', key })
    })
  }

  /** Where the stream to a side is; undefined when there is none, or no worker. */
  position(key: number, side: MediaSide): Promise<StreamPosition | undefined> {
    const listener = this.#listeners.get(key)
    if (listener === undefined) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      listener.positions.push(resolve)
      this.post({ type: 'tellPosition', key, side })
    })
  }

  post(command: WorkerCommand): void {
    this.#worker?.postMessage(command)
  }

  #run(): void {
    const worker = this.#spawn()
    this.#worker = worker
    worker.on('message', (message: WorkerMessage) => this.#hear(message))
    worker.on('error', (error) => this.#logger.error('media worker failed', { error: String(error) }))
    worker.on('exit', (exitCode) => this.#die(exitCode))
  }

  #hear(message: WorkerMessage): void {
    if (message.type === 'ready') {
      this.#ready = true
      this.#starting?.resolve()
      this.#starting = undefined
      return
    }
    const listener = this.#listeners.get(message.key)
    if (listener === undefined) return
    switch (message.type) {
      case 'event':
        listener.event(message.event)
        return
      case 'position':
        listener.positions.shift()?.(message.position)
        return
      case 'opened':
        this.#restartMs = FIRST_RESTART_MS
        listener.opened?.(message)
        listener.opened = undefined
        return
      case 'openFailed':
        this.#listeners.delete(message.key)
        listener.opened?.(message)
        return
      case 'closed':
        this.#listeners.delete(message.key)
        listener.closed?.(message.report)
    }
  }

  #die(exitCode: number): void {
    this.#worker = undefined
    this.#lose()
    const starting = this.#starting
    if (starting !== undefined) starting.reject(new Error(`the media worker died while it started, exit code ${exitCode}`))
    if (this.#stopped || starting !== undefined) return
    this.#logger.error('media worker died and is started again', { exitCode, inMs: this.#restartMs })
    this.#restart = setTimeout(() => this.#run(), this.#restartMs)
    this.#restartMs = Math.min(LAST_RESTART_MS, this.#restartMs * 2)
  }

  /** The sockets died with the thread: everybody who waits for it, or hears from it, has to know. */
  #lose(): void {
    this.#ready = false
    const lost = this.#listeners.values()
    this.#listeners.clear()
    for (const listener of lost) {
      for (const resolve of listener.positions) resolve(undefined)
      if (listener.opened !== undefined) listener.opened({ type: 'died' })
      else if (listener.closed !== undefined) listener.closed(undefined)
      else listener.event({ type: 'failed', reason: this.#stopped ? 'the media engine stopped' : 'the media worker died' })
    }
  }
}
