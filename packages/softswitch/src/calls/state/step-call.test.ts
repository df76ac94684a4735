import { describe, expect, it } from 'vitest'
import { ANSWER, carrier, OFFER, onNet, reject, replay, ring, ScriptedCall } from '../../../test/scripted-call.ts'
import { MAX_LEGS } from './call-state.ts'

const elsewhere = 'SIP;cause=200;text="Call completed elsewhere"'

describe('an answered call', () => {
  it('rings, answers, talks and ends by the caller: each party is told once, nothing is left (RFC 3261 15)', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    expect(call.done('startLeg').map((effect) => effect.legId)).toEqual(['b1'])
    call.feed({ type: 'legProgress', legId: 'b1', statusCode: 180, sdp: undefined })
    call.time.advance(3_000)
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.time.advance(5_000)
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(call.done('progressCaller')).toEqual([{ type: 'progressCaller', statusCode: 180, legId: 'b1', sdp: undefined }])
    expect(call.done('answerCaller')).toEqual([{ type: 'answerCaller', legId: 'b1', sdp: ANSWER }])
    expect(call.done('byeLeg').map((effect) => effect.legId)).toEqual(['b1'])
    expect(call.done('byeCaller')).toEqual([])
    expect(call.state.outcome).toEqual({ disposition: 'ANSWERED', statusCode: 200, hangupBy: 'caller', code: 'CallerHungUp' })
    expect((call.state.endedAtMs ?? 0) - (call.state.answeredAtMs ?? 0)).toBe(5_000)
    expect([call.effects.at(-1)?.type, call.time.pendingTimers]).toEqual(['dispose', 0])
  })

  it('a crossed BYE is one end: the second one changes nothing (RFC 3261 15.1.2)', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'legEnded', legId: 'b1', cause: 'bye', reason: undefined })
    const late = call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(late).toEqual([])
    expect([call.state.outcome?.hangupBy, call.done('finish').length, call.done('dispose').length]).toEqual(['callee', 1, 1])
  })

  it('passes the Reason of the one who hangs up to the other (RFC 3326)', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'legEnded', legId: 'b1', cause: 'bye', reason: 'Q.850;cause=16' })
    expect(call.done('byeCaller')).toEqual([{ type: 'byeCaller', reason: 'Q.850;cause=16' }])
  })

  it('a caller that never acknowledges ends the call on the other side too (RFC 3261 13.3.1.4)', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'callerEnded', cause: 'ackTimeout', reason: undefined })
    expect([call.done('byeLeg').length, call.done('byeCaller').length, call.state.outcome?.hangupBy]).toEqual([1, 0, 'system'])
  })

  it('a call nobody ends is ended after its longest time', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.time.advance(86_400_000)
    expect([call.done('byeLeg').length, call.done('byeCaller').length, call.state.outcome?.code]).toEqual([1, 1, 'CallTooLong'])
  })
})

describe('several phones of a user (S1-16)', () => {
  it('all ring; the first to answer wins and the others are told so (RFC 3326)', () => {
    const call = new ScriptedCall([{ decision: ring(), forks: 3 }])
    expect(call.done('startLeg').length).toBe(3)
    call.feed({ type: 'legAnswered', legId: 'b2', sdp: ANSWER })
    expect(call.done('cancelLeg')).toEqual(['b1', 'b3'].map((legId) => ({ type: 'cancelLeg', legId, reason: elsewhere })))
  })

  it('when two answer at the same moment the second is hung up and the caller keeps the first', () => {
    const call = new ScriptedCall([{ decision: ring(), forks: 2 }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'legAnswered', legId: 'b2', sdp: 'v=0 other' })
    expect(call.done('byeLeg')).toEqual([{ type: 'byeLeg', legId: 'b2', reason: elsewhere }])
    expect([call.done('answerCaller').length, call.state.winnerId]).toEqual([1, 'b1'])
  })

  it('no more ring than a call may have legs', () => {
    const call = new ScriptedCall([{ decision: ring(), forks: MAX_LEGS + 1 }])
    expect([call.done('startLeg').length, call.state.legs.length]).toEqual([MAX_LEGS, MAX_LEGS])
  })

  it('one busy phone does not end the ringing of the others', () => {
    const call = new ScriptedCall([{ decision: ring(), forks: 2 }])
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 486, local: false })
    expect(call.state.phase).toBe('setup')
    call.feed({ type: 'legAnswered', legId: 'b2', sdp: ANSWER })
    expect(call.state.phase).toBe('talking')
  })

  it('a 6xx of one phone speaks for the user: the others stop (RFC 3261 16.7 step 5)', () => {
    const call = new ScriptedCall([{ decision: ring(), forks: 2 }, { decision: reject('Declined', 603) }])
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 603, local: false })
    expect(call.done('cancelLeg').map((effect) => effect.legId)).toEqual(['b2'])
    expect(call.state.trail).toEqual([{ target: 'user:bob', outcome: 'declined', statusCode: 603 }])
  })

  it('the most telling refusal is reported: busy before an unreachable phone (RFC 3261 16.7 step 6)', () => {
    const call = new ScriptedCall([{ decision: ring(), forks: 3 }, { decision: reject('UserBusy', 486) }])
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 408, local: true })
    call.feed({ type: 'legRejected', legId: 'b2', statusCode: 486, local: false })
    call.feed({ type: 'legRejected', legId: 'b3', statusCode: 404, local: false })
    expect(call.state.trail).toEqual([{ target: 'user:bob', outcome: 'busy', statusCode: 486 }])
  })

  it('phones that are all gone count as unregistered', () => {
    const call = new ScriptedCall([{ decision: ring(), forks: 2 }, { decision: reject('Unregistered', 480) }])
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 503, local: true })
    call.feed({ type: 'legRejected', legId: 'b2', statusCode: 408, local: true })
    expect(call.state.trail).toEqual([{ target: 'user:bob', outcome: 'unregistered', statusCode: 480 }])
  })

  it('only the early media of the first phone that sends some is relayed, and 180 is told once', () => {
    const call = new ScriptedCall([{ decision: ring(), forks: 2 }])
    call.feed({ type: 'legProgress', legId: 'b1', statusCode: 180, sdp: undefined })
    call.feed({ type: 'legProgress', legId: 'b2', statusCode: 180, sdp: undefined })
    call.feed({ type: 'legProgress', legId: 'b2', statusCode: 183, sdp: 'early b2' })
    call.feed({ type: 'legProgress', legId: 'b1', statusCode: 183, sdp: 'early b1' })
    expect(call.done('progressCaller').map((effect) => [effect.statusCode, effect.sdp])).toEqual([
      [180, undefined],
      [183, 'early b2'],
    ])
  })
})

