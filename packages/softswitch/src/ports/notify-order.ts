/** A NOTIFY that belongs to no subscription, for the phone of one of these lines: check-sync, talk, hold, message-summary. Plain data. */
export interface NotifyOrder {
  /** The account of the lines. */
  readonly accountId: string
  /** Lines of one device: the phone is reached as the first of them that is registered. */
  readonly lineIds: readonly string[]
  /** The Event header field, such as `check-sync;reboot=true`. */
  readonly event: string
  readonly contentType?: string | undefined
  readonly body?: string | undefined
  /** How long the phone's answer is waited for. */
  readonly timeoutMs: number
  /** By line, for phones that challenge such a request. */
  readonly credentials?: Readonly<Record<string, { readonly username: string; readonly password: string }>> | undefined
}

export type NotifyOutcome =
  | { readonly kind: 'answered'; readonly statusCode: number; readonly lineId: string }
  | { readonly kind: 'timedOut'; readonly lineId: string }
  /** No line is registered, or its flow is gone. */
  | { readonly kind: 'unreachable'; readonly reason: string }

/** A line at which something goes on, from the first INVITE on. */
export interface LineInCall {
  readonly lineId: string
  /** Help was called from it: nothing may end that call. */
  readonly isEmergency: boolean
}
