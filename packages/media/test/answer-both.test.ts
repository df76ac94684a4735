import { afterEach, describe, expect, it } from 'vitest'
import { MediaBench, value } from './media-bench.ts'
import type { RtpPhone } from './rtp-phone.ts'

const SUITE = 'AES_CM_128_HMAC_SHA1_80'

let bench: MediaBench
afterEach(() => bench.close())

const keyOf = (fill: number) => ({ suite: SUITE, keyAndSalt: Buffer.alloc(30, fill).toString('base64') })

/** An offer with SRTP under a tag of its own, so that a mix-up of the two shows. */
function secureOffer(phone: RtpPhone, fill: number, tag: number): string {
  return phone.sdp({ protocol: 'RTP/SAVP', lines: [`a=crypto:${tag} ${SUITE} inline:${keyOf(fill).keyAndSalt}`] })
}

async function session() {
  bench = await MediaBench.start()
  const opened = await bench.session()
  return { session: opened, a: await bench.phone(), b: await bench.phone() }
}

describe('two offers answered with each other (RFC 3264 6.1)', () => {
  it.each([
    ['neither', undefined, undefined],
    ['the one who called', 1, undefined],
    ['the one who picks up', undefined, 2],
    ['both, each under its own tag and key', 1, 2],
  ] as const)('SRTP of %s: each leg as its own offer asked (RFC 4568 7.1.2)', async (_name, tagA, tagB) => {
    const { session: open, a, b } = await session()
    // The offer has been to a phone that rang in vain.
    const offer = tagA === undefined ? a.sdp() : secureOffer(a, 11, tagA)
    value(open.relayOffer('a', offer))
    const answers = value(open.answerBoth({ a: offer, b: tagB === undefined ? b.sdp() : secureOffer(b, 22, tagB) }))
    for (const [phone, answer, tag, fill] of [
      [a, answers.a, tagA, 11],
      [b, answers.b, tagB, 22],
    ] as const) {
      expect(answer).toContain(tag === undefined ? 'RTP/AVP 0 101' : 'RTP/SAVP 0 101')
      expect(/a=crypto:(\d+)/.exec(answer)?.[1]).toBe(tag === undefined ? undefined : String(tag))
      phone.follow(answer)
      if (tag !== undefined) phone.secure(keyOf(fill), answer)
    }
    await bench.settle()
    a.stream('from a')
    b.stream('from b')
    await Promise.all([a.hears('from b'), b.hears('from a')])
  })

  it('without a codec in common: NoCommonCodec, and nothing is agreed', async () => {
    const { session: open, a, b } = await session()
    expect(open.answerBoth({ a: a.sdp(), b: b.sdp({ formats: '9 101' }) })).toMatchObject({ ok: false, error: { code: 'NoCommonCodec' } })
    expect(open.joinMix('a', 'room')).toMatchObject({ ok: false, error: { code: 'UnsupportedMedia' } })
  })
})
