import { describe, expect, it } from 'vitest'
import { buildRtpPacket, isRtpShaped, parseRtpPacket } from './rtp-packet.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('RTP packets (RFC 3550 5.1)', () => {
  it('reads and writes a plain packet byte for byte', () => {
    const bytes = hex('80 80 aa bb 00 01 e2 40 12 34 56 78 01 02 03')
    const packet = parseRtpPacket(bytes)
    expect(packet).toEqual({
      marker: true,
      payloadType: 0,
      sequenceNumber: 0xaabb,
      timestamp: 123_456,
      ssrc: 0x12345678,
      csrcs: [],
      extension: undefined,
      payload: hex('010203'),
    })
    expect(packet && buildRtpPacket(packet)).toEqual(bytes)
  })

  it('reads and writes CSRCs and a header extension (RFC 3550 5.3.1)', () => {
    const bytes = hex('92 65 00 01 00 00 00 02 00 00 00 03 aa aa aa aa bb bb bb bb be de 00 01 10 ff 00 00 ff')
    const packet = parseRtpPacket(bytes)
    expect(packet).toMatchObject({
      payloadType: 101,
      marker: false,
      csrcs: [0xaaaaaaaa, 0xbbbbbbbb],
      extension: { profile: 0xbede, data: hex('10ff0000') },
      payload: hex('ff'),
    })
    expect(packet && buildRtpPacket(packet)).toEqual(bytes)
  })

  it('takes the padding off', () => {
    expect(parseRtpPacket(hex('a0 00 00 01 00 00 00 02 00 00 00 03 77 88 00 00 03'))?.payload).toEqual(hex('7788'))
  })

  it.each([
    ['nothing', ''],
    ['eleven bytes', '80 00 00 01 00 00 00 02 00 00 00'],
    ['version 1', '40 00 00 01 00 00 00 02 00 00 00 03'],
    ['STUN', '00 01 00 00 21 12 a4 42 00 00 00 00 00 00 00 00 00 00 00 00'],
    ['DTLS', '16 fe fd 00 00 00 00 00 00 00 00 00 10'],
    ['an RTCP sender report (RFC 5761 section 4)', '80 c8 00 06 00 00 00 02 00 00 00 03'],
    ['CSRCs that are cut off', '81 00 00 01 00 00 00 02 00 00 00 03 aa aa'],
    ['an extension whose header is cut off', '90 00 00 01 00 00 00 02 00 00 00 03 be de'],
    ['an extension that is longer than the packet', '90 00 00 01 00 00 00 02 00 00 00 03 be de 00 02 00 00 00 00'],
    ['more padding than packet', 'a0 00 00 01 00 00 00 02 00 00 00 03 09'],
    ['padding of no bytes', 'a0 00 00 01 00 00 00 02 00 00 00 03 00'],
  ])('refuses %s', (_name, text) => {
    expect(parseRtpPacket(hex(text))).toBeUndefined()
  })

  it('refuses what is larger than a frame of any network a phone is on', () => {
    const bytes = Buffer.alloc(4_000)
    bytes[0] = 0x80
    expect(isRtpShaped(bytes)).toBe(false)
    expect(isRtpShaped(bytes.subarray(0, 1_400))).toBe(true)
  })
})
