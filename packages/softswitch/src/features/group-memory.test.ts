import { ManualTime } from '@dialtone/foundation'
import { describe, expect, it } from 'vitest'
import { ANSWER, ring, ScriptedCall } from '../../test/scripted-call.ts'
import { FORGETFUL } from '../ports/switch-memory.ts'
import { GroupMemory } from './group-memory.ts'

describe('what is remembered of calls (S0-55)', () => {
  it('a call talks from its answer to its end, then its lines are idle', () => {
    const clock = new ManualTime()
    const groups = new GroupMemory(clock, FORGETFUL)
    const call = new ScriptedCall([{ decision: ring() }])
    const setup = call.state
    groups.observe(setup, undefined)
    expect(groups.talkingSinceMs(setup.sessionId)).toBeUndefined()
    clock.advance(1_000)
    call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
    const talking = call.state
    groups.observe(talking, setup)
    const answeredAtMs = clock.nowMs()
    const lineId = setup.origin.kind === 'line' ? setup.origin.lineId : ''
    clock.advance(5_000)
    groups.observe({ ...talking }, talking)
    expect([groups.talkingSinceMs(setup.sessionId), groups.idleSinceMs(lineId)]).toEqual([answeredAtMs, undefined])
    call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
    groups.observe(call.state, talking)
    expect([groups.talkingSinceMs(setup.sessionId), groups.idleSinceMs(lineId)]).toEqual([undefined, clock.nowMs()])
  })
})