describe('calls that are not answered', () => {
  it.each([
    [486, 'busy', 'UserBusy', 'BUSY'],
    [600, 'busy', 'UserBusy', 'BUSY'],
    [603, 'declined', 'Declined', 'DECLINED'],
    [480, 'no-answer', 'NoAnswer', 'NO_ANSWER'],
  ] as const)('a phone that answers %i: the routing is told "%s", the caller what it decides', (statusCode, outcome, code, disposition) => {
    const call = new ScriptedCall([{ decision: ring() }, { decision: reject(code, 499) }])
    call.feed({ type: 'legProgress', legId: 'b1', statusCode: 180, sdp: undefined })
    call.feed({ type: 'legRejected', legId: 'b1', statusCode, local: false })
    expect(call.state.trail[0]?.outcome).toBe(outcome)
    expect(call.done('rejectCaller').map((effect) => effect.statusCode)).toEqual([499])
    expect(call.state.outcome?.disposition).toBe(disposition)
    expect([call.effects.at(-1)?.type, call.time.pendingTimers]).toEqual(['dispose', 0])
  })

  it('no answer: after the ring time the phone is cancelled with a Reason and the routing asked again (S1-58)', () => {
    const call = new ScriptedCall([{ decision: ring('bob', 20_000) }, { decision: reject('NoAnswer', 480) }])
    call.feed({ type: 'legProgress', legId: 'b1', statusCode: 180, sdp: undefined })
    call.time.advance(19_999)
    expect(call.done('cancelLeg')).toEqual([])
    call.time.advance(1)
    expect(call.done('cancelLeg')[0]?.reason).toContain('cause=19')
    expect(call.done('rejectCaller')).toEqual([
      { type: 'rejectCaller', statusCode: 480, reasonPhrase: 'as decided', reason: 'Q.850;cause=19;text="No answer from user"' },
    ])
    expect(call.state.disposed).toBe(false)
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 487, local: false })
    expect([call.state.disposed, call.time.pendingTimers]).toEqual([true, 0])
  })

  it('RingForever still ends: nobody rings for longer than the limit', () => {
    const call = new ScriptedCall([{ decision: ring('bob', undefined) }])
    call.time.advance(900_000)
    expect(call.done('rejectCaller')[0]?.statusCode).toBe(480)
  })

  it('unregistered: no phone, no media ports, the routing decides at once', () => {
    const call = new ScriptedCall([{ decision: ring(), forks: 0 }, { decision: reject('Unregistered', 480) }])
    expect(call.state.trail).toEqual([{ target: 'user:bob', outcome: 'unregistered', statusCode: 480 }])
    expect([call.done('openMedia').length, call.state.outcome?.disposition]).toEqual([0, 'UNREGISTERED'])
  })

  it('unknown number: 404 with the Q.850 cause of it', () => {
    const call = new ScriptedCall([{ decision: reject('UnknownNumber', 404) }])
    expect(call.done('rejectCaller')).toEqual([
      { type: 'rejectCaller', statusCode: 404, reasonPhrase: 'as decided', reason: 'Q.850;cause=1;text="Unallocated number"' },
    ])
    expect([call.state.outcome?.disposition, call.state.disposed]).toEqual(['UNKNOWN_NUMBER', true])
  })

  it('the caller cancels: every phone stops, the caller was answered by the stack (RFC 3261 9.2)', () => {
    const call = new ScriptedCall([{ decision: ring(), forks: 2 }])
    call.feed({ type: 'callerCancelled', reason: undefined })
    expect(call.done('cancelLeg').map((effect) => effect.legId)).toEqual(['b1', 'b2'])
    expect([call.done('rejectCaller').length, call.state.outcome?.statusCode, call.state.outcome?.disposition]).toEqual([0, 487, 'CANCELLED'])
  })

  it('an answer that crosses the CANCEL is hung up at once, the call stays cancelled (RFC 3261 9.1)', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'callerCancelled', reason: undefined })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    expect(call.done('byeLeg').map((effect) => effect.legId)).toEqual(['b1'])
    expect([call.done('answerCaller').length, call.state.outcome?.disposition, call.state.disposed]).toEqual([0, 'CANCELLED', true])
  })

  it('cancelled while the media session opens: no phone ever rings', () => {
    const call = new ScriptedCall([{ decision: ring() }], { opensMedia: false })
    call.feed({ type: 'callerCancelled', reason: undefined })
    call.feed({ type: 'mediaOpened' })
    expect([call.done('startLeg').length, call.done('finish').length, call.state.disposed]).toEqual([0, 1, true])
  })

  it('a phone that answers neither CANCEL nor anything holds the call no longer than the cleanup time', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'callerCancelled', reason: undefined })
    expect(call.state.disposed).toBe(false)
    call.time.advance(40_000)
    expect([call.state.disposed, call.time.pendingTimers]).toEqual([true, 0])
  })
})

