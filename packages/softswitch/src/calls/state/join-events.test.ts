import type { ServiceOrder } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import { ALICE, ANSWER, carrier, OFFER, ring, ScriptedCall } from '../../../test/scripted-call.ts'
import { buildCallRecords } from '../../cdr/build-cdr.ts'
import { answered, BLIND, BOB, GRANDMA, told } from '../../../test/scripted-transfer.ts'
import type { CallState } from './call-state.ts'
import { onPartyJoined } from './join-events.ts'

describe('the call that somebody is put into (RFC 5589 7)', () => {
  it('an answered call: the transferor is hung up, both others are asked for their descriptions', () => {
    const call = answered()
    call.feed({ type: 'replacementOffered', bySessionId: 'session-0', side: 'caller', transferor: BOB })
    expect(told(call)).toEqual(['partyClaimed'])
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: 'v=0 grandma', records: [], sipCallId: 'joined' })
    expect(call.effects.map(({ type }) => type).slice(-4)).toEqual(['byeCaller', 'seatParty', 'offerToParty', 'checkpointRecords'])
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 taken' })
    expect(call.done('relayReinvite')).toEqual([{ type: 'relayReinvite', from: 'caller', sdp: 'v=0 taken' }])
    call.feed({ type: 'reinviteAnswered', side: 'callee', sdp: 'v=0 fine' })
    expect(call.state.phase).toBe('talking')
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect([call.done('byeLeg').length, call.state.disposed, call.time.pendingTimers]).toEqual([1, true, 0])
  })

  it('not a call for help: for whoever asks it is not there', () => {
    const help = { service: '911', carrierIds: ['psap'], callbackNumber: undefined, location: undefined, caller: ALICE, steps: [] } as const
    const call = new ScriptedCall([{ decision: { kind: 'emergency', ...help } }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'replacementOffered', bySessionId: 'session-0', side: 'caller', transferor: { ...BOB, accountId: call.state.question.accountId } })
    expect(call.done('tellCall').map(({ message }) => message)).toMatchObject([{ type: 'transferFailed', statusCode: 481 }])
    expect(call.state.phase).toBe('talking')
  })

  it('in place of the called party', () => {
    const call = answered()
    call.feed({ type: 'partyJoined', side: 'callee', party: GRANDMA, sdp: 'v=0 grandma', records: [], sipCallId: 'joined' })
    expect([call.done('byeLeg').map(({ legId }) => legId), call.state.winnerId]).toEqual([['b1'], 'g2'])
    call.feed({ type: 'legEnded', legId: 'g2', cause: 'bye', reason: undefined })
    expect([call.done('byeCaller').length, call.state.disposed]).toEqual([1, true])
  })

  it('in a call that has had more legs than it remembers: nobody there has the name of who comes', () => {
    const { state } = answered()
    const [leg] = state.legs
    if (leg === undefined) throw new Error('nobody has answered')
    // A parked call that was fetched, of which two phones before had rung in vain for a menu, and one is remembered.
    const fetched: CallState = {
      ...state,
      legsBefore: 1,
      legs: [
        { ...leg, id: 'b2', phase: 'over' },
        { ...leg, id: 'g3' },
      ],
      winnerId: 'g3',
    }
    const joined = { type: 'partyJoined', side: 'callee', party: GRANDMA, sdp: 'v=0 grandma', records: [], sipCallId: 'joined', atMs: 0 } as const
    const after = onPartyJoined({ state: fetched, effects: [] }, joined)
    expect([after.state.legs.map(({ id }) => id), after.state.winnerId]).toEqual([['b2', 'g3', 'g4'], 'g4'])
  })

  it('a call that still rings: the transferor gets 487, the other one waits for the answer', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    call.feed({ type: 'replacementOffered', bySessionId: 'session-0', side: 'caller', transferor: BOB })
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: 'v=0 grandma', records: [], sipCallId: 'joined' })
    expect(call.done('rejectCaller')).toMatchObject([{ statusCode: 487 }])
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 tone' })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 taken' })
    expect([call.done('answerCaller').length, call.done('relayReinvite').length]).toEqual([0, 1])
  })

  it.each([
    ['of another account', { ...BOB, accountId: 'account-9' }],
    ['of nobody at that side', BOB],
  ])('a transferor %s finds no such call: 481', (what, transferor) => {
    const call = what.startsWith('of nobody') ? new ScriptedCall([{ decision: ring() }]) : answered()
    call.feed({ type: 'replacementOffered', bySessionId: 'session-0', side: 'callee', transferor })
    expect(call.done('tellCall').map(({ message }) => message)).toMatchObject([{ type: 'transferFailed', statusCode: 481 }])
  })

  const served = (service: ServiceOrder) => {
    const decision = { kind: 'serve', service, target: 'own', userId: undefined, caller: ALICE, calledNumber: '4100', diversion: undefined, steps: [] } as const
    const call = new ScriptedCall([{ decision }, { decision: ring('carol') }])
    call.feed({ type: 'ownEndOpened', isAnswered: true })
    call.feed({ type: 'replacementOffered', bySessionId: 'session-0', side: 'caller', transferor: BOB })
    return call
  }

  it('one that the platform has: the program goes on where it is, and whom it rings is called by who came', () => {
    const call = served({ kind: 'conference', conferenceRoomId: 'room' })
    expect(told(call)).toEqual(['partyClaimed'])
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: 'v=0 grandma', records: [], sipCallId: 'joined' })
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: 'v=0 own end' })
    expect([call.done('byeCaller').length, call.done('stopService').length, call.done('acceptOwnEnd').length]).toEqual([1, 0, 1])
    call.feed({ type: 'serviceRing', to: { referenceType: 'END_USER', referenceId: 'carol' }, timeoutMs: 20_000 })
    expect(call.done('askRoute').at(-1)?.question.call).toMatchObject({ direction: 'continuing', caller: GRANDMA.identity })
  })

  it('nobody gets the place of who listens to a call of others: 403', () => {
    const supervised = { kind: 'supervise', sessionId: 'session-9', side: 'caller', mode: 'LISTEN', modes: ['LISTEN'], notice: 'TONE' } as const
    expect(served(supervised).done('tellCall').map(({ message }) => message)).toMatchObject([{ type: 'transferFailed', statusCode: 403 }]) // prettier-ignore
  })

  it('a leg that comes when the call is over is hung up', () => {
    const call = answered()
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records: [], sipCallId: 'joined' })
    expect(call.done('byeLeg').length).toBe(2)
  })
})

