import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FaxEnd, FaxTerminal } from '../src/fax/fax-terminal.ts'
import { hdlcBits } from '../src/fax/modem/hdlc-frames.ts'
import { bitsOfOctets } from '../src/fax/modem/line-bits.ts'
import { QamReceiver } from '../src/fax/modem/qam-receiver.ts'
import { QamTransmitter } from '../src/fax/modem/qam-transmitter.ts'
import { V21Transmitter } from '../src/fax/modem/v21-transmitter.ts'
import { V27TER_4800 } from '../src/fax/modem/v27ter.ts'
import { V29_9600 } from '../src/fax/modem/v29.ts'
import { SoundLine } from '../src/fax/sound-line.ts'
import { noiseFrom, soundOf, throughLine } from './telephone-line.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const FRAME_SAMPLES = 160
const DCS = [0b0000, 0b1000].map((rate) => Uint8Array.of(0xff, 0xc8, 0xc1, 0x00, 0x40 | (rate << 2), 0x1f, 0x20))
const frames = (sound: Float64Array) => throughLine(sound).map((frame) => frame ?? new Int16Array(FRAME_SAMPLES))
const commands = DCS.map((frame) => frames(soundOf(new V21Transmitter(hdlcBits([frame], { before: 10, after: 2 })))))
const pictures = [V27TER_4800, V29_9600].map((modulation) => frames(soundOf(new QamTransmitter(modulation, bitsOfOctets(new Uint8Array(300))))))

type Sound = readonly (Int16Array | undefined)[]

describe('hostile sound', () => {
  const samples = (value: (index: number) => number): Int16Array => Int16Array.from({ length: FRAME_SAMPLES }, (_unused, index) => value(index))
  const anyFrame = fc.oneof(
    fc.constant(undefined),
    fc.constantFrom(samples(() => 0), samples(() => 32_767), samples((index) => (index % 2 === 0 ? 32_767 : -32_768))),
    fc.integer({ min: 1, max: 99 }).map((seed) => {
      const random = noiseFrom(seed)
      return samples(() => Math.round(random() * 9_000))
    }),
  ) // prettier-ignore
  const anySound: fc.Arbitrary<Sound> = fc.oneof(
    fc.array(anyFrame, { maxLength: 60 }),
    fc.constantFrom(...commands, ...pictures),
    // A signal that is cut off, and goes on as something else.
    fc.tuple(fc.constantFrom(...commands, ...pictures), fc.integer({ min: 0, max: 90 })).map(([sound, from]) => sound.slice(from, from + 40)),
  )

  it('makes no fax machine throw, and it ends once', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(anySound, { maxLength: 12 }), (sounds) => {
        const ends: FaxEnd[] = []
        const line = new SoundLine()
        const limits = { maxPages: 2, maxBytes: 10_000, maxDurationMs: 60_000 }
        const machine = new FaxTerminal({
          ...{ ident: '1', isAnnounced: true, hasCorrection: true, line, ...limits },
          onPage: () => undefined,
          onEnd: (end) => ends.push(end),
        })
        const said = new Int16Array(FRAME_SAMPLES)
        let nowMs = 0
        machine.start(nowMs)
        for (const frame of sounds.flat()) {
          nowMs += 20
          if (frame === undefined) line.miss(FRAME_SAMPLES, nowMs)
          else line.hear(frame, nowMs)
          machine.tick(nowMs)
          line.fill(said)
        }
        machine.stop(nowMs)
        expect(ends).toHaveLength(1)
      }),
      { numRuns: 40 },
    )
  })

  it('leaves a modem able to hear the next signal', { timeout: 60_000 }, () => {
    const good = frames(soundOf(new QamTransmitter(V29_9600, bitsOfOctets(new Uint8Array(300)))))
    fc.assert(
      fc.property(fc.array(anySound, { maxLength: 8 }), (sounds) => {
        const told: string[] = []
        const receiver = new QamReceiver(V29_9600, {
          trained: () => void told.push('trained'),
          bit: () => undefined,
          end: (wasTrained) => void told.push(wasTrained ? 'end' : 'not understood'),
        })
        for (const frame of sounds.flat()) {
          if (frame === undefined) receiver.miss(FRAME_SAMPLES)
          else receiver.hear(frame)
        }
        for (let silent = 0; silent < 60; silent++) receiver.hear(samples(() => 0))
        told.length = 0
        for (const frame of good) receiver.hear(frame)
        expect(told).toEqual(['trained', 'end'])
      }),
      { numRuns: 40 },
    )
  })
})
