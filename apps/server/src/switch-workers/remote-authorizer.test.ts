import { ManualTime } from '@dialtone/foundation'
import type { AuthorizationRequest, CallAuthorization } from '@dialtone/softswitch'
import { describe, expect, it } from 'vitest'
import { type AuthorizationQuestion, RemoteAuthorizer } from './remote-authorizer.ts'

const REQUEST: AuthorizationRequest = {
  ...{ reservationId: 'r', sessionId: 's', partitionId: 'p', accountId: 'a', userId: undefined, lineId: undefined, callingNumber: '', calledNumber: '1' },
  ...{ category: 'OffNet', sentOn: undefined, atMs: 0 },
}

describe('the authoriser of a switch worker', () => {
  it('hands each answer to the call that asked, once', () => {
    const asked: AuthorizationQuestion[] = []
    const time = new ManualTime()
    const remote = new RemoteAuthorizer(time, (question) => asked.push(question))
    const heard: [string, CallAuthorization][] = []
    remote.authorize(REQUEST, (authorization) => heard.push(['first', authorization]))
    remote.extend('other', (authorization) => heard.push(['second', authorization]))
    const [first, second] = asked
    if (first?.kind !== 'authorize' || second?.kind !== 'extend') throw new Error('not asked')
    remote.answer(second.ticket, { allowed: true, maxSeconds: 60, planId: 'plan' })
    remote.answer(first.ticket, { allowed: false, code: 'PlanMinutesExhausted' })
    remote.answer(first.ticket, { allowed: true, maxSeconds: 60, planId: 'plan' })
    time.advance(10_000)
    expect(heard).toEqual([
      ['second', { allowed: true, maxSeconds: 60, planId: 'plan' }],
      ['first', { allowed: false, code: 'PlanMinutesExhausted' }],
    ])
  })

  it('refuses when the main thread does not answer: what is left is not known', () => {
    const time = new ManualTime()
    const remote = new RemoteAuthorizer(time, () => undefined)
    const heard: CallAuthorization[] = []
    remote.authorize(REQUEST, (authorization) => heard.push(authorization))
    time.advance(2_000)
    expect(heard).toEqual([{ allowed: false, code: 'AuthorizationTimeout' }])
  })
})
