import { describe, expect, it } from 'vitest'
import { AdvancingClock, BoundedQueue, ManualTime, newId, newUuid, TimerWheel } from './index.ts'

describe('ManualTime', () => {
  it('fires timers in due order, then in the order they were started', () => {
    const time = new ManualTime(0)
    const fired: string[] = []
    time.start(20, () => fired.push('late'))
    time.start(10, () => fired.push('first'))
    time.start(10, () => {
      fired.push('second')
      time.start(5, () => fired.push('nested'))
    })
    time.advance(19)
    expect(fired).toEqual(['first', 'second', 'nested'])
    time.advance(1)
    expect(fired).toEqual(['first', 'second', 'nested', 'late'])
    expect(time.nowMs()).toBe(20)
  })

  it('never fires a cancelled timer and counts what is left', () => {
    const time = new ManualTime(0)
    const timer = time.start(1, () => expect.unreachable())
    time.start(5, () => undefined)
    timer.cancel()
    expect(time.pendingTimers).toBe(1)
    time.advance(10)
    expect(time.pendingTimers).toBe(0)
  })
})

describe('TimerWheel', () => {
  it('never fires early, forgets cancelled timers and empties itself', async () => {
    const wheel = new TimerWheel({ nowMs: () => performance.now() })
    const startMs = performance.now()
    const cancelled = wheel.start(5, () => expect.unreachable())
    cancelled.cancel()
    cancelled.cancel()
    const elapsed = await new Promise<number>((resolve) => {
      wheel.start(35, () => resolve(performance.now() - startMs))
      setTimeout(() => undefined, 200)
    })
    expect(elapsed).toBeGreaterThanOrEqual(35)
    expect(wheel.size).toBe(0)
  })

  it('fires what is due in the order it was started, also when some of a tick are cancelled, before it and while it fires', async () => {
    let nowMs = 0
    const wheel = new TimerWheel({ nowMs: () => nowMs })
    const fired: number[] = []
    const timers = Array.from({ length: 10 }, (_, place) => wheel.start(50, () => fire(place)))
    const fire = (place: number): void => {
      fired.push(place)
      // Itself, one that fired, one that is due, and one that is a turn of the wheel away.
      if (place === 4) for (const other of [4, 1, 6]) timers[other]?.cancel()
      if (place === 4) far.cancel()
    }
    const far = wheel.start(50 + 40_960, () => fired.push(-1))
    const farther = wheel.start(50 + 40_960, () => fired.push(99))
    for (const place of [0, 3, 9]) timers[place]?.cancel()
    expect(wheel.size).toBe(9)
    nowMs = 60
    await expect.poll(() => fired.length).toBe(6)
    expect([fired, wheel.size]).toEqual([[1, 2, 4, 5, 7, 8], 1])
    nowMs = 41_100
    await expect.poll(() => fired.at(-1)).toBe(99)
    farther.cancel()
    expect([fired.length, wheel.size]).toEqual([7, 0])
  })

  it('knows no timer after it was stopped', () => {
    const wheel = new TimerWheel({ nowMs: () => 0 })
    const timers = [wheel.start(10, () => expect.unreachable()), wheel.start(10, () => expect.unreachable())]
    wheel.stop()
    for (const timer of timers) timer.cancel()
    expect(wheel.size).toBe(0)
  })
})

describe('AdvancingClock', () => {
  it('never goes back', () => {
    const clock = new AdvancingClock({ nowMs: () => 1000 })
    clock.advance(500)
    clock.advance(-10_000)
    expect(clock.nowMs()).toBe(1500)
  })
})

describe('BoundedQueue', () => {
  it('refuses what does not fit and keeps the order', () => {
    const queue = new BoundedQueue<number>(2)
    expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, true, false])
    expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([1, 2, undefined])
  })
})

describe('ids', () => {
  it('renders 128 bits as 22 characters or as a UUID', () => {
    expect(newId()).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{21}$/)
    expect(newUuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/)
    expect(newId()).not.toBe(newId())
  })
})
