import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { buildRtcpReport } from '../rtp/rtcp-packet.ts'
import { buildRtpPacket } from '../rtp/rtp-packet.ts'
import { packetIndex } from './packet-index.ts'
import { SrtpReceiver } from './srtp-receiver.ts'
import { SrtpSender } from './srtp-sender.ts'
import { pseudoRandom } from './srtp-session-keys.ts'
import { SRTP_SUITES, type SrtpMaster } from './srtp-suite.ts'

function master(suite = 'AES_CM_128_HMAC_SHA1_80'): SrtpMaster {
  const bytes = suite.includes('256') ? 46 : 30
  return { suite, keyAndSalt: randomBytes(bytes).toString('base64') }
}

function rtp(sequenceNumber: number, fields: { readonly ssrc?: number; readonly text?: string; readonly csrcs?: number[] } = {}): Buffer {
  const { ssrc = 0xdeadbeef, text = `packet ${sequenceNumber}`, csrcs = [] } = fields
  return buildRtpPacket({ marker: false, payloadType: 0, sequenceNumber, timestamp: 1, ssrc, csrcs, payload: Buffer.from(text) })
}

/** One direction: what is sent comes out on the other side as text, '' when it is not accepted. */
function direction(key = master()) {
  const [sender, receiver] = [new SrtpSender(key), new SrtpReceiver(key)]
  const protect = (packet: Buffer): Buffer => {
    const target = Buffer.alloc(packet.length + sender.overheadBytes)
    return target.subarray(0, sender.protect(packet, target))
  }
  const open = (packet: Buffer): string => {
    const copy = Buffer.from(packet)
    return copy.subarray(12, Math.max(12, receiver.unprotect(copy))).toString()
  }
  return { sender, receiver, protect, open }
}

