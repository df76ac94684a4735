import { describe, expect, it } from 'vitest'
import { ALICE, ANSWER, carrier, OFFER, onNet, reject, replay, ring, ScriptedCall } from '../../../test/scripted-call.ts'
import { buildCallRecords } from '../../cdr/build-cdr.ts'
import { answered, BLIND, BOB, GRANDMA, told } from '../../../test/scripted-transfer.ts'

describe('the call that is referred (RFC 3515, RFC 5589 6)', () => {
  it('begins another call as the line of the transferor, and goes on itself', () => {
    const call = answered()
    call.feed({ type: 'referred', side: 'callee', referral: BLIND })
    expect(call.done('acceptRefer').length).toBe(1)
    const [begun] = call.done('beginTransfer')
    expect(begun).toMatchObject({ sessionId: 'session-2', dialed: '2003', offer: OFFER })
    expect(begun?.transfer.transferor).toMatchObject({ kind: 'line', lineId: 'line-0', userId: 'bob', accountId: 'account-1' })
    expect(begun?.transfer.transferee).toMatchObject({ lineId: 'line-alice', identity: ALICE })
    expect([call.state.phase, call.done('byeCaller').length, call.done('byeLeg').length]).toEqual(['talking', 0, 0])
  })

  it('tells the transferor how it goes; a target that refuses changes nothing', () => {
    const call = answered()
    call.feed({ type: 'referred', side: 'callee', referral: BLIND })
    call.feed({ type: 'transferProgress', bySessionId: 'session-2', statusCode: 180, reasonPhrase: 'Ringing' })
    call.feed({ type: 'transferFailed', bySessionId: 'session-2', statusCode: 486, reasonPhrase: 'Busy Here' })
    expect(call.done('notifyTransferor').map(({ statusCode }) => statusCode)).toEqual([180, 486])
    expect([call.state.phase, call.state.transfer.referral]).toEqual(['talking', undefined])
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect([call.done('byeLeg').length, call.state.disposed]).toEqual([1, true])
  })

  it('gives the other party away when it is claimed, and hangs the transferor up when he does not', () => {
    const call = answered()
    call.feed({ type: 'referred', side: 'callee', referral: BLIND })
    call.feed({ type: 'partyClaimed', bySessionId: 'session-2', side: 'caller' })
    expect(call.done('handOver')).toMatchObject([{ side: 'caller', toSessionId: 'session-2', toSide: 'caller', sdp: OFFER, records: [] }])
    expect(call.done('notifyTransferor')).toMatchObject([{ statusCode: 200 }])
    expect([call.done('byeCaller').length, call.done('finish').length, call.state.disposed]).toEqual([0, 1, false])
    expect(call.state.outcome).toMatchObject({ disposition: 'ANSWERED', hangupBy: 'callee', code: 'Transferred' })
    call.time.advance(3_000)
    expect([call.done('byeLeg').map(({ legId }) => legId), call.state.disposed, call.time.pendingTimers]).toEqual([['b1'], true, 0])
  })

  it('a party that is being asked something is given away when it has answered (RFC 3261 14.1)', () => {
    const call = answered()
    call.feed({ type: 'referred', side: 'callee', referral: BLIND })
    call.feed({ type: 'reinvite', side: 'callee', sdp: 'v=0 resume' })
    call.feed({ type: 'partyClaimed', bySessionId: 'session-2', side: 'caller' })
    expect(call.done('handOver')).toEqual([])
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 resumed' })
    expect(call.done('handOver')).toMatchObject([{ side: 'caller', sdp: 'v=0 resumed' }])
    const other = answered()
    other.feed({ type: 'referred', side: 'callee', referral: BLIND })
    other.feed({ type: 'reinvite', side: 'callee', sdp: 'v=0 resume' })
    other.feed({ type: 'partyClaimed', bySessionId: 'session-2', side: 'caller' })
    other.feed({ type: 'reinviteRejected', side: 'caller', statusCode: 488 })
    expect(other.done('handOver').length).toBe(1)
  })

  it.each(['caller', 'callee'] as const)('a transferor (%s) that hangs up by itself is not hung up', (side) => {
    const call = answered()
    call.feed({ type: 'referred', side, referral: BLIND })
    call.feed({ type: 'partyClaimed', bySessionId: 'session-2', side: 'caller' })
    if (side === 'caller') call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    else call.feed({ type: 'legEnded', legId: 'b1', cause: 'bye', reason: undefined })
    expect([call.done('byeLeg').length, call.done('byeCaller').length, call.state.disposed, call.time.pendingTimers]).toEqual([0, 0, true, 0])
  })

  it('a transferor that leaves before the target answers gives the other party away too', () => {
    const call = answered()
    call.feed({ type: 'referred', side: 'caller', referral: BLIND })
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(call.done('handOver')).toMatchObject([{ side: 'callee', toSessionId: 'session-2' }])
    expect([call.done('byeLeg').length, call.state.disposed]).toEqual([0, true])
  })

  it('when the other party hangs up, whoever rings for it is told', () => {
    const call = answered()
    call.feed({ type: 'referred', side: 'callee', referral: BLIND })
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect([told(call), call.done('byeLeg').length, call.state.disposed]).toEqual([['transferAbandoned'], 1, true])
  })

  it.each([
    ['a carrier', { decision: carrier('one') }, BLIND, 403],
    ['somebody who wants 911', { decision: ring() }, { kind: 'refused', statusCode: 403 }, 403],
    ['somebody who wants no INVITE', { decision: ring() }, { kind: 'refused', statusCode: 405 }, 405],
  ] as const)('%s may not transfer', (_who, route, referral, statusCode) => {
    const call = new ScriptedCall([route])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'referred', side: 'callee', referral })
    expect(call.done('rejectRefer')).toEqual([{ type: 'rejectRefer', side: 'callee', statusCode }])
    expect([call.done('acceptRefer').length, call.done('beginTransfer').length]).toEqual([0, 0])
  })

  it('a second REFER while one is carried out gets 491', () => {
    const call = answered()
    call.feed({ type: 'referred', side: 'callee', referral: BLIND })
    call.feed({ type: 'referred', side: 'caller', referral: { ...BLIND, toSessionId: 'session-3' } })
    expect(call.done('rejectRefer')).toEqual([{ type: 'rejectRefer', side: 'caller', statusCode: 491 }])
  })

  it('transfers of transfers end at the limit with 483', () => {
    const call = new ScriptedCall([{ decision: ring() }], { transfer: { fromSessionId: 'session-0', transferor: BOB, transferee: GRANDMA, depth: 20 } })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records: [], sipCallId: 'joined' })
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 again' })
    call.feed({ type: 'referred', side: 'callee', referral: BLIND })
    expect(call.done('rejectRefer')).toEqual([{ type: 'rejectRefer', side: 'callee', statusCode: 483 }])
  })

  it('a call for help is sent nowhere: 403, and the two go on talking', () => {
    const help = { service: '911', carrierIds: ['psap'], callbackNumber: undefined, location: undefined, caller: ALICE, steps: [] } as const
    const call = new ScriptedCall([{ decision: { kind: 'emergency', ...help } }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'referred', side: 'caller', referral: BLIND })
    expect(call.done('rejectRefer')).toEqual([{ type: 'rejectRefer', side: 'caller', statusCode: 403 }])
    expect([call.done('beginTransfer').length, call.state.phase]).toEqual([0, 'talking'])
  })

  it('a call that is to be joined with itself is told by NOTIFY as one that is not there (RFC 3891 3)', () => {
    const call = answered()
    call.feed({ type: 'referred', side: 'callee', referral: { kind: 'attended', toSessionId: call.state.sessionId, toSide: 'caller' } })
    expect(call.done('notifyTransferor')).toMatchObject([{ statusCode: 481 }])
    expect([told(call), call.state.transfer.referral, call.state.phase]).toEqual([[], undefined, 'talking'])
  })

  it('a dialog that is not there is told by NOTIFY, and the call goes on (RFC 3891 3)', () => {
    const call = answered()
    call.feed({ type: 'referred', side: 'callee', referral: { kind: 'unknownDialog' } })
    expect(call.done('notifyTransferor')).toMatchObject([{ statusCode: 481 }])
    expect(call.state.phase).toBe('talking')
  })
})

