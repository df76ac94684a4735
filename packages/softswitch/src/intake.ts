import { originatedCall } from './calls/originate.ts'
import { faxingCall } from './calls/send-fax.ts'
import { supervisingCall } from './calls/supervise.ts'
import { acceptInvite } from './edge/accept-invite.ts'
import type { EdgeNeeds } from './edge/accept-invite.ts'
import { challengeOf } from './edge/challenge-of.ts'
import { tellPretended } from './edge/pretended-carriers.ts'
import { protectEdge } from './edge/protect-edge.ts'
import { isCalledBack } from './emergency/is-called-back.ts'
import { createCallbacks } from './queue-callbacks.ts'
import { servePresence } from './presence/serve-presence.ts'
import { handleRegister, REGISTER_OPTIONS } from './registrar/registrar.ts'
import type { CallLimits, RegistrarLimits, SoftswitchOptions } from './softswitch.ts'
import { NO_OTHER_SWITCH } from './ports/occupancy-board.ts'
import type { CallCommandResult, OriginateOrder, SendFaxOrder, SuperviseOrder, TransferResult } from './ports/call-door.ts'
import type { SoftswitchParts } from './softswitch-parts.ts'

const REGISTRAR_LIMITS: RegistrarLimits = { minExpiresSeconds: 60, maxExpiresSeconds: 3600, defaultExpiresSeconds: 3600, maxContactsPerLine: 10 }
const CALL_LIMITS: CallLimits = { maxCalls: 2000, maxRingMs: 15 * 60_000, maxCallMs: 24 * 3_600_000, carrierSetupTimeoutMs: 20_000 }

/** Where the requests of the SIP stack come in. */
export interface Intake {
  /** Takes them from now on. */
  open(): void
  /** Refuses ordinary calls from now on. */
  drain(): void
  /** A click-to-call; refused as an INVITE would be. */
  originate(order: OriginateOrder): TransferResult
  /** A call that sends a fax; refused as an INVITE would be. */
  sendFax(order: SendFaxOrder): TransferResult
  /** A supervisor's call; refused as an INVITE would be. */
  supervise(order: SuperviseOrder): TransferResult
  /** Calls refused so far. */
  readonly refused: number
}

export function createIntake(options: SoftswitchOptions, parts: SoftswitchParts): Intake {
  const { sip, directory, registrations, clock, logger, realm, protection, occupancyBoard: turns = NO_OTHER_SWITCH } = options
  const { digest, locations, desk, occupancyFor, dialogs, recentEmergencies, messages, subscriptions } = parts
  const { maxCalls, maxRingMs, maxCallMs, carrierSetupTimeoutMs } = { ...CALL_LIMITS, ...options.limits }
  let draining = false
  let refused = 0
  const isRefusing = (): boolean => draining || desk.count >= maxCalls
  function refusal(): string | undefined {
    if (!isRefusing()) return undefined
    refused++
    return draining ? 'ShuttingDown' : 'TooManyCalls'
  }
  const bindingsOf = (lineId: string) => locations.bindingsOf(lineId)
  const isCallback = (number: string) => isCalledBack({ recentEmergencies, directory }, number, clock.nowMs())
  const { gate, guesses } = protectEdge({ directory, digest, bindingsOf, isCallback, clock, logger, protection })
  const edge: EdgeNeeds = {
    digest,
    realm,
    directory,
    bindingsOf,
    guesses,
    clock,
    times: { maxRingMs, maxCallMs, carrierSetupTimeoutMs },
    isRefusing,
    refusal,
    isCallback,
    callsAt: (carrierId) => occupancyFor('').activeCallsOf?.(carrierId) ?? 0,
    turns,
    noteRefusal: (invite) => desk.noteRefusal(invite),
  }
  const notePretended = tellPretended(clock, logger)
  const callbacks = createCallbacks(options, parts, { isRefusing, times: edge.times })
  const registrar = { registrations, digest, realm, directory, guesses, locations, clock, limits: { ...REGISTRAR_LIMITS, ...options.registrar } }
  return {
    open() {
      sip.guard({ ...gate, challenge: (request, source) => challengeOf({ digest, directory, bindingsOf, isRefusing, notePretended }, request, source) })
      sip.onRequest('REGISTER', (request) => handleRegister(registrar, request), { supportedOptions: REGISTER_OPTIONS })
      sip.onFlowClosed((connectionId) => locations.flowClosed(connectionId))
      // A transfer belongs to a call; out of one nobody may tell us to place calls (RFC 3515 2.4.2, RFC 3261 21.4.4).
      sip.onRequest('REFER', (request) => request.respond(403))
      servePresence({ sip, digest, directory, guesses, messages, dialogs, book: subscriptions, realm })
      sip.onInvite((invite) => {
        const started = acceptInvite(edge, invite)
        if (started !== undefined) desk.receive(invite, started)
        turns.endTurn()
      })
    },
    originate(order) {
      if (refusal() !== undefined) return { result: 'TooManyCalls' }
      return place(desk, originatedCall({ directory, bindingsOf }, order, { atMs: clock.nowMs(), times: edge.times }))
    },
    sendFax(order) {
      if (options.services === undefined || refusal() !== undefined) return { result: 'TooManyCalls' }
      return place(desk, faxingCall(directory, order, { atMs: clock.nowMs(), times: edge.times }))
    },
    supervise(order) {
      const started = supervisingCall({ directory, bindingsOf }, order, { state: desk.stateOf(order.sessionId), atMs: clock.nowMs(), times: edge.times })
      return typeof started !== 'string' && refusal() !== undefined ? { result: 'TooManyCalls' } : place(desk, started)
    },
    drain() {
      draining = true
      callbacks.stop()
    },
    get refused() {
      return refused
    },
  }
}

type Placed = Parameters<SoftswitchParts['desk']['originate']>[0] | Exclude<CallCommandResult, 'done'>

function place(desk: SoftswitchParts['desk'], started: Placed): TransferResult {
  if (typeof started === 'string') return { result: started }
  desk.originate(started)
  return { result: 'done', sessionId: started.sessionId }
}
