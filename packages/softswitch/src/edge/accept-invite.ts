import { newUuid } from '@dialtone/foundation'
import type { Clock } from '@dialtone/foundation'
import type { Header, IncomingInvite, SipRequest } from '@dialtone/sip'
import { callFailure, reasonOf } from '../calls/call-failure.ts'
import type { CallEvent, CallTimes } from '../calls/state/call-event.ts'
import { isEmergencyDialed } from '../emergency/is-emergency-dialed.ts'
import { findCarrier, findCarrierByContact } from '../ports/find-carrier.ts'
import type { OccupancyBoard } from '../ports/occupancy-board.ts'
import type { RefusedInvite } from '../ports/described-call.ts'
import type { CarrierPeer, SwitchDirectory, TrunkPeer } from '../ports/switch-directory.ts'
import { assertedCaller, isHiding } from './asserted-caller.ts'
import { assertedDiversion, timesSentOn } from './asserted-diversion.ts'
import { authenticateLine } from './authenticate-line.ts'
import type { AuthenticationNeeds } from './authenticate-line.ts'
import { claimedBy } from './claimed-by.ts'
import { calledText, dialedText } from './dialed-text.ts'
import { findRecipient } from './find-recipient.ts'
import type { CarrierCall } from './find-recipient.ts'
import { isPsapCallback, type PsapCallbackNeeds } from './is-psap-callback.ts'
import { pbxAt } from './pbx-at.ts'
import { presentedCaller } from './presented-caller.ts'
import { isServedAt, requestDomain } from './request-domain.ts'
import { saysItIsAPhone } from './says-it-is-a-phone.ts'
import type { PhoneSignsNeeds } from './says-it-is-a-phone.ts'

export interface EdgeNeeds extends AuthenticationNeeds, Pick<PhoneSignsNeeds, 'bindingsOf'>, Pick<PsapCallbackNeeds, 'isCallback'> {
  readonly directory: SwitchDirectory
  readonly clock: Clock
  readonly times: CallTimes
  /** Whether ordinary calls are refused now. */
  readonly isRefusing: () => boolean
  /** The failure code that says why another ordinary call may not begin now; counts it. */
  readonly refusal: () => string | undefined
  /** Calls that go on at a carrier. */
  readonly callsAt: (carrierId: string) => number
  readonly turns: Pick<OccupancyBoard, 'takeTurn'>
  /** An INVITE that says it is of a known line was refused. */
  readonly noteRefusal: (refused: Omit<RefusedInvite, 'sessionId'>) => void
}

export type Started = Extract<CallEvent, { type: 'started' }>

/**
 * Decides on an INVITE: whose call is it? A carrier is known by its address or its certificate, where no phone says it is one, a PBX that asked for it by its
 * address, a line by its digest credentials. Whoever is none of them is challenged. @returns the first event of the call, or undefined when the INVITE has been answered
 */
export function acceptInvite(needs: EdgeNeeds, invite: IncomingInvite): Started | undefined {
  const registeredAt = findCarrierByContact(needs.directory.carriers(), dialedText(invite.request))
  // The user of our own Contact says whose call it is; whom it is for says To.
  const dialed = registeredAt === undefined ? dialedText(invite.request) : calledText(invite.request)
  // Limits, shutdown and the like never stand before an emergency call (C-58).
  const urgent = isEmergencyDialed(dialed)
  const isHeldUp = needs.isRefusing() && !urgent && !isPsapCallback(needs, invite.request, invite.source)
  const refusal = isHeldUp ? needs.refusal() : undefined
  if (refusal !== undefined) return turnAway(needs, invite, dialed, refusal)
  if (registeredAt !== undefined) return fromCarrier(needs, invite, { dialed, known: registeredAt, isByRegistration: true })
  const atAddress = findCarrier(needs.directory.carriers(), invite.source)
  const carrier = atAddress === undefined || saysItIsAPhone(needs, invite.request, invite.source) ? undefined : atAddress
  const trunk = pbxAt(needs.directory, { dialed, source: invite.source, carrier })
  if (trunk !== undefined) return isRefused(needs, invite, trunk, urgent) ? undefined : fromLine(needs, invite, trunk, dialed)
  if (carrier !== undefined) return fromCarrier(needs, invite, { dialed, known: carrier, isByRegistration: false })
  const authentication = authenticateLine(needs, { request: invite.request, source: invite.source, by: 'proxy', urgent })
  if (authentication.kind === 'line') {
    const { line } = authentication
    return isOutOfDomain(needs, invite, line, urgent) ? undefined : fromLine(needs, invite, line, dialed)
  }
  const { statusCode, headers, claimed, reasonPhrase, isShutOut: isOutside } = authentication
  // First the answer: its time must not tell whether there was something to note.
  invite.reject(statusCode, { headers, ...(reasonPhrase === undefined ? {} : { reasonPhrase }) })
  if (claimed !== undefined) {
    const { accountId, lineId } = claimed
    const isOut = isOutside?.() === true
    const code = statusCode === 407 ? 'WrongPassword' : isOut ? 'AddressNotAllowed' : 'TooManyWrongPasswords'
    const reason = REASONS[isOut ? 'AddressNotAllowed' : code]
    needs.noteRefusal({ atMs: needs.clock.nowMs(), accountId, lineId, dialed, sipCallId: invite.request.callId, code, reason })
  }
  return undefined
}

