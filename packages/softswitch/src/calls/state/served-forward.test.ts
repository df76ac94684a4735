import type { RouteDecision } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import { ALICE, ANSWER, carrier, reject, ScriptedCall } from '../../../test/scripted-call.ts'
import { buildCallRecords } from '../../cdr/build-cdr.ts'
import type { CallAuthorization } from '../../ports/call-authorizer.ts'

const MENU: RouteDecision = {
  ...{ kind: 'serve', service: { kind: 'conference', conferenceRoomId: 'menu' }, target: 'conference:menu', userId: undefined },
  ...{ caller: ALICE, calledNumber: '4300', diversion: undefined, steps: [] },
}
const SENT_ON = { decision: carrier('pstn'), forwardRecordId: 'forward-1' }
const LISTENS_MS = 100_000
const RINGS_MS = 10_000
const TALKS_MS = 30_000

/** Alice listens to a menu and is sent on to a number outside, which rings. */
function sentOutside(routes: ConstructorParameters<typeof ScriptedCall>[0] = [], authorizations: readonly CallAuthorization[] = []): ScriptedCall {
  const call = new ScriptedCall([{ decision: MENU }, SENT_ON, ...routes], { dialed: '4300', authorizations })
  call.feed({ type: 'ownEndOpened', isAnswered: true })
  call.time.advance(LISTENS_MS)
  call.feed({ type: 'serviceEnded', to: { referenceType: 'TELEPHONE', referenceId: '16075550123' } })
  call.time.advance(RINGS_MS)
  return call
}

const forwardOf = (call: ScriptedCall) => buildCallRecords(call.state).find(({ legType }) => legType === 'Forward')

describe('a call that the platform has answered and sends outside (S4-40)', () => {
  it('pays for the leg from when somebody answers there, not for the time in the menu', () => {
    const call = sentOutside()
    expect(forwardOf(call)?.answeredAtMs).toBeUndefined()
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    const answeredAtMs = call.time.nowMs()
    call.time.advance(TALKS_MS)
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(forwardOf(call)).toMatchObject({ disposition: 'ANSWERED', answeredAtMs, endedAtMs: answeredAtMs + TALKS_MS })
    const [own] = buildCallRecords(call.state)
    expect(own).toMatchObject({ legType: 'Origination', answeredAtMs: answeredAtMs - LISTENS_MS - RINGS_MS })
  })

  it('is not charged for a leg that nobody answered', () => {
    const busy = sentOutside([{ decision: reject('UserBusy', 486) }])
    busy.feed({ type: 'legRejected', legId: 'b1', statusCode: 486, local: false })
    busy.feed({ type: 'serviceEnded' })
    expect(forwardOf(busy)).toMatchObject({ disposition: 'BUSY', sipStatusCode: 486, answeredAtMs: undefined })
    const leaves = sentOutside()
    leaves.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(forwardOf(leaves)).toMatchObject({ disposition: 'CANCELLED', sipStatusCode: 487, answeredAtMs: undefined })
    expect(buildCallRecords(leaves.state)[0]).toMatchObject({ disposition: 'ANSWERED', legType: 'Origination' })
  })

  it('may last what was authorised for the leg, from the answer there', () => {
    const minutes = { allowed: true, maxSeconds: 60, planId: 'plan' } as const
    const call = sentOutside([], [minutes, { allowed: false, code: 'PlanMinutesExhausted' }])
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    call.time.advance(59_000)
    expect(call.state.phase).toBe('talking')
    call.time.advance(1_000)
    expect(forwardOf(call)).toMatchObject({ disposition: 'ANSWERED', reasonCode: 'MinutesUsedUp' })
    expect((forwardOf(call)?.endedAtMs ?? 0) - (forwardOf(call)?.answeredAtMs ?? 0)).toBe(60_000)
  })
})
