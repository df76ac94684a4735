import { describe, expect, it } from 'vitest'
import { CallTrace, MAX_TRACE_CHARACTERS, MAX_TRACE_EVENTS } from './call-trace.ts'
import type { CallEvent } from './state/call-event.ts'

const progress = (sdp?: string): CallEvent => ({ type: 'legProgress', atMs: 0, legId: 'b1', statusCode: 183, sdp })

describe('CallTrace', () => {
  it('keeps no more events than its limit, and always the first ones', () => {
    const trace = new CallTrace()
    for (let atMs = 0; atMs < MAX_TRACE_EVENTS + 50; atMs++) trace.add({ ...progress(), atMs })
    expect([trace.events.length, trace.events[0]?.atMs, trace.events.at(-1)?.atMs]).toEqual([MAX_TRACE_EVENTS, 0, MAX_TRACE_EVENTS - 1])
  })

  it('does not grow by large session descriptions, and leaves no gap after one that was too much', () => {
    const trace = new CallTrace()
    trace.add(progress('x'.repeat(MAX_TRACE_CHARACTERS)))
    trace.add(progress('x'))
    trace.add(progress())
    expect(trace.events.length).toBe(1)
  })
})
