import type { RouteDecision } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import { ALICE, ANSWER, carrier, onNet, reject, ring, ScriptedCall, type ScriptedRoute } from '../../test/scripted-call.ts'
import { buildCallRecords } from '../cdr/build-cdr.ts'
import type { TransferOrder, TransferResult } from '../ports/call-door.ts'
import { transferByOperator } from './transfer-by-operator.ts'

const ORDER = { sessionId: 'session-1', accountId: 'account-1', dialed: '2003' }
const ROOM: RouteDecision = {
  ...{ kind: 'serve', service: { kind: 'conference', conferenceRoomId: 'room' }, target: 'conference:room', userId: undefined },
  ...{ caller: ALICE, calledNumber: '4300', diversion: undefined, steps: [] },
}

describe('an operator sends on', () => {
  const ask = (call: ScriptedCall) => transferByOperator({ state: call.state, dispatch: (event) => void call.feed(event) }, ORDER, () => undefined).result

  it('nobody before there is an answer; a moment later he may', () => {
    const call = new ScriptedCall([{ decision: ring() }])
    expect(ask(call)).toBe('CallBusy')
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    expect([ask(call), call.done('beginTransfer').length]).toEqual(['done', 1])
  })
})

describe('an operator sends on who is with the platform', () => {
  const CELL: ScriptedRoute = { decision: carrier('pstn'), forwardRecordId: 'forward-1' }
  const BOX: RouteDecision = {
    ...{ kind: 'serve', service: { kind: 'conference', conferenceRoomId: 'other' }, target: 'conference:other', userId: undefined },
    ...{ caller: ALICE, calledNumber: '4301', diversion: undefined, steps: [] },
  }
  const send = (call: ScriptedCall, order: Partial<TransferOrder> = {}, refusal?: TransferResult['refusal']) =>
    transferByOperator({ state: call.state, dispatch: (event) => void call.feed(event) }, { ...ORDER, ...order }, () => refusal)
  const recordsOf = (call: ScriptedCall) => buildCallRecords(call.state)

  function waiting(...routes: ConstructorParameters<typeof ScriptedCall>[0]): ScriptedCall {
    const call = new ScriptedCall([{ decision: ROOM }, ...routes], { dialed: '4300' })
    call.feed({ type: 'ownEndOpened', isAnswered: true })
    call.time.advance(60_000)
    return call
  }

  it('to a number outside: he waits until it answers, talks, and the leg is charged from then on', () => {
    const call = waiting(CELL)
    expect(send(call)).toEqual({ result: 'done', sessionId: 'session-1' })
    expect([call.done('startLeg').length, call.done('stopService').length]).toEqual([1, 0])
    call.time.advance(10_000)
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    expect([call.state.phase, call.done('stopService').length]).toEqual(['talking', 1])
    const answeredAtMs = call.time.nowMs()
    call.time.advance(5_000)
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(recordsOf(call)).toMatchObject([
      { legType: 'Origination', disposition: 'ANSWERED', answeredAtMs: answeredAtMs - 70_000 },
      { legType: 'Forward', disposition: 'ANSWERED', answeredAtMs, endedAtMs: answeredAtMs + 5_000 },
    ])
  })

  it('to somebody who is busy: he is where he was, nobody pays, and he may be sent on again', () => {
    const call = waiting(CELL, { decision: reject('UserBusy', 486) }, { decision: ring() })
    send(call)
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 486, local: false })
    expect(call.state).toMatchObject({ phase: 'setup', service: { phase: 'running' } })
    expect(call.done('tellService')).toEqual([{ type: 'tellService', outcome: 'busy' }])
    expect(recordsOf(call)[1]).toMatchObject({ legType: 'Forward', disposition: 'BUSY', answeredAtMs: undefined })
    expect(recordsOf(call)[0]?.forwardedTo).toBeUndefined()
    expect(send(call).result).toBe('done')
    call.feed({ type: 'legAnswered', legId: 'b2', sdp: ANSWER })
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(recordsOf(call).map(({ disposition }) => disposition)).toEqual(['ANSWERED', 'BUSY'])
  })

  it('to another number while one rings: that one stops', () => {
    const call = waiting(CELL, { decision: ring() })
    send(call)
    send(call)
    expect(call.done('cancelLeg')).toMatchObject([{ legId: 'b1' }])
    expect(recordsOf(call)[1]).toMatchObject({ legType: 'Forward', disposition: 'CANCELLED' })
  })

  it('to another account that does not answer: what follows is asked in his own account', () => {
    const call = waiting(
      { decision: onNet('account-2', '18015550142'), forwardRecordId: 'forward-1' },
      { decision: reject('UserBusy', 486) },
      ({ question }) => ({ decision: question.accountId === 'account-1' ? ring() : reject('UnknownNumber', 404) }),
    )
    send(call)
    expect(call.state.question.accountId).toBe('account-1')
    expect(recordsOf(call).slice(1)).toMatchObject([{ accountId: 'account-2', disposition: 'FAILED', answeredAtMs: undefined }, { legType: 'Forward' }])
    send(call)
    expect(call.state.legs.at(-1)?.phase).toBe('starting')
  })

  it('to another program, which takes him at once', () => {
    const call = waiting({ decision: BOX })
    send(call)
    expect(call.effects.slice(-2).map(({ type }) => type)).toEqual(['stopService', 'startService'])
    expect(call.state.service).toMatchObject({ target: 'conference:other', phase: 'running' })
  })

  it('not where nobody is called: he keeps his place, and the operator hears why; nor out of another account, nor the platform itself', () => {
    const call = waiting()
    const refusal = { code: 'UnknownExtension', statusCode: 404, reasonPhrase: 'Not Found' }
    expect(send(call, {}, refusal)).toEqual({ result: 'CallRefused', refusal })
    expect(send(call, { accountId: 'account-2' }).result).toBe('NotTransferable')
    expect(send(call, { transferee: 'callee' }).result).toBe('NotTransferable')
    expect(send(call, { dialed: '911' }).result).toBe('EmergencyDialed')
    expect(call.state.service?.phase).toBe('running')
  })
})