/** Refuses who calls from where the account's rules do not let him, or at a domain that does not serve him; help is for everybody the platform knows (C-58). */
function isRefused(needs: EdgeNeeds, invite: IncomingInvite, line: TrunkPeer, urgent: boolean): boolean {
  return isOutOfDomain(needs, invite, line, urgent) || (!urgent && isShutOut(needs, invite, line))
}

function isOutOfDomain(needs: EdgeNeeds, invite: IncomingInvite, line: TrunkPeer, urgent: boolean): boolean {
  if (urgent || isServedAt(requestDomain(needs.directory, invite.request), line)) return false
  reject(needs, invite, line, 'DomainNotServed')
  return true
}

function isShutOut(needs: EdgeNeeds, invite: IncomingInvite, line: TrunkPeer): boolean {
  if (needs.directory.admits?.(line.accountId, invite.source.address) !== false) return false
  reject(needs, invite, line, 'AddressNotAllowed')
  return true
}

const REASONS = {
  WrongPassword: 'wrong password',
  TooManyWrongPasswords: 'too many wrong passwords from there',
  AddressNotAllowed: 'access rules do not let SIP from that address in',
  DomainNotServed: 'the domain of the Request-URI is not verified, inactive, or of another tenant',
} as const

function reject(
  needs: EdgeNeeds,
  invite: IncomingInvite,
  { accountId, lineId }: Pick<TrunkPeer, 'accountId' | 'lineId'>,
  code: 'AddressNotAllowed' | 'DomainNotServed',
): undefined {
  const { request } = invite
  needs.noteRefusal({ atMs: needs.clock.nowMs(), accountId, lineId, dialed: dialedText(request), sipCallId: request.callId, code, reason: REASONS[code] })
  const { statusCode, reasonPhrase } = callFailure(code)
  invite.reject(statusCode, { reasonPhrase })
  return undefined
}

function fromLine(needs: EdgeNeeds, invite: IncomingInvite, line: TrunkPeer, dialed: string): Started {
  const { lineId, partitionId, accountId } = line
  const snapshot = needs.directory.snapshotOf(accountId)
  const known = snapshot?.lines.get(lineId)
  const userId = known?.userId
  const user = userId === undefined ? undefined : snapshot?.users.get(userId)
  const number = user?.extension ?? user?.callerIdNumber ?? ''
  const name = user === undefined ? '' : `${user.firstName} ${user.lastName}`.trim()
  const isTrunk = known?.trunk !== undefined
  const presented = isTrunk ? { presented: presentedCaller(invite.request) } : isHiding(invite.request) ? { wantsPrivacy: true } : {}
  return {
    ...startOf(needs, invite, isEmergencyDialed(dialed)),
    origin: { kind: 'line', lineId, userId, number, name, dialed },
    account: { partitionId, accountId, recordId: newUuid() },
    question: { accountId, call: { direction: 'originating', fromLineId: lineId, dialed, isByPhone: true, ...presented } },
  }
}

