import { Characters, readWhole } from './characters.ts'
import { endOfMember } from './comma-list.ts'
import { VIA } from './header-name.ts'
import { placeOfId, rawValueAt, replaceValue } from './message-text.ts'
import { messageViewOf } from './message-view-of.ts'
import { formatParameters, isPlainValue } from './parameters.ts'
import { endOfQuotedString } from './quoted-string.ts'
import type { SipRequest } from './sip-message.ts'
import { encodeText, isAsciiText } from './text-encoding.ts'

const SEMICOLON = 59
const BARE_RPORT = ';rport'

/** The request with another hop in place of its topmost Via; the hops below stay. @throws when the hop has line breaks: a bug of the caller */
export function withTopVia(request: SipRequest, via: string): SipRequest {
  if (/[\r\n]/.test(via)) throw new TypeError(`line break in a Via: ${JSON.stringify(via)}`)
  return replaceTopVia(request, () => encodeText(via))
}

/**
 * The request as the transport passes it on (RFC 3261 18.2.1, RFC 3581 4): `received` and `rport` written into the topmost Via,
 * in place of any it came with.
 */
export function withTopViaParameters(request: SipRequest, o: { received?: string | undefined; rport?: number | undefined }): SipRequest {
  return replaceTopVia(request, (hop) => withBareRport(hop, request, o) ?? withReplacedParameters(hop, o))
}

/** What nearly every request needs: a Via that asks by a bare `;rport` and has no `received` yet. */
function withBareRport(hop: string, request: SipRequest, o: { received?: string | undefined; rport?: number | undefined }): string | undefined {
  const { parameters } = request.topVia
  if (o.received === undefined || o.rport === undefined || parameters.get('rport') !== '' || parameters.has('received')) return undefined
  const at = hop.indexOf(BARE_RPORT)
  const end = at + BARE_RPORT.length
  const isBare = at > 0 && (end === hop.length || hop.charCodeAt(end) === SEMICOLON) && !hop.includes('"') && isPlainValue(o.received)
  return isBare ? `${hop.slice(0, at)}${hop.slice(end)};received=${o.received};rport=${o.rport}` : undefined
}

function withReplacedParameters(hop: string, o: { received?: string | undefined; rport?: number | undefined }): string {
  const added: [string, string][] = []
  if (o.received !== undefined) added.push(['received', o.received])
  if (o.rport !== undefined) added.push(['rport', String(o.rport)])
  const replaced = new Set(added.map(([name]) => name))
  return withoutParameters(hop, replaced) + formatParameters(added)
}

function replaceTopVia(request: SipRequest, replace: (hop: string) => string): SipRequest {
  const view = messageViewOf(request)
  const { source } = view
  const place = placeOfId(source.fields, VIA, 0)
  if (place < 0) return request
  const value = rawValueAt(source, place)
  const hopEnd = readWhole(value, endOfMember)
  const viaValue = replace(value.slice(0, hopEnd).trimEnd()) + value.slice(hopEnd)
  const { characters, start, headersEnd, fields, bytes, bodyStart, bodyEnd } = source
  // Nobody may ever want the text as a whole; a text put together of pieces is also slower to read.
  const isBeside = source.isAscii && isAsciiText(viaValue)
  return view.withOtherVia(
    isBeside ? { characters, start, headersEnd, fields, viaValue, isAscii: true, bytes, bodyStart, bodyEnd } : replaceValue(source, place, viaValue),
  )
}

/** A hop without some of its parameters; everything else stays byte for byte. */
function withoutParameters(hop: string, names: ReadonlySet<string>): string {
  const characters = new Characters(hop)
  let kept = ''
  for (let start = 0; start < hop.length;) {
    const end = endOfParameter(characters, start)
    const name = /^;\s*([^\s=;]*)/.exec(hop.slice(start, end))?.[1]
    if (name === undefined || !names.has(name.toLowerCase())) kept += hop.slice(start, end)
    start = end
  }
  return kept.trimEnd()
}

/** Where the piece that begins at `start` ends: before the next semicolon outside quotes. A quote that never closes keeps the rest together. */
function endOfParameter(characters: Characters, start: number): number {
  const { text: hop } = characters
  let at = start + 1
  while (at < hop.length && hop[at] !== ';') {
    const close = hop[at] === '"' ? endOfQuotedString(characters, at, hop.length) : at + 1
    if (close < 0) return hop.length
    at = close
  }
  return at
}
