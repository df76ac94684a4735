import type { RouteDecision } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import { ALICE, ANSWER, carrier, onNet, reject, ring, ScriptedCall, type ScriptedRoute } from '../../../test/scripted-call.ts'
import { buildCallRecords } from '../../cdr/build-cdr.ts'
import { describeCall } from '../../explanation/describe-call.ts'
import type { CallAuthorization } from '../../ports/call-authorizer.ts'
import { MAX_HOPS } from './call-state.ts'

const MENU: RouteDecision = {
  ...{ kind: 'serve', service: { kind: 'conference', conferenceRoomId: 'menu' }, target: 'conference:menu', userId: undefined },
  ...{ caller: ALICE, calledNumber: '4300', diversion: undefined, steps: [] },
}
const NOBODY = { allowed: false, code: 'PlanMinutesExhausted' } as const

/** Alice listens to a menu of hers and is sent on. */
function sentOn(routes: readonly ScriptedRoute[], authorizations: readonly CallAuthorization[] = []): ScriptedCall {
  const call = new ScriptedCall([{ decision: MENU }, ...routes], { dialed: '4300', authorizations })
  call.feed({ type: 'ownEndOpened', isAnswered: true })
  call.feed({ type: 'serviceEnded', to: { referenceType: 'END_USER', referenceId: 'bob' } })
  return call
}

const wordsOf = (call: ScriptedCall) => call.done('startService').map(({ service: { order } }) => (order.kind === 'announcement' ? order.promptId : order.kind))

describe('a way out of a menu, a queue or a box that leads to nobody', () => {
  it.each([
    ['UserBusy', 486, 'called-busy', 'Q.850;cause=17;text="User busy"'],
    ['Unregistered', 480, 'called-not-available', 'Q.850;cause=20;text="Subscriber absent"'],
    ['UnknownNumber', 404, 'number-not-in-service', 'Q.850;cause=1;text="Unallocated number"'],
    ['NoAnswer', 480, 'called-no-answer', 'Q.850;cause=19;text="No answer from user"'],
  ] as const)('the caller hears why and is hung up then, which his record and the trace tell: %s', (code, statusCode, promptId, reason) => {
    const call = sentOn([{ decision: reject(code, statusCode) }])
    expect([wordsOf(call), call.done('byeCaller')]).toEqual([['conference', promptId], []])
    call.feed({ type: 'announced', name: promptId, code: 'Told' })
    call.feed({ type: 'serviceEnded' })
    expect(call.done('byeCaller')).toMatchObject([{ reason }])
    expect(buildCallRecords(call.state)).toMatchObject([{ disposition: 'ANSWERED', reasonCode: code, hangupBy: 'system' }])
    const told = describeCall({ events: call.events, isCut: false, mediaReport: undefined, isFinished: true })
    expect(told?.outcome).toMatchObject({ code })
    expect(told?.events.find(({ type }) => type === 'announced')?.detail).toEqual({ name: promptId, code: 'Told' })
  })

  it('who hangs up meanwhile has not ended it for another reason', () => {
    const call = sentOn([{ decision: reject('UserBusy', 486) }])
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(buildCallRecords(call.state)).toMatchObject([{ disposition: 'ANSWERED', reasonCode: 'UserBusy', hangupBy: 'caller' }])
    expect([call.done('byeCaller'), call.done('stopService').length, call.state.phase]).toEqual([[], 1, 'over'])
  })

  it('a phone that answers while it is said why is hung up', () => {
    const call = sentOn([{ decision: ring() }, { decision: reject('NoAnswer', 480) }])
    call.time.advance(20_000)
    expect(wordsOf(call).at(-1)).toBe('called-no-answer')
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    expect([call.done('byeLeg').length, call.state.service?.phase]).toEqual([1, 'running'])
  })

  it('what only the account is to know the caller does not hear: nobody pays', () => {
    const call = sentOn([{ decision: carrier('pstn'), forwardRecordId: 'forward-1' }], [NOBODY])
    call.feed({ type: 'serviceEnded' })
    expect(wordsOf(call).at(-1)).toBe('not-available-now')
    const [own, forward] = buildCallRecords(call.state)
    expect([own?.reasonCode, forward?.disposition, forward?.answeredAtMs]).toEqual(['PlanMinutesExhausted', 'REJECTED', undefined])
  })

  it('another account has refused it: the one whose menu it was speaks, and the other one has a record of what happened there', () => {
    const call = sentOn([{ decision: onNet('account-2', '18015552002'), forwardRecordId: 'forward-1' }, { decision: reject('UserBusy', 486) }])
    expect([wordsOf(call).at(-1), call.state.question.accountId]).toEqual(['called-busy', 'account-1'])
    call.time.advance(3_000)
    call.feed({ type: 'serviceEnded' })
    const records = buildCallRecords(call.state)
    expect(records.map(({ accountId, disposition }) => [accountId, disposition])).toEqual([
      ['account-1', 'ANSWERED'],
      ['account-2', 'BUSY'],
      ['account-1', 'BUSY'],
    ])
    expect(records.slice(1).map(({ startedAtMs, endedAtMs }) => (endedAtMs ?? 0) - startedAtMs)).toEqual([0, 0])
  })

  it("two menus that are each other's way out: it ends with words as well", () => {
    const call = sentOn(Array.from({ length: MAX_HOPS }, () => ({ decision: MENU })))
    for (let round = 0; round < MAX_HOPS; round++) call.feed({ type: 'serviceEnded', to: { referenceType: 'IVR', referenceId: 'menu' } })
    expect([wordsOf(call).at(-1), call.state.phase]).toEqual(['not-available-now', 'setup'])
    call.feed({ type: 'serviceEnded' })
    expect(buildCallRecords(call.state)).toMatchObject([{ disposition: 'ANSWERED', reasonCode: 'HopLimit' }])
  })
})
