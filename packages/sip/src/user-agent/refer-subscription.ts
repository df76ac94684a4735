/** The implicit subscription of an accepted REFER (RFC 3515 2.4.4): the peer hears how the call it asked for goes. */
export interface ReferSubscription {
  /** A final response has been reported, the peer does not listen any more, or the dialog is over. */
  readonly ended: boolean
  /** Tells the peer by NOTIFY; a final status ends the subscription. Does nothing when it has ended, or when the peer did not want any (RFC 4488). */
  notify(statusCode: number, reasonPhrase: string): void
}
