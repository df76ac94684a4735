import { describe, expect, it } from 'vitest'
import { ALICE, ScriptedCall } from '../../../test/scripted-call.ts'
import { buildCallRecords } from '../../cdr/build-cdr.ts'
import { describeCall } from '../../explanation/describe-call.ts'

const ROOM = {
  kind: 'serve',
  service: { kind: 'conference', conferenceRoomId: 'room' },
  target: 'conference:room',
  userId: undefined,
  caller: ALICE,
  calledNumber: '4300',
  diversion: undefined,
  steps: [],
} as const

describe('a call that our own end has answered', () => {
  it.each([
    ['bye', 'CallerHungUp', 'caller'],
    ['gone', 'CallerGone', 'system'],
    ['expired', 'SessionExpired', 'system'],
  ] as const)('ends by "%s" of the caller as an answered call does: %s', (cause, reasonCode, hangupBy) => {
    const call = new ScriptedCall([{ decision: ROOM }])
    call.feed({ type: 'ownEndOpened', isAnswered: true })
    call.feed({ type: 'callerEnded', cause, reason: undefined })
    expect(buildCallRecords(call.state)).toMatchObject([{ disposition: 'ANSWERED', reasonCode, hangupBy }])
  })

  it.each([
    [true, 200],
    [false, 183],
  ])('tells in its trace what the caller heard of it (answered: %s)', (isAnswered, statusCode) => {
    const call = new ScriptedCall([{ decision: ROOM }])
    call.feed({ type: 'ownEndOpened', isAnswered })
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    const told = describeCall({ events: call.events, isCut: false, mediaReport: undefined, isFinished: true })
    expect(told?.messages.slice(0, 2)).toMatchObject([
      { leg: 'caller', direction: 'in', method: 'INVITE' },
      { leg: 'caller', direction: 'out', method: 'INVITE', statusCode },
    ])
  })

  it('that it has not answered is cancelled', () => {
    const call = new ScriptedCall([{ decision: ROOM }])
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(buildCallRecords(call.state)).toMatchObject([{ disposition: 'CANCELLED', reasonCode: 'CallerCancelled', hangupBy: 'caller' }])
  })
})