describe('where the call goes next', () => {
  it('forwards after no answer: the next destination rings, the caller hears it again (S0-51)', () => {
    const call = new ScriptedCall([{ decision: ring('bob') }, { decision: ring('carol') }])
    call.feed({ type: 'legProgress', legId: 'b1', statusCode: 180, sdp: undefined })
    call.time.advance(20_000)
    call.feed({ type: 'legProgress', legId: 'b2', statusCode: 180, sdp: undefined })
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 487, local: false })
    call.feed({ type: 'legAnswered', legId: 'b2', sdp: ANSWER })
    expect([call.done('progressCaller').length, call.state.winnerId, call.done('openMedia').length]).toEqual([2, 'b2', 1])
  })

  it('carriers: 503 of the first one leads to the second, and the trail says why', () => {
    const call = new ScriptedCall([{ decision: carrier('one', 'two') }, { decision: carrier('two') }])
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 503, local: false })
    call.feed({ type: 'legAnswered', legId: 'b2', sdp: ANSWER })
    expect(call.state.trail).toEqual([{ target: 'carrier:one', number: '16075550123', outcome: 'failed', statusCode: 503 }])
    expect([call.state.phase, call.state.accounts[0]?.carrierId]).toEqual(['talking', 'two'])
  })

  it('carriers: one that stays silent is given up while another is left, the last one is waited for', () => {
    const call = new ScriptedCall([{ decision: carrier('one', 'two') }, { decision: carrier('two') }])
    call.time.advance(20_000)
    expect(call.state.trail).toEqual([{ target: 'carrier:one', number: '16075550123', outcome: 'failed', statusCode: 408 }])
    call.time.advance(60_000)
    expect(call.state.trail.length).toBe(1)
  })

  it('a number of another account is asked there, and both accounts take part', () => {
    const call = new ScriptedCall([{ decision: onNet('account-2', '16075550199') }, { decision: ring() }])
    expect(call.done('askRoute')[1]).toMatchObject({
      question: { accountId: 'account-2', call: { direction: 'terminating', calledNumber: '16075550199' } },
      hopLimit: 19,
    })
    expect(call.state.accounts.map((account) => [account.accountId, account.role])).toEqual([
      ['account-1', 'origin'],
      ['account-2', 'destination'],
    ])
  })

  it('forwards that never end stop at the hop limit with 483', () => {
    const call = new ScriptedCall(Array.from({ length: 21 }, () => ({ decision: ring(), forks: 0 })))
    expect([call.done('rejectCaller')[0]?.statusCode, call.state.outcome?.code, call.done('askRoute').length]).toEqual([483, 'HopLimit', 20])
  })
})

describe('the trace of a call', () => {
  it('replayed, it gives the same effects', () => {
    const call = new ScriptedCall([{ decision: ring('bob'), forks: 2 }, { decision: carrier('one', 'two') }, { decision: carrier('two') }])
    call.feed({ type: 'legProgress', legId: 'b1', statusCode: 180, sdp: undefined })
    call.time.advance(20_000)
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 487, local: false })
    call.time.advance(20_000)
    call.feed({ type: 'legAnswered', legId: 'b4', sdp: ANSWER })
    call.feed({ type: 'reinvite', side: 'caller', sdp: OFFER })
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    call.time.advance(60_000)
    const ended = call.effects.filter((effect) => effect.type === 'dispose').length
    expect(ended).toBe(1)
    expect(replay(call.events)).toEqual(call.effects)
  })
})
