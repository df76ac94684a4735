import type { RouteDecision } from '@dialtone/call-routing'
import { describe, expect, it } from 'vitest'
import { ALICE, ANSWER, ring, ScriptedCall } from '../../test/scripted-call.ts'
import type { OccupancyBoard } from '../ports/occupancy-board.ts'
import { CallOccupancy } from './call-occupancy.ts'

const toPsap = (service: '911' | '933'): RouteDecision => ({
  ...{ kind: 'emergency', service, carrierIds: ['psap'], callbackNumber: '18015550100', location: undefined, caller: ALICE, steps: [] },
})

/** What one switch tells the other. */
function pair(): readonly [here: CallOccupancy, there: CallOccupancy] {
  const counts = new Map<string, number>()
  const board: Pick<OccupancyBoard, 'count' | 'callsElsewhere'> = {
    count: (id, change) => void counts.set(id, (counts.get(id) ?? 0) + change),
    callsElsewhere: () => 0,
  }
  return [new CallOccupancy(board), new CallOccupancy({ count: () => undefined, callsElsewhere: (id) => counts.get(id) ?? 0 })]
}

describe('lines that call for help (C-58)', () => {
  it('are known in every switch until the call is over; a test call is none', () => {
    for (const service of ['911', '933'] as const) {
      const [here, there] = pair()
      const call = new ScriptedCall([{ decision: toPsap(service) }], { dialed: service })
      here.observe(call.state, undefined)
      const begun = call.state
      const calls = (): readonly boolean[] => [here, there].map((one) => one.isCallingForHelp('line-alice', 'another-session'))
      expect([calls(), here.isCallingForHelp('line-alice', call.state.sessionId)]).toEqual([service === '911' ? [true, true] : [false, false], false])
      call.feed({ type: 'legAnswered', legId: 'b1', sdp: ANSWER })
      here.observe(call.state, begun)
      const talking = call.state
      expect(calls()[0]).toBe(service === '911')
      call.feed({ type: 'callerEnded', cause: 'bye', reason: undefined })
      here.observe(call.state, talking)
      expect([calls(), here.size]).toEqual([[false, false], 0])
    }
  })

  it('are those, too, that the PSAP calls back', () => {
    const [here, there] = pair()
    const back = { ...ring('bob'), target: 'callback:18015550100' } as RouteDecision
    const call = new ScriptedCall([{ decision: back }])
    here.observe(call.state, undefined)
    expect([here, there].map((one) => one.isCallingForHelp('line-0', 'another-session'))).toEqual([true, true])
  })
})
