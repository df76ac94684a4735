import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameFinder, hdlcBits } from '../src/fax/modem/hdlc-frames.ts'
import { V21Receiver } from '../src/fax/modem/v21-receiver.ts'
import { V21Transmitter } from '../src/fax/modem/v21-transmitter.ts'
import { buildDis, buildIdent, buildT30Frame, FCF } from '../src/fax/t30-frame.ts'
import { evenFrom, type LineFaults, noiseFrom, soundOf, throughLine } from './telephone-line.ts'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) })

const PREAMBLE_FLAGS = 37
const FRAMES = [buildIdent(FCF.CSI, '+13855550100'), buildDis({ hasCorrection: true, hasV17: false }), buildT30Frame(FCF.PPR, new Uint8Array(32).fill(0xff))]
const HEARD = ['flags', ...FRAMES.map((frame) => Buffer.from(frame).toString('hex')), 'silence']

function hear(frames: readonly (Int16Array | undefined)[]): string[] {
  const told: string[] = []
  const receiver = new V21Receiver({
    flags: () => told.push('flags'),
    frame: (octets) => told.push(Buffer.from(octets).toString('hex')),
    silence: () => told.push('silence'),
  })
  for (const frame of frames) {
    if (frame === undefined) receiver.miss(160)
    else receiver.hear(frame)
  }
  return told
}

function say(faults: LineFaults = {}): string[] {
  return hear(throughLine(soundOf(new V21Transmitter(hdlcBits(FRAMES, { before: PREAMBLE_FLAGS, after: 2 }))), faults))
}

describe('frames as bits of the line (ITU-T T.30 5.3)', () => {
  const anyFrames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 260 }), { maxLength: 4 })

  it('are found again, whatever is in them', () => {
    fc.assert(
      fc.property(anyFrames, fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 40 }), (frames, before) => {
        const found: number[][] = []
        const finder = new FrameFinder({ flags: () => undefined, frame: (octets) => found.push([...octets]) })
        for (const bit of before) finder.push(bit)
        const bits = hdlcBits(frames, { before: 2, after: 1 })
        for (let position = 0; position < bits.length; position++) finder.push(bits.at(position))
        expect(found).toEqual(frames.map((frame) => [...frame]))
      }),
    )
  })

  it('are passed over when a bit of them is wrong', () => {
    const bits = hdlcBits([FRAMES[1] ?? new Uint8Array()], { before: 2, after: 1 })
    for (let wrong = 16; wrong < bits.length - 8; wrong++) {
      const found: Uint8Array[] = []
      const finder = new FrameFinder({ flags: () => undefined, frame: (octets) => found.push(octets) })
      for (let position = 0; position < bits.length; position++) finder.push(bits.at(position) ^ (position === wrong ? 1 : 0))
      expect(found).toEqual([])
    }
  })
})

describe('V.21, its second channel', () => {
  it.for([
    ['a line without faults', {}],
    ['A-law', { law: 'PCMA' }],
    ['a signal of -43 dBm0', { gainDb: -31, noiseDbm0: -65 }],
    ['a signal of -5 dBm0', { gainDb: 7 }],
    ['noise 12 dB below it', { noiseDbm0: -24 }],
    ['a clock that is 500 ppm fast', { clockPpm: 500 }],
    ['a clock that is 500 ppm slow', { clockPpm: -500 }],
    ['an echo of its own 12 dB below, 30 ms later', { wires: [1, ...Array.from({ length: 239 }, () => 0), 0.25] }],
    ['wires that favour the high tone', { wires: [1, -0.6] }],
  ] satisfies [string, LineFaults][])('tells its flags, its frames and its end over %s', ([, faults]) => {
    expect(say(faults)).toEqual(HEARD)
  })

  it('hears the frames on both sides of a packet that was lost', () => {
    // The second frame is hurt, a second into the preamble and a bit more.
    expect(say({ isLost: (frame) => frame === 99 })).toEqual([HEARD[0], HEARD[1], HEARD[3], HEARD[4]])
    expect(say({ isLost: (frame) => frame === 20 || frame === 30 })).toEqual(HEARD)
  })

  it('hears nothing in noise, speech-like sound or silence', () => {
    const [random, even] = [noiseFrom(7), evenFrom(7)]
    let pitch = 0
    const noise = Float64Array.from({ length: 160_000 }, () => random() * 2_000)
    const speech = Float64Array.from({ length: 160_000 }, (_unused, index) => {
      if (index % 400 === 0) pitch = 100 + even() * 3_000
      return Math.sin((index * pitch * 2 * Math.PI) / 8_000) * 6_000 + random() * 500
    })
    for (const sound of [noise, speech, new Float64Array(16_000)]) expect(hear(throughLine(sound))).toEqual([])
  })
})
