import { describe, expect, it } from 'vitest'
import { reportOf, simulate } from './simulate.ts'

const SEEDS_A_TEST = 25

describe('the whole switch in virtual time, on a network that loses, doubles and reorders', () => {
  it.each([
    [0, false],
    [1, false],
    [2, false],
    [3, false],
    [4, false],
    [5, false],
    [6, false],
    [7, false],
    // Voicemail, menus, groups, queues, rooms, pages, parking and star codes take part.
    [0, true],
    [1, true],
    [2, true],
    [3, true],
  ])(
    'leaves no leg, timer, transaction or session behind and one record a call and account (S0-52, RFC 3261 17, 13.3.1.4, 14, 15; seeds from %i × 25, services: %s)',
    async (block, hasServices) => {
      const failed: string[] = []
      let calls = 0
      for (let seed = block * SEEDS_A_TEST + 1; seed <= (block + 1) * SEEDS_A_TEST; seed++) {
        const result = await simulate(seed, hasServices)
        calls += result.calls
        if (result.problems.length > 0) failed.push(reportOf(result))
      }
      expect(failed.join('\n')).toBe('')
      // The platform was busy all the while.
      expect(calls).toBeGreaterThan(SEEDS_A_TEST)
    },
    60_000,
  )

  it('has phones that ring and answer on though they were cancelled, and a carrier whose forks answer side by side (RFC 3261 9.1, 13.2.2.4)', async () => {
    const seen = { ignoredCancels: 0, furtherAnswers: 0 }
    for (let seed = 4 * SEEDS_A_TEST + 1; seed <= 5 * SEEDS_A_TEST; seed++) {
      const { ignoredCancels, furtherAnswers } = await simulate(seed)
      seen.ignoredCancels += ignoredCancels
      seen.furtherAnswers += furtherAnswers
    }
    expect(seen.ignoredCancels).toBeGreaterThan(5)
    expect(seen.furtherAnswers).toBeGreaterThan(5)
  })

  it('does the same again with the same seed', async () => {
    for (const hasServices of [false, true]) {
      const [one, other] = [await simulate(7, hasServices), await simulate(7, hasServices)]
      expect(one.trace).toEqual(other.trace)
    }
  })
})
