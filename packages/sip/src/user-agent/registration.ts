import type { Header, SipResponse } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'

export interface RegistrationOptions {
  /** The Request-URI: the domain of the registrar, such as `sip:example.com` (RFC 3261 10.2). */
  readonly registrar: string
  /** Where REGISTER is sent. */
  readonly to: RemoteAddress
  /** Whom we register: a name-addr, such as `<sip:alice@example.com>`. */
  readonly addressOfRecord: string
  /** Where we want to be reached, a name-addr; default: our Contact towards `to`. */
  readonly contact?: string
  readonly credentials?: { readonly username: string; readonly password: string }
  /** How long a registration is asked for. Default 3600. */
  readonly expiresSeconds?: number
  /** How long an answer is awaited. Default: as long as RFC 3261 17.1.2.2 has it, 32 s. */
  readonly answerTimeoutMs?: number
  /** More header fields. */
  readonly headers?: readonly Header[]
}

export type RegistrationState =
  | { readonly name: 'trying' }
  /** Until `expiresAtMs` of the stack's clock, unless refreshed before. */
  | { readonly name: 'registered'; readonly expiresAtMs: number; readonly response: SipResponse }
  /**
   * It is tried again in `retryAfterMs`. `reason`: why the registrar could not be asked, for a person; then the status is 503 (RFC 3261 8.1.3.1).
   * `contacts`: where a registrar sends us that has moved, the URIs of its 3xx; whether to go there is not decided here (8.1.3.4).
   */
  | {
      readonly name: 'failed'
      readonly statusCode: number
      readonly retryAfterMs: number
      readonly reason?: string
      readonly contacts?: readonly string[]
    }
  | { readonly name: 'stopped' }

/** A registration of ours that is kept up until it is stopped (RFC 3261 10.2). */
export interface Registration {
  readonly state: RegistrationState
  /** One handler; told of every change. */
  onChange(handler: (state: RegistrationState) => void): void
  /** Asks the registrar now, whatever time was planned: it may have forgotten us. Failures before do not count any more. */
  renew(): void
  /** Ends without a word to the registrar: it does not answer, and a later one of ours would take back what another place was told. */
  abandon(): void
  /** Removes the binding and ends. Resolves when the registrar has answered, or will not. */
  stop(): Promise<void>
}
