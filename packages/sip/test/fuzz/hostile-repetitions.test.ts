import { describe, expect, it } from 'vitest'
import { StreamFramer } from '../../src/message/index.ts'
import { checkMessage, LONGEST_READ_MS } from './check-message.ts'

/** The longest a message may be. */
const LARGEST = 65_000

const PIECES = [
  ',', ';', '<', '>', '"', '\\', '\\"', '""', '<>', ',,"', ';;=', ';a', ';a=', ';a=b', ';a="', ';a="b"', 'a,', '<sip:a>,', '<sip:a,', '"a",', '"a', 'a ',
  ' ', '\t', ' ,', ' ;', '\r\n ', ',\r\n ', '=', '=,', 'a=b,', 'a="b",', 'a="b', '%', '%41', ':', '@', 'a@', '?', '[', ']', '[::]', '::', '*', '0', '9', '\0', '\xff',
  'SIP/2.0/UDP a,', 'SIP/2.0/UDP a;x,', 'Digest ', 'sip:', '(', ')', '/', 'a/b;', '-', '.', 'a.', '1.',
] // prettier-ignore

const LEADS: Readonly<Record<string, readonly string[]>> = {
  Via: ['', 'SIP/2.0/UDP 192.0.2.1', 'SIP/2.0/UDP 192.0.2.1;x="', 'SIP/2.0/UDP '],
  From: ['', '"', '<sip:', '<sip:a@b>', '<sip:a@b>;tag=', 'sip:a'],
  Contact: ['', '<', '<sip:a@b>', '<sip:a@b>;expires='],
  'Call-ID': [''],
  CSeq: ['', '1', '1 '],
  'Max-Forwards': [''],
  'Content-Length': [''],
  Route: ['', '<sip:a;lr>'],
  Authorization: ['', 'Digest ', 'Digest username="'],
  'Proxy-Authorization': ['Digest realm="x", '],
  Require: [''],
  'X-Unknown': [''],
}

const HEADERS: Readonly<Record<string, string>> = {
  Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx',
  From: '<sip:a@b>;tag=x',
  To: '<sip:a@b>',
  'Call-ID': 'x',
  CSeq: '1 INVITE',
  Contact: '<sip:a@b>',
}

function messageWith(name: string, value: string): Buffer {
  const headers = Object.entries({ ...HEADERS, [name]: value }).map(([each, text]) => `${each}: ${text}`)
  return Buffer.from(`INVITE sip:a@b SIP/2.0\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1')
}

/** Processor time, the best of a few: the machine may have had other things to do, and this thread to collect its garbage. */
function leastMs(work: () => void): number {
  let least = Infinity
  for (let attempt = 0; attempt < 5 && least > LONGEST_READ_MS / 2; attempt++) {
    const before = process.threadCpuUsage()
    work()
    const { user, system } = process.threadCpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

describe('64 kB of one piece again and again', () => {
  // A test each, so that none has more to do than a machine with other things to do gets done in its time.
  it.each(Object.entries(LEADS).flatMap(([name, leads]) => leads.map((lead) => [name, lead] as const)))(
    'in %s, behind %j, is read, or refused, in one pass over it',
    (name, lead) => {
      const slow: string[] = []
      for (const piece of PIECES) {
        const bytes = messageWith(name, lead + piece.repeat(Math.floor((LARGEST - lead.length) / piece.length)).slice(0, LARGEST - 300))
        let problem: string | undefined
        const tookMs = leastMs(() => {
          problem = checkMessage(bytes)
        })
        expect(problem, `${name}: ${lead} ${JSON.stringify(piece)}`).toBeUndefined()
        if (tookMs > LONGEST_READ_MS) slow.push(`${name}: ${lead}${JSON.stringify(piece)} took ${Math.round(tookMs)} ms`)
      }
      expect(slow).toEqual([])
    },
  )

  it('in the Request-URI is read in one pass', () => {
    const slow: string[] = []
    for (const lead of ['sip:', 'sip:a@', 'sip:a@b;', 'tel:', 'a:']) {
      for (const piece of PIECES) {
        if (/[\r\n ]/.test(piece)) continue
        const uri = lead + piece.repeat(LARGEST).slice(0, LARGEST - 300)
        const bytes = Buffer.from(
          messageWith('Via', HEADERS['Via'] ?? '')
            .toString('latin1')
            .replace('sip:a@b', () => uri),
          'latin1',
        )
        const tookMs = leastMs(() => void checkMessage(bytes))
        if (tookMs > LONGEST_READ_MS) slow.push(`${lead}${JSON.stringify(piece)} took ${Math.round(tookMs)} ms`)
      }
    }
    expect(slow).toEqual([])
  })

  it.each(['Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx', 'v:', 'X:', 'x', ':', ' x', 'Route: <sip:a;lr>', 'Contact: <', 'X: "', 'l: 0'])(
    'as header lines %j is read, or refused, in one pass',
    (line) => {
      const text = messageWith('Via', HEADERS['Via'] ?? '').toString('latin1')
      const bytes = Buffer.from(
        text.replace('\r\n\r\n', () => `\r\n${`${line}\r\n`.repeat(Math.floor((LARGEST - 400) / (line.length + 2)))}\r\n`),
        'latin1',
      )
      expect(leastMs(() => void checkMessage(bytes))).toBeLessThan(LONGEST_READ_MS)
    },
  )
})

describe('many header lines', () => {
  it.each(['a', 'é'])('of %j are read as often as there are lines, in no more time than that takes', (piece) => {
    const line = `Contact: <sip:${piece.repeat(200)}@b>\r\n`
    const bytes = Buffer.from(
      messageWith('Via', HEADERS['Via'] ?? '')
        .toString('latin1')
        .replace(/Contact: .*\r\n/, () => line.repeat(Math.floor((LARGEST - 400) / Buffer.byteLength(line)))),
      'utf8',
    )
    // `readEverything` asks for all of them once a line.
    expect(leastMs(() => void checkMessage(bytes))).toBeLessThan(2 * LONGEST_READ_MS)
  })
})

describe('a stream that comes a byte at a time', () => {
  it.each(['X: y\r\n', ',', '\r\n', '\r\n ', ':', '\0'])('with 64 kB of %j costs no more than its length', (piece) => {
    const bytes = Buffer.from(`INVITE sip:a@b SIP/2.0\r\nX: ${piece.repeat(Math.ceil(LARGEST / piece.length))}`, 'latin1')
    const tookMs = leastMs(() => {
      const framer = new StreamFramer({ maxMessageBytes: 65_535 })
      for (let at = 0; at < bytes.length; at++) framer.push(bytes.subarray(at, at + 1))
    })
    expect(tookMs).toBeLessThan(5 * LONGEST_READ_MS)
  })
})
