import { beforeEach, describe, expect, it } from 'vitest'
import { expectOneRecord } from './call-records.ts'
import { eventually } from './eventually.ts'
import { isAbsent } from './phones/program-present.ts'
import { allSucceed, sippAnswers, sippCalls } from './phones/sipp-phone.ts'
import { callee, caller, isHungUp, receive, receiveNotifiesUntil, respond, type SippStep, wait } from './phones/sipp-scenario.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'

let parties: TwoParties

beforeEach(async () => {
  parties = await makeTwoParties()
})

const subscribes = (event: string, accept: string): readonly SippStep[] => [
  ...caller.begins('SUBSCRIBE', 401, [`Event: ${event}`, `Accept: ${accept}`, 'Expires: 300']),
  caller.hears(200, { check: { 'Expires:': '300' } }),
]

/** A SUBSCRIBE in its dialog. */
const asksAgain = (event: string, sequence: number, expiresSeconds: number): readonly SippStep[] => [
  caller.sends('SUBSCRIBE', { sequence, headers: [`Event: ${event}`, `Expires: ${expiresSeconds}`] }),
  receive(200, { check: { 'Expires:': String(expiresSeconds) } }),
]

const isTold = (state: string, body?: string): readonly SippStep[] => [
  receive('NOTIFY', { check: { 'Subscription-State:': state, ...(body === undefined ? {} : { body }) } }),
  respond(200),
]

describe.skipIf(isAbsent('sipp'))('subscriptions of SIPp (RFC 6665)', () => {
  it.each(['udp', 'tcp'] as const)(
    'message-summary over %s: told at once, after a refresh, and at the end (RFC 3842 3, RFC 6665 4.1.2, 4.4.1)',
    async (transport) => {
      const steps = [
        ...subscribes('message-summary', 'application/simple-message-summary'),
        ...isTold('active;expires=', 'Messages-Waiting: no'),
        ...asksAgain('message-summary', 3, 600),
        ...isTold('active;expires=', 'Messages-Waiting: no'),
        ...asksAgain('message-summary', 4, 0),
        ...isTold('terminated'),
      ]
      await (await sippCalls(parties.server, parties.caller, parties.caller.extension, steps, { transport })).success()
    },
  )

  it.each(['udp', 'tcp'] as const)('dialog over %s: nothing, ringing, talking, ended, and the end of the subscription (RFC 4235 3, 4)', async (transport) => {
    const user = await parties.account.createUser('4002')
    const third = { ...user, login: await parties.account.createLine(user.userId) }
    const lamp = await sippCalls(
      parties.server,
      parties.caller,
      parties.callee.extension,
      [
        ...subscribes('dialog', 'application/dialog-info+xml'),
        ...isTold('active;expires=', 'state="full"'),
        ...receiveNotifiesUntil('<state>early', 1),
        ...receiveNotifiesUntil('<state>confirmed', 3),
        ...receiveNotifiesUntil('<state>terminated', 5),
        ...asksAgain('dialog', 3, 0),
        ...isTold('terminated'),
      ],
      { transport },
    )
    await eventually('the lamp', 8000, () => (lamp.messages().includes('state="full"') ? true : undefined))
    const answering = await sippAnswers(parties.server, parties.callee, [...callee.picksUp(), ...isHungUp])
    const calling = await sippCalls(parties.server, third, parties.callee.extension, [
      ...caller.invites(),
      receive(180, { optional: true }),
      caller.hears(200),
      caller.sends('ACK', { sequence: 2 }),
      wait(300),
      ...caller.hangsUp(3),
    ])
    await allSucceed([lamp, answering, calling])
    const versions = [...lamp.messages().matchAll(/\bversion="(\d+)"/g)].map(([, version]) => Number(version))
    const told = [...new Set(versions)]
    expect(told).toEqual(told.map((_, index) => index))
    await expectOneRecord(parties.account, 'ANSWERED')
  })

  it('to another event gets 489 with the events there are (RFC 6665 7.2)', async () => {
    const asking = await sippCalls(parties.server, parties.caller, parties.caller.extension, [
      caller.sendsFirst('SUBSCRIBE', { headers: ['Event: presence', 'Expires: 300'] }),
      receive(489, { check: { 'Allow-Events:': 'dialog.*message-summary|message-summary.*dialog' } }),
    ])
    await asking.success()
  })
})