/** A call from the PSTN: the number must be ours, and of somebody the carrier serves. */
function fromCarrier(needs: EdgeNeeds, invite: IncomingInvite, call: CarrierCall): Started | undefined {
  const recipient = findRecipient(needs.directory, call, invite.source)
  const { dialed } = call
  if (recipient === undefined) return refuse(invite, 'UnknownNumber')
  const { carrier, calledNumber } = recipient
  const { accountId, partitionId } = recipient.owner
  // Whatever would be refused, a PSAP that calls back is let through (C-58).
  const isOrdinary = !needs.isCallback(calledNumber)
  // Nobody is reached through the domain of another.
  if (isOrdinary && !isServedAt(requestDomain(needs.directory, invite.request), recipient.owner)) return refuse(invite, 'UnknownNumber')
  // The platform's own carriers are not the tenant's to shut out.
  if (isOrdinary && carrier.partitionId !== undefined && isShutOut(needs, invite, { accountId, partitionId, lineId: carrier.id })) return undefined
  if (isOrdinary && isFull(needs, carrier)) {
    const refused = { atMs: needs.clock.nowMs(), accountId, lineId: carrier.id, dialed, sipCallId: invite.request.callId }
    needs.noteRefusal({ ...refused, code: 'TrunkFull', reason: 'all call paths of the carrier are in use' })
    return refuse(invite, 'TrunkFull')
  }
  const caller = assertedCaller(invite.request, carrier.numberRules?.inboundCaller)
  const [diversion, sentOn] = [assertedDiversion(invite.request), timesSentOn(invite.request)]
  return {
    ...startOf(needs, invite, false),
    origin: {
      ...{ kind: 'carrier', carrierId: carrier.id, number: caller.number, name: caller.name, dialed },
      ...(diversion === undefined ? {} : { diversion }),
      ...(sentOn === 0 ? {} : { timesSentOn: sentOn }),
    },
    account: { partitionId, accountId, recordId: newUuid() },
    question: { accountId, call: { direction: 'terminating', calledNumber, caller } },
  }
}

/** S3-12: what was arranged with the carrier counts both ways; until this call is counted no other switch decides. */
function isFull({ callsAt, turns }: EdgeNeeds, { id, maxCalls }: CarrierPeer): boolean {
  if (maxCalls === undefined) return false
  turns.takeTurn()
  return callsAt(id) >= maxCalls
}

/** RFC 3261 13.3.1, 20.19: how long the caller itself wants to wait; a malformed value means nothing. */
function expiresMsOf(request: SipRequest): number | undefined {
  const text = request.header('expires')?.trim() ?? ''
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) * 1000 : undefined
}

/** @param urgent a call for help has no time after which it would be given up (C-58) */
function startOf(needs: EdgeNeeds, invite: IncomingInvite, urgent: boolean) {
  const { offered, request } = invite
  const expiresMs = urgent ? undefined : expiresMsOf(request)
  return {
    type: 'started',
    atMs: needs.clock.nowMs(),
    sessionId: newUuid(),
    offer: offered,
    sipCallId: request.callId,
    times: expiresMs === undefined ? needs.times : { ...needs.times, expiresMs },
  } as const
}

/** There is no room for it, whoever it is of; he finds it among his calls. */
function turnAway(needs: EdgeNeeds, invite: IncomingInvite, dialed: string, code: string): undefined {
  refuse(invite, code)
  const claim = claimedBy(needs, invite, dialed)
  const { q850Text: reason } = callFailure(code)
  if (claim !== undefined) needs.noteRefusal({ ...claim, atMs: needs.clock.nowMs(), dialed, sipCallId: invite.request.callId, code, reason })
  return undefined
}

function refuse(invite: IncomingInvite, code: string): undefined {
  const failure = callFailure(code)
  const headers: Header[] = [['Reason', reasonOf(failure)]]
  if (failure.statusCode === 503) headers.push(['Retry-After', '5'])
  invite.reject(failure.statusCode, { reasonPhrase: failure.reasonPhrase, headers })
  return undefined
}
