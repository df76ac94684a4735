import { describe, expect, it } from 'vitest'
import { isStarved, MachineWatch } from './machine-watch.ts'

describe('the watch of a machine', () => {
  it('sees how long it stood still', () => {
    const watch = new MachineWatch()
    const endMs = performance.now() + 800
    while (performance.now() < endMs);
    const { longestStallMs, takenShare } = watch.stop()
    expect(longestStallMs).toBeGreaterThan(600)
    expect(takenShare).toBeGreaterThanOrEqual(0)
    expect(takenShare).toBeLessThanOrEqual(1)
  })

  it.each([
    { takenShare: 0, longestStallMs: 0, starved: false },
    { takenShare: 0.1, longestStallMs: 400, starved: false },
    { takenShare: 0.2, longestStallMs: 0, starved: true },
    { takenShare: 0, longestStallMs: 900, starved: true },
  ])('calls it starved for $takenShare of its processors taken or $longestStallMs ms of standing still: $starved', ({ starved, ...state }) => {
    expect(isStarved(state)).toBe(starved)
  })
})
