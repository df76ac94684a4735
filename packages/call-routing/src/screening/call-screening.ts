import type { E164 } from '@dialtone/numbering'

/** Who may call, and how it rings (S1-59): of a user, or of every user of an account. */
export interface CallScreening {
  /** Single callers, before everything else. */
  readonly custom: ReadonlyMap<E164, CallScreen>
  readonly anonymous: CallScreen
  readonly tollFree: CallScreen
  /** Everybody else. */
  readonly others: CallScreen
  /** Where every screen of the kind Forward leads. */
  readonly forwardTo: string | undefined
}

export interface CallScreen {
  readonly action: 'Allow' | 'Block' | 'BlockWithPrompt' | 'Voicemail' | 'Forward' | 'VipRing'
  /** Undefined: as every call. Of VipRing alone. */
  readonly ringType: RingType | undefined
}

export type RingType = 'Ring1' | 'Ring2' | 'Ring3' | 'Ring4' | 'Ring5' | 'Ring6' | 'Ring7'
