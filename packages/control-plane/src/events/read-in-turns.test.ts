import { describe, expect, it } from 'vitest'
import { readInTurns } from './read-in-turns.ts'

describe('reads in turns', () => {
  it('a hundred changes at once cost two reads, one after the other, and each waits for one that began after it', async () => {
    const reads: PromiseWithResolvers<void>[] = []
    const failures: unknown[] = []
    const inTurn = readInTurns((key, error) => failures.push([key, error]))
    const read = (): Promise<void> => {
      const next = Promise.withResolvers<void>()
      reads.push(next)
      return next.promise
    }
    const done: number[] = []
    const asked = Array.from({ length: 100 }, (_, index) => inTurn('a', read).then(() => done.push(index)))
    void inTurn('b', read)
    expect(reads.length).toBe(2)
    reads[0]?.reject(new Error('away'))
    await asked[0]
    expect([done, reads.length, failures.length]).toEqual([[0], 3, 1])
    reads[2]?.resolve()
    await Promise.all(asked)
    expect([done.length, reads.length]).toEqual([100, 3])
    void inTurn('a', read)
    expect(reads.length).toBe(4)
  })
})
