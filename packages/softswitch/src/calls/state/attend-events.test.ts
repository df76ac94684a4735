import { describe, expect, it } from 'vitest'
import { OFFER, ring, ScriptedCall } from '../../../test/scripted-call.ts'

/** A call of two, answered, that supervisors listen to. */
function talk(attendants: readonly string[]): ScriptedCall {
  const call = new ScriptedCall([{ decision: ring() }])
  call.feed({ type: 'legAnswered', legId: call.state.legs[0]?.id ?? '', sdp: 'v=0 answer' })
  for (const bySessionId of attendants) {
    call.feed({ type: 'joinAsked', bySessionId, attends: true })
    call.feed({ type: 'mixOpened', forSessionId: bySessionId })
  }
  return call
}

const told = (call: ScriptedCall): readonly unknown[] => call.done('tellCall').map(({ sessionId, message }) => [sessionId, message.type])

describe('a call that supervisors listen to', () => {
  it('lets them in when its own legs are in the mix, and counts none of them as a party', () => {
    const call = talk(['one', 'two'])
    expect(told(call)).toEqual([
      ['one', 'joinGranted'],
      ['two', 'joinGranted'],
    ])
    expect(call.state.mix?.joined).toEqual([])
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    expect(call.state.phase).toBe('over')
    expect(told(call).slice(2)).toEqual([
      ['one', 'mixOver'],
      ['two', 'mixOver'],
    ])
  })

  it('gives the two back to each other when the last one has left', () => {
    const call = talk(['one', 'two'])
    expect(call.feed({ type: 'joinedCallOver', bySessionId: 'one' })).toEqual([])
    expect(call.feed({ type: 'joinedCallOver', bySessionId: 'two' })).toEqual([{ type: 'closeMix' }])
    expect(call.state.mix).toBeUndefined()
    expect(call.feed({ type: 'joinedCallOver', bySessionId: 'two' })).toEqual([])
  })

  it('stays in its mix when one was described anew meanwhile', () => {
    const call = talk(['one'])
    call.feed({ type: 'reinvite', side: 'callee', sdp: OFFER })
    expect(call.feed({ type: 'joinedCallOver', bySessionId: 'one' })).toEqual([])
    expect(call.state.mix).toBeDefined()
  })

  it('may be transferred: the supervisors hear it until the party has gone elsewhere, and then it is over for them', () => {
    const call = talk(['one'])
    // Who transfers holds first: it is answered by our own end.
    call.feed({ type: 'reinvite', side: 'callee', sdp: OFFER })
    call.feed({ type: 'referred', side: 'callee', referral: { kind: 'blind', dialed: '2003', toSessionId: 'next', recordId: 'r' } })
    expect([call.done('acceptRefer').length, call.done('beginTransfer').length]).toEqual([1, 1])
    expect(told(call)).toEqual([['one', 'joinGranted']])
    call.feed({ type: 'partyClaimed', bySessionId: 'next', side: 'caller' })
    expect(call.done('handOver')).toMatchObject([{ side: 'caller', toSessionId: 'next' }])
    expect(told(call).at(-1)).toEqual(['one', 'mixOver'])
  })

  it('takes who replaces a party of it, and nobody hears him who came before: the supervisors leave', () => {
    const call = talk(['one'])
    const identity = { number: '2003', name: '', anonymous: false }
    const party = { kind: 'line', lineId: 'line-carol', userId: 'carol', partitionId: 'partition-1', accountId: 'account-1', identity } as const
    call.feed({ type: 'takeoverAsked', side: 'caller', party, sdp: OFFER, sipCallId: 'c' })
    expect(call.effects.slice(-4).map(({ type }) => type)).toEqual(['closeMix', 'tellCall', 'holdTakeover', 'relayReinvite'])
    expect([call.state.mix, call.state.attendants]).toEqual([undefined, []])
  })

  it('takes in nobody else meanwhile: who came later would not have been told', () => {
    const call = talk(['one'])
    call.feed({ type: 'joinAsked', bySessionId: 'third' })
    expect(call.done('tellCall').at(-1)?.message).toMatchObject({ type: 'joinRefused', code: 'DialogBusy' })
  })

  it('forgets who could not be let in', () => {
    const call = talk([])
    call.feed({ type: 'joinAsked', bySessionId: 'one', attends: true })
    call.feed({ type: 'mixRefused', forSessionId: 'one', code: 'UnsupportedMedia' })
    expect(call.state.attendants).toEqual([])
    expect(told(call)).toEqual([['one', 'joinRefused']])
  })
})
