import { afterEach, describe, expect, it } from 'vitest'
import { G722Decoder } from '../src/codecs/g722.ts'
import { decodeG711, hearsTone, type MediaEvent } from '../src/index.ts'
import { listen, MediaBench, value } from './media-bench.ts'
import type { RtpPhone } from './rtp-phone.ts'

let bench: MediaBench
afterEach(() => bench.close())

/** What the phone heard in G.722, from the first packet on. */
function heard(phone: RtpPhone): Int16Array {
  const payload = Buffer.concat(phone.received.flatMap(({ packet }) => (packet.payloadType === 9 ? [packet.payload] : [])))
  const samples = new Int16Array(payload.length)
  new G722Decoder().decode(payload, 0, samples)
  return samples
}

describe('a phone that speaks G.722 alone', () => {
  it('is answered, hears clips and silence, and is recorded', async () => {
    bench = await MediaBench.start()
    const [session, phone] = [await bench.session(), await bench.phone()]
    const answer = value(session.answerLocally('a', phone.sdp({ formats: '9 101' })))
    expect(answer).toMatch(/m=audio \d+ RTP\/AVP 9 101\r\n/)
    expect(answer).toContain('a=rtpmap:9 G722/8000')
    phone.follow(answer)
    phone.sing(440, 'G722')
    const { next } = listen(session)
    const chunks: Uint8Array[] = []
    session.record('a', { recordingId: 'wide', maxDurationMs: 600 }, (pcm) => chunks.push(pcm))
    session.play('a', { kind: 'clips', playId: 'tone', clips: [{ kind: 'tone', frequenciesHz: [1_000], durationMs: 400 }] })
    await next((event) => event.type === 'played')
    expect(await next((event) => event.type === 'recorded')).toMatchObject({ reason: 'maxDuration', durationMs: 600 })
    const pcm = Buffer.concat(chunks)
    const said = Int16Array.from({ length: 4_800 }, (_unused, index) => pcm.readInt16LE(index * 2))
    expect(hearsTone(said.subarray(1_600, 4_000), [440])).toBe(true)
    const samples = heard(phone)
    const start = samples.findIndex((sample) => Math.abs(sample) > 500)
    expect(hearsTone(samples.subarray(start + 160, start + 3_000), [1_000])).toBe(true)
    expect(phone.received.length).toBeGreaterThan(20)
  })

  it('prefers nothing: who speaks G.711 too is answered in G.711', async () => {
    bench = await MediaBench.start()
    const [session, phone] = [await bench.session(), await bench.phone()]
    expect(value(session.answerLocally('a', phone.sdp({ formats: '9 8 101' })))).toMatch(/RTP\/AVP 8 101\r\n/)
  })

  it('is recorded in a call that is relayed', async () => {
    bench = await MediaBench.start()
    const [session, a, b] = [await bench.session(), await bench.phone(), await bench.phone()]
    await bench.negotiate(session, 'a', { phone: a, sdp: a.sdp({ formats: '9 0 101' }) }, { phone: b, sdp: b.sdp({ formats: '9 0 101' }) })
    a.sing(700, 'G722')
    const ended = new Promise<MediaEvent>((resolve) => session.onEvent(resolve))
    const chunks: Uint8Array[] = []
    session.record('a', { recordingId: 'call', maxDurationMs: 600 }, (pcm) => chunks.push(pcm))
    expect(await ended).toMatchObject({ type: 'recorded', reason: 'maxDuration' })
    const pcm = Buffer.concat(chunks)
    expect(
      hearsTone(
        Int16Array.from({ length: 2_400 }, (_unused, index) => pcm.readInt16LE(3_200 + index * 2)),
        [700],
      ),
    ).toBe(true)
  })

  it('is in a mix with one of G.711, and each hears the other', async () => {
    bench = await MediaBench.start()
    const join = async (formats: string) => {
      const [session, phone] = [value(await bench.engine.openSession({ sessionId: formats, mixId: 'room' })), await bench.phone()]
      phone.follow(value(session.answerLocally('a', phone.sdp({ formats }))))
      value(session.joinMix('a', 'room'))
      return phone
    }
    const [wide, narrow] = [await join('9 101'), await join('0 101')]
    wide.sing(700, 'G722')
    narrow.sing(1_000)
    await wide.until(() => wide.received.length >= 20 && hearsTone(heard(wide).subarray(-1_600), [1_000]))
    const last = (): Int16Array => decodeG711('PCMU', Buffer.concat(narrow.received.slice(-10).map(({ packet }) => packet.payload)))
    await narrow.until(() => hearsTone(last(), [700]))
  })
})
