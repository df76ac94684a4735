import { describe, expect, it } from 'vitest'
import type { RouteDecision } from '@dialtone/call-routing'
import { ALICE, ANSWER, carrier, OFFER, onNet, reject, ring, ScriptedCall } from '../../../test/scripted-call.ts'
import { GRANDMA } from '../../../test/scripted-transfer.ts'
import { buildCallRecords } from '../../cdr/build-cdr.ts'
import type { CallAuthorization } from '../../ports/call-authorizer.ts'

const minute = (maxSeconds: number): CallAuthorization => ({ allowed: true, maxSeconds, planId: 'plan-1' })
const no = (code: string): CallAuthorization => ({ allowed: false, code })
const EMERGENCY: RouteDecision = {
  ...{ kind: 'emergency', service: '911', carrierIds: ['psap'], callbackNumber: undefined, location: undefined, caller: ALICE, steps: [] },
}

describe('a call that costs something (S4-40)', () => {
  it('is asked about before a carrier hears of it, by the record that will be charged', () => {
    const call = new ScriptedCall([{ decision: carrier() }], { dialed: '6075550123' })
    const order = call.effects.map(({ type }) => type)
    expect(order.indexOf('askAuthorization')).toBeGreaterThan(0)
    expect(order.indexOf('askAuthorization')).toBeLessThan(order.indexOf('openMedia'))
    expect(call.done('askAuthorization')[0]?.request).toMatchObject({
      reservationId: 'record-account-1',
      userId: 'alice',
      lineId: 'line-alice',
      calledNumber: '16075550123',
      category: 'OffNet',
      sentOn: undefined,
    })
  })

  it('is refused with the status of the reason, without any leg, and its record says why', () => {
    const call = new ScriptedCall([{ decision: carrier() }], { dialed: '6075550123', authorizations: [no('PlanMinutesExhausted')] })
    expect([call.done('openMedia').length, call.done('startLeg').length]).toEqual([0, 0])
    expect(call.done('rejectCaller')).toMatchObject([{ statusCode: 402, reasonPhrase: 'Payment Required' }])
    expect(buildCallRecords(call.state)).toMatchObject([
      { disposition: 'REJECTED', sipStatusCode: 402, reasonCode: 'PlanMinutesExhausted', termCategory: 'OffNet' },
    ])
    expect(call.state.disposed).toBe(true)
  })

  it('asks for more when its time is up, goes on while there is some, and ends in the second of the limit', () => {
    const call = new ScriptedCall([{ decision: carrier() }], { dialed: '6075550123', authorizations: [minute(60), minute(90), no('PlanMinutesExhausted')] })
    call.time.advance(5_000)
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.time.advance(60_000)
    expect([call.done('extendAuthorization').length, call.state.phase]).toEqual([1, 'talking'])
    call.time.advance(29_999)
    expect(call.state.phase).toBe('talking')
    call.time.advance(7)
    expect(call.done('byeCaller')).toHaveLength(1)
    const [record] = buildCallRecords(call.state)
    expect(record).toMatchObject({
      disposition: 'ANSWERED',
      hangupBy: 'system',
      reasonCode: 'MinutesUsedUp',
      authorization: { maxSeconds: 90, planId: 'plan-1' },
    })
    expect((record?.endedAtMs ?? 0) - (record?.answeredAtMs ?? 0)).toBe(90_000)
  })

  it('asks before its time is up, and tells the two when there is no more: the call still ends in the second of the limit', () => {
    const authorizations = [minute(60), no('PlanMinutesExhausted')]
    const call = new ScriptedCall([{ decision: carrier() }], { dialed: '6075550123', hasHoldMusic: true, authorizations })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.time.advance(52_999)
    expect(call.done('extendAuthorization')).toEqual([])
    call.time.advance(1)
    expect(call.done('announceLimit')).toMatchObject([{ promptId: 'minutes-used-up', accountId: 'account-1', endsInMs: 7_000 }])
    call.time.advance(6_999)
    expect(call.state.phase).toBe('talking')
    call.time.advance(1)
    expect(buildCallRecords(call.state)).toMatchObject([{ reasonCode: 'MinutesUsedUp', answeredAtMs: call.state.answeredAtMs }])
    expect((call.state.endedAtMs ?? 0) - (call.state.answeredAtMs ?? 0)).toBe(60_000)
  })

  it('says nothing of minutes when something else ends it, or our own end cannot speak', () => {
    const guarded = new ScriptedCall([{ decision: carrier() }], { hasHoldMusic: true, authorizations: [minute(15), no('SpendLimitReached')] })
    const signalled = new ScriptedCall([{ decision: carrier() }], { authorizations: [minute(60), no('PlanMinutesExhausted')] })
    for (const call of [guarded, signalled]) {
      call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
      call.time.advance(60_001)
      expect([call.done('announceLimit'), call.state.phase]).toEqual([[], 'over'])
    }
  })

  it('warns a minute before nothing can be left any more, once, and not who has just begun to talk', () => {
    const granted = (maxSeconds: number, mostSeconds: number): CallAuthorization => ({ allowed: true, maxSeconds, planId: 'plan-1', mostSeconds })
    const authorizations = [granted(60, 130), granted(120, 130), granted(130, 130), no('PlanMinutesExhausted')]
    const call = new ScriptedCall([{ decision: carrier() }], { dialed: '6075550123', hasHoldMusic: true, authorizations })
    call.time.advance(4_000)
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.time.advance(69_999)
    expect(call.done('announceLimit')).toEqual([])
    call.time.advance(1)
    expect(call.done('announceLimit')).toEqual([{ type: 'announceLimit', promptId: 'minute-left', accountId: 'account-1', to: 'caller' }])
    call.time.advance(55_000)
    expect(call.done('announceLimit').map(({ promptId }) => promptId)).toEqual(['minute-left', 'minutes-used-up'])
    const short = new ScriptedCall([{ decision: carrier() }], { hasHoldMusic: true, authorizations: [granted(60, 66), granted(66, 66)] })
    short.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    short.time.advance(50_000)
    expect(short.done('announceLimit')).toEqual([])
    // Nobody of the account that sent it on is in the call.
    const away = { kind: 'carrier', carrierId: 'pstn', number: '12125550199', name: '', dialed: '16075550123' } as const
    const sentOn = new ScriptedCall([{ decision: carrier(), forwardRecordId: 'forward-1' }], { origin: away, hasHoldMusic: true, authorizations })
    sentOn.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    sentOn.time.advance(129_000)
    expect(sentOn.done('announceLimit').map(({ promptId }) => promptId)).toEqual(['minutes-used-up'])
  })

  it('ends in the second of the limit too when a party hangs up while more is asked for', () => {
    const call = new ScriptedCall([{ decision: carrier() }], { dialed: '6075550123', authorizations: [minute(60), 'no answer yet'] })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.time.advance(60_030)
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    const [record] = buildCallRecords(call.state)
    expect(record).toMatchObject({ disposition: 'ANSWERED', hangupBy: 'caller' })
    expect((record?.endedAtMs ?? 0) - (record?.answeredAtMs ?? 0)).toBe(60_000)
  })

  it('without a limit no timer runs for it', () => {
    const call = new ScriptedCall([{ decision: carrier() }], { dialed: '6075550123' })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    expect(call.state.timers).not.toContain('authorized')
  })

  it('is asked about again for the next carrier, with the same reservation', () => {
    const call = new ScriptedCall([{ decision: carrier('one', 'two') }, { decision: carrier('two') }], { dialed: '6075550123' })
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 503, local: false })
    expect(call.done('askAuthorization').map(({ request }) => request.reservationId)).toEqual(['record-account-1', 'record-account-1'])
    expect(call.done('startLeg')).toHaveLength(2)
  })

  it('is asked about when it goes to another account, of the caller alone', () => {
    const call = new ScriptedCall([{ decision: onNet('account-2', '18015550201') }, { decision: ring('zoe') }], { dialed: '8015550201' })
    expect(call.done('askAuthorization').map(({ request }) => [request.accountId, request.category])).toEqual([['account-1', 'OnNet']])
  })

  it('inside the account is nobody asked', () => {
    expect(new ScriptedCall([{ decision: ring() }]).done('askAuthorization')).toEqual([])
  })

  it('C-58: help is never asked about, limited or refused', () => {
    const call = new ScriptedCall([{ decision: EMERGENCY }], { dialed: '911', authorizations: [no('PlanMinutesExhausted')] })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    expect([call.done('askAuthorization').length, call.state.phase, call.state.timers.includes('authorized')]).toEqual([0, 'talking', false])
  })
})

