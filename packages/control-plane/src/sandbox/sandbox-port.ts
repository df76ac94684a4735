/** What the sandbox carrier and PSAP can do; the server joins it to the SIP peers that really do it. */
export interface SandboxPort {
  /** Makes the sandbox PSTN call one of the platform's numbers over SIP. */
  inboundCall(call: { readonly from: string; readonly to: string; readonly seconds: number | undefined }): { readonly callId: string }
  /** What the PSAP received, oldest first. */
  psapCalls(): readonly SandboxPsapCall[]
  /** Moves the business clock, never the timers of calls. */
  advanceClock(seconds: number): void
}

export interface SandboxPsapCall {
  readonly service: string
  readonly callbackNumber: string | undefined
  readonly location: unknown
  readonly receivedAt: string
  readonly callId: string
  /** Header fields and parts of the INVITE as they came. */
  readonly priority?: string | undefined
  readonly assertedIdentity?: string | undefined
  readonly geolocation?: string | undefined
  readonly geolocationRouting?: string | undefined
  readonly parts?: readonly { readonly contentType: string; readonly contentId?: string | undefined; readonly body: string }[]
}
