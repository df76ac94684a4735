import { ManualTime } from '@dialtone/foundation'
import { describe, expect, it } from 'vitest'
import { createRequest, type SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import { retryAfterSeconds } from './admission.ts'
import { AdmissionDesk, type AdmissionOptions } from './admission-desk.ts'

const source = (address: string): RemoteAddress => ({ transport: 'udp', address, port: 5060 })
const HERE = source('192.0.2.1')

function request(method: string, user = 'x'): SipRequest {
  return createRequest({ method, uri: `sip:${user}@host`, headers: [] })
}

/** The clock and timers of an event loop that can be blocked: time passes, and the timers come late. */
function blockableLoop() {
  const time = new ManualTime()
  let blockedMs = 0
  return {
    time,
    clock: { nowMs: () => time.nowMs() + blockedMs },
    block: (durationMs: number) => void (blockedMs += durationMs),
  }
}

function deskOf(changes: Partial<AdmissionOptions> = {}) {
  const loop = blockableLoop()
  const desk = new AdmissionDesk({ clock: loop.clock, timers: loop.time, maxTransactions: 100, maxLoopDelayMs: 300, ...changes })
  desk.gate = { isUrgent: ({ uri }) => uri?.user === '911', isTrusted: ({ address }) => address === '198.51.100.1' }
  return { loop, desk }
}

describe('a loop that is late', () => {
  it.each(['INVITE', 'REGISTER', 'SUBSCRIBE'])('refuses a new %s until it has caught up, and serves calls for help', (method) => {
    const { loop, desk } = deskOf()
    expect(desk.decide(request(method), HERE, 0)).toBe('serve')
    for (const time of ['first', 'second']) {
      loop.block(400)
      loop.time.advance(50)
      expect(desk.decide(request(method), HERE, 0), `the ${time} time`).toBe(time === 'first' ? 'serve' : 'refuse')
    }
    expect(desk.decide(request('INVITE', '911'), HERE, 0)).toBe('serve')
    loop.time.advance(50)
    expect(desk.decide(request(method), HERE, 0)).toBe('serve')
  })

  it.each([
    { what: 'delays below the limit', delaysMs: [290, 290, 290] },
    { what: 'one delay of many seconds, then none', delaysMs: [10_000, 0, 0] },
    { what: 'a delay now and then', delaysMs: [600, 0, 600, 0, 600] },
    { what: 'a delay, a rest without requests, and another', delaysMs: [600, 'rest', 600] as const },
  ])('$what: nobody is refused, and what waited is served', ({ delaysMs }) => {
    const { loop, desk } = deskOf()
    desk.decide(request('INVITE'), HERE, 0)
    for (const delayMs of delaysMs) {
      if (delayMs === 'rest') loop.time.advance(100)
      else loop.block(delayMs)
      loop.time.advance(50)
      expect(desk.decide(request('INVITE'), HERE, 0)).toBe('serve')
    }
  })

  it('is watched by no timer while nothing arrives', () => {
    const { loop, desk } = deskOf()
    desk.decide(request('INVITE'), HERE, 0)
    expect(loop.time.pendingTimers).toBe(1)
    loop.time.advance(150)
    expect(loop.time.pendingTimers).toBe(0)
  })
})

describe('a stack that is full', () => {
  it('refuses what is new, and calls for help only at twice the limit', () => {
    const { desk } = deskOf()
    expect(desk.decide(request('INVITE'), HERE, 99)).toBe('serve')
    expect(desk.decide(request('INVITE'), HERE, 100)).toBe('refuse')
    expect(desk.decide(request('INVITE', '911'), HERE, 199)).toBe('serve')
    expect(desk.decide(request('INVITE', '911'), HERE, 200)).toBe('refuse')
  })
})

describe('limits per source', () => {
  it('count calls and other requests apart, each address by itself, each second anew', () => {
    const { loop, desk } = deskOf({ maxPerSourceInvitesPerSecond: 1, maxPerSourceRequestsPerSecond: 2 })
    const decide = (method: string, from: RemoteAddress) => desk.decide(request(method), from, 0)
    expect([decide('INVITE', HERE), decide('INVITE', HERE), decide('INVITE', source('192.0.2.2'))]).toEqual(['serve', 'refuse', 'serve'])
    expect([decide('REGISTER', HERE), decide('SUBSCRIBE', HERE), decide('REGISTER', HERE)]).toEqual(['serve', 'serve', 'refuse'])
    loop.time.advance(1000)
    expect([decide('INVITE', HERE), decide('REGISTER', HERE)]).toEqual(['serve', 'serve'])
  })

  it('take every address of a /64 of IPv6 for one (RFC 4291 2.5.4)', () => {
    const { desk } = deskOf({ maxPerSourceInvitesPerSecond: 1 })
    const from = ['2001:db8:1:1::1', '2001:db8:1:1::2', '2001:db8:1:2::1'].map(source)
    expect(from.map((one) => desk.decide(request('INVITE'), one, 0))).toEqual(['serve', 'refuse', 'serve'])
  })

  it('do not hold for who is trusted, nor for calls for help', () => {
    const { desk } = deskOf({ maxPerSourceInvitesPerSecond: 1 })
    const carrier = source('198.51.100.1')
    for (let call = 0; call < 5; call++) expect(desk.decide(request('INVITE'), carrier, 0)).toBe('serve')
    for (let call = 0; call < 5; call++) expect(desk.decide(request('INVITE', '911'), HERE, 0)).toBe('serve')
  })

  it('calls for help have a limit of their own, so that they are no way around the others (50 a second)', () => {
    const { desk } = deskOf({ maxPerSourceInvitesPerSecond: 1 })
    const admitted = Array.from({ length: 200 }, () => desk.decide(request('INVITE', '911'), HERE, 0)).filter((one) => one === 'serve')
    expect(admitted.length).toBe(51)
  })
})

describe('who is unwanted', () => {
  it('is dropped, unless it calls for help', () => {
    const { desk } = deskOf()
    desk.gate = { ...desk.gate, isUnwanted: () => true }
    expect(desk.decide(request('REGISTER'), HERE, 0)).toBe('drop')
    expect(desk.decide(request('INVITE', '911'), HERE, 0)).toBe('serve')
  })
})

describe('Retry-After', () => {
  it('is spread over half a minute (RFC 3261 20.33)', () => {
    expect([retryAfterSeconds(0), retryAfterSeconds(0.5), retryAfterSeconds(0.9999)]).toEqual([5, 20, 35])
  })
})
