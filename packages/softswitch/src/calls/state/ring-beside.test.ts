import { describe, expect, it } from 'vitest'
import { ANSWER, reject, replay, ring, ScriptedCall } from '../../../test/scripted-call.ts'
import { buildCallRecords } from '../../cdr/build-cdr.ts'

const ALONG = { startsAfterMs: 0, ringsForMs: undefined, endsRingingWhenBusy: false } as const
const LATER = { startsAfterMs: 5_000, ringsForMs: 10_000, endsRingingWhenBusy: false } as const
const GIVES_UP = reject('NoAnswer', 480)

describe('numbers called beside the phones of a user', () => {
  it('begin to ring in their own time; the phone that answers first has the call and the others are told', () => {
    const call = new ScriptedCall([{ decision: ring(), beside: [ALONG, LATER] }])
    expect(call.done('startLeg').map(({ legId }) => legId)).toEqual(['b1', 'b2'])
    call.time.advance(4_999)
    expect(call.done('startLeg')).toHaveLength(2)
    call.time.advance(1)
    expect(call.done('startLeg').map(({ legId }) => legId)).toEqual(['b1', 'b2', 'b3'])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    expect(call.done('cancelLeg').map(({ legId }) => legId)).toEqual(['b2', 'b3'])
    expect(replay(call.events)).toEqual(call.effects)
  })

  it('one whose time has not come when a phone answers is never called', () => {
    const call = new ScriptedCall([{ decision: ring(), beside: [LATER] }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.time.advance(60_000)
    expect(call.done('startLeg')).toHaveLength(1)
  })

  it('stop when their time is over, while the phones ring on', () => {
    const call = new ScriptedCall([{ decision: ring(), beside: [LATER] }, { decision: GIVES_UP }])
    call.time.advance(15_000)
    expect(call.done('cancelLeg').map(({ legId }) => legId)).toEqual(['b2'])
    call.feed({ type: 'legRejected', legId: 'b2', statusCode: 487, local: false })
    expect(call.state.phase).toBe('setup')
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 486, local: false })
    expect(call.done('rejectCaller')).toHaveLength(1)
  })

  it('are waited for when every phone has refused already, and end the ringing when they give up', () => {
    const call = new ScriptedCall([{ decision: ring(), beside: [LATER] }, { decision: GIVES_UP }])
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 486, local: false })
    expect(call.done('rejectCaller')).toHaveLength(0)
    call.time.advance(15_000)
    expect(call.state.trail).toEqual([{ target: 'user:bob', outcome: 'no-answer', statusCode: 480 }])
    expect(call.done('rejectCaller')).toHaveLength(1)
  })

  it.each([
    [603, false, false],
    [486, false, false],
    [486, true, true],
    [603, true, true],
    [503, true, false],
  ])('a %i of theirs with endsRingingWhenBusy %s ends the ringing: %s', (statusCode, endsRingingWhenBusy, ends) => {
    const call = new ScriptedCall([{ decision: ring(), beside: [{ ...ALONG, endsRingingWhenBusy }] }, { decision: GIVES_UP }])
    call.feed({ type: 'legRejected', legId: 'b2', statusCode, local: false })
    expect(call.done('cancelLeg')).toHaveLength(ends ? 1 : 0)
    expect(call.done('rejectCaller')).toHaveLength(ends ? 1 : 0)
  })

  it('have a record of their own when they answer, and are paid for by who sent the call on', () => {
    const call = new ScriptedCall([{ decision: ring(), beside: [ALONG] }])
    expect(call.done('askAuthorization')).toMatchObject([{ request: { reservationId: 'forward-0', sentOn: 'forwarded', calledNumber: '16075550199' } }])
    call.feed({ type: 'legAnswered', legId: 'b2', sdp: ANSWER })
    expect(buildCallRecords(call.state)).toMatchObject([
      { calledNumber: '2002', termCategory: 'OnNet', disposition: 'IN_PROGRESS', forwardedTo: '16075550199' },
      { legType: 'Forward', calledNumber: '16075550199', carrierId: 'pstn', termCategory: 'OffNet', disposition: 'IN_PROGRESS' },
    ])
  })

  it('leave a record of a leg that was given up when a phone answers first', () => {
    const call = new ScriptedCall([{ decision: ring(), beside: [ALONG, { ...ALONG }] }])
    call.feed({ type: 'legRejected', legId: 'b3', statusCode: 486, local: false })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    const records = buildCallRecords(call.state)
    expect(records.map(({ legType, disposition }) => [legType, disposition])).toEqual([
      ['Origination', 'IN_PROGRESS'],
      ['Forward', 'CANCELLED'],
      ['Forward', 'BUSY'],
    ])
    expect(records[0]).not.toHaveProperty('forwardedTo')
    expect(call.done('giveBackAuthorization').map(({ reservationId }) => reservationId)).toEqual(['forward-1', 'forward-0'])
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(buildCallRecords(call.state).map(({ reasonCode }) => reasonCode)).toEqual(['CallerHungUp', 'AnsweredElsewhere', 'UserBusy'])
  })

  it('are not called when whoever pays says no; the phones ring on, and are the last to be waited for', () => {
    const call = new ScriptedCall([{ decision: ring(), beside: [ALONG] }, { decision: GIVES_UP }], {
      authorizations: [{ allowed: false, code: 'PlanMinutesExhausted' }],
    })
    expect(call.done('startLeg').map(({ legId }) => legId)).toEqual(['b1'])
    expect(call.state.phase).toBe('setup')
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 486, local: false })
    expect(call.done('rejectCaller')).toHaveLength(1)
    expect(buildCallRecords(call.state)[1]).toMatchObject({
      legType: 'Forward',
      disposition: 'REJECTED',
      sipStatusCode: 402,
      reasonCode: 'PlanMinutesExhausted',
    })
  })
})