describe('SRTP packets', () => {
  it.each(SRTP_SUITES.map(({ name }) => name))('of %s are what node:crypto makes by the formulas of RFC 3711 4.1.1 and 4.2', (suite) => {
    const key = master(suite)
    const bytes = Buffer.from(key.keyAndSalt, 'base64')
    const derive = pseudoRandom(bytes.subarray(0, -14), bytes.subarray(-14))
    const { sender } = direction(key)
    const target = Buffer.alloc(256)
    const packet = rtp(4_711, { csrcs: [1, 2], text: 'x'.repeat(160) })
    const length = sender.protect(packet, target)
    const counter = Buffer.alloc(16)
    derive(2, 14).copy(counter)
    counter.writeInt32BE(counter.readInt32BE(4) ^ packet.readInt32BE(8), 4)
    counter.writeUInt16BE(counter.readUInt16BE(12) ^ 4_711, 12)
    const cipher = createCipheriv(suite.includes('256') ? 'aes-256-ctr' : 'aes-128-ctr', derive(0, suite.includes('256') ? 32 : 16), counter)
    const encrypted = Buffer.concat([packet.subarray(0, 20), cipher.update(packet.subarray(20))])
    const tag = createHmac('sha1', derive(1, 20)).update(encrypted).update(Buffer.alloc(4)).digest()
    expect(target.subarray(0, length)).toEqual(Buffer.concat([encrypted, tag.subarray(0, suite.endsWith('32') ? 4 : 10)]))
  })

  it('may name their key: an MKI stands before the tag, in RTP and RTCP (RFC 3711 3.1, 3.4)', () => {
    const key = master()
    const { sender, protect } = direction(key)
    const [named, plain] = [new SrtpReceiver({ ...key, mkiBytes: 4 }), new SrtpReceiver(key)]
    const withKeyName = (packet: Buffer): Buffer => Buffer.concat([packet.subarray(0, -10), Buffer.from([0, 0, 0, 1]), packet.subarray(-10)])
    const packet = withKeyName(protect(rtp(1)))
    expect(plain.unprotect(Buffer.from(packet))).toBe(0)
    expect(packet.subarray(12, named.unprotect(packet)).toString()).toBe('packet 1')
    const report = buildRtcpReport({ ssrc: 1, sender: undefined, blocks: [], cname: 'phone' })
    const target = Buffer.alloc(report.length + sender.overheadBytes)
    const sealed = withKeyName(target.subarray(0, sender.protectRtcp(report, target)))
    expect(plain.unprotectRtcp(Buffer.from(sealed))).toBe(0)
    expect(sealed.subarray(0, named.unprotectRtcp(sealed))).toEqual(report)
    expect([named.unprotect(Buffer.alloc(15)), named.unprotectRtcp(Buffer.alloc(15))]).toEqual([0, 0])
  })

  it('are refused when a bit of header, payload or tag differs, or when they are cut (RFC 3711 3.3 step 7)', () => {
    const { protect, open } = direction()
    const packet = protect(rtp(1))
    for (let at = 0; at < packet.length; at++) {
      const forged = Buffer.from(packet)
      forged[at] = (forged[at] ?? 0) ^ 1
      // The lowest bit of byte 0 is one of the CSRC count: the header then is longer.
      expect(open(forged)).toBe('')
    }
    for (let length = 12; length < packet.length; length++) expect(open(packet.subarray(0, length))).toBe('')
    expect(open(packet)).toBe('packet 1')
  })

  it('under another key are refused', () => {
    expect(direction().open(direction().protect(rtp(1)))).toBe('')
  })

  it('are taken once, out of order too, but not from before the window (RFC 3711 3.3.2)', () => {
    const { protect, open } = direction()
    const packets = Array.from({ length: 200 }, (_unused, index) => protect(rtp(index)))
    const at = (index: number): string => open(packets[index] ?? Buffer.alloc(0))
    expect([at(3), at(1), at(3), at(2), at(1)]).toEqual(['packet 3', 'packet 1', '', 'packet 2', ''])
    expect([at(199), at(72), at(72), at(71)]).toEqual(['packet 199', 'packet 72', '', ''])
  })

  it('keep their index over the wrap of the sequence number, with losses and out of order (RFC 3711 3.3.1)', () => {
    const { protect, open } = direction()
    const sequences = [65_530, 65_534, 1, 65_535, 0, 2, 20_000, 40_000, 65_000, 20, 21]
    expect(sequences.map((sequence) => open(protect(rtp(sequence))))).toEqual(sequences.map((sequence) => `packet ${sequence}`))
    expect(protect(rtp(22)).length).toBe(12 + 'packet 22'.length + 10)
  })

  it('of a stream that rolled over before anybody listened here are found by their tag (RFC 3711 3.3.1); another stream begins at 0', () => {
    const key = master()
    const [sending, listening] = [direction(key), direction(key)]
    for (const sequence of [60_000, 20_000, 45_000, 10]) sending.protect(rtp(sequence))
    const last = [11, 12].map((sequence) => sending.protect(rtp(sequence)))
    expect(last.map(listening.open)).toEqual(['packet 11', 'packet 12'])
    for (const sequence of [60_000, 10]) sending.protect(rtp(sequence, { ssrc: 7 }))
    expect(listening.open(sending.protect(rtp(11, { ssrc: 7 })))).toBe('')
  })

  it('go on under their key in another session of ours, and no index is used twice (RFC 3711 9.1)', () => {
    const key = master()
    const [first, second] = [direction(key), direction(key)]
    const opened = [65_534, 65_535, 0].map((sequence) => first.open(first.protect(rtp(sequence))))
    first.sender.protectRtcp(Buffer.from('80c9000100000005', 'hex'), Buffer.alloc(64))
    const position = first.sender.position(0xdeadbeef, key.keyAndSalt)
    expect(position).toMatchObject({ highestIndex: 65_536, nextRtcpIndex: 1 })
    if (position !== undefined) second.sender.continueFrom(position)
    expect(opened.concat([0, 1].map((sequence) => first.open(second.protect(rtp(sequence)))))).toEqual([
      'packet 65534',
      'packet 65535',
      'packet 0',
      '',
      'packet 1',
    ])
    expect(second.sender.position(0xdeadbeef, key.keyAndSalt)).toMatchObject({ highestIndex: 65_537, nextRtcpIndex: 1 })
  })

  it('of several sources are followed apart, and forged sources cost no memory', () => {
    const { protect, open } = direction()
    expect([open(protect(rtp(9, { ssrc: 1 }))), open(protect(rtp(9, { ssrc: 2 }))), open(protect(rtp(10, { ssrc: 1 })))]).toEqual([
      'packet 9',
      'packet 9',
      'packet 10',
    ])
    for (let ssrc = 100; ssrc < 200; ssrc++) expect(open(rtp(1, { ssrc, text: 'no tag at all here' }))).toBe('')
    expect(open(protect(rtp(11, { ssrc: 1 })))).toBe('packet 11')
  })

  it('are never protected twice under one index: that would give their difference away (RFC 3711 9.1)', () => {
    const { protect } = direction()
    expect([protect(rtp(5)).length > 0, protect(rtp(5, { text: 'another' })).length, protect(rtp(6)).length > 0]).toEqual([true, 0, true])
  })
})

