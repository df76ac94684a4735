import { describe, expect, it } from 'vitest'
import { ANSWER, carrier, onNet, reject, ring, ScriptedCall } from '../../test/scripted-call.ts'
import { buildCallRecords } from './build-cdr.ts'

describe('buildCallRecords', () => {
  it('an internal call is one record with times, parties and disposition (S0-52)', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    const startedAtMs = call.time.nowMs()
    call.time.advance(100)
    call.feed({ type: 'legStarted', legId: 'b1', sipCallId: 'callee-call-id' })
    call.feed({ type: 'legProgress', legId: 'b1', statusCode: 180, sdp: undefined })
    call.time.advance(2_000)
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    const [running] = buildCallRecords(call.state)
    expect([running?.disposition, running?.sipStatusCode, running?.endedAtMs]).toEqual(['IN_PROGRESS', 200, undefined])
    call.time.advance(7_000)
    call.feed({ type: 'legEnded', legId: 'b1', cause: 'bye', reason: undefined })
    expect(buildCallRecords(call.state)).toEqual([
      {
        id: 'record-account-1',
        sessionId: 'session-1',
        partitionId: 'partition-1',
        accountId: 'account-1',
        legType: 'Origination',
        direction: 'INTERNAL',
        startedAtMs,
        ringingAtMs: startedAtMs + 100,
        answeredAtMs: startedAtMs + 2_100,
        endedAtMs: startedAtMs + 9_100,
        dialedNumber: '2002',
        callingNumber: '2001',
        callingName: 'Alice Adams',
        calledNumber: '2002',
        callingUserId: 'alice',
        calledUserId: 'bob',
        callingLineId: 'line-alice',
        calledLineId: 'line-0',
        carrierId: undefined,
        origCategory: 'OnNet',
        termCategory: 'OnNet',
        disposition: 'ANSWERED',
        hangupBy: 'callee',
        sipStatusCode: 200,
        reasonCode: 'CalleeHungUp',
        sipCallIds: ['caller-call-id', 'callee-call-id'],
      },
    ])
  })

  it('a call to the PSTN names the carrier that answered, after a failover', () => {
    const call = new ScriptedCall([{ decision: carrier('one', 'two') }, { decision: carrier('two') }], { dialed: '6075550123' })
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 503, local: false })
    call.feed({ type: 'legAnswered', legId: 'b2', sdp: ANSWER })
    const [record] = buildCallRecords(call.state)
    expect(record).toMatchObject({ direction: 'OUTBOUND', carrierId: 'two', termCategory: 'OffNet', calledNumber: '16075550123', dialedNumber: '6075550123' })
  })

  it('a call between two accounts has a record in each, with one session', () => {
    const call = new ScriptedCall([{ decision: onNet('account-2', '16075550199') }, { decision: ring('zoe') }], { dialed: '6075550199' })
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    const records = buildCallRecords(call.state)
    expect(records.map((record) => [record.accountId, record.direction, record.legType, record.calledUserId])).toEqual([
      ['account-1', 'OUTBOUND', 'Origination', undefined],
      ['account-2', 'INBOUND', 'Termination', 'zoe'],
    ])
    expect(new Set(records.map((record) => record.sessionId)).size).toBe(1)
    expect(new Set(records.map((record) => record.id)).size).toBe(2)
  })

  it.each([
    ['911', 'Emergency'],
    ['933', 'EmergencyServicesVerification'],
  ] as const)('%s is of category %s, with the callback number and location that were sent (S0-73)', (service, category) => {
    const caller = { number: '18015551212', name: 'Alice', anonymous: false }
    const decision = { kind: 'emergency', service, carrierIds: ['psap'], callbackNumber: '18015551212', location: undefined, caller, steps: [] } as const
    const call = new ScriptedCall([{ decision }], { dialed: service })
    const [record] = buildCallRecords(call.state)
    expect(record).toMatchObject({ termCategory: category, direction: 'OUTBOUND', emergency: { callbackNumber: '18015551212' }, carrierId: 'psap' })
    expect(call.effects.findIndex((effect) => effect.type === 'startLeg')).toBeLessThan(call.effects.findIndex((effect) => effect.type === 'reportEmergency'))
    expect(call.done('reportEmergency').length).toBe(1)
  })

  it.each([
    ['UserBusy', 486, 'BUSY'],
    ['UnknownNumber', 404, 'UNKNOWN_NUMBER'],
    ['Unregistered', 480, 'UNREGISTERED'],
  ] as const)('%s ends as %i and %s, without an answer time', (code, statusCode, disposition) => {
    const call = new ScriptedCall([{ decision: reject(code, statusCode) }])
    const [record] = buildCallRecords(call.state)
    expect(record).toMatchObject({ disposition, sipStatusCode: statusCode, answeredAtMs: undefined })
    expect(record?.endedAtMs).toBe(call.time.nowMs())
  })

  it('gives the same records for the same call, as often as it is asked', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    expect(buildCallRecords(call.state)).toEqual(buildCallRecords(call.state))
  })
})