describe('the call that a REFER began', () => {
  const transfer = { fromSessionId: 'session-0', transferor: BOB, transferee: GRANDMA, depth: 1 }

  it('fetches the transferee when somebody answers, and offers him what the target answered', () => {
    const call = new ScriptedCall([{ decision: ring() }], { transfer })
    call.feed({ type: 'legProgress', legId: 'b1', statusCode: 180, sdp: undefined })
    expect(told(call)).toEqual(['transferProgress'])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    expect([told(call).at(-1), call.done('progressCaller').length, call.done('answerCaller').length]).toEqual(['partyClaimed', 0, 0])
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records: [], sipCallId: 'joined' })
    expect(call.done('offerToParty')).toEqual([{ type: 'offerToParty', to: 'caller', sdp: ANSWER }])
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 taken' })
    expect(call.done('acceptPartyAnswer')).toEqual([{ type: 'acceptPartyAnswer', from: 'caller', sdp: 'v=0 taken' }])
    call.feed({ type: 'legEnded', legId: 'b1', cause: 'bye', reason: undefined })
    expect([call.done('byeCaller').length, call.state.disposed, call.time.pendingTimers]).toEqual([1, true, 0])
    expect(replay(call.events)).toEqual(call.effects)
  })

  it('a transferee that comes before the answer hears the target ring, then talks to it', () => {
    const call = new ScriptedCall([{ decision: ring() }], { transfer })
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records: [], sipCallId: 'joined' })
    expect(call.done('offerRingback')).toEqual([{ type: 'offerRingback', to: 'caller' }])
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 tone' })
    expect(call.done('playRingback').length).toBe(1)
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 taken' })
    expect(call.done('acceptPartyAnswer').map(({ sdp }) => sdp)).toEqual(['v=0 taken'])
  })

  it('an answer while the ringing tone is still being agreed: one offer after the other (RFC 3261 14.1)', () => {
    const call = new ScriptedCall([{ decision: ring() }], { transfer })
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records: [], sipCallId: 'joined' })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    expect(call.done('offerToParty')).toEqual([])
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 tone' })
    expect([call.done('offerToParty').length, call.done('playRingback').length]).toEqual([1, 0])
  })

  it('nobody answers while the transferor is still there: he is told, nothing else happens', () => {
    const call = new ScriptedCall([{ decision: ring() }, { decision: reject('UserBusy', 486) }], { transfer })
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 486, local: false })
    expect(call.done('tellCall').at(-1)?.message).toMatchObject({ type: 'transferFailed', statusCode: 486 })
    expect([call.done('byeCaller').length, call.done('askRecall').length, call.state.disposed]).toEqual([0, 0, true])
    expect(buildCallRecords(call.state)).toMatchObject([{ disposition: 'BUSY', callingLineId: 'line-alice', answeredAtMs: undefined }])
  })

  it('nobody answers and the transferor has left: his phone rings again, once, for the transferee', () => {
    const call = new ScriptedCall([{ decision: ring() }, { decision: reject('UserBusy', 486) }], { transfer })
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records: [], sipCallId: 'joined' })
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 tone' })
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 486, local: false })
    expect(call.done('askRecall')).toMatchObject([{ transferor: BOB, caller: GRANDMA }])
    expect(call.done('startLeg').map(({ legId }) => legId)).toEqual(['b1', 'b2'])
    call.time.advance(30_000)
    expect(call.done('cancelLeg').map(({ legId }) => legId)).toEqual(['b2'])
    expect([call.done('byeCaller').length, call.done('askRecall').length]).toEqual([1, 1])
    call.feed({ type: 'legRejected', legId: 'b2', statusCode: 487, local: false })
    expect([call.state.disposed, call.time.pendingTimers]).toEqual([true, 0])
  })

  it('the transferor takes the transferee back', () => {
    const call = new ScriptedCall([{ decision: ring() }, { decision: reject('NoAnswer', 480) }], { transfer })
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records: [], sipCallId: 'joined' })
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 tone' })
    call.time.advance(20_000)
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 487, local: false })
    call.feed({ type: 'legAnswered', legId: 'b2', sdp: ANSWER })
    expect([call.done('offerToParty').length, call.state.phase]).toEqual([1, 'talking'])
  })

  it('the transferee hangs up, here or there: the target stops ringing', () => {
    const there = new ScriptedCall([{ decision: ring() }], { transfer })
    there.feed({ type: 'transferAbandoned', bySessionId: 'session-0' })
    const here = new ScriptedCall([{ decision: ring() }], { transfer })
    here.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records: [], sipCallId: 'joined' })
    here.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    for (const call of [there, here]) {
      expect([call.done('cancelLeg').length, call.done('byeCaller').length, call.done('askRecall').length]).toEqual([1, 0, 0])
      call.feed({ type: 'legRejected', legId: 'b1', statusCode: 487, local: false })
      expect([call.state.disposed, call.time.pendingTimers]).toEqual([true, 0])
    }
  })

  it('a transferee that does not take our offer ends the call on both sides', () => {
    const call = new ScriptedCall([{ decision: ring() }], { transfer })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records: [], sipCallId: 'joined' })
    call.feed({ type: 'reinviteRejected', side: 'caller', statusCode: 488 })
    expect([call.done('byeCaller').length, call.done('byeLeg').length, call.state.disposed]).toEqual([1, 1, true])
  })

  it('a recall in another account than the one that was called last leaves that one with a call nobody answered', () => {
    const call = new ScriptedCall([{ decision: onNet('account-2', '16075550199') }, { decision: ring('zoe') }, { decision: reject('NoAnswer', 480) }], {
      transfer,
    })
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records: [], sipCallId: 'joined' })
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 tone' })
    call.time.advance(20_000)
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 487, local: false })
    call.feed({ type: 'legAnswered', legId: 'b2', sdp: ANSWER })
    const records = buildCallRecords(call.state)
    expect(records.map(({ accountId, disposition, answeredAtMs }) => [accountId, disposition, answeredAtMs !== undefined])).toEqual([
      ['account-1', 'IN_PROGRESS', true],
      ['account-2', 'NO_ANSWER', false],
    ])
  })
})
