import { describe, expect, it } from 'vitest'
import { ANSWER, ring, ScriptedCall } from '../../../test/scripted-call.ts'
import { BOB, GRANDMA } from '../../../test/scripted-transfer.ts'
import { buildCallRecords } from '../../cdr/build-cdr.ts'

function answered(): ScriptedCall {
  const call = new ScriptedCall([{ decision: ring() }])
  const [leg] = call.state.legs
  call.feed({ type: 'legAnswered', legId: leg?.id ?? '', sdp: ANSWER })
  return call
}

describe('a caller whose answer waits for the PRACK of early media (RFC 3262 3)', () => {
  it('may cancel still: the phone that answered is hung up, the record says CANCELLED', () => {
    const call = answered()
    call.feed({ type: 'callerCancelled', reason: undefined })
    expect(call.done('byeLeg')).toHaveLength(1)
    expect(call.done('finish')).toHaveLength(1)
    expect(call.done('byeCaller')).toEqual([])
    expect(buildCallRecords(call.state)).toMatchObject([{ disposition: 'CANCELLED', sipStatusCode: 487, answeredAtMs: undefined, hangupBy: 'caller' }])
  })

  it('was not answered when the callee hangs up before: the record says what the caller heard', () => {
    const call = answered()
    const [leg] = call.state.legs
    call.feed({ type: 'legEnded', legId: leg?.id ?? '', cause: 'bye', reason: undefined })
    call.feed({ type: 'callerUnanswered', statusCode: 480 })
    expect(buildCallRecords(call.state)).toMatchObject([{ disposition: 'NO_ANSWER', sipStatusCode: 480, answeredAtMs: undefined, hangupBy: 'callee' }])
  })

  it('who was put into the call in the place of one who was answered takes nothing from it: it was answered', () => {
    const call = answered()
    call.feed({ type: 'replacementOffered', bySessionId: 'session-0', side: 'caller', transferor: BOB })
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: 'v=0 grandma', records: [], sipCallId: 'joined' })
    call.feed({ type: 'reinviteRejected', side: 'caller', statusCode: 491 })
    call.feed({ type: 'callerUnanswered', statusCode: 480 })
    expect(call.done('finish')).toHaveLength(1)
    expect(buildCallRecords(call.state)).toMatchObject([{ disposition: 'ANSWERED', sipStatusCode: 200, answeredAtMs: call.state.answeredAtMs }])
    expect(call.state.answeredAtMs).toBeDefined()
  })

  it('who was put into a call that rang, and gets no answer of it, was not answered', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'replacementOffered', bySessionId: 'session-0', side: 'caller', transferor: BOB })
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: 'v=0 grandma', records: [], sipCallId: 'joined' })
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 tone' })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'reinviteRejected', side: 'caller', statusCode: 491 })
    call.feed({ type: 'callerUnanswered', statusCode: 480 })
    expect(buildCallRecords(call.state)).toMatchObject([{ disposition: 'NO_ANSWER', sipStatusCode: 480, answeredAtMs: undefined }])
  })
})
