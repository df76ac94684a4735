import { describe, expect, it } from 'vitest'
import type { ServiceAnswer } from '../../ports/service-desk.ts'
import { switchForward } from './switch-forward.ts'

/** What is said when the platform answers so. */
function saidAfter(isOn: boolean, answer: ServiceAnswer | undefined): unknown {
  const program = switchForward({ kind: 'switch-forward', configurationId: 'night', isOn, forwardTo: '4001' })
  expect(program.next({}).value).toEqual({ kind: 'ask', question: { kind: 'forward.switch', configurationId: 'night', isOn, forwardTo: '4001' } })
  const said = program.next({ answer })
  expect(program.next({})).toEqual({ done: true, value: { kind: 'hangup' } })
  return said.value
}

const says = (promptId: string) => expect.objectContaining({ kind: 'play', phrases: [expect.anything(), { kind: 'prompt', promptId }] })

describe("the star code of a hunt group's forward", () => {
  it('tells whether forwarding is on or off now', () => {
    expect(saidAfter(true, { kind: 'done', ok: true })).toEqual(says('forwarding-on'))
    expect(saidAfter(false, { kind: 'done', ok: true })).toEqual(says('forwarding-off'))
  })

  it('says so when it could not be switched, and never that it was', () => {
    expect(saidAfter(true, { kind: 'done', ok: false })).toEqual(says('not-available-now'))
    expect(saidAfter(false, undefined)).toEqual(says('not-available-now'))
  })
})
