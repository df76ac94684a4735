import { describe, expect, it } from 'vitest'
import { LineBits } from '../src/fax/modem/line-bits.ts'
import type { QamModulation } from '../src/fax/modem/qam-modulation.ts'
import { QamReceiver } from '../src/fax/modem/qam-receiver.ts'
import { QamTransmitter } from '../src/fax/modem/qam-transmitter.ts'
import { V27TER_2400, V27TER_4800 } from '../src/fax/modem/v27ter.ts'
import { V29_7200, V29_9600 } from '../src/fax/modem/v29.ts'
import { evenFrom, type LineFaults, noiseFrom, soundOf, throughLine } from './telephone-line.ts'

const FRAME_SAMPLES = 160
const SECONDS = 3
/** As of a line with both edges of its band worn off, and an echo within an element or two. */
const WIRES = [0.1, -0.2, 1, -0.4, 0.2]
const MODULATIONS = [
  ['V.27 ter at 2400 bit/s', V27TER_2400],
  ['V.27 ter at 4800 bit/s', V27TER_4800],
  ['V.29 at 7200 bit/s', V29_7200],
  ['V.29 at 9600 bit/s', V29_9600],
] as const

/** Zeros first, as in a training check, then what a page may look like. */
function anyBits(count: number): LineBits {
  const [bits, even] = [new LineBits(), evenFrom(3)]
  for (let bit = 0; bit < count; bit++) bits.push(bit < count / 4 || even() < 0.5 ? 0 : 1)
  return bits
}

interface Heard {
  readonly told: readonly string[]
  readonly bits: readonly number[]
}

function hear(modulation: QamModulation, frames: readonly (Int16Array | undefined)[]): Heard {
  const [told, bits]: [string[], number[]] = [[], []]
  const receiver = new QamReceiver(modulation, {
    trained: () => void told.push('trained'),
    bit: (bit) => void bits.push(bit),
    end: (wasTrained) => void told.push(wasTrained ? 'end' : 'not understood'),
  })
  for (const frame of frames) {
    if (frame === undefined) receiver.miss(FRAME_SAMPLES)
    else receiver.hear(frame)
  }
  return { told, bits }
}

/** @returns how many bits were wrong, and how many came behind the last one */
function send(modulation: QamModulation, faults: LineFaults, said = modulation): { wrong: number; behind: number; told: readonly string[] } {
  const bits = anyBits(modulation.bitRate * SECONDS)
  const heard = hear(modulation, throughLine(soundOf(new QamTransmitter(said, bits)), faults))
  let wrong = 0
  for (let at = 0; at < bits.length; at++) if (heard.bits[at] !== bits.at(at)) wrong++
  return { wrong, behind: heard.bits.length - bits.length, told: heard.told }
}

describe.for(MODULATIONS)('%s', ([, modulation]) => {
  const [milliseconds, goodNoise] = [modulation.bitRate / 1_000, modulation.bitRate < 7_200 ? -30 : -36]

  it.for([
    ['a line without faults', {}],
    ['A-law', { law: 'PCMA' }],
    ['a signal of -43 dBm0', { gainDb: -31, noiseDbm0: -75 }],
    ['a signal of -5 dBm0', { gainDb: 7 }],
    ['noise', { noiseDbm0: goodNoise }],
    ['a clock that is 200 ppm fast', { clockPpm: 200 }],
    ['a clock that is 200 ppm slow', { clockPpm: -200 }],
    ['an echo of itself 14 dB below, 2.5 ms later', { wires: [1, ...Array.from({ length: 19 }, () => 0), 0.2] }],
    ['all of these', { clockPpm: 150, noiseDbm0: -55, wires: WIRES, gainDb: -20 }],
  ] satisfies [string, LineFaults][])('comes without a wrong bit over %s', ([, faults]) => {
    const { wrong, behind, told } = send(modulation, faults)
    expect({ wrong, told }).toEqual({ wrong: 0, told: ['trained', 'end'] })
    // The receiver says soon that it is over: 75 ms later somebody may speak.
    expect(behind).toBeLessThan(50 * milliseconds)
  })

  it('comes without a wrong bit where the carrier is 5 Hz beside its place', () => {
    expect(send(modulation, { noiseDbm0: -45 }, { ...modulation, carrierHz: modulation.carrierHz + 5 })).toMatchObject({ wrong: 0 })
  })

  it.for([
    ['one packet', (frame: number) => frame === 100],
    ['two packets', (frame: number) => frame === 80 || frame === 81],
  ] as const)('goes on behind %s that never came, bit by bit in its place', ([, isLost]) => {
    const lost = [...Array.from({ length: 200 }).keys()].filter(isLost).length
    const { wrong, told } = send(modulation, { isLost, noiseDbm0: -50, clockPpm: 50 })
    expect(told).toEqual(['trained', 'end'])
    expect(wrong).toBeGreaterThan(lost * 5 * milliseconds)
    expect(wrong).toBeLessThan((lost * 20 + 10) * milliseconds)
  })

  it('is trained though a packet of its training never came', () => {
    const trainingMs = (modulation.training.length * 1_000) / modulation.symbolRate
    const late = Math.floor((50 + trainingMs - 30) / 20)
    expect(send(modulation, { isLost: (frame) => frame === late, noiseDbm0: -50 })).toMatchObject({ wrong: 0, told: ['trained', 'end'] })
  })

  it('is told to be over where it was not understood, and not where it was short', () => {
    const sound = soundOf(new QamTransmitter(modulation, anyBits(modulation.bitRate)))
    const behindTraining = sound.subarray(400 + Math.ceil((modulation.training.length * 8_000) / modulation.symbolRate) - 320)
    expect(hear(modulation, throughLine(behindTraining)).told).toEqual(['not understood'])
    const tone = Float64Array.from({ length: 8_000 }, (_unused, at) => (at < 1_600 ? 6_000 * Math.sin((2 * Math.PI * 1_700 * at) / 8_000) : 0))
    expect(hear(modulation, throughLine(tone))).toEqual({ told: [], bits: [] })
  })

  it('is not taken for what noise, another modulation or nothing is', () => {
    const random = noiseFrom(5)
    const noise = Float64Array.from({ length: 40_000 }, () => random() * 3_000)
    for (const sound of [noise, new Float64Array(16_000)]) expect(hear(modulation, throughLine(sound)).bits).toEqual([])
    for (const [, other] of MODULATIONS) {
      if (other.symbolRate === modulation.symbolRate) continue
      expect(hear(modulation, throughLine(soundOf(new QamTransmitter(other, anyBits(4_800))))).told).not.toContain('trained')
    }
  })

  it('comes twice, with a silence of 75 ms between', () => {
    const bits = anyBits(modulation.bitRate)
    const sound = soundOf(new QamTransmitter(modulation, bits), { before: 0, after: 600 })
    const twice = new Float64Array(sound.length * 2 + 1_600)
    twice.set(sound, 400)
    twice.set(sound, sound.length + 400)
    expect(hear(modulation, throughLine(twice, { noiseDbm0: -50 })).told).toEqual(['trained', 'end', 'trained', 'end'])
  })
})
