/*
 * The prototype that stood before packages/sip: one pass over the text that indexes the headers, values read when they are asked
 * for. It checks nothing, counts nothing, unfolds nothing and takes every byte for a character: what reading must cost at least,
 * in JavaScript. Kept as it was, but for its types.
 */

export interface LazyUri {
  readonly user: string
  readonly host: string
  readonly port: number
}

export interface LazyAddress {
  readonly name: string
  readonly uri: LazyUri
  readonly params: Readonly<Record<string, string>>
}

const IDS: Readonly<Record<string, number>> = {
  ...{ via: 1, v: 1, from: 2, f: 2, to: 3, t: 3, 'call-id': 4, i: 4, cseq: 5, contact: 6, m: 6, 'max-forwards': 7, 'content-length': 8, l: 8 },
  ...{ 'content-type': 9, c: 9, route: 10, 'record-route': 11, authorization: 12, 'proxy-authorization': 13, expires: 14, 'user-agent': 15 },
  ...{ supported: 16, k: 16, allow: 17, require: 18, 'session-expires': 19, x: 19, 'refer-to': 20, r: 20, event: 21, o: 21 },
}
const idBySpelling = new Map<string, number>()

function idOf(name: string): number {
  let id = idBySpelling.get(name)
  if (id === undefined) {
    id = IDS[name.toLowerCase()] ?? 0
    if (idBySpelling.size < 2000) idBySpelling.set(name, id)
  }
  return id
}

export class LazyMessage {
  readonly text: string
  method = ''
  uri = ''
  bodyStart = 0
  count = 0
  readonly ids: number[] = []
  readonly starts: number[] = []
  readonly ends: number[] = []

  constructor(text: string) {
    this.text = text
  }

  raw(id: number): string {
    for (let place = 0; place < this.count; place++) if (this.ids[place] === id) return this.text.slice(this.starts[place], this.ends[place])
    return ''
  }
}

export function parseLazily(bytes: Buffer): LazyMessage {
  const text = bytes.toString('latin1')
  const message = new LazyMessage(text)
  const firstEnd = text.indexOf('\r\n')
  const methodEnd = text.indexOf(' ')
  const uriEnd = text.indexOf(' ', methodEnd + 1)
  if (firstEnd < 0 || methodEnd < 0 || uriEnd < 0 || uriEnd > firstEnd) throw new Error('no request')
  message.method = text.slice(0, methodEnd)
  message.uri = text.slice(methodEnd + 1, uriEnd)
  let at = firstEnd + 2
  while (at < text.length) {
    if (text.charCodeAt(at) === 13) {
      at += 2
      break
    }
    const colon = text.indexOf(':', at)
    if (colon < 0) throw new Error('no header')
    let nameEnd = colon
    while (text.charCodeAt(nameEnd - 1) === 32 || text.charCodeAt(nameEnd - 1) === 9) nameEnd--
    let end = text.indexOf('\r\n', colon)
    if (end < 0) throw new Error('no end')
    for (let next = text.charCodeAt(end + 2); next === 32 || next === 9; next = text.charCodeAt(end + 2)) end = text.indexOf('\r\n', end + 2)
    let value = colon + 1
    while (text.charCodeAt(value) === 32 || text.charCodeAt(value) === 9) value++
    const id = idOf(text.slice(at, nameEnd))
    if (id > 0) {
      message.ids[message.count] = id
      message.starts[message.count] = value
      message.ends[message.count] = end
      message.count++
    }
    at = end + 2
  }
  message.bodyStart = at
  return message
}

export function readParams(text: string, start: number, end: number): Readonly<Record<string, string>> {
  const params: Record<string, string> = {}
  let at = start
  while (at < end) {
    if (text.charCodeAt(at) !== 59) {
      at++
      continue
    }
    at++
    let stop = at
    let equals = -1
    let quoted = false
    for (; stop < end; stop++) {
      const code = text.charCodeAt(stop)
      if (code === 34) quoted = !quoted
      else if (!quoted) {
        if (code === 59) break
        if (code === 61 && equals < 0) equals = stop
      }
    }
    const key = (equals < 0 ? text.slice(at, stop) : text.slice(at, equals)).trim().toLowerCase()
    params[key] = equals < 0 ? '' : text.slice(equals + 1, stop).trim()
    at = stop
  }
  return params
}

export function readLazyUri(text: string): LazyUri & { readonly params: Readonly<Record<string, string>> | null } {
  let at = text.indexOf(':') + 1
  const question = text.indexOf('?', at)
  const end = question < 0 ? text.length : question
  const atSign = text.indexOf('@', at)
  let user = ''
  if (atSign >= 0 && atSign < end) {
    user = text.slice(at, atSign)
    at = atSign + 1
  }
  const semicolon = text.indexOf(';', at)
  const hostPortEnd = semicolon < 0 || semicolon > end ? end : semicolon
  const colon = text.indexOf(':', at)
  const hasPort = colon >= 0 && colon < hostPortEnd
  const host = text.slice(at, hasPort ? colon : hostPortEnd)
  const port = hasPort ? Number(text.slice(colon + 1, hostPortEnd)) : 0
  return { user, host, port, params: hostPortEnd < end ? readParams(text, hostPortEnd, end) : null }
}

export function readLazyAddress(text: string): LazyAddress {
  let name = ''
  let at = 0
  const isQuoted = text.charCodeAt(0) === 34
  if (isQuoted) {
    at = 1
    while (text.charCodeAt(at) !== 34) at += text.charCodeAt(at) === 92 ? 2 : 1
    name = text.slice(1, at)
    at++
  }
  const open = text.indexOf('<', at)
  if (open < 0) return { name, uri: readLazyUri(text), params: {} }
  if (!isQuoted) name = text.slice(0, open).trim()
  const close = text.indexOf('>', open)
  return { name, uri: readLazyUri(text.slice(open + 1, close)), params: readParams(text, close + 1, text.length) }
}

export function readLazyVia(text: string): { readonly host: string; readonly port: number; readonly params: Readonly<Record<string, string>> } {
  const space = text.indexOf(' ')
  const semicolon = text.indexOf(';', space)
  const end = semicolon < 0 ? text.length : semicolon
  const sentBy = text.slice(space + 1, end).trim()
  const colon = sentBy.lastIndexOf(':')
  const hasPort = colon > 0 && sentBy.charCodeAt(sentBy.length - 1) !== 93
  return {
    host: hasPort ? sentBy.slice(0, colon) : sentBy,
    port: hasPort ? Number(sentBy.slice(colon + 1)) : 0,
    params: readParams(text, end, text.length),
  }
}
