import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSessionDescription } from './format-session-description.ts'
import { checkSessionDescription, parseSessionDescription } from './parse-session-description.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const START = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 't=0 0', 'm=audio 4000 RTP/AVP 0 101', 'a=sendrecv']

/** Lines as they come and lines nobody should send, each a little beside what is right. */
const line = fc.oneof(
  fc.constantFrom(
    ...START,
    's=',
    's= ',
    'c=IN IP4 192.0.2.1',
    'c=IN IP6 2001:db8::1',
    'c=in ip4 192.0.2.1',
    'c=IN IP4 192.0.2.1/127',
    'c=IN IP4',
    'c=IN IP4 a/b/c',
  ),
  fc.constantFrom(
    'a=',
    'a=:x',
    'a= x',
    'a=\u00e4',
    'a=rtpmap:0 PCMU/8000',
    'a=x:\0',
    'b=AS:64',
    'i=',
    'q=1',
    'nonsense',
    '',
    'o=my phone 1 1 IN IP4 192.0.2.1',
  ),
  fc
    .tuple(
      fc.constantFrom(0, 9, 4_000, 59_999, 64_999, 65_535, 65_536, 69_999),
      fc.constantFrom('', '', '/2', '/'),
      fc.constantFrom(' ', ' ', '  '),
      fc.constantFrom('RTP/AVP', 'RTP/AVP', ''),
      fc.constantFrom('', ' 0', ' 0 8  9 ', ' 0'.repeat(129)),
    )
    .map(([port, count, space, protocol, formats]) => `m=audio ${port}${count}${space}${protocol}${formats}`),
)

const description = fc
  .tuple(
    fc.array(fc.tuple(fc.nat(8), line, fc.boolean()), { maxLength: 3 }),
    fc.array(line, { maxLength: 2 }),
    fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r'),
    fc.boolean(),
  )
  .map(([changes, more, lineEnd, isEnded]) => {
    const lines = [...START]
    for (const [place, changed, isReplacing] of changes) lines.splice(place, isReplacing ? 1 : 0, changed)
    return [...lines, ...more].join(lineEnd) + (isEnded ? lineEnd : '')
  })

describe('checkSessionDescription', () => {
  it('says of every text what reading it says, and calls its lines proper only if written anew they are the same (RFC 8866 5)', () => {
    const seen = { proper: 0, improper: 0, refused: 0 }
    fc.assert(
      fc.property(description, (text) => {
        const checked = checkSessionDescription(text)
        const parsed = parseSessionDescription(text)
        expect(checked.ok).toBe(parsed.ok)
        if (!checked.ok || !parsed.ok) return void seen.refused++
        expect(checked.value.sections).toBe(parsed.value.media.length)
        expect(checked.value.hasProperLines).toBe(
          text.split('\r\n').length === formatSessionDescription(parsed.value).split('\r\n').length && !/\r(?!\n)|(?<!\r)\n/.test(text),
        )
        if (checked.value.hasProperLines) seen.proper++
        else seen.improper++
      }),
      { numRuns: 3_000 },
    )
    expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(100)
  })

  it('refuses more sections than the limit, however usual each is', () => {
    const text = (sections: number) => [...START.slice(0, 4), ...Array.from({ length: sections }, () => 'm=audio 9 RTP/AVP 0'), ''].join('\r\n')
    expect(checkSessionDescription(text(32))).toEqual({ ok: true, value: { sections: 32, hasProperLines: true } })
    expect(checkSessionDescription(text(33))).toMatchObject({ ok: false, error: { code: 'BadSessionDescription' } })
  })

  it('takes a time that grows with the text, not with its square', () => {
    const lines = ['a=x:' + 'y '.repeat(1_000), `m=audio 9 ${'x '.repeat(1_000)}`, ...Array.from({ length: 200 }, () => 'a=a:a')]
    // Of the processor: the machine may have other things to do.
    const before = process.threadCpuUsage()
    for (const hostile of lines) for (let run = 0; run < 50; run++) checkSessionDescription([...START.slice(0, 3), hostile, hostile, 'a='].join('\r\n'))
    expect(process.threadCpuUsage(before).user / 1000).toBeLessThan(2_000)
  })
})
