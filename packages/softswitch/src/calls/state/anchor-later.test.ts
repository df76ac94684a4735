import { describe, expect, it } from 'vitest'
import { reject, ring, ScriptedCall, type ScriptedRoute } from '../../../test/scripted-call.ts'

describe('media that goes past us, and a trunk with terms that is called next (S3-13)', () => {
  const failed = (next: Pick<ScriptedRoute, 'mustAnchor'>) => {
    const call = new ScriptedCall([{ decision: ring() }, { decision: ring(), ...next }, { decision: reject('Declined', 603) }], { opensMedia: false })
    call.feed({ type: 'mediaOpened', isUnanchored: true })
    const opened = call.done('openMedia').length
    call.feed({ type: 'legRejected', legId: 'b1', statusCode: 480, local: false })
    return { call, opensAgain: call.done('openMedia').length - opened }
  }

  it('a session that it passes takes the place of the first, and only then the trunk is called', () => {
    const { call, opensAgain } = failed({ mustAnchor: true })
    expect([opensAgain, call.done('startLeg').length]).toEqual([1, 1])
    call.feed({ type: 'mediaOpened' })
    expect([call.state.isUnanchored, call.done('startLeg').length]).toEqual([false, 2])
  })

  it('a trunk without terms is called as it is', () => {
    const { call, opensAgain } = failed({})
    expect([opensAgain, call.done('startLeg').length]).toEqual([0, 2])
  })
})
