import { err, ok, type Result } from '@dialtone/foundation'
import type { AudioClip, MediaFailure, MediaSide, MixPart } from '../media-engine.ts'
import type { MixRoster } from './mix-roster.ts'
import { partyName, seatOf } from './mix-seat.ts'
import type { WorkerLink } from './worker-link.ts'
import type { SideAgreement } from './worker-protocol.ts'

/** What a session lets the mixes of its sides use. */
export interface OwnMixesNeeds {
  readonly sessionId: string
  readonly key: number
  readonly roster: MixRoster
  /** The worker that carries the session. */
  readonly link: Pick<WorkerLink, 'post'>
  readonly agreed: (side: MediaSide) => SideAgreement | undefined
  /** What our own end would speak to a side that is relayed now; undefined: nothing it understands. */
  readonly ownEnd: (side: MediaSide) => SideAgreement['local']
  readonly agree: (side: MediaSide, agreement: SideAgreement) => void
}

interface Place {
  readonly mixId: string
  readonly part: MixPart
  /** What was agreed with a side that was relayed before. */
  readonly before: SideAgreement | undefined
}

/** Which mixes the sides of a session are in, and the way back from them. */
export class OwnMixes {
  readonly #needs: OwnMixesNeeds
  readonly #places: Partial<Record<MediaSide, Place>> = {}

  constructor(needs: OwnMixesNeeds) {
    this.#needs = needs
  }

  has(side: MediaSide): boolean {
    return this.#places[side] !== undefined
  }

  join(side: MediaSide, mixId: string, part: MixPart): Result<void, MediaFailure> {
    const agreement = this.#needs.agreed(side)
    if (agreement === undefined) return err({ code: 'UnsupportedMedia', message: `nothing is agreed with side ${side}` })
    const ownEnd = agreement.local ?? this.#needs.ownEnd(side)
    if (ownEnd === undefined) return err({ code: 'NoCommonCodec', message: `side ${side} does not talk in G.711 now` })
    const place = this.#places[side]
    if (place?.mixId === mixId) {
      if (place.part !== part) this.#sit(side, { ...place, part })
      return ok(undefined)
    }
    const entered = this.#needs.roster.enter(mixId, this.#needs.link)
    if (!entered.ok) return entered
    const before = agreement.local === undefined ? agreement : place?.before
    this.forget(side)
    if (agreement.local === undefined) this.#needs.agree(side, { ...agreement, relaysEvents: false, local: ownEnd })
    this.#sit(side, { mixId, part, before })
    return ok(undefined)
  }

  #sit(side: MediaSide, place: Place): void {
    this.#places[side] = place
    const { link, key, sessionId } = this.#needs
    link.post({ type: 'joinMix', key, side, mixId: place.mixId, seat: seatOf(partyName(sessionId, side), place.part) })
  }

  /** @returns false when the side is in none */
  announce(side: MediaSide, clips: readonly AudioClip[], toWhom: 'all' | 'side' = 'all'): boolean {
    const place = this.#places[side]
    const to = toWhom === 'all' ? {} : { to: partyName(this.#needs.sessionId, side) }
    if (place !== undefined) this.#needs.link.post({ type: 'announce', mixId: place.mixId, clips, ...to })
    return place !== undefined
  }

  /** Back to what was agreed before, or to the silence of our own end. */
  leave(side: MediaSide): void {
    const place = this.#places[side]
    if (place === undefined) return
    this.forget(side)
    if (place.before !== undefined) this.#needs.agree(side, place.before)
    else this.#needs.link.post({ type: 'leaveMix', key: this.#needs.key, side })
  }

  /** What is negotiated anew by our own end stays in its mix, but there is no way back to the other side. */
  stay(side: MediaSide): void {
    const place = this.#places[side]
    if (place !== undefined) this.#places[side] = { ...place, before: undefined }
  }

  /** The side is in no mix any more: its worker knows by what it is told besides. */
  forget(side: MediaSide): void {
    const place = this.#places[side]
    delete this.#places[side]
    if (place !== undefined) this.#needs.roster.leave(place.mixId)
  }

  forgetAll(): void {
    this.forget('a')
    this.forget('b')
  }
}
