import type { RouteDecision } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import { ALICE, ANSWER, ring, ScriptedCall } from '../../test/scripted-call.ts'
import { transferByOperator } from './transfer-by-operator.ts'

const ORDER = { sessionId: 'session-1', accountId: 'account-1', dialed: '2003' }
const ROOM: RouteDecision = {
  ...{ kind: 'serve', service: { kind: 'conference', conferenceRoomId: 'room' }, target: 'conference:room', userId: undefined },
  ...{ caller: ALICE, calledNumber: '4300', diversion: undefined, steps: [] },
}

describe('an operator sends on', () => {
  const ask = (call: ScriptedCall) => transferByOperator({ state: call.state, dispatch: (event) => void call.feed(event) }, ORDER).result

  it('nobody who talks to the platform alone, and says so: to wait a moment would not help', () => {
    const call = new ScriptedCall([{ decision: ROOM }])
    call.feed({ type: 'ownEndOpened', isAnswered: true })
    expect([ask(call), call.done('beginTransfer').length]).toEqual(['NotTransferable', 0])
  })

  it('nobody before there is an answer; a moment later he may', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    expect(ask(call)).toBe('CallBusy')
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    expect([ask(call), call.done('beginTransfer').length]).toEqual(['done', 1])
  })
})
