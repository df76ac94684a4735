import { describe, expect, it } from 'vitest'
import { account, attempt, carrier, dial, OUTSIDE_NUMBER, rulesOf } from './account-fixture.ts'
import type { CarrierState } from '../src/index.ts'

const failed = (id: string, statusCode: number) => attempt(`carrier:${id}`, 'failed', statusCode)

describe('carrier failover', () => {
  it.each([408, 500, 502, 503, 504, 403, 488])('goes on to the next carrier after %i', (statusCode) => {
    expect(dial(account(), 'ann-desk', OUTSIDE_NUMBER, [failed('first', statusCode)])).toMatchObject({ kind: 'carrier', carrierIds: ['second'] })
  })

  it.each([
    [404, 404, 'UnknownNumber'],
    [410, 404, 'UnknownNumber'],
    [604, 404, 'UnknownNumber'],
    [484, 484, 'CarrierFailed'],
    [486, 486, 'UserBusy'],
    [600, 486, 'UserBusy'],
    [480, 480, 'NoAnswer'],
    [603, 603, 'Declined'],
    [487, 503, 'CarrierFailed'],
  ])('takes %i as the last word: %i %s', (statusCode, answer, code) => {
    expect(dial(account(), 'ann-desk', OUTSIDE_NUMBER, [failed('first', statusCode)])).toMatchObject({ kind: 'reject', statusCode: answer, code })
  })

  it('does not ring a phone out there twice: busy, declined and no answer end the call whatever the status', () => {
    expect(dial(account(), 'ann-desk', OUTSIDE_NUMBER, [attempt('carrier:first', 'busy', 503)])).toMatchObject({ statusCode: 486 })
    expect(dial(account(), 'ann-desk', OUTSIDE_NUMBER, [attempt('carrier:first', 'declined', 500)])).toMatchObject({ statusCode: 603 })
    expect(dial(account(), 'ann-desk', OUTSIDE_NUMBER, [attempt('carrier:first', 'no-answer', 408)])).toMatchObject({ statusCode: 480, code: 'NoAnswer' })
  })

  it('answers with the last failure when every carrier has failed', () => {
    expect(dial(account(), 'ann-desk', OUTSIDE_NUMBER, [failed('first', 503), failed('second', 500)])).toMatchObject({ statusCode: 503, code: 'CarrierFailed' })
    expect(dial(account(), 'ann-desk', OUTSIDE_NUMBER, [failed('first', 503), failed('second', 408)])).toMatchObject({ statusCode: 504, code: 'CarrierFailed' })
    expect(dial(account(), 'ann-desk', OUTSIDE_NUMBER, [failed('first', 503), failed('second', 488)])).toMatchObject({ statusCode: 488, code: 'CarrierFailed' })
  })

  it('answers 503 NoCarrier when there is none, or none is healthy', () => {
    expect(dial(account({ carriers: [] }), 'ann-desk', OUTSIDE_NUMBER)).toMatchObject({ statusCode: 503, code: 'NoCarrier' })
    expect(dial(account({ carriers: [carrier('only', 1, { healthy: false })] }), 'ann-desk', OUTSIDE_NUMBER)).toMatchObject({ code: 'NoCarrier' })
  })

  it('keeps the order of the account among equal priorities', () => {
    const equal = account({ carriers: [carrier('b', 5), carrier('a', 5), carrier('c', 1)] })
    expect(dial(equal, 'ann-desk', OUTSIDE_NUMBER)).toMatchObject({ carrierIds: ['c', 'b', 'a'] })
  })
})

