import type { CallerIdentity } from '@dialtone/call-routing'
import type { CallRecord } from '../../ports/call-record.ts'
import type { CallSide } from './call-event.ts'
import { viewAt } from './call-state.ts'
import type { AccountView, CallState, Step } from './call-state.ts'

/** Transfers of transfers end here: the next REFER is refused with 483 (RFC 3261 16.3 speaks of the same need). */
export const MAX_TRANSFERS = 20
/** A transferor whose transfer succeeded hangs up by itself (RFC 5589 6.1); after that long we do. */
export const PARTING_MS = 3_000
/** How long the transferor's phone rings when a transfer failed and the transferor has hung up already. */
export const RECALL_RING_MS = 30_000

/** Somebody at one end of a call, as other calls need to know him. */
export interface Party {
  readonly kind: 'line' | 'carrier'
  readonly lineId: string | undefined
  readonly carrierId?: string | undefined
  readonly userId: string | undefined
  readonly partitionId: string
  readonly accountId: string
  /** What others are shown. The name may be unknown here: ''. */
  readonly identity: CallerIdentity
}

/** A call that was begun by a REFER: it is the transferor's line that calls (and pays), for the transferee to talk. */
export interface TransferOrigin {
  /** The call the transferee is in until somebody answers or the transferor leaves. */
  readonly fromSessionId: string
  readonly transferor: Party
  readonly transferee: Party
  /** How many transfers led here. */
  readonly depth: number
  /** Nobody was transferred: the line's own phone was called first, and there is nobody to give it back to. */
  readonly isClickToCall?: true
  /** What the target is shown, see OriginatingCall. */
  readonly shownNumber?: string
}

/** A party that came from another call, and the records that go on as long as its leg does. */
export interface Guest {
  readonly party: Party
  readonly records: readonly CallRecord[]
  /** In the place of one whose call was answered: whatever becomes of the newcomer, it was. */
  readonly wasAnswered?: boolean
}

export interface Takeover {
  readonly side: CallSide
  readonly party: Party
  /** What the new party offered. */
  readonly sdp: string
  /** It picks up what rings at that line. */
  readonly ringingLineId?: string | undefined
  /** The new party has given up; the other side may have been asked already. */
  readonly cancelled: boolean
}

/**
 * Offers of ours to a party: `ringback` lets it hear a tone, `settle` and `join` connect it; after `join` the other side is asked too. `mix` puts it
 * into a mix; `ownEnd` lets it talk to the platform in place of another one; `retrieve`: whoever waits with the platform hears who fetches it.
 */
export type RenegotiationPurpose = 'ringback' | 'settle' | 'join' | 'mix' | 'ownEnd' | 'retrieve'

/** Everything about transfers in a call. Ordinary calls share one value that says there is none. */
export interface TransferState {
  readonly origin: TransferOrigin | undefined
  /**
   * The side whose REFER is being carried out, and the call that will take the other side; `claimedAs`: it wants it now, as that
   * side, and waits for an offer that is under way here. `isByOperator`: no phone has asked for it.
   */
  readonly referral: { readonly side: CallSide; readonly toSessionId: string; readonly claimedAs?: CallSide; readonly isByOperator?: true } | undefined
  readonly guests: Readonly<Partial<Record<CallSide, Guest>>>
  readonly renegotiation: { readonly side: CallSide; readonly purpose: RenegotiationPurpose } | undefined
  /** An INVITE with Replaces wants the place of that side (RFC 3891); it waits for the other side's answer. */
  readonly takeover: Takeover | undefined
  /** The transferor, who is still to hang up. */
  readonly parting: CallSide | undefined
  /** Whose phone rings when nobody can be had for a transferee that waits. */
  readonly recallTo: Party | undefined
  readonly recalled: boolean
  /** The records of this call go on in another one, with the leg they are about. */
  readonly recordsMoved: boolean
}

export const NO_TRANSFER: TransferState = {
  origin: undefined,
  referral: undefined,
  guests: {},
  renegotiation: undefined,
  takeover: undefined,
  parting: undefined,
  recallTo: undefined,
  recalled: false,
  recordsMoved: false,
}

export function changeTransfer(step: Step, changes: Partial<TransferState>): Step {
  return { state: { ...step.state, transfer: { ...step.state.transfer, ...changes } }, effects: step.effects }
}

export function otherSide(side: CallSide): CallSide {
  return side === 'caller' ? 'callee' : 'caller'
}

/** Who is at that side now; undefined: nobody has answered there. */
export function partyOf(state: CallState, side: CallSide): Party | undefined {
  const guest = state.transfer.guests[side]
  if (guest !== undefined) return guest.party
  return side === 'caller' ? callerParty(state) : calleeParty(state)
}

function callerParty(state: CallState): Party | undefined {
  if (state.transfer.origin !== undefined) return state.transfer.origin.transferee
  const { origin } = state
  const own = state.accounts[0]
  if (own === undefined) return undefined
  const identity = viewOf(state)?.caller ?? own.caller ?? { number: origin.number, name: origin.name, anonymous: false }
  const { partitionId, accountId } = own
  if (origin.kind === 'line') return { kind: 'line', lineId: origin.lineId, userId: origin.userId, partitionId, accountId, identity }
  return { kind: 'carrier', lineId: undefined, carrierId: origin.carrierId, userId: undefined, partitionId, accountId, identity }
}

function calleeParty(state: CallState): Party | undefined {
  const winner = state.legs.find((leg) => leg.id === state.winnerId)
  const answering = winner?.plan.beside?.account.recordId
  const view = answering === undefined ? viewOf(state) : state.accounts.find((account) => account.recordId === answering)
  if (winner === undefined || view === undefined) return undefined
  const { lineId, carrierId } = winner.plan
  const identity = { number: view.calledNumber, name: '', anonymous: false }
  const kind = winner.plan.kind === 'line' ? 'line' : 'carrier'
  const carrier = carrierId === undefined ? {} : { carrierId }
  return { kind, lineId, ...carrier, userId: view.calledUserId, partitionId: view.partitionId, accountId: view.accountId, identity }
}

/** The view of the account that was asked last: the one whose phones or carriers ring. */
function viewOf(state: CallState): AccountView | undefined {
  return viewAt(state.accounts, state.question.accountId)
}

/** What a side is told to do: an offer of everything the other side can, without a hold (RFC 3264 8.4). */
export function withoutDirection(sdp: string): string {
  return sdp.replaceAll(/^a=(?:sendonly|recvonly|inactive)\r?\n/gm, '')
}

/** The account's view of a call whose ringing phone was not the one that answered. */
export function withPickup({ accounts, question }: CallState, by: Party, ringingLineId: string | undefined): CallState['accounts'] {
  const view = viewAt(accounts, question.accountId)
  return accounts.map((account) =>
    account === view ? { ...account, pickup: { byId: by.userId ?? by.lineId, fromId: account.calledUserId ?? ringingLineId } } : account,
  )
}
