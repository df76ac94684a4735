import { Characters, readWhole } from './characters.ts'
import { endOfMember } from './comma-list.ts'
import { VIA } from './header-name.ts'
import { type MessageText, placeOfId, rawValueAt, replaceValue } from './message-text.ts'
import { messageViewOf } from './message-view-of.ts'
import { ParameterMap } from './parameter-map.ts'
import { formatParameters, isPlainValue } from './parameters.ts'
import { endOfQuotedString } from './quoted-string.ts'
import type { SipRequest } from './sip-message.ts'
import { encodeText, isAsciiText } from './text-encoding.ts'
import type { Via } from './via.ts'

const SEMICOLON = 59
const BARE_RPORT = ';rport'

/** What the transport knows of where a request came from. */
interface SeenSource {
  readonly received?: string | undefined
  readonly rport?: number | undefined
}

/** The request with another hop in place of its topmost Via; the hops below stay. @throws when the hop has line breaks: a bug of the caller */
export function withTopVia(request: SipRequest, via: string): SipRequest {
  if (/[\r\n]/.test(via)) throw new TypeError(`line break in a Via: ${JSON.stringify(via)}`)
  return replaceTopVia(request, () => ({ hop: encodeText(via), via: undefined }))
}

/**
 * The request as the transport passes it on (RFC 3261 18.2.1, RFC 3581 4): `received` and `rport` written into the topmost Via,
 * in place of any it came with.
 */
export function withTopViaParameters(request: SipRequest, o: { received?: string | undefined; rport?: number | undefined }): SipRequest {
  return replaceTopVia(request, (hop) => withBareRport(hop, request.topVia, o) ?? { hop: withReplacedParameters(hop, o), via: undefined })
}

/** Another topmost hop, one character a byte, and what it reads as if that is known. */
interface OtherHop {
  readonly hop: string
  readonly via: Via | undefined
}

/** What nearly every request needs: a Via that asks by a bare `;rport` and has no `received` yet. It need not be read again. */
function withBareRport(hop: string, topVia: Via, { received, rport }: SeenSource): OtherHop | undefined {
  const { parameters, transport, host, port } = topVia
  if (received === undefined || rport === undefined || parameters.get('rport') !== '' || parameters.has('received')) return undefined
  const at = hop.indexOf(BARE_RPORT)
  const end = at + BARE_RPORT.length
  const isBare = at > 0 && (end === hop.length || hop.charCodeAt(end) === SEMICOLON) && !hop.includes('"') && isPlainValue(received)
  if (!isBare || !(parameters instanceof ParameterMap)) return undefined
  const asked = end === hop.length ? hop.slice(0, at) : hop.slice(0, at) + hop.slice(end)
  const text = `${asked};received=${received};rport=${rport}`
  const filled = parameters.without('rport')
  filled.add('received', received)
  filled.add('rport', String(rport))
  return { hop: text, via: { transport, host, port, parameters: filled, text } }
}

function withReplacedParameters(hop: string, { received, rport }: SeenSource): string {
  const added: [string, string][] = []
  if (received !== undefined) added.push(['received', received])
  if (rport !== undefined) added.push(['rport', String(rport)])
  const replaced = new Set(added.map(([name]) => name))
  return withoutParameters(hop, replaced) + formatParameters(added)
}

function replaceTopVia(request: SipRequest, replace: (hop: string) => OtherHop): SipRequest {
  const view = messageViewOf(request)
  const { source } = view
  const place = placeOfId(source.fields, VIA, 0)
  if (place < 0) return request
  const value = rawValueAt(source, place)
  const hopEnd = readWhole(value, endOfMember)
  const { hop, via } = replace(value.slice(0, hopEnd).trimEnd())
  const viaValue = hopEnd === value.length ? hop : hop + value.slice(hopEnd)
  const { characters, start, headersEnd, fields, bytes, bodyStart, bodyEnd } = source
  // Nobody may ever want the text as a whole; a text put together of pieces is also slower to read.
  const isBeside = source.isAscii && (via !== undefined || isAsciiText(viaValue))
  const other: MessageText = isBeside
    ? { characters, start, headersEnd, fields, viaValue, isAscii: true, bytes, bodyStart, bodyEnd }
    : replaceValue(source, place, viaValue)
  return view.withOtherVia(other, source.isAscii ? via : undefined)
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
