import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { hearsTone, isSilence, type MediaEvent, type MediaSession, type RecordingOrder } from '../src/index.ts'
import { spawnRelayWorker } from '../src/engines/in-process/spawn-relay-worker.ts'
import { listen, MediaBench, value } from './media-bench.ts'
import type { RtpPhone } from './rtp-phone.ts'

type Recorded = Extract<MediaEvent, { type: 'recorded' }>

let bench: MediaBench
afterEach(() => bench.close())

async function answered(formats = '0 101'): Promise<{ session: MediaSession; phone: RtpPhone }> {
  const [session, phone] = [await bench.session(), await bench.phone()]
  phone.follow(value(session.answerLocally('a', phone.sdp({ formats }))))
  await bench.settle()
  return { session, phone }
}

/** Where the chunks of a recording go, and a way to wait for so much of it. */
class Tape {
  readonly chunks: Uint8Array[] = []
  readonly #waiting = new Set<() => void>()

  readonly sink = (pcm: Uint8Array): void => {
    this.chunks.push(pcm)
    for (const look of [...this.#waiting]) look()
  }

  get samples(): Int16Array {
    const bytes = Buffer.concat(this.chunks)
    return Int16Array.from({ length: bytes.length / 2 }, (_unused, index) => bytes.readInt16LE(index * 2))
  }

  holds(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.samples.length < durationMs * 8) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }
}

/** Records side a to its end. */
async function record(session: MediaSession, order: Partial<RecordingOrder> = {}, during?: (tape: Tape) => Promise<void>) {
  const tape = new Tape()
  const { events, next } = listen(session)
  const startMs = performance.now()
  session.record('a', { recordingId: 'message', maxDurationMs: 60_000, ...order }, tape.sink)
  await during?.(tape)
  const ended = (await next((event) => event.type === 'recorded')) as Recorded
  return { samples: tape.samples, chunks: tape.chunks.length, ended, tookMs: performance.now() - startMs, events }
}

/** How long a tone sounds in the samples, in frames of 20 ms. */
function framesOfTone(samples: Int16Array, frequencyHz: number): number {
  let frames = 0
  for (let from = 0; from + 160 <= samples.length; from += 160) if (hearsTone(samples.subarray(from, from + 160), [frequencyHz])) frames++
  return frames
}

describe('a recording', () => {
  it.each(['PCMU', 'PCMA'] as const)('of a tone in %s has it from end to end, is as long as it took, and comes in chunks of a second', async (encoding) => {
    bench = await MediaBench.start()
    const { session, phone } = await answered(encoding === 'PCMU' ? '0 101' : '8 101')
    phone.sing(1_000, encoding)
    const { samples, chunks, ended, tookMs, events } = await record(session, {}, async (tape) => {
      await tape.holds(2_000)
      session.stopRecording('a')
    })
    expect(ended).toMatchObject({ side: 'a', recordingId: 'message', reason: 'stopped' })
    // To 20 ms in recorder.test.ts; here the messages between the threads take what the machine leaves them.
    expect(ended.durationMs).toBeLessThanOrEqual(tookMs)
    expect(ended.durationMs).toBeGreaterThan(tookMs - 300)
    expect([samples.length / 8, chunks]).toEqual([ended.durationMs, Math.ceil(ended.durationMs / 1_000)])
    expect(framesOfTone(samples, 1_000) + phone.lateFrames).toBeGreaterThan(samples.length / 160 - 5)
    expect(events.filter(({ type }) => type === 'recorded')).toHaveLength(1)
  })

  it('ends at its longest duration, to the sample', async () => {
    bench = await MediaBench.start()
    const { session, phone } = await answered()
    phone.sing(1_000)
    const { samples, ended, tookMs } = await record(session, { maxDurationMs: 510 })
    expect(ended).toMatchObject({ reason: 'maxDuration', durationMs: 510 })
    expect(samples.length).toBe(510 * 8)
    expect(tookMs).toBeGreaterThanOrEqual(509)
  })

  it('ends after silence, of what is said and of nothing at all', async () => {
    bench = await MediaBench.start()
    const { session, phone } = await answered()
    phone.sing(440)
    const spoken = await record(session, { silenceMs: 400 }, async (tape) => {
      await tape.holds(1_000)
      phone.hush()
    })
    expect(spoken.ended.reason).toBe('silence')
    const soundingMs = framesOfTone(spoken.samples, 440) * 20
    expect(soundingMs).toBeGreaterThan(900)
    expect(Math.abs(spoken.ended.durationMs - soundingMs - 400)).toBeLessThan(80)
    const silent = await answered()
    const { ended } = await record(silent.session, { silenceMs: 300 })
    expect(ended).toMatchObject({ reason: 'silence', durationMs: 300 })
  })

  it('of a relayed call has its side alone; nobody notices, and the report is the same', async () => {
    bench = await MediaBench.start()
    const { session, a, b } = await bench.call()
    a.sing(440)
    b.sing(1_000)
    const { samples } = await record(session, {}, async (tape) => {
      await tape.holds(1_000)
      session.stopRecording('a')
    })
    expect(framesOfTone(samples, 440)).toBeGreaterThan(40)
    expect(framesOfTone(samples, 1_000)).toBe(0)
    a.hush()
    b.hush()
    await bench.fence()
    const { a: report } = await session.close()
    expect([report.packetsLost, report.notMeasured, report.packetsReceived]).toEqual([0, null, b.received.length])
  })

  it('of who is in a mix goes on from before to behind it', async () => {
    bench = await MediaBench.start()
    const opened = await bench.engine.openSession({ sessionId: 'conference', mixId: 'room' })
    const [session, phone] = [value(opened), await bench.phone()]
    phone.follow(value(session.answerLocally('a', phone.sdp())))
    phone.sing(440)
    const { samples } = await record(session, {}, async (tape) => {
      value(session.joinMix('a', 'room'))
      await tape.holds(1_000)
      session.leaveMix('a')
      await tape.holds(2_000)
      session.stopRecording('a')
    })
    expect(framesOfTone(samples, 440)).toBeGreaterThan(samples.length / 160 - 6)
  })

  it('has silence where nothing comes and where keys are pressed', async () => {
    bench = await MediaBench.start()
    const { session, phone } = await answered()
    phone.sing(440)
    const { samples } = await record(session, {}, async (tape) => {
      await tape.holds(1_000)
      phone.hush()
      phone.press('5')
      await tape.holds(3_000)
      session.stopRecording('a')
    })
    expect(framesOfTone(samples.subarray(0, 8_000), 440)).toBeGreaterThan(40)
    expect(isSilence(samples.subarray(samples.length - 8_000))).toBe(true)
  })

  it('that is followed by another one was stopped, and each has its own sound', async () => {
    bench = await MediaBench.start()
    const { session, phone } = await answered()
    phone.sing(440)
    const { events, next } = listen(session)
    const [first, second] = [new Tape(), new Tape()]
    session.record('a', { recordingId: 'first', maxDurationMs: 60_000 }, first.sink)
    await first.holds(1_000)
    session.record('a', { recordingId: 'second', maxDurationMs: 200 }, second.sink)
    await next((event) => event.type === 'recorded' && event.recordingId === 'second')
    const ends = events.map((event) => (event.type === 'recorded' ? `${event.recordingId} ${event.reason}` : event.type))
    expect(ends).toEqual(['first stopped', 'second maxDuration'])
    expect(second.samples.length).toBe(1_600)
  })

  it('is closed with its session: the last of it is in the sink, and the end is told, before the report is there', async () => {
    bench = await MediaBench.start()
    const { session, phone } = await answered()
    phone.sing(440)
    const tape = new Tape()
    const { events } = listen(session)
    session.record('a', { recordingId: 'message', maxDurationMs: 60_000 }, tape.sink)
    await tape.holds(1_000)
    await session.close()
    expect(events).toMatchObject([{ type: 'recorded', recordingId: 'message', reason: 'closed', durationMs: tape.samples.length / 8 }])
  })

  it('of a session that is over, goes past us, or speaks a codec of which we know nothing has failed', async () => {
    bench = await MediaBench.start({ anchoring: 'never' })
    const past = await bench.session()
    expect((await record(past)).ended).toMatchObject({ reason: 'failed', durationMs: 0 })
    const opened = await bench.engine.openSession({ sessionId: 'anchored', anchoring: 'required' })
    const [session, a, b] = [value(opened), await bench.phone(), await bench.phone()]
    const lines = ['a=rtpmap:96 opus/48000/2']
    await bench.negotiate(session, 'a', { phone: a, sdp: a.sdp({ formats: '96', lines }) }, { phone: b, sdp: b.sdp({ formats: '96', lines }) })
    const { ended } = await record(session, {}, (): Promise<void> => {
      for (let packet = 0; packet < 60; packet++) a.say('opus', { payloadType: 96 })
      return Promise.resolve()
    })
    expect(ended.reason).toBe('failed')
    await session.close()
    const late = new Promise<MediaEvent>((resolve) => session.onEvent(resolve))
    session.record('a', { recordingId: 'late', maxDurationMs: 1_000 }, () => undefined)
    expect(await late).toMatchObject({ recordingId: 'late', reason: 'failed', durationMs: 0 })
  })

  it('fails with its worker, with the duration that came, before the session does; a sink that throws harms nobody', async () => {
    const workers: Worker[] = []
    const spawnWorker = (options: Parameters<typeof spawnRelayWorker>[0]): Worker => {
      const worker = spawnRelayWorker(options)
      workers.push(worker)
      return worker
    }
    bench = await MediaBench.start({ spawnWorker })
    const { session, phone } = await answered()
    phone.sing(440)
    const { events, next } = listen(session)
    const tape = new Tape()
    const sink = (pcm: Uint8Array): void => {
      tape.sink(pcm)
      throw new Error('a disk that is full')
    }
    session.record('a', { recordingId: 'message', maxDurationMs: 60_000 }, sink)
    await tape.holds(1_000)
    await workers[0]?.terminate()
    await next((event) => event.type === 'failed')
    expect(events).toMatchObject([{ type: 'recorded', reason: 'failed', durationMs: 1_000 }, { type: 'failed' }])
  })
})
