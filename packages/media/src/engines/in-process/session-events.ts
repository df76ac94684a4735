import type { Logger } from '@dialtone/foundation'
import type { MediaEvent } from '../media-engine.ts'

/** Events kept until somebody listens. */
const MAX_KEPT_EVENTS = 32

/** Tells who listens to a session what happens in it, and keeps it until somebody does. */
export class SessionEvents {
  readonly #sessionId: string
  readonly #logger: Logger
  #handler: ((event: MediaEvent) => void) | undefined
  #kept: MediaEvent[] = []

  constructor(sessionId: string, logger: Logger) {
    this.#sessionId = sessionId
    this.#logger = logger
  }

  listen(handler: (event: MediaEvent) => void): void {
    this.#handler = handler
    for (const event of this.#kept.splice(0)) this.#tell(handler, event)
  }

  pass(event: MediaEvent): void {
    if (this.#handler !== undefined) this.#tell(this.#handler, event)
    else if (this.#kept.length < MAX_KEPT_EVENTS) this.#kept.push(event)
  }

  /** Nobody listens any more. */
  forget(): void {
    this.#handler = undefined
  }

  #tell(handler: (event: MediaEvent) => void, event: MediaEvent): void {
    try {
      handler(event)
    } catch (error) {
      this.#logger.error('handler of a media event failed', { sessionId: this.#sessionId, event: event.type, error: String(error) })
    }
  }
}
