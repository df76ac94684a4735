import { describe, expect, it } from 'vitest'
import { decodeG711Sample } from '../../codecs/g711.ts'
import { Mix, type MixParty } from './mix.ts'

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
