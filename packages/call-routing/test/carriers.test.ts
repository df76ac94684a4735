import { describe, expect, it } from 'vitest'
import { account, attempt, carrier, dial, OUTSIDE_NUMBER } from './account-fixture.ts'

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
