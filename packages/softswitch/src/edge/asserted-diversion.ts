import { normalizePhoneNumber } from '@dialtone/numbering'
import { parseNameAddress, userOf } from '@dialtone/sip'
import type { NameAddress, SipRequest } from '@dialtone/sip'

/** Who sent a call on before it came to us, as a carrier says. */
export interface AssertedDiversion {
  readonly number: string
  /** One of RFC 5806 4. */
  readonly reason: string
}

/** More entries than any call has lived through. */
const MOST_ENTRIES = 20

const REASONS: ReadonlySet<string> = new Set([
  'user-busy',
  'no-answer',
  'unavailable',
  'unconditional',
  'time-of-day',
  'do-not-disturb',
  'deflection',
  'follow-me',
  'out-of-service',
  'away',
])

/** RFC 4458 2, the other way round. */
const REASON_OF_CAUSE: Readonly<Record<string, string>> = {
  '302': 'unconditional',
  '408': 'no-answer',
  '480': 'deflection',
  '486': 'user-busy',
  '503': 'unavailable',
}

/**
 * The last one who sent the call on: the first Diversion (RFC 5806 5), or what History-Info says (RFC 7044 10.3). Of carriers
 * only; who is not to be named is not.
 */
export function assertedDiversion(request: SipRequest): AssertedDiversion | undefined {
  return fromDiversion(request) ?? fromHistory(request)
}

/**
 * How often the call was sent on before it came to us: the counters of Diversion (RFC 5806 4, without one it is 1), or the causes of
 * History-Info. A call that two platforms forward to each other, with the telephone network between them, has nothing else that grows.
 */
export function timesSentOn(request: SipRequest): number {
  const counters = addressesOf(request, 'diversion').map(({ parameters }) => {
    const counter = parameters.get('counter') ?? ''
    return /^[1-9]\d?$/.test(counter) ? Number(counter) : 1
  })
  const causes = addressesOf(request, 'history-info').filter((entry) => entry.uri.parameters.has('cause'))
  return Math.max(
    counters.reduce((sum, counter) => sum + counter, 0),
    causes.length,
  )
}

function fromDiversion(request: SipRequest): AssertedDiversion | undefined {
  const [address] = addressesOf(request, 'diversion')
  const privacy = address?.parameters.get('privacy')?.toLowerCase() ?? 'off'
  const number = address === undefined ? undefined : numberOf(address)
  if (address === undefined || number === undefined || (privacy !== 'off' && privacy !== 'name')) return undefined
  const reason = address.parameters.get('reason')?.toLowerCase() ?? ''
  return { number, reason: REASONS.has(reason) ? reason : 'unknown' }
}

/** The entry with a cause is where the call was sent, the one before it is who sent it (RFC 4458 2). */
function fromHistory(request: SipRequest): AssertedDiversion | undefined {
  const entries = addressesOf(request, 'history-info')
  const sent = entries.findLastIndex((entry) => entry.uri.parameters.has('cause'))
  const by = entries[sent - 1]
  const number = by === undefined ? undefined : numberOf(by)
  // RFC 7044 10.1.2: privacy is asked for in the headers of the URI.
  if (by === undefined || number === undefined || /(?:^|&)privacy=(?!none)/i.test(by.uri.headers)) return undefined
  return { number, reason: REASON_OF_CAUSE[entries[sent]?.uri.parameters.get('cause') ?? ''] ?? 'unknown' }
}

function addressesOf(request: SipRequest, name: string): readonly NameAddress[] {
  return request
    .headers(name)
    .slice(0, MOST_ENTRIES)
    .flatMap((text) => parseNameAddress(text) ?? [])
}

function numberOf(address: NameAddress): string | undefined {
  return normalizePhoneNumber(userOf(address.uri).split(';')[0] ?? '')
}