describe('a call that is sent on', () => {
  const diversion = { userId: 'bob', number: '2002', reason: 'busy', payer: { userId: 'bob' } } as const
  const to = (...carrierIds: string[]): RouteDecision => ({ ...carrier(...carrierIds), diversion }) as RouteDecision
  const forwarded = to('pstn')

  it('is a record and a charge of whoever sent it on (S0-52)', () => {
    const call = new ScriptedCall([{ decision: forwarded, forwardRecordId: 'record-forward' }], { authorizations: [minute(60)] })
    expect(call.done('askAuthorization')[0]?.request).toMatchObject({ reservationId: 'record-forward', userId: 'bob', sentOn: 'forwarded' })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    expect(call.state.timers).toContain('authorized')
    const [own, leg] = buildCallRecords(call.state)
    expect(own).toMatchObject({ id: 'record-account-1', direction: 'INTERNAL', calledNumber: '2002', calledUserId: 'bob', forwardedTo: '16075550123' })
    expect(own?.authorization).toBeUndefined()
    expect(leg).toMatchObject({
      ...{ id: 'record-forward', legType: 'Forward', direction: 'OUTBOUND', callingUserId: 'bob', calledNumber: '16075550123', termCategory: 'OffNet' },
      ...{ carrierId: 'pstn', forwarding: { number: '2002', reason: 'busy' }, authorization: { maxSeconds: 60 } },
    })
  })

  it('is refused where the plan prevents forwarding', () => {
    const call = new ScriptedCall([{ decision: forwarded, forwardRecordId: 'record-forward' }], { authorizations: [no('ForwardingNotAllowed')] })
    expect(call.done('rejectCaller')).toMatchObject([{ statusCode: 403 }])
    expect(buildCallRecords(call.state).map(({ reasonCode }) => reasonCode)).toEqual(['ForwardingNotAllowed', 'ForwardingNotAllowed'])
  })

  it('keeps its record over carriers; one that led nowhere ends when the call goes on', () => {
    const routes = [
      { decision: to('one', 'two'), forwardRecordId: 'first' },
      { decision: to('two'), forwardRecordId: 'second' },
      { decision: ring('carol') },
      { decision: reject('NoAnswer', 480) },
    ]
    const call = new ScriptedCall(routes)
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 503, local: false })
    call.feed({ type: 'legRejected', legId: 'b2', statusCode: 486, local: false })
    call.feed({ type: 'legAnswered', legId: 'b3', sdp: ANSWER })
    const records = buildCallRecords(call.state).map(({ id, disposition, carrierId, answeredAtMs }) => [id, disposition, carrierId, answeredAtMs !== undefined])
    expect(records).toEqual([
      ['record-account-1', 'IN_PROGRESS', undefined, true],
      ['first', 'BUSY', 'two', false],
    ])
  })

  it('gives back at once what it reserved when it led nowhere, before the next leg asks; another carrier for the same leg keeps it', () => {
    const routes = [
      { decision: to('one', 'two'), forwardRecordId: 'first' },
      { decision: to('two'), forwardRecordId: 'second' },
      { decision: { ...to('two'), number: '16075550199' } as RouteDecision, forwardRecordId: 'third' },
      { decision: ring('carol') },
    ]
    const call = new ScriptedCall(routes, { authorizations: [minute(60), minute(60), minute(60)] })
    const asked = () => call.effects.flatMap((effect) => (effect.type === 'giveBackAuthorization' ? [`back ${effect.reservationId}`] : effect.type === 'askAuthorization' ? [effect.request.reservationId] : [])) // prettier-ignore
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 503, local: false })
    expect(asked()).toEqual(['first', 'first'])
    call.feed({ type: 'legRejected', legId: 'b2', statusCode: 486, local: false })
    expect(asked()).toEqual(['first', 'first', 'back first', 'third'])
    call.feed({ type: 'legRejected', legId: 'b3', statusCode: 486, local: false })
    expect([asked().at(-1), call.state.phase]).toEqual(['back third', 'setup'])
    call.feed({ type: 'legAnswered', legId: 'b4', sdp: ANSWER })
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(call.done('giveBackAuthorization')).toHaveLength(2)
  })
})