describe('what a carrier says beside its status (Q.850, RFC 3398 8.2.6.1)', () => {
  const said = (statusCode: number, q850Cause: number) => [{ ...attempt('carrier:first', statusCode === 480 ? 'no-answer' : 'failed', statusCode), q850Cause }]

  it.each([
    [404, 3],
    [480, 34],
    [480, 41],
    [484, 27],
    [500, 41],
    [503, 34],
    [503, 21],
  ])('%i with cause %i is about the network: the next carrier', (statusCode, cause) => {
    expect(dial(account(), 'ann-desk', OUTSIDE_NUMBER, said(statusCode, cause))).toMatchObject({ kind: 'carrier', carrierIds: ['second'] })
  })

  it.each([
    [503, 17, 'UserBusy'],
    [500, 1, 'UnknownNumber'],
    [503, 22, 'UnknownNumber'],
    [502, 19, 'NoAnswer'],
    [404, 1, 'UnknownNumber'],
    [480, 18, 'NoAnswer'],
  ])('%i with cause %i is about who is called: %s', (statusCode, cause, code) => {
    expect(dial(account(), 'ann-desk', OUTSIDE_NUMBER, said(statusCode, cause))).toMatchObject({ kind: 'reject', code })
  })

  it.each([486, 600, 603])('no cause makes a phone ring again after %i', (statusCode) => {
    expect(dial(account(), 'ann-desk', OUTSIDE_NUMBER, said(statusCode, 34))).toMatchObject({ kind: 'reject' })
  })
})

describe('which carrier comes first', () => {
  const cost = (weight: number, byPrefix: Readonly<Record<string, number>> = {}) => ({ cost: { weight, byPrefix: new Map(Object.entries(byPrefix)) } })
  const order = (carriers: Parameters<typeof account>[0], number = OUTSIDE_NUMBER) => {
    const decision = dial(account(carriers), 'ann-desk', number)
    return decision.kind === 'carrier' ? decision.carrierIds : decision.kind
  }

  it('the cheaper one of equal priority: by the longest prefix, else by its weight', () => {
    const carriers = [carrier('a', 1, cost(5, { '1607': 1 })), carrier('b', 1, cost(2, { '1': 3, '16075': 4 })), carrier('c', 0, cost(99))]
    expect(order({ carriers })).toEqual(['c', 'a', 'b'])
    expect(order({ carriers }, '12125550142')).toEqual(['c', 'b', 'a'])
    expect(order({ carriers }, '011442079460000')).toEqual(['c', 'b', 'a'])
  })

  const state = (changes: Partial<CarrierState>): CarrierState => ({ health: 'up', activeCalls: 0, callsInLastSecond: 0, ...changes })
  const limited = [carrier('first', 1, { maxConcurrentCalls: 2, maxCallsPerSecond: 3 }), carrier('second', 2)]

  it.each([
    ['down', { health: 'down' }],
    ['held down', { health: 'held-down' }],
    ['full', { activeCalls: 2 }],
    ['asked too often this second', { callsInLastSecond: 3 }],
  ] as const)('not one that is %s, and the explanation says so', (_what, changes) => {
    const carrierState = (id: string) => (id === 'first' ? state(changes) : undefined)
    const decision = dial(account({ carriers: limited }), 'ann-desk', OUTSIDE_NUMBER, [], { carrierState })
    expect(decision).toMatchObject({ kind: 'carrier', carrierIds: ['second'] })
    expect(rulesOf(decision)).toContain('carriers.skipped')
    expect(dial(account({ carriers: limited }), 'ann-desk', OUTSIDE_NUMBER, [], { carrierState: () => state({ activeCalls: 1 }) })).toMatchObject({
      carrierIds: ['first', 'second'],
    })
  })

  it('one that is held down when there is no other, one that is down never', () => {
    const carriers = [carrier('only', 1)]
    expect(dial(account({ carriers }), 'ann-desk', OUTSIDE_NUMBER, [], { carrierState: () => state({ health: 'held-down' }) })).toMatchObject({
      kind: 'carrier',
    })
    expect(dial(account({ carriers }), 'ann-desk', OUTSIDE_NUMBER, [], { carrierState: () => state({ health: 'down' }) })).toMatchObject({ code: 'NoCarrier' })
  })

  it('help goes to those that seem down too, after the others, and is limited by nothing (C-58)', () => {
    const carrierState = (id: string) => state(id === 'first' ? { health: 'down', activeCalls: 99, callsInLastSecond: 99 } : { activeCalls: 99 })
    const changes = { emergencyCarrierIds: ['first', 'second'] }
    expect(dial(account({ carriers: limited, changes }), 'ann-desk', '911', [], { carrierState })).toMatchObject({ carrierIds: ['second', 'first'] })
  })
})
