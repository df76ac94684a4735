/** What a user has set for incoming calls (S1-58), as routing uses it. */
export interface CallHandling {
  readonly doNotDisturbEnabled: boolean
  /** False: who is in a call is busy. Default true. */
  readonly callWaitingEnabled?: boolean | undefined
  readonly optionType: 'RingPhone' | 'ForwardAlways' | 'SimultaneousRing' | 'FindMeFollowMe'
  readonly forwardAlwaysToNumber?: string | undefined
  readonly simultaneousRing?: SimultaneousRing | undefined
  readonly findMe?: FindMe | undefined
  readonly busy: RingOutcomeAction
  readonly noAnswer: NoAnswerAction
  readonly unregistered: RingOutcomeAction
}

/** What happens to a call whose ringing ended without an answer. `RingForever` only means something for no answer. */
export type RingOutcomeAction =
  | { readonly type: 'Voicemail' }
  | { readonly type: 'Busy' }
  | { readonly type: 'Forward'; readonly forwardToNumber: string }
  | { readonly type: 'RingForever' }

export type NoAnswerAction = RingOutcomeAction & { readonly timeoutSeconds: number | undefined }

/** The own phones and these numbers ring together; the first to answer has the call. */
export interface SimultaneousRing {
  readonly numbers: readonly RungNumber[]
  readonly noAnswer: NoAnswerAction
}

export interface RungNumber {
  /** A number or an extension, as a person writes it. */
  readonly toNumber: string
  readonly ringDelaySeconds: number
  /** Undefined: as long as the phones. */
  readonly ringDurationSeconds: number | undefined
  /** False: when this number is busy, so is the user. */
  readonly continueOnBusy: boolean
  /** Who answers there is connected after pressing 1 only. Default false. */
  readonly confirms?: boolean | undefined
}

/** One after the other, until somebody answers. */
export interface FindMe {
  readonly endpoints: readonly FindMeEndpoint[]
  /** When nobody has. */
  readonly timeoutType: RingOutcomeAction['type']
}

export interface FindMeEndpoint {
  readonly to: { readonly kind: 'own-devices' } | { readonly kind: 'number'; readonly toNumber: string } | { readonly kind: 'user'; readonly userId: string }
  readonly timeoutSeconds: number
  /** False: a busy endpoint ends the search. */
  readonly continueOnBusy: boolean
  /** Who answers there is connected after pressing 1 only, and the search goes on else. Default false. */
  readonly confirms?: boolean | undefined
}