describe('a leg to a carrier that goes on in another call', () => {
  const ROOM: RouteDecision = {
    ...{ kind: 'serve', service: { kind: 'conference', conferenceRoomId: 'room' }, target: 'conference:room', userId: undefined },
    ...{ caller: ALICE, calledNumber: '4300', diversion: undefined, steps: [] },
  }
  const carriedInto = (call: ScriptedCall, authorization: { maxSeconds: number; planId: string }) => {
    const [running] = buildCallRecords(call.state)
    if (running === undefined) throw new Error('no record')
    const carried = { ...running, id: 'paid', sessionId: 'session-0', answeredAtMs: call.time.nowMs(), authorization }
    call.feed({ type: 'partyJoined', side: 'caller', party: GRANDMA, sdp: OFFER, records: [carried], sipCallId: 'joined' })
    return call.time.nowMs()
  }
  const talking = (authorizations: readonly CallAuthorization[]) => {
    const call = new ScriptedCall([{ decision: ring() }], { authorizations })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    return call
  }
  const served = (authorizations: readonly CallAuthorization[]) => {
    const call = new ScriptedCall([{ decision: ROOM }], { authorizations })
    call.feed({ type: 'ownEndOpened', isAnswered: true })
    return call
  }

  it.each([
    ['with somebody it was transferred to', talking],
    ['in a room, a queue, a parking spot', served],
  ])('%s: is asked about, and ends in the second of the limit', (_where, made) => {
    const call = made([minute(90), no('PlanMinutesExhausted')])
    const joinedAtMs = carriedInto(call, { maxSeconds: 60, planId: 'plan-1' })
    call.time.advance(89_999)
    expect([call.done('extendAuthorization').map(({ reservationId }) => reservationId), call.state.phase === 'over']).toEqual([['paid', 'paid'], false])
    call.time.advance(60)
    expect([call.state.phase, call.done('byeCaller').length > 0]).toEqual(['over', true])
    const record = buildCallRecords(call.state).find(({ id }) => id === 'paid')
    expect(record).toMatchObject({ endedAtMs: joinedAtMs + 90_000, disposition: 'ANSWERED', hangupBy: 'system', reasonCode: 'MinutesUsedUp' })
  })

  it('while it waits for an answer that costs something too: each answer is for the leg it was asked for', () => {
    const to = { ...carrier(), diversion: { userId: 'bob', number: '2002', reason: 'always', payer: { userId: 'bob' } } } as RouteDecision
    const call = new ScriptedCall([{ decision: ROOM }, { decision: to, forwardRecordId: 'forward' }], { authorizations: ['no answer yet'] })
    call.feed({ type: 'ownEndOpened', isAnswered: true })
    carriedInto(call, { maxSeconds: 60, planId: 'plan-1' })
    call.feed({ type: 'reinviteAnswered', side: 'caller', sdp: ANSWER })
    call.feed({ type: 'serviceRing', to: { referenceType: 'END_USER', referenceId: 'bob' }, timeoutMs: 20_000 })
    call.feed({ type: 'authorized', reservationId: 'paid', authorization: minute(120) })
    expect(call.done('startLeg')).toHaveLength(0)
    call.feed({ type: 'authorized', reservationId: 'forward', authorization: minute(60) })
    expect(call.done('startLeg')).toHaveLength(1)
  })
})
