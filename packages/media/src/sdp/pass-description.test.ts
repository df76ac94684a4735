import { describe, expect, it } from 'vitest'
import { passDescription } from './pass-description.ts'
import type { SentDescription } from './sent-description.ts'

const LINES = [
  'v=0',
  'o=alice 7 9 IN IP4 10.0.0.5',
  's=-',
  'c=IN IP4 10.0.0.5/127',
  't=0 0',
  'm=Audio 4000  RTP/AVP 0',
  'a=x-own: kept as it is ',
  'a=sendrecv',
]
const SIGNED = LINES.with(1, 'o=- 4711 1 IN IP4 192.0.2.1')

function pass(text: string, sent?: SentDescription) {
  const passed = passDescription({ text, local: { address: '192.0.2.1', sessionId: '4711' }, sent })
  return passed.ok ? passed.value : passed.error.code
}

describe('a description that goes past us', () => {
  it('stays letter by letter what it was, but for o=', () => {
    expect(pass(`${LINES.join('\r\n')}\r\n`)).toEqual({ version: 1, text: `${SIGNED.join('\r\n')}\r\n`, streams: 1 })
  })

  it.each([
    ['LF', `${LINES.join('\n')}\n`],
    ['CR', `${LINES.join('\r')}\r`],
    ['no line end at the end', LINES.join('\r\n')],
    ['empty lines at the end', `${LINES.join('\r\n')}\r\n\r\n`],
    ['one bare LF', `${LINES.slice(0, 4).join('\r\n')}\n${LINES.slice(4).join('\r\n')}\r\n`],
  ])('has CRLF after every line and nothing behind them, whatever came: %s (RFC 8866 5)', (_, text) => {
    const passed = pass(text)
    const lines = SIGNED.with(5, 'm=audio 4000 RTP/AVP 0')
    expect(passed).toEqual({ version: 1, text: `${lines.join('\r\n')}\r\n`, streams: 1 })
  })

  it('has a version that rises when it differs from the last one, and only then (RFC 3264 8)', () => {
    const text = `${LINES.join('\r\n')}\r\n`
    const first = pass(text)
    if (typeof first === 'string') throw new Error(first)
    expect(pass(text.replace('alice 7 9', 'alice 7 10'), first)).toEqual(first)
    expect(pass(text.replace('sendrecv', 'sendonly'), first)).toMatchObject({ version: 2, text: expect.stringContaining('o=- 4711 2 IN') as string })
  })

  it.each([
    '',
    'v=0\r\n',
    `${LINES.join('\r\n')}\r\n\r\na=x\r\n`,
    `${LINES.join('\r\n')}\r\na=\r\n`,
    `${LINES.join('\r\n')}\r\na=x\0y\r\n`,
    `${LINES.join('\r\n')}\r\nx\r\n`,
  ])('is refused when it cannot be read: %j', (text) => {
    expect(pass(text)).toBe('BadSessionDescription')
  })
})
