import { describe, expect, it } from 'vitest'
import { decideRoute } from '../src/index.ts'
import { account, ANN_NUMBER, attempt, bob, BOB_NUMBER, dial, line, number, outsideCaller, ownerOf, receive, SPARE_NUMBER } from './account-fixture.ts'

describe('a call comes in for a number (S0-47, S0-48)', () => {
  it('rings every device of the user it refers to (C-56)', () => {
    expect(receive(account(), ANN_NUMBER)).toMatchObject({ kind: 'ring', lineIds: ['ann-desk', 'ann-app'], userId: 'ann', calledNumber: ANN_NUMBER })
  })

  it('rings one line only for LINE_APPEARANCE, with the handling of its owner (C-56)', () => {
    const busyForward = { ...bob, callHandling: { ...bob.callHandling, busy: { type: 'Forward', forwardToNumber: '4001' } as const } }
    const direct = account({ users: [busyForward], numbers: [number(SPARE_NUMBER, ['LINE_APPEARANCE', 'bob-desk'])] })
    expect(receive(direct, SPARE_NUMBER)).toMatchObject({ kind: 'ring', lineIds: ['bob-desk'], userId: 'bob', target: 'line:bob-desk', timeoutMs: 20_000 })
    for (const target of ['line:bob-desk', 'user:bob']) {
      expect(receive(direct, SPARE_NUMBER, [attempt(target, 'busy', 486)])).toMatchObject({ kind: 'ring', userId: 'ann' })
    }
  })

  it('rings a line that has no owner, and ends with what it said', () => {
    const lobby = account({ numbers: [number(SPARE_NUMBER, ['BUSINESS_LINE', 'lobby'])] })
    expect(receive(lobby, SPARE_NUMBER)).toMatchObject({ kind: 'ring', lineIds: ['lobby'], userId: undefined, timeoutMs: 20_000 })
    expect(receive(lobby, SPARE_NUMBER, [attempt('line:lobby', 'no-answer', 408)])).toMatchObject({ statusCode: 480, code: 'NoAnswer' })
    const off = account({ numbers: [number(SPARE_NUMBER, ['LINE_APPEARANCE', 'lobby'])], lines: [line('lobby', undefined, { adminState: 'INACTIVE' })] })
    expect(receive(off, SPARE_NUMBER)).toMatchObject({ statusCode: 480, code: 'Unregistered' })
  })

  it('is busy when the number refers to nothing', () => {
    expect(receive(account(), SPARE_NUMBER)).toMatchObject({ kind: 'reject', statusCode: 486, code: 'UnassignedNumber' })
    expect(dial(account(), 'ann-desk', SPARE_NUMBER)).toMatchObject({ statusCode: 486, code: 'UnassignedNumber' })
  })

  it('does not route to a staged number', () => {
    const staged = account({ numbers: [number(BOB_NUMBER, ['END_USER', 'bob'], { operationalStatus: 'STAGED' })] })
    expect(receive(staged, BOB_NUMBER)).toMatchObject({ kind: 'reject', statusCode: 404, code: 'StagedNumber' })
    expect(dial(staged, 'ann-desk', BOB_NUMBER)).toMatchObject({ statusCode: 404, code: 'StagedNumber' })
  })

  it('does not take a toll-free call from where the inbound rate plan of the account takes none', () => {
    const refusing = {
      ...account({ numbers: [number('18005550123', ['END_USER', 'ann']), number(SPARE_NUMBER, ['END_USER', 'ann'])] }),
      tollFreeRefused: ['CARIBBEAN'] as const,
    }
    const from = (callingNumber: string, calledNumber = '18005550123') =>
      decideRoute(refusing, {
        call: { direction: 'terminating', calledNumber, caller: { ...outsideCaller, number: callingNumber } },
        nowMs: 0,
        ownerOf,
        trail: [],
      })
    expect(from('18765550100')).toMatchObject({ kind: 'reject', statusCode: 486, code: 'CallerBlocked' })
    expect([from('18015550100').kind, from('442079460000').kind, from('18765550100', SPARE_NUMBER).kind]).toEqual(['ring', 'ring', 'ring'])
  })

  it('answers 404 for a number of somebody else instead of sending it out again', () => {
    expect(receive(account(), '13105550000')).toMatchObject({ kind: 'reject', statusCode: 404, code: 'UnknownNumber' })
  })

  it('says so when it cannot serve what the number refers to', () => {
    const menu = account({ numbers: [number(SPARE_NUMBER, ['IVR', 'menu'])] })
    expect(receive(menu, SPARE_NUMBER)).toMatchObject({ kind: 'reject', statusCode: 480, code: 'DestinationNotAvailable' })
    const gone = account({ numbers: [number(SPARE_NUMBER, ['END_USER', 'gone'])] })
    expect(receive(gone, SPARE_NUMBER)).toMatchObject({ statusCode: 480, code: 'DestinationNotAvailable' })
  })

  it('is blocked with its account', () => {
    expect(receive(account({ changes: { accountStatus: 'SUSPENDED' } }), ANN_NUMBER)).toMatchObject({ statusCode: 403, code: 'AccountBlocked' })
  })
})
