import { type Logger, type Result, systemClock } from '@dialtone/foundation'
import { startMarkOf } from '../processes/process-facts.ts'
import { RestartPause } from '../processes/restart-pause.ts'
import { stopPostmaster } from './postmaster.ts'

const WATCH_MS = 1000

export interface PostmasterKeeperOptions {
  readonly processId: number
  readonly logger: Logger
  /** Starts a server in place of one that is gone. @returns its process id */
  readonly restart: () => Promise<Result<number, { readonly message: string }>>
  readonly onUnexpectedExit: (() => void) | undefined
}

/**
 * Watches the database server and starts another one when it has ended without being asked to. It is watched by its id, for an
 * adopted one is no child of ours and nothing tells us when it ends.
 */
export class PostmasterKeeper {
  readonly #o: PostmasterKeeperOptions
  readonly #pause = new RestartPause()
  readonly #watch: NodeJS.Timeout
  #processId: number
  /** The id alone may belong to a stranger once the server has ended. */
  #startMark: string | undefined
  #restarting: Promise<void> | undefined
  #stopped: Promise<boolean> | undefined

  constructor(options: PostmasterKeeperOptions) {
    this.#o = options
    this.#processId = options.processId
    this.#startMark = startMarkOf(options.processId)
    this.#watch = setInterval(() => this.#look(), WATCH_MS)
    this.#watch.unref()
  }

  /** Ends the server that runs. Safe to call twice. @returns whether it is gone */
  stop(): Promise<boolean> {
    clearInterval(this.#watch)
    this.#pause.cancel()
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  get #runs(): boolean {
    return this.#startMark !== undefined && startMarkOf(this.#processId) === this.#startMark
  }

  #look(): void {
    if (this.#startMark === undefined || this.#runs) return
    this.#startMark = undefined
    this.#o.logger.error('the embedded database server ended unexpectedly', { processId: this.#processId })
    this.#o.onUnexpectedExit?.()
    this.#restartLater()
  }

  #restartLater(): void {
    const inMs = this.#pause.start(systemClock.nowMs(), () => {
      this.#restarting = this.#restart().finally(() => (this.#restarting = undefined))
    })
    this.#o.logger.info('the embedded database is started again', { inMs })
  }

  async #restart(): Promise<void> {
    const started = await this.#o.restart().catch((error: unknown) => ({ ok: false, error: { message: String(error) } }) as const)
    if (started.ok) {
      this.#processId = started.value
      this.#startMark = startMarkOf(started.value)
      return
    }
    this.#o.logger.error('the embedded database could not be started again', { reason: started.error.message })
    if (this.#stopped === undefined) this.#restartLater()
  }

  async #stop(): Promise<boolean> {
    await this.#restarting
    return this.#runs ? stopPostmaster(this.#processId) : true
  }
}
