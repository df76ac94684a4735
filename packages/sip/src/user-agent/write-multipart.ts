import type { BodyPart } from './multipart-body.ts'

export interface WrittenBody {
  readonly contentType: string
  readonly body: string
}

/**
 * Several parts as one body (RFC 2046 5.1.3, RFC 5621 3.1), in this order.
 * @param newToken makes a boundary nobody can guess; one that a part contains is thrown away
 * @throws when a part's header value has line breaks: a bug of the caller
 */
export function writeMultipart(parts: readonly BodyPart[], newToken: () => string): WrittenBody {
  let boundary = newToken()
  while (parts.some((part) => part.body.includes(boundary))) boundary = newToken()
  const written = parts.map((part) => `--${boundary}\r\n${headOf(part)}\r\n${part.body}\r\n`)
  return { contentType: `multipart/mixed;boundary="${boundary}"`, body: `${written.join('')}--${boundary}--\r\n` }
}

function headOf({ contentType, contentId, disposition }: BodyPart): string {
  const named = { 'Content-Type': contentType, 'Content-ID': contentId === undefined ? undefined : `<${contentId}>`, 'Content-Disposition': disposition }
  let head = ''
  for (const [name, value] of Object.entries(named)) {
    if (value === undefined) continue
    if (/[\r\n]/.test(value)) throw new TypeError(`not a header value: ${JSON.stringify(value)}`)
    head += `${name}: ${value}\r\n`
  }
  return head
}
