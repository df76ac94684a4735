import { userOf, type IncomingInvite, type SipRequest } from '@dialtone/sip'
import { answerCall } from './answer-call.ts'
import { RecentList } from './recent-list.ts'
import type { SandboxNeeds } from './sandbox-needs.ts'

/** A call the sandbox PSAP received (S0-75, S0-78). */
export interface PsapCall {
  readonly service: '911' | '933'
  /** Digits of E.164, without '+'. */
  readonly callbackNumber: string | undefined
  /** The dispatchable location (47 CFR 9.3) as the switch sent it; `undefined` when it sent none, or none that can be read. */
  readonly location: unknown
  /** ISO 8601. */
  readonly receivedAt: string
  /** SIP Call-ID of the call between switch and PSAP. */
  readonly callId: string
}

const CALLS_KEPT = 1000
const LONGEST_LOCATION = 8192

export interface SandboxPsap {
  serve(invite: IncomingInvite): void
  calls(): readonly PsapCall[]
}

/** Answers 911 and 933, notes what came with the call, and echoes, so that a tester hears that audio goes both ways. */
export function createSandboxPsap(needs: SandboxNeeds): SandboxPsap {
  const calls = new RecentList<PsapCall>(CALLS_KEPT)
  return {
    serve(invite) {
      const service = serviceOf(invite.request)
      if (service === undefined) return invite.reject(404)
      calls.add({ service, ...factsOf(invite.request), receivedAt: new Date(needs.clock.nowMs()).toISOString() })
      void answerCall(needs, invite, { source: { kind: 'echo' } })
    },
    calls: () => calls.values(),
  }
}

function serviceOf(request: SipRequest): '911' | '933' | undefined {
  const user = request.uri === undefined ? '' : userOf(request.uri)
  return user === '911' || user === '933' ? user : undefined
}

/** The form of the sandbox: a header field each; a real PSAP gets the location as PIDF-LO (RFC 6442). */
function factsOf(request: SipRequest): Pick<PsapCall, 'callbackNumber' | 'location' | 'callId'> {
  const callbackNumber = request.header('x-dialtone-callback')?.replace(/^\+/, '')
  return { callbackNumber, location: locationOf(request.header('x-dialtone-location')), callId: request.callId }
}

function locationOf(text: string | undefined): unknown {
  if (text === undefined || text.length > LONGEST_LOCATION) return undefined
  try {
    return JSON.parse(decodeURIComponent(text)) as unknown
  } catch {
    return undefined
  }
}