describe('SRTCP packets', () => {
  const report = Buffer.from('80c9000100000005', 'hex')

  it('come back as they were, each once, and not unencrypted (RFC 3711 3.4)', () => {
    const { sender, receiver } = direction()
    const target = Buffer.alloc(64)
    const first = Buffer.from(target.subarray(0, sender.protectRtcp(report, target)))
    const again = Buffer.from(first)
    expect(first.length).toBe(report.length + 4 + 10)
    expect(first.subarray(0, receiver.unprotectRtcp(first))).toEqual(report)
    expect(receiver.unprotectRtcp(again)).toBe(0)
    expect(receiver.unprotectRtcp(Buffer.from(report))).toBe(0)
  })

  it('that are authentic and not encrypted are refused: nobody agreed on that (RFC 3711 3.4, RFC 4568 6.3.3)', () => {
    const key = master()
    const bytes = Buffer.from(key.keyAndSalt, 'base64')
    const authentication = pseudoRandom(bytes.subarray(0, -14), bytes.subarray(-14))(4, 20)
    const sealed = (index: number, text = report): Buffer => {
      const covered = Buffer.concat([text, Buffer.alloc(4)])
      covered.writeUInt32BE(index, text.length)
      return Buffer.concat([covered, createHmac('sha1', authentication).update(covered).digest().subarray(0, 10)])
    }
    const { receiver } = direction(key)
    // The report ends where encryption begins: it is the same either way, but for the bit.
    expect([receiver.unprotectRtcp(sealed(1)), receiver.unprotectRtcp(sealed(0x80000001))]).toEqual([0, report.length])
  })

  it('end with the last index of a key, as those of RTP do (RFC 3711 9.2)', () => {
    const key = master()
    const { sender, protect } = direction(key)
    sender.continueFrom({ ssrc: 0xdeadbeef, keyAndSalt: key.keyAndSalt, highestIndex: 2 ** 48 - 2, nextRtcpIndex: 2 ** 31 - 2 })
    const target = Buffer.alloc(64)
    expect([sender.protectRtcp(report, target) > 0, sender.protectRtcp(report, target)]).toEqual([true, 0])
    expect([protect(rtp(65_535)).length > 0, protect(rtp(0)).length]).toEqual([true, 0])
  })
})

describe('packetIndex', () => {
  it.each([
    [-1, 60_000, 60_000],
    [10, 65_535, -1],
    [65_535, 0, 65_536],
    [65_536, 65_535, 65_535],
    [65_536 + 32_768, 0, 65_536],
    [65_536 + 32_769, 0, 131_072],
    [131_072, 32_768, 131_072 + 32_768],
    [131_072, 32_769, 65_536 + 32_769],
  ])('after %i takes %i for %i (RFC 3711 appendix A)', (highest, sequence, expected) => {
    expect(packetIndex(highest, sequence)).toBe(expected)
  })
})
