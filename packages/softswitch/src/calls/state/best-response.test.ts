import { describe, expect, it } from 'vitest'
import { bestResponse } from './best-response.ts'
import type { LegState } from './call-state.ts'

const to = { transport: 'udp', address: '127.0.0.1', port: 5060 } as const
const plan = { kind: 'line', requestUri: 'sip:bob@test', to, from: '<sip:alice@test>', toHeader: '<sip:bob@test>', headers: [] } as const
const leg = (statusCode: number, local = false): LegState => ({
  id: String(statusCode),
  attempt: 1,
  plan,
  phase: 'over',
  statusCode,
  local,
  earlySdp: undefined,
})

describe('the best of several answers (RFC 3261 16.7)', () => {
  it.each([
    ['a 6xx decides', [404, 486, 603], 603],
    ['of two the lower', [606, 600], 600],
    ['busy before the rest', [404, 480, 486], 486],
    ['who rang in vain before who is not there', [404, 408, 480], 480],
    ['4xx before 3xx and 5xx', [500, 302, 499], 499],
    ['of a class the lowest', [488, 404, 415], 404],
    ['3xx before 5xx', [500, 302, 303], 302],
    ['5xx when there is nothing else', [504, 503], 503],
  ])('%s: of %j it is %i', (_, statuses, expected) => {
    for (const order of [statuses, statuses.toReversed()])
      expect(
        bestResponse(
          order.map((status) => leg(status)),
          'carrier',
        ).statusCode,
      ).toBe(expected)
  })

  it('is what somebody said, before what we had to say ourselves of who could not be reached', () => {
    expect(bestResponse([leg(408, true), leg(500)], 'ring')).toMatchObject({ outcome: 'failed', statusCode: 500 })
    expect(bestResponse([leg(503, true), leg(408, true)], 'ring')).toMatchObject({ outcome: 'unregistered', statusCode: 480 })
    expect(bestResponse([leg(503, true), leg(408, true)], 'carrier')).toMatchObject({ outcome: 'failed', statusCode: 408 })
  })

  it('of nobody is that nobody is there', () => {
    expect([bestResponse([], 'ring'), bestResponse([], 'carrier')]).toEqual([
      { outcome: 'unregistered', statusCode: 480 },
      { outcome: 'failed', statusCode: 503 },
    ])
  })

  it.each([
    [486, 'busy', 'busy'],
    [600, 'busy', 'busy'],
    [603, 'declined', 'declined'],
    [607, 'declined', 'declined'],
    [480, 'no-answer', 'no-answer'],
    [408, 'no-answer', 'failed'],
    [404, 'failed', 'failed'],
  ] as const)('%i is %s of a phone and %s of a carrier', (statusCode, ofPhone, ofCarrier) => {
    expect([bestResponse([leg(statusCode)], 'ring').outcome, bestResponse([leg(statusCode)], 'carrier').outcome]).toEqual([ofPhone, ofCarrier])
  })
})
