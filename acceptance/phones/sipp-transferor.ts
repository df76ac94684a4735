import { caller, describeAudio, receive, respond, type SippStep } from './sipp-scenario.ts'

/** Calls, and does this in the call. */
export const calls = (steps: readonly SippStep[]): readonly SippStep[] => [
  ...caller.invites(),
  receive(180, { optional: true }),
  caller.hears(200),
  caller.sends('ACK', { sequence: 2 }),
  ...steps,
]

/** A blind transfer in the call (RFC 5589 section 6). */
export const refers = (to: string): SippStep => caller.sends('REFER', { sequence: 3, headers: [`Refer-To: <sip:${to}@dialtone.local>`] })

/** The partner's media change: a phone learns it by an offer, nothing else of the transfer. */
export const isOfferedAnother: readonly SippStep[] = [
  receive('INVITE', { check: { body: 'm=audio' } }),
  respond(200, { body: describeAudio('sendrecv', 2) }),
  receive('ACK'),
]
