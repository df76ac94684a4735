import { describe, expect, it } from 'vitest'
import { ANSWER, OFFER, ring, ScriptedCall } from '../../../test/scripted-call.ts'

describe('media', () => {
  it('no ports left: 503 with Retry-After before any phone rings', () => {
    const call = new ScriptedCall([{ decision: ring() }], { opensMedia: false })
    call.feed({ type: 'mediaRefused', code: 'NoPortsLeft' })
    expect(call.done('rejectCaller')).toMatchObject([{ statusCode: 503, retryAfterSeconds: 5 }])
    expect([call.done('startLeg').length, call.state.disposed]).toEqual([0, true])
  })

  it('an answer that cannot be carried: the callee is hung up, the caller gets 502', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: '' })
    call.feed({ type: 'mediaRefused', code: 'BadSessionDescription', legId: 'b1' })
    expect([call.done('byeLeg').length, call.done('rejectCaller')[0]?.statusCode, call.state.outcome?.disposition]).toEqual([1, 502, 'FAILED'])
    expect(call.state.answeredAtMs).toBeUndefined()
  })

  it('a party that fell silent ends an ordinary call on both sides', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'mediaInactive', side: 'a', silentMs: 30_000 })
    expect([call.done('byeLeg').length, call.done('byeCaller').length, call.state.outcome?.hangupBy]).toEqual([1, 1, 'system'])
  })

  it('an offerless INVITE: the caller answers in the ACK, and a missing answer ends the call (RFC 3261 13.2.1)', () => {
    const call = new ScriptedCall([{ decision: ring() }], { offer: undefined })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'acknowledged', side: 'caller', sdp: 'v=0 in ack' })
    expect(call.done('acceptCallerAnswer')).toEqual([{ type: 'acceptCallerAnswer', sdp: 'v=0 in ack' }])
    const other = new ScriptedCall([{ decision: ring() }], { offer: undefined })
    other.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    other.feed({ type: 'acknowledged', side: 'caller', sdp: undefined })
    expect([other.done('byeLeg').length, other.done('byeCaller').length]).toEqual([1, 1])
  })
})

describe('hold and resume', () => {
  it('a re-INVITE is answered with what the other side answers, in both directions (RFC 3264 8.4)', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'reinvite', side: 'caller', sdp: 'hold' })
    call.feed({ type: 'reinviteAnswered', side: 'callee', sdp: 'held' })
    call.feed({ type: 'reinvite', side: 'callee', sdp: 'resume' })
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'resumed' })
    expect(call.done('relayReinvite').map((effect) => [effect.from, effect.sdp])).toEqual([
      ['caller', 'hold'],
      ['callee', 'resume'],
    ])
    expect(call.done('answerReinvite').map((effect) => [effect.to, effect.sdp])).toEqual([
      ['caller', 'held'],
      ['callee', 'resumed'],
    ])
  })

  it('a re-INVITE without offer gets one without hold, and its answer goes to the other side (RFC 3261 14.1, RFC 3264 8.4)', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: 'v=0\r\na=recvonly\r\na=x:1\r\n' })
    call.feed({ type: 'reinvite', side: 'caller', sdp: undefined })
    expect(call.done('offerInReinvite')).toEqual([{ type: 'offerInReinvite', to: 'caller', sdp: 'v=0\r\na=x:1\r\n' }])
    call.feed({ type: 'acknowledged', side: 'caller', sdp: 'in ack' })
    expect(call.done('relayReinvite')).toEqual([{ type: 'relayReinvite', from: 'caller', sdp: 'in ack' }])
    call.feed({ type: 'reinviteAnswered', side: 'callee', sdp: 'fine' })
    expect([call.state.reinviteFrom, call.state.phase]).toEqual([undefined, 'talking'])
  })

  it('one that is cancelled is cancelled at the other side; its 487 leaves everything as it was, and the next one goes on (RFC 3261 9.1)', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'reinvite', side: 'caller', sdp: 'hold' })
    expect(call.feed({ type: 'reinviteCancelled', side: 'caller' })).toEqual([{ type: 'cancelReinvite', to: 'callee' }])
    call.feed({ type: 'reinviteRejected', side: 'callee', statusCode: 487 })
    expect([call.state.descriptions, call.state.reinviteFrom, call.state.reinviteCancelled]).toEqual([{ caller: OFFER, callee: ANSWER }, undefined, undefined])
    call.feed({ type: 'reinvite', side: 'caller', sdp: 'hold' })
    call.feed({ type: 'reinviteAnswered', side: 'callee', sdp: 'held' })
    expect(call.done('answerReinvite')).toMatchObject([{ to: 'caller', sdp: 'held' }])
  })

  it('one that is answered though it was cancelled is taken back: the other side is offered what is in force', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'reinvite', side: 'caller', sdp: 'hold' })
    call.feed({ type: 'reinviteCancelled', side: 'caller' })
    expect(call.feed({ type: 'reinviteAnswered', side: 'callee', sdp: 'held' })).toEqual([{ type: 'offerToParty', to: 'callee', sdp: OFFER }])
    call.feed({ type: 'reinvite', side: 'caller', sdp: 'again' })
    expect(call.done('rejectReinvite')).toEqual([{ type: 'rejectReinvite', to: 'caller', statusCode: 491 }])
    expect(call.feed({ type: 'reinviteAnswered', side: 'callee', sdp: 'as before' })).toEqual([{ type: 'acceptPartyAnswer', from: 'callee', sdp: 'as before' }])
    expect([call.state.descriptions, call.done('answerReinvite')]).toEqual([{ caller: OFFER, callee: 'as before' }, []])
  })

  it('a cancel of nothing asks nothing', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    expect(call.feed({ type: 'reinviteCancelled', side: 'caller' })).toEqual([])
    call.feed({ type: 'reinvite', side: 'callee', sdp: 'hold' })
    expect(call.feed({ type: 'reinviteCancelled', side: 'caller' })).toEqual([])
  })

  it('a second re-INVITE while one is under way gets 491 and does not disturb the first (RFC 3261 14.2)', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'reinvite', side: 'caller', sdp: 'hold' })
    call.feed({ type: 'reinvite', side: 'callee', sdp: 'hold too' })
    expect(call.done('rejectReinvite')).toEqual([{ type: 'rejectReinvite', to: 'callee', statusCode: 491 }])
    call.feed({ type: 'reinviteRejected', side: 'callee', statusCode: 488 })
    expect(call.done('rejectReinvite').at(-1)).toEqual({ type: 'rejectReinvite', to: 'caller', statusCode: 488 })
    // What was refused was never agreed (RFC 3264 4).
    expect(call.state.descriptions).toEqual({ caller: OFFER, callee: ANSWER })
    expect(call.state.phase).toBe('talking')
  })
})
