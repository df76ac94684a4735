import type { CarrierVerdict, OnNetVerdict, RingVerdict } from '@dialtone/call-routing'
import type { BodyPart, FurtherAddress, Header, RemoteAddress } from '@dialtone/sip'
import type { CallAccount } from './call-event.ts'

/** Body parts that go with the session description, and the header fields that speak of them. */
export interface Enclosure {
  readonly headers: readonly Header[]
  readonly parts: readonly BodyPart[]
}

/** One INVITE the switch is going to send: everything about it but the session description. */
export interface LegPlan {
  readonly kind: 'line' | 'carrier' | 'psap'
  /** The line or the carrier that will be called. */
  readonly lineId?: string
  readonly carrierId?: string
  readonly requestUri: string
  readonly to: RemoteAddress
  /** Other ways to the same target, tried in this order when the first fails (RFC 3263 4.3, RFC 5626 5.3). */
  readonly alternatives?: readonly FurtherAddress[]
  /** From header field without tag. */
  readonly from: string
  readonly toHeader: string
  readonly headers: readonly Header[]
  /** Left out on a second try when the other side cannot read it: the call matters more. */
  readonly enclosed?: Enclosure
  /** How often phones have sent the call on with 3xx on the way here. */
  readonly redirections?: number
  /** How it is asked for SRTP, whatever the caller offered: it has refused another way, or said what it speaks. */
  readonly encryption?: 'none' | 'optional' | 'required'
  /** What was arranged with the trunk about its media can only be kept where it passes us (S3-13), as only there IPv4 and IPv6 (RFC 6157 3), RTP and SRTP meet. */
  readonly mustAnchor?: true
  /** Who answers has to press 1 first. */
  readonly confirms?: true
  /** It is called beside what the decision was about. */
  readonly beside?: BesidePlan
  /** Another carrier is called when this one is not there. */
  readonly isReplaceable?: true
  /** The other carriers for who is called beside, the next one first: the routing is not asked again while others ring. */
  readonly otherCarriers?: readonly LegPlan[]
}

/** When one that is called beside others rings, and what it is to the records when it answers. */
export interface BesidePlan {
  readonly account: CallAccount
  readonly verdict: RingVerdict | CarrierVerdict
  /** It leads out of the account: a leg with a record of its own, that costs something. */
  readonly forward?: { readonly recordId: string; readonly account: CallAccount; readonly verdict: CarrierVerdict | OnNetVerdict } | undefined
  readonly startsAfterMs: number
  /** From then on. Undefined: as long as the others. */
  readonly ringsForMs: number | undefined
  /** When it is busy, nobody rings any longer. */
  readonly endsRingingWhenBusy: boolean
}
