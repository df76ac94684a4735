import { formatUri, type NameAddress, parseNameAddress, type SipRequest } from '../message/index.ts'
import { parseReplaces, type ReplacedDialog } from './dialog-reference.ts'

/** Whom a REFER asks us to call. */
export interface ReferTarget {
  /** The Refer-To, its URI without method and header fields: what may be called as it stands. */
  readonly referTo: NameAddress
  readonly replaces: ReplacedDialog | undefined
}

/** RFC 3515 2.4.2: none, several or an unreadable Refer-To is 400; a method that is not ours to send, or a scheme we cannot call, is 603 and 416. */
export type ReferProblem = { readonly statusCode: 400 | 416 | 603; readonly reasonPhrase: string }

/** Reads Refer-To (RFC 3515 2.1), with the Replaces an attended transfer escapes into its URI (RFC 5589 7.3). Other header fields in it are not obeyed. */
export function referTargetOf(request: SipRequest): ReferTarget | ReferProblem {
  const values = request.headers('refer-to')
  const referTo = values.length === 1 ? parseNameAddress(values[0] ?? '') : undefined
  if (referTo === undefined) return { statusCode: 400, reasonPhrase: 'Bad Request - Bad Refer-To' }
  const { uri } = referTo
  if (uri.scheme !== 'sip' && uri.scheme !== 'sips' && uri.scheme !== 'tel') return { statusCode: 416, reasonPhrase: 'Unsupported URI Scheme' }
  const method = uri.parameters.get('method') ?? 'INVITE'
  if (method.toUpperCase() !== 'INVITE') return { statusCode: 603, reasonPhrase: 'Decline' }
  const replaced = embeddedHeaders(uri.headers, 'replaces')
  if (replaced.length === 0) return { referTo: withoutExtras(referTo), replaces: undefined }
  const replaces = replaced.length === 1 ? parseReplaces(replaced[0] ?? '') : undefined
  if (replaces === undefined) return { statusCode: 400, reasonPhrase: 'Bad Request - Bad Replaces' }
  return { referTo: withoutExtras(referTo), replaces }
}

/** Values of a header field after '?' in a URI, unescaped (RFC 3261 19.1.1). @param name lower case */
function embeddedHeaders(headers: string, name: string): readonly string[] {
  const found: string[] = []
  for (const part of headers === '' ? [] : headers.split('&')) {
    const equals = part.indexOf('=')
    if (unescape(equals < 0 ? part : part.slice(0, equals)).toLowerCase() === name) found.push(equals < 0 ? '' : unescape(part.slice(equals + 1)))
  }
  return found
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not UTF-8: no Replaces of ours has such characters.
    return text
  }
}

function withoutExtras(referTo: NameAddress): NameAddress {
  const { uri } = referTo
  if (uri.headers === '' && !uri.parameters.has('method')) return referTo
  const parameters = new Map([...uri.parameters].filter(([name]) => name !== 'method'))
  const plain = { ...uri, parameters, headers: '' }
  const user = uri.password === undefined ? uri.user : `${uri.user}:${uri.password}`
  return { ...referTo, uri: plain, uriText: formatUri({ ...plain, user }).replace('%3A', ':') }
}
