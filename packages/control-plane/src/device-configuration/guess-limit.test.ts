import { describe, expect, it } from 'vitest'
import { GuessLimit } from './guess-limit.ts'

describe('the limit of guesses', () => {
  it('a clock that is set back prolongs no wait', () => {
    let nowMs = 1_700_000_000_000
    const limit = new GuessLimit({ nowMs: () => nowMs }, { most: 2, windowMs: 60_000 })
    limit.note('a')
    limit.note('a')
    expect(limit.waitSeconds('a')).toBe(60)
    nowMs -= 86_400_000
    expect(limit.waitSeconds('a')).toBe(0)
    limit.note('a')
    limit.note('a')
    expect(limit.waitSeconds('a')).toBe(60)
    nowMs += 60_000
    expect(limit.waitSeconds('a')).toBe(0)
  })
})