describe('one record a billed leg', () => {
  it('the record of a call from the PSTN goes on as long as its leg does, whoever it talks to', () => {
    const call = answered()
    const [running] = buildCallRecords(call.state)
    if (running === undefined) throw new Error('no record')
    const carried = { ...running, id: 'inbound', sessionId: 'session-0', direction: 'INBOUND' } as const
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records: [carried], sipCallId: 'joined' })
    call.time.advance(60_000)
    call.feed({ type: 'legEnded', legId: 'b1', cause: 'bye', reason: undefined })
    const records = buildCallRecords(call.state)
    expect(records.map(({ id, disposition, endedAtMs }) => [id, disposition, endedAtMs])).toEqual([
      ['record-account-1', 'ANSWERED', call.time.nowMs()],
      ['inbound', 'ANSWERED', call.time.nowMs()],
    ])
  })

  it('the record of a leg that nobody answered, of a call that then went on, stays as it was when the call is transferred', () => {
    const along = { startsAfterMs: 0, ringsForMs: undefined, endsRingingWhenBusy: false } as const
    const from = new ScriptedCall([{ decision: ring(), beside: [along, { ...along }] }])
    from.feed({ type: 'legRejected', legId: 'b2', statusCode: 486, local: false })
    const busyAtMs = from.time.nowMs()
    from.time.advance(2_000)
    from.feed({ type: 'legAnswered', legId: 'b3', sdp: ANSWER })
    from.feed({ type: 'referred', side: 'caller', referral: BLIND })
    from.feed({ type: 'partyClaimed', bySessionId: 'session-2', side: 'caller' })
    const { records = [] } = from.done('handOver')[0] ?? {}
    const call = answered()
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records, sipCallId: 'joined' })
    call.time.advance(60_000)
    call.feed({ type: 'legEnded', legId: 'b1', cause: 'bye', reason: undefined })
    expect(buildCallRecords(call.state).filter(({ legType }) => legType === 'Forward')).toMatchObject([
      { id: 'forward-0', disposition: 'BUSY', sipStatusCode: 486, answeredAtMs: undefined, endedAtMs: busyAtMs, reasonCode: 'UserBusy', hangupBy: 'callee' },
      { id: 'forward-1', disposition: 'ANSWERED', sipStatusCode: 200, endedAtMs: call.time.nowMs() },
    ])
  })

  it('a call to the PSTN that is given away is not closed here: its record goes with the leg', () => {
    const call = new ScriptedCall([{ decision: carrier('one') }], { dialed: '6075550123' })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'referred', side: 'caller', referral: BLIND })
    call.feed({ type: 'partyClaimed', bySessionId: 'session-2', side: 'caller' })
    expect(call.done('handOver')[0]?.records).toMatchObject([{ id: 'record-account-1', disposition: 'IN_PROGRESS', direction: 'OUTBOUND' }])
    expect(buildCallRecords(call.state)).toEqual([])
  })
})
