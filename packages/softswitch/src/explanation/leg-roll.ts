import type { CallEffect } from '../calls/state/call-effect.ts'
import type { CallEvent, CallSide } from '../calls/state/call-event.ts'
import type { CallState } from '../calls/state/call-state.ts'
import type { Party } from '../calls/state/transfer-state.ts'
import type { DescribedLeg } from '../ports/described-call.ts'

/** Where a message belongs whose dialog wants a place in the call and has none yet. */
export const NEWCOMER = 'newcomer'

/**
 * The dialogs of a call, by the names its trace gives them. A place in a call is taken by one dialog after the other: whoever pulls a call, picks one
 * up, or comes by an attended transfer has one of his own, and those who leave keep theirs.
 */
export class LegRoll {
  readonly #legs = new Map<string, DescribedLeg>()
  /** Of those who came: what they are called since they have a place. */
  readonly #names = new Map<string, string>()
  #caller = 'caller'
  #newcomer = ''
  /** Came with a leg that another call had answered. */
  #joined: Omit<DescribedLeg, 'id'> | undefined
  #isByCode = false
  #count = 0
  /** Legs whose party is asked whether the call may come, or was: they are answered, whatever the call makes of them. */
  readonly #asked = new Set<string>()
  #isSilent = false
  /** Whose INVITE in the call has no answer yet. */
  readonly #asking = new Set<CallSide>()

  hear(event: CallEvent): void {
    switch (event.type) {
      case 'started':
        this.#legs.set('caller', callerLeg(event))
        return
      case 'legStarted': {
        const leg = this.#legs.get(event.legId)
        if (leg !== undefined) this.#legs.set(event.legId, { ...leg, sipCallId: event.sipCallId })
        return
      }
      case 'confirmation':
        this.#asked.add(event.legId)
        return
      case 'referred':
        this.#isSilent = event.isSilent === true
        return
      case 'reinvite':
        this.#asking.add(event.side)
        return
      case 'reinviteCancelled':
        this.#asking.delete(event.side)
        return
      case 'takeoverAsked':
      case 'pickupAsked':
      case 'retrieveAsked':
        this.#newcomer = this.#enroll({ ...legOf(event.party), sipCallId: event.sipCallId })
        this.#isByCode = event.isByCode === true
        return
      case 'partyJoined':
        this.#joined = { ...legOf(event.party), sipCallId: event.sipCallId }
        return
      default:
    }
  }

  /** The change of places that an effect is. */
  see(effect: CallEffect, before: CallState, after: CallState): void {
    if (effect.type === 'holdTakeover') this.#asking.add(effect.side)
    if (answersInvite(effect)) this.#asking.delete(effect.to)
    if (effect.type === 'startLeg') this.#legs.set(effect.legId, calledLeg(effect, after))
    if (effect.type !== 'seatParty') return
    const came = this.#joined
    this.#joined = undefined
    if (effect.side === 'callee') return this.#seatCalled(effect.legId, came)
    // A call that was begun for a transferee has had no other caller.
    if (before.callerLeg !== 'lent') this.#caller = came === undefined ? this.#newcomer : this.#enroll(came)
  }

  /** Of an answer: somebody waits for it. What came in an ACK, or as the answer to an offer of ours, is told to the media alone. */
  isAwaited(effect: CallEffect): boolean {
    return !answersInvite(effect) || this.#asking.has(effect.to)
  }

  /** It is answered, whatever the call makes of it: who is there is asked first. */
  isAsked(legId: string): boolean {
    return this.#asked.has(legId)
  }

  /** Who refers does not want to hear how it goes. */
  get isSilent(): boolean {
    return this.#isSilent
  }

  /** Who wants a place dialed a code: the call that did refuses it, if so. */
  get isByCode(): boolean {
    return this.#isByCode
  }

  nameOf(leg: string): string {
    return leg === 'caller' ? this.#caller : leg === NEWCOMER ? this.#newcomer : leg
  }

  /** Names that were given before there was a place. */
  nameAtEnd(leg: string): string {
    return this.#names.get(leg) ?? leg
  }

  get all(): readonly DescribedLeg[] {
    return [...this.#legs.values()]
  }

  #enroll(leg: Omit<DescribedLeg, 'id'>): string {
    const id = `n${++this.#count}`
    this.#legs.set(id, { id, ...leg })
    return id
  }

  #seatCalled(id: string, came: Omit<DescribedLeg, 'id'> | undefined): void {
    const leg = came ?? this.#legs.get(this.#newcomer)
    if (leg === undefined) return
    if (came === undefined) {
      this.#legs.delete(this.#newcomer)
      this.#names.set(this.#newcomer, id)
    }
    this.#legs.set(id, { ...leg, id })
  }
}

const ANSWERS = ['answerReinvite', 'rejectReinvite', 'offerInReinvite', 'answerInMix', 'offerInMix'] as const
type Answer = Extract<CallEffect, { type: (typeof ANSWERS)[number] }>

function answersInvite(effect: CallEffect): effect is Answer {
  return ANSWERS.some((type) => type === effect.type)
}

function legOf({ kind, lineId, carrierId, accountId }: Party): Omit<DescribedLeg, 'id'> {
  return { kind, accountId, ...(lineId === undefined ? {} : { lineId }), ...(carrierId === undefined ? {} : { carrierId }) }
}

function callerLeg({ account, origin, sipCallId }: Extract<CallEvent, { type: 'started' }>): DescribedLeg {
  const from = origin.kind === 'line' ? { lineId: origin.lineId } : { carrierId: origin.carrierId }
  return { id: 'caller', kind: 'caller', accountId: account.accountId, ...from, sipCallId }
}

function calledLeg({ legId, plan }: Extract<CallEffect, { type: 'startLeg' }>, { question }: CallState): DescribedLeg {
  const { kind, lineId, carrierId, requestUri } = plan
  return { id: legId, kind, accountId: question.accountId, lineId, carrierId, uri: requestUri.split(/[;?]/)[0] }
}
