import { describe, expect, it } from 'vitest'
import type { CallerIdentity, RouteDecision } from '../src/index.ts'
import { account, ann, ANN_NUMBER, bob, BOB_NUMBER, dial, number, OUTSIDE_NUMBER, outsideCaller, receive, SPARE_NUMBER } from './account-fixture.ts'

function callerOf(decision: RouteDecision): CallerIdentity | undefined {
  return decision.kind === 'reject' ? undefined : decision.caller
}

describe('caller identity inside the account (S1-57)', () => {
  it('shows extension and name', () => {
    expect(callerOf(dial(account(), 'ann-desk', '4002'))).toEqual({ number: '4001', name: 'Ann Adams', anonymous: false })
    expect(callerOf(dial(account(), 'ann-desk', BOB_NUMBER))).toEqual({ number: '4001', name: 'Ann Adams', anonymous: false })
  })

  it('hides both when the extension caller ID is not visible, whatever the external one is', () => {
    const hidden = account({ users: [{ ...ann, extensionCallerIdVisible: false, externalCallerIdVisible: true }] })
    expect(callerOf(dial(hidden, 'ann-desk', '4002'))).toMatchObject({ anonymous: true })
    expect(callerOf(dial(hidden, 'ann-desk', OUTSIDE_NUMBER))).toMatchObject({ anonymous: false })
  })

  it('shows the number of a user without extension', () => {
    const noExtension = account({ users: [{ ...ann, extension: undefined }] })
    expect(callerOf(dial(noExtension, 'ann-desk', '4002'))).toMatchObject({ number: ANN_NUMBER })
  })
})

describe('caller identity outside (S1-87)', () => {
  it("shows the user's caller ID with its caller name", () => {
    expect(callerOf(dial(account(), 'ann-desk', OUTSIDE_NUMBER))).toEqual({ number: ANN_NUMBER, name: 'ADAMS ANN', anonymous: false })
  })

  it('is anonymous when not visible, and keeps the number for those who must know', () => {
    const hidden = account({ users: [{ ...ann, externalCallerIdVisible: false }] })
    expect(callerOf(dial(hidden, 'ann-desk', OUTSIDE_NUMBER))).toEqual({ number: ANN_NUMBER, name: 'ADAMS ANN', anonymous: true })
    expect(callerOf(dial(hidden, 'ann-desk', '4002'))).toMatchObject({ anonymous: false })
  })

  it('never shows a number that is not of the account: falls back to one that reaches the user', () => {
    const foreign = account({ users: [{ ...ann, callerIdNumber: '13105550000' }] })
    expect(callerOf(dial(foreign, 'ann-desk', OUTSIDE_NUMBER))).toMatchObject({ number: ANN_NUMBER })
    expect(callerOf(dial(account(), 'bob-desk', OUTSIDE_NUMBER))).toMatchObject({ number: BOB_NUMBER, name: 'Bob Brown' })
  })

  it('falls back to the first number of the account for who has none', () => {
    const moved = account({ numbers: [number(BOB_NUMBER)] })
    expect(callerOf(dial(moved, 'bob-desk', OUTSIDE_NUMBER))).toMatchObject({ number: ANN_NUMBER })
    expect(callerOf(dial(account(), 'lobby', OUTSIDE_NUMBER))).toMatchObject({ number: ANN_NUMBER, name: 'ADAMS ANN' })
    const lobbyNumber = account({ numbers: [number(SPARE_NUMBER, ['LINE_APPEARANCE', 'lobby'], { callerName: 'LOBBY' })] })
    expect(callerOf(dial(lobbyNumber, 'lobby', OUTSIDE_NUMBER))).toMatchObject({ number: SPARE_NUMBER, name: 'LOBBY', anonymous: false })
  })

  it('may show a staged number', () => {
    const staged = account({ numbers: [number(ANN_NUMBER, ['END_USER', 'ann'], { operationalStatus: 'STAGED' })] })
    expect(callerOf(dial(staged, 'ann-desk', OUTSIDE_NUMBER))).toMatchObject({ number: ANN_NUMBER })
  })

  it('is anonymous in an account without numbers', () => {
    const bare = account({ changes: { numbers: new Map() } })
    expect(callerOf(dial(bare, 'bob-desk', OUTSIDE_NUMBER))).toEqual({ number: '', name: 'Bob Brown', anonymous: true })
  })

  it('keeps the identity of who calls from outside, also when the call is sent on', () => {
    const forward = { ...bob.callHandling, optionType: 'ForwardAlways', forwardAlwaysToNumber: '13105550000' } as const
    const away = account({ users: [{ ...bob, callHandling: forward }] })
    expect(callerOf(receive(account(), ANN_NUMBER))).toEqual(outsideCaller)
    expect(callerOf(receive(away, BOB_NUMBER))).toEqual(outsideCaller)
    expect(callerOf(dial(away, 'ann-desk', '4002'))).toMatchObject({ number: ANN_NUMBER })
  })
})
