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
