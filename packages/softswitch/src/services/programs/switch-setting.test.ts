import { describe, expect, it } from 'vitest'
import type { ServiceAnswer } from '../../ports/service-desk.ts'
import { switchSetting } from './switch-setting.ts'

const DONE: ServiceAnswer = { kind: 'done', ok: true }
const says = (promptId: string) => expect.objectContaining({ phrases: expect.arrayContaining([{ kind: 'prompt', promptId }]) })

describe('a code that switches a setting', () => {
  it.each([
    [{ setting: 'do-not-disturb', isOn: true }, 'setting-on'],
    [{ setting: 'call-waiting', isOn: false }, 'setting-off'],
    [{ setting: 'screening', of: 'user', callers: 'anonymous', action: 'Block' }, 'setting-on'],
    [{ setting: 'screening', of: 'user', callers: 'anonymous', action: 'Allow' }, 'setting-off'],
    [{ setting: 'forward', when: 'busy', isOn: false, to: undefined }, 'forwarding-off'],
  ] as const)('%j: says that it is done, or that it was not', (change, promptId) => {
    const program = switchSetting({ kind: 'switch-setting', userId: 'ann', change })
    expect(program.next({}).value).toEqual({ kind: 'ask', question: { kind: 'setting.switch', userId: 'ann', change } })
    expect(program.next({ answer: DONE }).value).toEqual(says(promptId))
    const refused = switchSetting({ kind: 'switch-setting', userId: 'ann', change })
    refused.next({})
    expect(refused.next({ answer: undefined }).value).toEqual(says('not-available-now'))
  })

  it('a forward that is switched on without a number takes the one that is dialed at the tone', () => {
    const program = switchSetting({ kind: 'switch-setting', userId: 'ann', change: { setting: 'forward', when: 'always', isOn: true, to: undefined } })
    expect(program.next({}).value).toMatchObject({ kind: 'play', phrases: [{ kind: 'silence' }, { kind: 'tone', frequenciesHz: [350, 440] }] })
    for (const key of '400') expect(program.next({ key }).value).toMatchObject({ kind: 'key' })
    expect(program.next({ key: '2' }).value).toMatchObject({ kind: 'key' })
    expect(program.next({}).value).toMatchObject({ kind: 'ask', question: { change: { to: '4002' } } })
    expect(program.next({ answer: DONE }).value).toEqual(says('forwarding-on'))
  })
})
