/** A SIP message as text, read just well enough for a scripted phone. Nothing of the product's own stack is used here. */
export interface SipText {
  readonly startLine: string
  /** Names as they came, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

const COMPACT: Readonly<Record<string, string>> = { v: 'via', f: 'from', t: 'to', i: 'call-id', m: 'contact', l: 'content-length', c: 'content-type' }

export function readSipText(text: string): SipText {
  const end = text.indexOf('\r\n\r\n')
  const [startLine = '', ...lines] = (end < 0 ? text : text.slice(0, end)).split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const
  })
  return { startLine, headers, body: end < 0 ? '' : text.slice(end + 4) }
}

export function writeSipText(startLine: string, headers: readonly (readonly [string, string])[], body = ''): string {
  const lines = [startLine, ...headers.map(([name, value]) => `${name}: ${value}`), `Content-Length: ${Buffer.byteLength(body)}`]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

/** Every value of a header, compact names included; comma lists are left as they are. */
export function valuesOf(message: SipText, name: string): readonly string[] {
  const wanted = name.toLowerCase()
  return message.headers
    .filter(([given]) => {
      const lower = given.toLowerCase()
      return lower === wanted || COMPACT[lower] === wanted
    })
    .map(([, value]) => value)
}

export function valueOf(message: SipText, name: string): string {
  return valuesOf(message, name)[0] ?? ''
}

/** The status of a response; undefined for a request. */
export function statusOf(message: SipText): number | undefined {
  const match = /^SIP\/2\.0 (\d{3})/.exec(message.startLine)
  return match === null ? undefined : Number(match[1])
}

/** The method of a request, or the one in the CSeq of a response. */
/** The words of a status line behind the status. */
export function reasonOf(message: SipText): string {
  return /^SIP\/2\.0 \d{3} (.*)$/.exec(message.startLine)?.[1] ?? ''
}

export function methodOf(message: SipText): string {
  if (statusOf(message) === undefined) return message.startLine.split(' ')[0] ?? ''
  return valueOf(message, 'cseq').split(/\s+/)[1] ?? ''
}

export function sequenceOf(message: SipText): number {
  return Number(valueOf(message, 'cseq').split(/\s+/)[0])
}

/** The URI between angle brackets, or the bare one. */
export function uriOf(nameAddress: string): string {
  return /<([^>]*)>/.exec(nameAddress)?.[1] ?? nameAddress.split(';')[0]?.trim() ?? ''
}
