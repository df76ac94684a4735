import type { Result } from '@dialtone/foundation'
import type { Config } from './configuration/index.ts'
import type { ProcessLogger } from './logging.ts'

/** A server that was started. */
export interface RunningServer {
  /** Refuses new work, drains the calls to a limit, hangs up the rest, writes everything, closes. */
  stop(): Promise<void>
}

export interface StartOptions {
  readonly config: Config
  readonly logger: ProcessLogger
  /** Prints lines for the person who started the server: addresses, first credentials, phone logins. */
  readonly print: (text: string) => void
}

/** What `start.ts` exports as `startServer`. @returns the running server, or one sentence that says why it did not start. */
export type StartServer = (options: StartOptions) => Promise<Result<RunningServer, { readonly message: string }>>
