import { describe, expect, it } from 'vitest'
import { ANSWER, carrier, onNet, ring, ScriptedCall } from '../../../test/scripted-call.ts'
import { buildCallRecords } from '../../cdr/build-cdr.ts'
import type { CallAuthorization } from '../../ports/call-authorizer.ts'

const minute = (maxSeconds: number): CallAuthorization => ({ allowed: true, maxSeconds, planId: 'plan-1' })
const NO_MORE: CallAuthorization = { allowed: false, code: 'PlanMinutesExhausted' }

/** A call that somebody pays for, answered, which a third one has joined. */
function joined(call: ScriptedCall, accountId = 'account-1'): ScriptedCall {
  call.feed({ type: 'legAnswered', legId: call.state.legs.at(-1)?.id ?? '', sdp: ANSWER })
  call.feed({ type: 'joinAsked', bySessionId: 'third', accountId })
  call.feed({ type: 'mixOpened', forSessionId: 'third' })
  return call
}

const outside = (...authorizations: (CallAuthorization | 'no answer yet')[]) =>
  joined(new ScriptedCall([{ decision: carrier('pstn') }], { dialed: '6075550123', authorizations }))

/** Joined by somebody of that account. */
const betweenAccounts = (accountId: string) =>
  joined(new ScriptedCall([{ decision: onNet('account-2', '18015550201') }, { decision: ring('zoe') }], { dialed: '8015550201' }), accountId)

function callerLeaves(call: ScriptedCall): void {
  call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
}

function calleeLeaves(call: ScriptedCall): void {
  call.feed({ type: 'legEnded', legId: call.state.winnerId ?? '', cause: 'bye', reason: undefined })
}

/** Seconds of talk of each account. */
function seconds(call: ScriptedCall): Readonly<Record<string, number>> {
  return Object.fromEntries(buildCallRecords(call.state).map((record) => [record.accountId, ((record.endedAtMs ?? 0) - (record.answeredAtMs ?? 0)) / 1_000]))
}

describe('minutes of a plan in a call that others joined (S4-40, RFC 3911)', () => {
  it('end it for all while the leg that costs is there, also when whoever pays has hung up', () => {
    const call = outside(minute(60), NO_MORE)
    call.time.advance(5_000)
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    call.time.advance(54_999)
    expect(call.state.phase).toBe('talking')
    call.time.advance(1)
    expect(call.state).toMatchObject({ phase: 'over', outcome: { code: 'MinutesUsedUp' } })
    expect(call.done('tellCall').at(-1)).toMatchObject({ sessionId: 'third', message: { type: 'mixOver' } })
    expect(seconds(call)).toEqual({ 'account-1': 60 })
  })

  it.each([
    ['before more is asked for', 7_000],
    ['after there was no more', 55_000],
  ])('are nobody’s business once that leg is over, %s: those who are left talk on, and nobody asks again', (_name, leavesAfterMs) => {
    const call = outside(minute(60), NO_MORE)
    call.time.advance(leavesAfterMs)
    calleeLeaves(call)
    const asked = call.done('extendAuthorization').length
    call.time.advance(600_000)
    expect([call.state.phase, call.done('extendAuthorization').length]).toEqual(['talking', asked])
    call.feed({ type: 'joinedCallOver', bySessionId: 'third' })
    expect(call.state.outcome?.code).toBe('MixOver')
    expect(seconds(call)).toEqual({ 'account-1': leavesAfterMs / 1_000 })
  })

  it('nor when the answer that there is no more comes behind it', () => {
    const call = outside(minute(60), 'no answer yet')
    call.time.advance(59_000)
    calleeLeaves(call)
    call.feed({ type: 'authorized', reservationId: 'record-account-1', authorization: NO_MORE })
    call.time.advance(60_000)
    expect(call.state.phase).toBe('talking')
  })

  it('a leg that ends a moment behind its second costs that second', () => {
    const call = outside(minute(60), 'no answer yet')
    call.time.advance(60_030)
    calleeLeaves(call)
    call.feed({ type: 'joinedCallOver', bySessionId: 'third' })
    expect(seconds(call)).toEqual({ 'account-1': 60 })
  })

  it('a call to another account ends in the records when that one has hung up, whoever talks on', () => {
    const call = joined(new ScriptedCall([{ decision: onNet('account-2', '18015550201') }, { decision: ring('zoe') }], { dialed: '8015550201' }))
    call.time.advance(7_000)
    calleeLeaves(call)
    call.time.advance(5_000)
    expect(call.state.phase).toBe('talking')
    call.feed({ type: 'joinedCallOver', bySessionId: 'third' })
    expect(seconds(call)).toEqual({ 'account-1': 7, 'account-2': 7 })
  })

  it('a leg to another account is over when nobody of the account that pays for it is left, whoever there talks on', () => {
    const call = betweenAccounts('account-2')
    call.time.advance(7_000)
    callerLeaves(call)
    call.time.advance(5_000)
    expect(call.state.phase).toBe('talking')
    expect(seconds(call)).toEqual({ 'account-1': 7, 'account-2': 7 })
    call.feed({ type: 'joinedCallOver', bySessionId: 'third' })
    expect([call.state.phase, seconds(call)]).toEqual(['over', { 'account-1': 7, 'account-2': 7 }])
  })

  it('that leg goes on while a colleague of who pays is there, and ends with the last one', () => {
    const call = betweenAccounts('account-1')
    call.feed({ type: 'joinAsked', bySessionId: 'fourth', accountId: 'account-2' })
    call.feed({ type: 'mixOpened', forSessionId: 'fourth' })
    call.time.advance(7_000)
    callerLeaves(call)
    call.time.advance(2_000)
    expect(call.done('settleLegs')).toEqual([])
    call.feed({ type: 'joinedCallOver', bySessionId: 'third' })
    call.time.advance(5_000)
    calleeLeaves(call)
    call.feed({ type: 'joinedCallOver', bySessionId: 'fourth' })
    expect(seconds(call)).toEqual({ 'account-1': 9, 'account-2': 9 })
  })

  it('what is left of what it reserved is free as soon as that leg is over, once', () => {
    const call = outside(minute(60))
    call.time.advance(5_000)
    calleeLeaves(call)
    expect(call.done('settleLegs')).toHaveLength(1)
    call.time.advance(60_000)
    call.feed({ type: 'joinedCallOver', bySessionId: 'third' })
    expect(call.done('settleLegs')).toHaveLength(1)
  })
})
