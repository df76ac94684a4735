import { describe, expect, it } from 'vitest'
import { decodeG711Sample } from '../../codecs/g711.ts'
import { Mix, type MixParty, type MixSeat } from './mix.ts'

const FRAME = 160
const LOUD = 0x80
const LOUDEST = decodeG711Sample('PCMU', LOUD)

/** A mix after one tick in which the parties said these codes; undefined: nothing. */
function mixOf(codes: readonly (number | undefined)[]): readonly MixParty[] {
  const mix = new Mix(FRAME)
  const parties = codes.map(() => mix.enter())
  for (const [index, code] of codes.entries()) {
    if (code !== undefined) parties[index]?.receive(index + 1, 0, 'PCMU', Buffer.alloc(12 + FRAME, code), 12)
  }
  // The first frame is what a packet waits.
  mix.tick()
  mix.tick()
  return parties
}

function heard(parties: readonly MixParty[]): number[] {
  return parties.map((party) => {
    const samples = new Int16Array(FRAME)
    party.fill(samples)
    expect(new Set(samples).size).toBe(1)
    return samples[0] ?? 0
  })
}

describe('Mix', () => {
  it('is the sum of the others for each, of all for one who says nothing', () => {
    const [one, two] = [decodeG711Sample('PCMU', 0xa0), decodeG711Sample('PCMU', 0x30)]
    expect(heard(mixOf([0xa0, 0x30, undefined]))).toEqual([two, one, one + two])
  })

  it('saturates in both directions instead of turning over, and what saturates for one is whole for another', () => {
    expect(heard(mixOf([LOUD, LOUD, LOUD & 0x7f, undefined]))).toEqual([0, 0, 32_767, LOUDEST])
    expect(heard(mixOf([LOUD & 0x7f, LOUD & 0x7f, undefined]))).toEqual([-LOUDEST, -LOUDEST, -32_767])
  })

  it('is rid of who has left, and empty when all have', () => {
    const mix = new Mix(FRAME)
    const [first, second] = [mix.enter(), mix.enter()]
    first.receive(1, 0, 'PCMU', Buffer.alloc(FRAME, LOUD), 0)
    first.leave()
    mix.tick()
    mix.tick()
    expect(heard([second])).toEqual([0])
    expect(mix.isEmpty).toBe(false)
    second.leave()
    second.leave()
    expect(mix.isEmpty).toBe(true)
  })
})

/** What a party hears after so many ticks in which everybody said one and the same code. */
function heardAfter(ticks: number, seats: readonly { readonly seat: MixSeat; readonly code?: number }[], mix = new Mix(FRAME)): number[] {
  const parties = seats.map(({ seat }) => mix.enter(seat))
  const samples = new Int16Array(FRAME)
  for (let tick = 0; tick <= ticks; tick++) {
    for (const [index, { code }] of seats.entries()) {
      if (code !== undefined) parties[index]?.receive(index + 1, tick * FRAME, 'PCMU', Buffer.alloc(FRAME, code), 0)
    }
    mix.tick()
    for (const party of parties) party.fill(samples)
  }
  mix.tick()
  return heard(parties)
}

const seat = (name: string, heardBy: MixSeat['heardBy'] = 'all', hears = true): MixSeat => ({ name, hears, heardBy })
const SOFT = 0xa0
const SOFT_SAMPLE = decodeG711Sample('PCMU', SOFT)

