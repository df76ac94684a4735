import { describe, expect, it } from 'vitest'
import { usableCrypto } from './crypto-attribute.ts'
import type { MediaDescription } from './session-description.ts'

const [SHORT, LONG] = [30, 46].map((length) => Buffer.alloc(length, 7).toString('base64')) as [string, string]
const LINE = `1 AES_CM_128_HMAC_SHA1_80 inline:${SHORT}`

function media(...values: readonly string[]): MediaDescription {
  const fields = values.map((value) => ({ type: 'a', value: `crypto:${value}` }))
  return { media: 'audio', port: 4000, portCount: undefined, protocol: 'RTP/SAVP', formats: ['0'], fields }
}

describe('a=crypto (RFC 4568)', () => {
  it.each([
    ['a window hint (6.3.6)', `${LINE} WSH=128`],
    ['a key derivation rate of none (6.3.1)', `${LINE} KDR=0`],
    ['several, in any case', `${LINE} kdr=0 wsh=64`],
    ['an extension that may be passed over (6.3.7)', `${LINE} -x=1`],
    ['a lifetime (6.1)', `${LINE}|2^48`],
    ['a lifetime in figures (6.1)', `${LINE}|1`],
    ['a suite in small letters (9.1)', LINE.toLowerCase().replace(SHORT.toLowerCase(), SHORT)],
  ])('is used with %s', (_, line) => {
    expect(usableCrypto(media(line))).toEqual([{ tag: 1, master: { suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt: SHORT } }])
  })

  it.each([
    ['a window hint that is none', `${LINE} WSH=`],
    ['a key derivation rate', `${LINE} KDR=1`],
    ['FEC', `${LINE} FEC_ORDER=FEC_SRTP`],
    ['an extension that may not be passed over', `${LINE} x=1`],
    ['no lifetime at all', `${LINE}|0`],
    ['too long a lifetime', `${LINE}|2^49`],
    ['the key of another suite', `1 AES_CM_128_HMAC_SHA1_80 inline:${LONG}`],
    ['no key', '1 AES_CM_128_HMAC_SHA1_80'],
    ['no tag', `x AES_CM_128_HMAC_SHA1_80 inline:${SHORT}`],
    ['two MKIs', `${LINE}|1:4|2:4`],
  ])('is passed over with %s', (_, line) => {
    expect(usableCrypto(media(line, `2 AES_256_CM_HMAC_SHA1_32 inline:${LONG}`))).toEqual([
      { tag: 2, master: { suite: 'AES_256_CM_HMAC_SHA1_32', keyAndSalt: LONG } },
    ])
  })

  it('says how long its MKI is, and a tag that comes again counts once (5.1.2, 6.1)', () => {
    const found = usableCrypto(media(`${LINE}|2^20|1:4`, `1 AES_CM_128_HMAC_SHA1_32 inline:${SHORT}`, `2 AES_CM_128_HMAC_SHA1_32 inline:${SHORT}|1:128`))
    expect(found.map(({ tag, master }) => [tag, master.suite, master.mkiBytes])).toEqual([
      [1, 'AES_CM_128_HMAC_SHA1_80', 4],
      [2, 'AES_CM_128_HMAC_SHA1_32', 128],
    ])
  })
})
