import type { Result } from '@dialtone/foundation'

export interface MessageToSend {
  /** Stays the same over attempts. */
  readonly id: string
  readonly recipient: string
  readonly subject: string
  readonly body: string
  /** It tells of a call to 911, and waits for no other. */
  readonly isUrgent: boolean
  readonly attachment?: { readonly name: string; readonly mediaType: string; readonly content: AsyncIterable<Uint8Array> }
}

export interface SendFailure {
  readonly reason: string
  /** Trying again would not help: the address is refused, not the moment. */
  readonly isFinal: boolean
}

/** Carries messages of one kind out of the platform. Never rejects. */
export interface MessageCarrier {
  /** @returns what the carrier calls the message, for whoever asks it. */
  readonly send: (message: MessageToSend) => Promise<Result<{ readonly reference: string | undefined }, SendFailure>>
}

/** Without a carrier for its kind a message stays where it is: the sandbox mailbox shows it. */
export interface MessageCarriers {
  readonly email?: MessageCarrier
  readonly sms?: MessageCarrier
}
