import { ManualTime } from '@dialtone/foundation'
import { startTestControlPlane } from '@dialtone/testkit'
import { describe, expect, it } from 'vitest'
import { TokenBuckets } from './token-bucket.ts'

describe('TokenBuckets', () => {
  it('C-08: a burst of the size of the limit, then as much as time refills, each key on its own', () => {
    const time = new ManualTime(0)
    const buckets = new TokenBuckets(4, time)
    expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([3, 2, 1, 0].map((remaining) => ({ allowed: true, remaining })))
    expect(buckets.take('a')).toEqual({ allowed: false, retryAfterSeconds: 1 })
    expect(buckets.take('b')).toEqual({ allowed: true, remaining: 3 })
    time.advance(250)
    expect(buckets.take('a')).toEqual({ allowed: true, remaining: 0 })
    expect(buckets.take('a')).toEqual({ allowed: false, retryAfterSeconds: 1 })
  })

  it('never holds more than the limit', () => {
    const time = new ManualTime(0)
    const buckets = new TokenBuckets(2, time)
    buckets.take('a')
    time.advance(60_000)
    expect(buckets.take('a')).toEqual({ allowed: true, remaining: 1 })
  })

  it('a clock that is set back locks nobody out until it is there again', () => {
    let nowMs = 7_200_000
    const buckets = new TokenBuckets(2, { nowMs: () => nowMs })
    buckets.take('a')
    nowMs -= 3_600_000
    expect([buckets.isEmpty('a'), buckets.take('a').allowed]).toEqual([false, true])
    expect([buckets.isEmpty('a'), buckets.take('a').allowed]).toEqual([true, false])
    nowMs += 1000
    expect([buckets.take('a').allowed, buckets.take('a').allowed, buckets.take('a').allowed]).toEqual([true, true, false])
  })

  it('0 switches the limit off', () => {
    const buckets = new TokenBuckets(0, new ManualTime(0))
    for (let index = 0; index < 1_000; index++) expect(buckets.take('a').allowed).toBe(true)
  })
})

describe('the limit of requests over HTTP', () => {
  it('C-08: 429 with Retry-After and the error envelope when the burst is used up; time brings it back', async () => {
    const platform = await startTestControlPlane({ rateLimitPerSecond: 3 })
    try {
      const ask = () => platform.plane.http.inject({ method: 'GET', url: '/v2/authorize/userinfo', headers: { 'x-auth-token': platform.token } })
      const answers = [await ask(), await ask(), await ask(), await ask()]
      expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200, 429])
      expect(answers[0]?.headers).toMatchObject({ 'ratelimit-policy': '"burst";q=3;w=1, "partition";q=30;w=1', ratelimit: '"burst";r=2;t=1' })
      expect(answers[3]?.headers['retry-after']).toBe('1')
      expect(answers[3]?.json()).toMatchObject({ status: 429, messages: ['TooManyRequests'] })
      platform.time.advance(1_000)
      expect((await ask()).statusCode).toBe(200)
    } finally {
      await platform.stop()
    }
  })
})
