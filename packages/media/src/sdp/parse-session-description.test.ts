import { describe, expect, it } from 'vitest'
import { formatSessionDescription } from './format-session-description.ts'
import { parseSessionDescription } from './parse-session-description.ts'
import type { SessionDescription } from './session-description.ts'

const FULL = [
  'v=0',
  'o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1',
  's=Call to John Smith',
  'i=SDP Offer #1',
  'u=https://www.example.org/desc',
  'e=Jane Doe <jane@example.org>',
  'p=+1 617 555-6011',
  'c=IN IP4 198.51.100.1/127',
  'b=AS:128',
  't=0 0',
  'a=recvonly',
  'a=x-unknown',
  'a=X-other:with : colons',
  'm=audio 49170/2 RTP/AVP 0 8 101',
  'i=voice',
  'c=IN IP6 2001:db8::1',
  'b=AS:64',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'm=video 0 RTP/AVP 99',
  '',
].join('\r\n')

function parsed(text: string): SessionDescription {
  const result = parseSessionDescription(text)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

describe('parseSessionDescription', () => {
  it('keeps every field and its order, known or not: format(parse(text)) is the text (RFC 8866 section 5)', () => {
    expect(formatSessionDescription(parsed(FULL))).toBe(FULL)
  })

  it('takes apart what relaying has to understand', () => {
    const description = parsed(FULL)
    expect(description.origin).toEqual({ username: 'jdoe', sessionId: '3724394400', sessionVersion: '3724394405', addressType: 'IP4', address: '198.51.100.1' })
    expect(description.media.map(({ media, port, portCount, formats }) => [media, port, portCount, formats])).toEqual([
      ['audio', 49_170, 2, ['0', '8', '101']],
      ['video', 0, undefined, ['99']],
    ])
  })

  it.each([
    ['LF', FULL.replaceAll('\r\n', '\n')],
    ['CR', FULL.replaceAll('\r\n', '\r')],
    ['no end of the last line', FULL.trimEnd()],
    ['empty lines at the end', `${FULL}\r\n\r\n`],
  ])('tolerates %s as line end (RFC 8866 section 5)', (_name, text) => {
    expect(formatSessionDescription(parsed(text))).toBe(FULL)
  })

  it('reads a user name with spaces, which some phones write into o=', () => {
    expect(parsed('v=0\r\no=my phone 1 2 IN IP4 192.0.2.1\r\ns= \r\nt=0 0\r\n').origin.username).toBe('my phone')
  })

  it.each([
    ['empty text', ''],
    ['no v=', 'o=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n'],
    ['another version', 'v=1\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n'],
    ['no o=', 'v=0\r\ns=-\r\nt=0 0\r\n'],
    ['a short o=', 'v=0\r\no=- 1 IN IP4 192.0.2.1\r\ns=-\r\n'],
    ['no s=', 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nt=0 0\r\n'],
    ['a type letter that does not exist', FULL.replace('b=AS:128', 'q=1')],
    ['a line without =', FULL.replace('b=AS:128', 'nonsense')],
    ['an empty line in the middle', FULL.replace('b=AS:128', '')],
    ['a repeated o=', FULL.replace('b=AS:128', 'o=- 1 1 IN IP4 192.0.2.1')],
    ['a port beyond 65535', FULL.replace('49170/2', '65536')],
    ['a port that is no number', FULL.replace('49170/2', '-1')],
    ['an m= without formats', FULL.replace('49170/2 RTP/AVP 0 8 101', '49170 RTP/AVP')],
    ['an m= without protocol', FULL.replace('49170/2 RTP/AVP 0 8 101', '49170')],
    ['a c= of another network', FULL.replace('c=IN IP4', 'c=ATM NSAP')],
    ['a c= without address', FULL.replace('c=IN IP4 198.51.100.1/127', 'c=IN IP4')],
    ['an attribute without name', FULL.replace('a=recvonly', 'a=')],
    ['a NUL', FULL.replace('voice', 'vo\0ice')],
    ['more streams than the limit', FULL + 'm=audio 9 RTP/AVP 0\r\n'.repeat(40)],
    ['more lines than the limit', FULL + 'a=x\r\n'.repeat(3000)],
    ['more characters than the limit', `${FULL}a=x:${'y'.repeat(70_000)}\r\n`],
  ])('refuses %s with a value', (_name, text) => {
    const result = parseSessionDescription(text)
    expect(result).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
  })

  it('stays fast on hostile lines', () => {
    // Of the processor: the machine may have other things to do.
    const before = process.threadCpuUsage()
    for (const line of [`o=${'a '.repeat(30_000)}`, `m=${' '.repeat(60_000)}x`, `c=IN IP4 ${'/1'.repeat(30_000)} x`]) {
      parseSessionDescription(`v=0\r\n${line}\r\ns=-\r\n`)
      parseSessionDescription(`v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\n${line}\r\n`)
    }
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(1_000)
  })
})
