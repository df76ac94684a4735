import { ManualTime } from '@dialtone/foundation'
import { describe, expect, it } from 'vitest'
import { RefusedInvites } from './refused-invites.ts'

/** RFC 3261 17.1.1.2: as long as copies of an INVITE may come. */
const TIMER_B_MS = 32_000

describe('INVITEs refused without a transaction', () => {
  it.each([0, 8_000, 15_999])('are known for half of timer B at least, whenever in a generation they came (%i ms)', (sinceMs) => {
    const time = new ManualTime()
    const refused = new RefusedInvites(time)
    time.advance(sinceMs)
    refused.add('one')
    expect([refused.has('one'), refused.has('two')]).toEqual([true, false])
    time.advance(TIMER_B_MS / 2)
    refused.add('two')
    expect([refused.has('one'), refused.has('two')]).toEqual([true, true])
    time.advance(TIMER_B_MS)
    expect([refused.has('one'), refused.has('two')]).toEqual([false, false])
  })

  it('are no more than so many: the oldest are forgotten first', () => {
    const refused = new RefusedInvites(new ManualTime())
    for (let index = 0; index < 40_001; index++) refused.add(String(index))
    expect([refused.has('0'), refused.has('19999'), refused.has('20000'), refused.has('40000')]).toEqual([false, false, true, true])
  })
})
