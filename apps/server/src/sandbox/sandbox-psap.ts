import { normalizePhoneNumber } from '@dialtone/numbering'
import { type BodyPart, type IncomingInvite, parseNameAddress, partsOf, type SipRequest, userOf } from '@dialtone/sip'
import { answerCall } from './answer-call.ts'
import { readLocation } from './read-location.ts'
import { RecentList } from './recent-list.ts'
import type { SandboxNeeds } from './sandbox-needs.ts'

/** A call the sandbox PSAP received (S0-75, S0-78). */
export interface PsapCall {
  readonly service: '911' | '933'
  /** Digits of E.164, without '+'. */
  readonly callbackNumber: string | undefined
  /** The dispatchable location (47 CFR 9.3), read from the PIDF-LO; `undefined` when there came none, or none that can be read. */
  readonly location: Readonly<Record<string, string>> | undefined
  /** ISO 8601. */
  readonly receivedAt: string
  /** SIP Call-ID of the call between switch and PSAP. */
  readonly callId: string
  /** Header fields as they came. */
  readonly priority: string | undefined
  readonly assertedIdentity: string | undefined
  readonly geolocation: string | undefined
  readonly geolocationRouting: string | undefined
  /** The parts of the body, when it had several. */
  readonly parts: readonly BodyPart[]
}

const CALLS_KEPT = 1000
const PARTS_KEPT = 8
const LONGEST_PART = 8192

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

type Facts = Omit<PsapCall, 'service' | 'receivedAt'>

/** What a PSAP reads: the identity that is asserted (RFC 3325), the location by the Content-ID that Geolocation names (RFC 6442 4.1). */
function factsOf(request: SipRequest): Facts {
  const parts = (partsOf(request) ?? []).slice(0, PARTS_KEPT).filter(({ body }) => body.length <= LONGEST_PART)
  const asserted = request.header('p-asserted-identity')
  const uri = asserted === undefined ? undefined : parseNameAddress(asserted)?.uri
  const geolocation = request.header('geolocation')
  const contentId = /^\s*<cid:([^>]+)>/.exec(geolocation ?? '')?.[1]
  const located = parts.find((part) => contentId !== undefined && part.contentId === contentId)
  return {
    callbackNumber: uri === undefined ? undefined : normalizePhoneNumber(userOf(uri)),
    location: located === undefined ? undefined : readLocation(located.body),
    callId: request.callId,
    priority: request.header('priority'),
    assertedIdentity: asserted,
    geolocation,
    geolocationRouting: request.header('geolocation-routing'),
    parts,
  }
}