describe('the places of a mix', () => {
  it('who listens hears all and is heard by nobody', () => {
    const parties = [
      { seat: seat('a'), code: SOFT },
      { seat: seat('b'), code: SOFT },
      { seat: seat('c', 'nobody'), code: LOUD },
    ]
    expect(heardAfter(3, parties)).toEqual([SOFT_SAMPLE, SOFT_SAMPLE, 2 * SOFT_SAMPLE])
  })

  it('who whispers is heard by that one alone, whoever came first, and not by itself', () => {
    const agent = { seat: seat('agent'), code: SOFT }
    const customer = { seat: seat('customer') }
    const supervisor = { seat: seat('supervisor', { name: 'agent' }), code: SOFT }
    expect(heardAfter(3, [supervisor, agent, customer])).toEqual([SOFT_SAMPLE, SOFT_SAMPLE, SOFT_SAMPLE])
    expect(heardAfter(3, [agent, customer, supervisor])).toEqual([SOFT_SAMPLE, SOFT_SAMPLE, SOFT_SAMPLE])
    expect(heardAfter(3, [{ seat: seat('agent') }, customer, { ...supervisor }])).toEqual([SOFT_SAMPLE, 0, 0])
  })

  it('who is absent neither hears nor is heard', () => {
    expect(heardAfter(3, [{ seat: seat('a'), code: SOFT }, { seat: seat('b') }, { seat: seat('c', 'nobody', false), code: LOUD }])).toEqual([0, SOFT_SAMPLE, 0])
  })

  it('what is announced all hear, one after the other, and it is bounded', () => {
    const mix = new Mix(FRAME)
    const clip = (value: number) => ({ kind: 'samples', samples: shared(new Int16Array(FRAME).fill(value)) }) as const
    mix.announce([clip(100)])
    for (let more = 0; more < 20; more++) mix.announce([clip(200)])
    const party = mix.enter(seat('a'))
    const ticks = Array.from({ length: 12 }, () => {
      mix.tick()
      return heard([party])[0]
    })
    expect(ticks).toEqual([100, 200, 200, 200, 200, 200, 200, 200, 0, 0, 0, 0])
  })

  it('what is announced to one, that one hears alone', () => {
    const mix = new Mix(FRAME)
    const parties = [mix.enter(seat('a')), mix.enter(seat('b'))]
    mix.announce([{ kind: 'samples', samples: shared(new Int16Array(FRAME).fill(100)) }], 'b')
    const ticks = [1, 2].map(() => {
      mix.tick()
      return heard(parties)
    })
    expect(ticks).toEqual([
      [0, 100],
      [0, 0],
    ])
  })
})

describe('a mix that is too loud', () => {
  it('is made quieter as a whole: the shape of what is heard stays', () => {
    const mix = new Mix(FRAME)
    const [listener, ...speakers] = Array.from({ length: 5 }, (_unused, index) => mix.enter(seat(String(index))))
    // The loudest and half of it, in turn.
    const payload = Buffer.alloc(FRAME, LOUD)
    for (let index = 0; index < FRAME; index += 2) payload[index] = 0x90
    for (const [index, speaker] of speakers.entries()) speaker.receive(index + 1, 0, 'PCMU', payload, 0)
    mix.tick()
    mix.tick()
    const samples = new Int16Array(FRAME)
    listener?.fill(samples)
    const quiet = decodeG711Sample('PCMU', 0x90) / LOUDEST
    expect(Math.max(...samples)).toBe(32_767)
    expect(Math.min(...samples) / 32_767).toBeCloseTo(quiet, 3)
  })

  it('comes back to its level within half a second, step by step', () => {
    const mix = new Mix(FRAME)
    const [listener, one, two] = [mix.enter(seat('l')), mix.enter(seat('1')), mix.enter(seat('2'))]
    const samples = new Int16Array(FRAME)
    const levels: number[] = []
    for (let tick = 0; tick < 40; tick++) {
      if (tick < 5) one.receive(1, tick * FRAME, 'PCMU', Buffer.alloc(FRAME, LOUD), 0)
      two.receive(2, tick * FRAME, 'PCMU', Buffer.alloc(FRAME, LOUD), 0)
      mix.tick()
      listener.fill(samples)
      levels.push(samples[0] ?? 0)
    }
    expect(levels.at(4)).toBe(32_767)
    expect(levels.at(7)).toBeLessThan(0.7 * LOUDEST)
    expect(levels.at(30)).toBe(LOUDEST)
    for (const [index, level] of levels.entries()) if (index > 7) expect(level).toBeGreaterThanOrEqual(levels[index - 1] ?? 0)
  })
})

function shared(samples: Int16Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(samples.byteLength)
  new Int16Array(buffer).set(samples)
  return buffer
}
