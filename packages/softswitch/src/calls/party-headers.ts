import type { CallerIdentity, Diversion } from '@dialtone/call-routing'
import { formatSipUser } from '@dialtone/numbering'
import { formatNameAddress, formatUri } from '@dialtone/sip'
import type { Header } from '@dialtone/sip'

/** RFC 3323 4.1.1.3. */
export const ANONYMOUS_FROM = '"Anonymous" <sip:anonymous@anonymous.invalid>'
/** Who is shown to somebody, and how that number is written where he is. */
export interface ShownParty extends CallerIdentity {
  /** The user part of his URI; left out: the number with its plus. */
  readonly writtenAs?: string | undefined
}

export function numberUri(number: string, host: string, port?: number): string {
  return formatUri({ user: formatSipUser(number), host, port })
}

/** The From header field of a call from `caller`, without tag. */
export function fromHeader(caller: ShownParty, host: string): string {
  if (caller.anonymous || caller.number === '') return ANONYMOUS_FROM
  return callerAddress(caller, host)
}

function callerAddress({ name, number, writtenAs = formatSipUser(number) }: ShownParty, host: string): string {
  return formatNameAddress({ displayName: name, uri: formatUri({ user: writtenAs, host }) })
}

/**
 * What a peer inside the trust domain is told besides From: the identity also when it must not be shown (RFC 3325 7).
 * @param from the `fromHeader` of the same caller and host: of who does not hide, it is what is asserted
 */
export function trustedIdentityHeaders(caller: ShownParty, host: string, from = fromHeader(caller, host)): readonly Header[] {
  const asserted = caller.anonymous ? callerAddress(caller, host) : from
  const headers: Header[] = caller.number === '' ? [] : [['P-Asserted-Identity', asserted]]
  return caller.anonymous ? [...headers, ['Privacy', 'id']] : headers
}

/** A phone is outside: it never sees an identity that is private (RFC 3325 7). */
export function phoneIdentityHeaders(caller: CallerIdentity, host: string, from = fromHeader(caller, host)): readonly Header[] {
  if (caller.anonymous) return [['Privacy', 'id']]
  return trustedIdentityHeaders(caller, host, from)
}

/** Of a call that was sent on: by its user's settings, or by the phone itself. */
export type DiversionShown = Omit<Diversion, 'reason'> & { readonly reason: Diversion['reason'] | 'deflection' }

const DIVERSION_REASONS: Readonly<Record<DiversionShown['reason'], string>> = {
  always: 'unconditional',
  busy: 'user-busy',
  'no-answer': 'no-answer',
  unregistered: 'unavailable',
  'do-not-disturb': 'do-not-disturb',
  deflection: 'deflection',
}

/** RFC 4458 2: why a call was sent on, as the cause in a URI. */
const DIVERSION_CAUSES: Readonly<Record<DiversionShown['reason'], number>> = {
  always: 302,
  busy: 486,
  'no-answer': 408,
  unregistered: 503,
  'do-not-disturb': 480,
  deflection: 480,
}

/**
 * Who sent the call on: Diversion (RFC 5806) and, for who reads the newer one, History-Info (RFC 7044 5, 10.3): the number that was
 * called first, then the one it was sent on to, with the cause (RFC 4458).
 * @param number where the call goes now
 * @param timesBefore how often others had sent it on before
 */
export function diversionHeaders(diversion: DiversionShown | undefined, number: string, host: string, timesBefore = 0): readonly Header[] {
  if (diversion === undefined) return []
  const [from, to] = [numberUri(diversion.number, host), numberUri(number, host)]
  return [
    ['Diversion', `<${from}>;reason=${DIVERSION_REASONS[diversion.reason]};counter=${timesBefore + 1}`],
    ['History-Info', `<${from}>;index=1, <${to};cause=${DIVERSION_CAUSES[diversion.reason]}>;index=1.1;mp=1`],
  ]
}

/** Who transfers the call (RFC 3892 2.1); not told of somebody who hides. */
export function referredByHeaders(transferor: CallerIdentity | undefined, host: string): readonly Header[] {
  if (transferor === undefined || transferor.anonymous || transferor.number === '') return []
  return [['Referred-By', `<${numberUri(transferor.number, host)}>`]]
}
