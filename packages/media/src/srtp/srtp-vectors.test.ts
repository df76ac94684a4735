import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AesCounter } from './aes-counter.ts'
import { HmacSha1 } from './hmac-sha1.ts'
import { SrtpReceiver } from './srtp-receiver.ts'
import { SrtpSender } from './srtp-sender.ts'
import { pseudoRandom } from './srtp-session-keys.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')
const words = (block: Buffer): [number, number, number, number] => [block.readInt32BE(0), block.readInt32BE(4), block.readInt32BE(8), block.readInt32BE(12)]

function keyStream(key: Buffer, counter: string): string {
  const stream = Buffer.alloc(16)
  new AesCounter(key).apply(stream, 0, 16, ...words(hex(counter)))
  return stream.toString('hex').toUpperCase()
}

/** Key and salt of RFC 3711 B.3, which the packets below were protected with by another implementation. */
const MASTER = { suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt: hex('E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6').toString('base64') }
const PLAIN_RTP = hex('800f1234decafbadcafebabe abababababababababababababababab')
const PROTECTED_RTP = hex('800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb')
const PLAIN_RTCP = hex('81c8000bcafebabe abababababababababababababababab')
const PROTECTED_RTCP = hex('81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8 80000001 993e08cd54d6c1230798')

describe('AES in counter mode', () => {
  it.each([
    ['F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000', 'E03EAD0935C95E80E166B16DD92B4EB4'],
    ['F0F1F2F3F4F5F6F7F8F9FAFBFCFD0001', 'D23513162B02D0F72A43A2FE4A5F97AB'],
    ['F0F1F2F3F4F5F6F7F8F9FAFBFCFD0002', '41E95B3BB0A2E8DD477901E4FCA894C0'],
    ['F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF', 'EC8CDF7398607CB0F2D21675EA9EA1E4'],
    ['F0F1F2F3F4F5F6F7F8F9FAFBFCFDFF00', '362B7C3C6773516318A077D7FC5073AE'],
    ['F0F1F2F3F4F5F6F7F8F9FAFBFCFDFF01', '6A2CC3787889374FBEB4C81B17BA6C44'],
  ])('gives the key stream of RFC 3711 B.2 at %s', (counter, expected) => {
    expect(keyStream(hex('2B7E151628AED2A6ABF7158809CF4F3C'), counter)).toBe(expected)
  })

  it.each([
    ['F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000', '92BDD28A93C3F52511C677D08B5515A4'],
    ['F0F1F2F3F4F5F6F7F8F9FAFBFCFD0001', '9DA71B2378A854F67050756DED165BAC'],
    ['F0F1F2F3F4F5F6F7F8F9FAFBFCFD0002', '63C4868B7096D88421B563B8C94C9A31'],
  ])('gives the key stream of RFC 6188 7.1 at %s', (counter, expected) => {
    expect(keyStream(hex('57f82fe3613fd170a85ec93c40b1f092 2ec4cb0dc025b58272147cc438944a98'), counter)).toBe(expected)
  })

  it.each([16, 32])('agrees with node:crypto for keys of %i bytes and every length of a packet', (keyBytes) => {
    for (let length = 0; length < 200; length++) {
      const [key, counter, bytes] = [randomBytes(keyBytes), randomBytes(16), randomBytes(length)]
      counter.fill(0, 14)
      const cipher = createCipheriv(`aes-${keyBytes * 8}-ctr`, key, counter)
      const expected = cipher.update(bytes)
      new AesCounter(key).apply(bytes, 0, length, ...words(counter))
      expect(bytes.equals(expected)).toBe(true)
    }
  })
})

describe('HMAC-SHA1', () => {
  it('gives the digests of RFC 2202 section 3', () => {
    const digest = (key: Buffer, text: Buffer): string => {
      const hmac = new HmacSha1(key)
      hmac.digest(text, text.length, undefined)
      const bytes = Buffer.alloc(20)
      hmac.write(bytes, 0, 20)
      return bytes.toString('hex')
    }
    expect(digest(Buffer.alloc(20, 0x0b), Buffer.from('Hi There'))).toBe('b617318655057264e28bc0b6fb378c8ef146be00')
    expect(digest(Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?'))).toBe('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79')
  })

  it('agrees with node:crypto for every length, with the word that SRTP appends', () => {
    for (let length = 0; length < 200; length++) {
      const [key, bytes] = [randomBytes(20), randomBytes(length)]
      const hmac = new HmacSha1(key)
      hmac.digest(bytes, length, 0xfedc_ba98 | 0)
      const expected = createHmac('sha1', key).update(bytes).update(hex('fedcba98')).digest()
      expect(hmac.matches(expected, 0, 20)).toBe(true)
      expected[19] = (expected[19] ?? 0) ^ 1
      expect([hmac.matches(expected, 0, 20), hmac.matches(expected, 0, 10)]).toEqual([false, true])
    }
  })
})

describe('key derivation', () => {
  it('gives the session keys of RFC 3711 B.3', () => {
    const derive = pseudoRandom(hex('E1F97A0D3E018BE0D64FA32C06DE4139'), hex('0EC675AD498AFEEBB6960B3AABE6'))
    expect(derive(0, 16)).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'))
    expect(derive(2, 14)).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'))
    expect(derive(1, 94)).toEqual(
      hex(`CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE E049646C43D9327AD175578EF7227098
        6371C10C9A369AC2F94A8C5FBCDDDC25 6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2`),
    )
  })

  it('gives the session keys of RFC 6188 7.2', () => {
    const derive = pseudoRandom(hex('f0f04914b513f2763a1b1fa130f10e29 98f6f6e43e4309d1e622a0e332b9f1b6'), hex('3b04803de51ee7c96423ab5b78d2'))
    expect(derive(0, 32)).toEqual(hex('5ba1064e30ec51613cad926c5a28ef73 1ec7fb397f70a960653caf06554cd8c4'))
    expect(derive(2, 14)).toEqual(hex('fa31791685ca444a9e07c6c64e93'))
    expect(derive(1, 20)).toEqual(hex('fd9c32d39ed5fbb5a9dc96b30818454d1313dc05'))
  })
})

describe('a whole packet', () => {
  it('of SRTP is what libsrtp makes of it, and back (RFC 3711 3.1)', () => {
    const target = Buffer.alloc(64)
    expect(target.subarray(0, new SrtpSender(MASTER).protect(PLAIN_RTP, target))).toEqual(PROTECTED_RTP)
    const packet = Buffer.from(PROTECTED_RTP)
    expect(packet.subarray(0, new SrtpReceiver(MASTER).unprotect(packet))).toEqual(PLAIN_RTP)
  })

  it('of SRTCP is what libsrtp makes of it, and back (RFC 3711 3.4)', () => {
    const [target, sender] = [Buffer.alloc(64), new SrtpSender(MASTER)]
    sender.protectRtcp(PLAIN_RTCP, target)
    expect(target.subarray(0, sender.protectRtcp(PLAIN_RTCP, target))).toEqual(PROTECTED_RTCP)
    const packet = Buffer.from(PROTECTED_RTCP)
    expect(packet.subarray(0, new SrtpReceiver(MASTER).unprotectRtcp(packet))).toEqual(PLAIN_RTCP)
  })
})
