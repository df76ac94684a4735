import { ManualTime } from '@dialtone/foundation'
import { describe, expect, it } from 'vitest'
import { sharedReads, sharedWaiting } from './shared-waiting.ts'

describe('waiting together', () => {
  it('all go on when they are called, or after the time without a call; one timer for all', async () => {
    const time = new ManualTime(0)
    const waiting = sharedWaiting(time, 2000)
    const both = Promise.all([waiting.untilWoken(0), waiting.untilWoken(0)])
    waiting.wake()
    await both
    const late = waiting.untilWoken(1)
    time.advance(2000)
    await late
    expect(waiting.turn()).toBe(2)
  })

  it('who was called while he looked, looks again at once', async () => {
    const waiting = sharedWaiting(new ManualTime(0), 2000)
    const turn = waiting.turn()
    waiting.wake()
    await waiting.untilWoken(turn)
    expect(waiting.turn()).toBe(turn + 1)
  })
})

describe('reading together', () => {
  it('one read for all who ask the same meanwhile, another for who asks later or something else; a failure is not kept', async () => {
    const share = sharedReads<number>()
    let reads = 0
    const read = () => Promise.resolve(++reads)
    expect(await Promise.all([share('a', read), share('a', read), share('b', read)])).toEqual([1, 1, 2])
    expect(await share('a', read)).toBe(3)
    await expect(share('a', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
    expect(await share('a', read)).toBe(4)
  })
})
