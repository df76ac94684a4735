import { newUuid } from '@dialtone/foundation'
import type { LegEvent, SipStack } from '@dialtone/sip'
import { inUri } from '../in-uri.ts'
import { RecentList } from './recent-list.ts'
import { SandboxCall } from './sandbox-call.ts'
import { MOST_CALLS, type SandboxNeeds } from './sandbox-needs.ts'

export interface InboundCallOrder {
  /** Digits of E.164, with or without '+'. */
  readonly from: string
  readonly to: string
  /** How long the call lasts once it is answered; 30 when not said. */
  readonly seconds?: number | undefined
}

/** What became of a call the sandbox PSTN made. */
export interface InboundCall {
  readonly callId: string
  readonly from: string
  readonly to: string
  readonly startedAtMs: number
  readonly sipCallId: string | undefined
  readonly state: 'calling' | 'ringing' | 'answered' | 'ended'
  /** The last status the switch answered with; 0 while there is none. */
  readonly statusCode: number
  readonly answeredAtMs: number | undefined
  readonly endedAtMs: number | undefined
}

export interface InboundCalls {
  call(order: InboundCallOrder): { readonly callId: string }
  calls(): readonly InboundCall[]
}

const DEFAULT_SECONDS = 30
const NO_ANSWER_TIMEOUT_MS = 180_000
const CALLS_KEPT = 1000
const TONE_1000_HZ = { kind: 'tone', frequenciesHz: [1000] } as const

/** Calls of the sandbox PSTN to numbers of the platform: answered, they hear 1000 Hz until the time is over. */
export function createInboundCalls(needs: SandboxNeeds, sip: SipStack, switchAddress: () => { readonly address: string; readonly port: number }): InboundCalls {
  const calls = new RecentList<{ facts: InboundCall }>(CALLS_KEPT)
  return {
    call(order) {
      const callId = newUuid()
      const entry = { facts: newFacts(callId, order, needs.clock.nowMs()) }
      calls.add(entry)
      const note = (change: Partial<InboundCall>): void => {
        entry.facts = { ...entry.facts, ...change }
      }
      if (needs.calls.size >= MOST_CALLS) note({ state: 'ended', statusCode: 503, endedAtMs: needs.clock.nowMs() })
      else void makeCall(needs, sip, switchAddress(), order, note)
      return { callId }
    },
    calls: () => calls.values().map((entry) => entry.facts),
  }
}

type Note = (change: Partial<InboundCall>) => void

async function makeCall(
  needs: SandboxNeeds,
  sip: SipStack,
  to: { readonly address: string; readonly port: number },
  order: InboundCallOrder,
  note: Note,
): Promise<void> {
  // The offer comes before the INVITE, so the session does too.
  const session = await needs.media.openSession({ sessionId: newUuid() })
  if (!session.ok) return note({ state: 'ended', statusCode: 503, endedAtMs: needs.clock.nowMs() })
  const uri = `sip:${e164(order.to)}@${inUri(to.address)}:${to.port}`
  const { leg } = sip.invite({
    uri,
    to: { transport: 'udp', ...to },
    from: `<sip:${e164(order.from)}@127.0.0.1>`,
    toHeader: `<${uri}>`,
    headers: [['P-Asserted-Identity', `<sip:${e164(order.from)}@127.0.0.1>`]],
    body: session.value.offerLocally('a'),
    contactUser: e164(order.from),
    noAnswerTimeoutMs: NO_ANSWER_TIMEOUT_MS,
  })
  note({ sipCallId: leg.callId })
  new SandboxCall(needs, leg, (event, call) => followCall(needs, call, order, note, event)).attach(session.value)
}

function followCall(needs: SandboxNeeds, call: SandboxCall, order: InboundCallOrder, note: Note, event: LegEvent): void {
  const nowMs = needs.clock.nowMs()
  if (event.type === 'progress') note({ state: 'ringing', statusCode: event.statusCode })
  if (event.type === 'rejected') note({ state: 'ended', statusCode: event.statusCode, endedAtMs: nowMs })
  if (event.type === 'bye' || event.type === 'gone') note({ state: 'ended', endedAtMs: nowMs })
  if (event.type !== 'answered') return
  note({ state: 'answered', statusCode: 200, answeredAtMs: nowMs })
  const hangUp = (): void => {
    note({ state: 'ended', endedAtMs: needs.clock.nowMs() })
    call.hangUp()
  }
  if (!call.accept(event.body).ok) return hangUp()
  call.play(TONE_1000_HZ)
  call.after((order.seconds ?? DEFAULT_SECONDS) * 1000, hangUp)
}

function newFacts(callId: string, { from, to }: InboundCallOrder, startedAtMs: number): InboundCall {
  return { callId, from, to, startedAtMs, sipCallId: undefined, state: 'calling', statusCode: 0, answeredAtMs: undefined, endedAtMs: undefined }
}

function e164(number: string): string {
  return `+${number.replaceAll(/\D/g, '')}`
}
