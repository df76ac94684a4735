import { beforeEach, describe, expect, it } from 'vitest'
import { expectOneRecord, expectRecords } from './call-records.ts'
import { isAbsent } from './phones/program-present.ts'
import { allSucceed, sippAnswers, sippCalls } from './phones/sipp-phone.ts'
import { callee, caller, isHungUp, receive } from './phones/sipp-scenario.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'

let parties: TwoParties

beforeEach(async () => {
  parties = await makeTwoParties()
})

const ALLOW = 'INVITE.*BYE'

describe.skipIf(isAbsent('sipp'))('requests of SIPp that are no calls', () => {
  it.each<[string, 'udp' | 'tcp', number, string]>([
    ['MESSAGE', 'udp', 405, 'RFC 3428 7'],
    ['MESSAGE', 'tcp', 405, 'RFC 3428 7'],
    ['PUBLISH', 'udp', 405, 'RFC 3261 21.4.6'],
    ['FROBNICATE', 'udp', 501, 'RFC 3261 21.5.2'],
    ['FROBNICATE', 'tcp', 501, 'RFC 3261 21.5.2'],
    ['OPTIONS', 'udp', 200, 'RFC 3261 11.2'],
    ['OPTIONS', 'tcp', 200, 'RFC 3261 11.2'],
  ])('%s over %s gets %i and Allow (%s)', async (method, transport, status) => {
    const asking = await sippCalls(
      parties.server,
      parties.caller,
      parties.callee.extension,
      [
        caller.sendsFirst(method, { contentType: 'text/plain', body: method === 'MESSAGE' ? 'hello' : undefined }),
        receive(status, {
          check: { 'Allow:': ALLOW, ...(method === 'OPTIONS' ? { 'Accept:': 'application/sdp', 'Supported:': '100rel.*replaces|replaces.*100rel' } : {}) },
        }),
      ],
      { transport },
    )
    await asking.success()
  })

  it('an unknown method and MESSAGE in a call are refused, and the call goes on (RFC 3261 12.2.2)', async () => {
    const answering = await sippAnswers(parties.server, parties.callee, [...callee.picksUp(), ...isHungUp])
    const calling = await sippCalls(parties.server, parties.caller, parties.callee.extension, [
      ...caller.invites(),
      receive(180, { optional: true }),
      caller.hears(200),
      caller.sends('ACK', { sequence: 2 }),
      caller.sends('FROBNICATE', { sequence: 3 }),
      receive(501, { check: { 'Allow:': ALLOW } }),
      caller.sends('MESSAGE', { sequence: 4, contentType: 'text/plain', body: 'hello' }),
      receive(405, { check: { 'Allow:': ALLOW } }),
      caller.sends('OPTIONS', { sequence: 5 }),
      receive(200, { check: { 'Allow:': ALLOW } }),
      ...caller.hangsUp(6),
    ])
    await allSucceed([answering, calling])
    await expectOneRecord(parties.account, 'ANSWERED')
  })
})

describe.skipIf(isAbsent('sipp'))('a SIPp that forwards by itself (3xx, RFC 3261 8.1.3.4)', () => {
  it.each(['udp', 'tcp'] as const)('over %s to another phone of its account: that one is called and told who sent it on (RFC 5806)', async (transport) => {
    const user = await parties.account.createUser('4002')
    const third = { ...user, login: await parties.account.createLine(user.userId) }
    const forwarding = await sippAnswers(
      parties.server,
      parties.callee,
      [callee.isCalled(), callee.answers(302, { headers: [`Contact: <sip:${third.extension}@dialtone.local>`] }), receive('ACK')],
      { transport },
    )
    const answering = await sippAnswers(parties.server, third, [
      callee.isCalled({ check: { 'Diversion:': parties.callee.extension } }),
      callee.answers(180),
      callee.answersTalk(),
      receive('ACK'),
      ...isHungUp,
    ])
    const calling = await sippCalls(parties.server, parties.caller, parties.callee.extension, [
      ...caller.invites(),
      receive(180, { optional: true }),
      caller.hears(200),
      caller.sends('ACK', { sequence: 2 }),
      ...caller.hangsUp(3),
    ])
    await allSucceed([forwarding, answering, calling])
    expect((await expectRecords(parties.account, ['ANSWERED'])).map((record) => record.dialedNumber)).toEqual([parties.callee.extension])
  })
})
