import { beforeEach, describe, expect, it } from 'vitest'
import { expectOneRecord, expectRecords } from './call-records.ts'
import { isAbsent } from './phones/program-present.ts'
import { allSucceed, sippAnswers, sippCalls } from './phones/sipp-phone.ts'
import { callee, caller, describeAudio, isHungUp, receive, respond, type SippStep, wait } from './phones/sipp-scenario.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'

let parties: TwoParties

beforeEach(async () => {
  parties = await makeTwoParties()
})

/** Calls, and does this in the call. */
const calls = (steps: readonly SippStep[]): Promise<Awaited<ReturnType<typeof sippCalls>>> =>
  sippCalls(parties.server, parties.caller, parties.callee.extension, [
    ...caller.invites(),
    receive(180, { optional: true }),
    caller.hears(200),
    caller.sends('ACK', { sequence: 2 }),
    ...steps,
  ])

const isOfferedAnother: readonly SippStep[] = [receive('INVITE'), respond(200, { body: describeAudio('sendrecv', 2) }), receive('ACK')]

describe.skipIf(isAbsent('sipp'))('what SIPp says too late or takes back', () => {
  it.each([487, 200])(
    'hung up while its offer waits: the offer gets 487, and a %i of the other phone is still acknowledged (RFC 3261 15.1.2, 13.2.2.4)',
    async (status) => {
      const answering = await sippAnswers(parties.server, parties.callee, [
        ...callee.picksUp(),
        callee.isAskedAgain(),
        ...isHungUp,
        callee.answersAgain(status, status === 200 ? describeAudio('sendrecv', 2) : undefined),
        receive('ACK'),
      ])
      const calling = await calls([
        caller.sends('INVITE', { sequence: 3, body: describeAudio('sendonly', 2) }),
        receive(100),
        wait(300),
        caller.sends('BYE', { sequence: 4 }),
        receive(200, { check: { 'CSeq:': '4 BYE' } }),
        receive(487, { check: { 'CSeq:': '3 INVITE' } }),
        caller.acknowledgesRefusal(3),
      ])
      await allSucceed([answering, calling])
      await expectOneRecord(parties.account, 'ANSWERED')
    },
  )

  const takesItsOfferBack: readonly SippStep[] = [
    caller.sends('INVITE', { sequence: 3, body: describeAudio('sendonly', 2) }),
    receive(100),
    wait(300),
    caller.cancels(3),
    receive(200, { check: { 'CSeq:': '3 CANCEL' } }),
    receive(487, { check: { 'CSeq:': '3 INVITE' } }),
    caller.acknowledgesRefusal(3),
    wait(1500),
    ...caller.hangsUp(4),
  ]

  it('an offer that is taken back gets 487, the other phone hears CANCEL, and the call goes on (RFC 3261 9.1, 9.2)', async () => {
    const answering = await sippAnswers(parties.server, parties.callee, [
      ...callee.picksUp(),
      callee.isAskedAgain(),
      respond(180),
      receive('CANCEL'),
      respond(200),
      callee.answersAgain(487),
      receive('ACK'),
      ...isHungUp,
    ])
    await allSucceed([answering, await calls(takesItsOfferBack)])
    await expectOneRecord(parties.account, 'ANSWERED')
  })

  it('an offer that is taken back too late is acknowledged, and the other phone is offered what was before (RFC 3261 9.1, 13.2.2.4)', async () => {
    const answering = await sippAnswers(parties.server, parties.callee, [
      ...callee.picksUp(),
      callee.isAskedAgain(),
      respond(180),
      receive('CANCEL'),
      respond(481),
      callee.answersAgain(200, describeAudio('recvonly', 2)),
      receive('ACK'),
      receive('INVITE', { check: { body: 'm=audio' }, absent: { body: 'a=sendonly' } }),
      respond(200, { body: describeAudio('sendrecv', 3) }),
      receive('ACK'),
      ...isHungUp,
    ])
    await allSucceed([answering, await calls(takesItsOfferBack)])
    await expectOneRecord(parties.account, 'ANSWERED')
  })

  it('two phones behind one proxy answer: the second one gets ACK and BYE, the first one talks (RFC 3261 13.2.2.4)', async () => {
    const answering = await sippAnswers(parties.server, parties.callee, [
      callee.isCalled(),
      callee.answers(180, { tag: 'second' }),
      callee.answers(200, { body: describeAudio() }),
      receive('ACK', { check: { 'To:': 'tag=[0-9]+s' } }),
      callee.answers(200, { body: describeAudio(), tag: 'second' }),
      receive('ACK', { check: { 'To:': 'tag=second' } }),
      receive('BYE', { check: { 'To:': 'tag=second' } }),
      respond(200),
      ...callee.hangsUp(1),
    ])
    const calling = await calls(isHungUp)
    await allSucceed([answering, calling])
    await expectOneRecord(parties.account, 'ANSWERED')
  })

  it('the transferor is gone at once: the other phone hears the target ring, then talks to it (RFC 5589 6.1)', async () => {
    const user = await parties.account.createUser('4002')
    const target = { ...user, login: await parties.account.createLine(user.userId) }
    const third = await sippAnswers(parties.server, target, [...callee.picksUp([], 1500, 600), ...isHungUp])
    const second = await sippAnswers(parties.server, parties.callee, [
      ...callee.picksUp(),
      ...isOfferedAnother,
      ...isOfferedAnother,
      wait(500),
      ...callee.hangsUp(1),
    ])
    const transferor = await calls([
      caller.sends('REFER', { sequence: 3, headers: [`Refer-To: <sip:${target.extension}@dialtone.local>`] }),
      receive(202),
      receive('NOTIFY', { check: { body: 'SIP/2.0 100' } }),
      respond(200),
      caller.sends('BYE', { sequence: 4 }),
      // That the target rings may be on its way.
      receive('NOTIFY', { optional: true }),
      receive(200),
    ])
    await allSucceed([third, second, transferor])
    const records = await expectRecords(parties.account, ['ANSWERED', 'ANSWERED'])
    expect(records.map((record) => record.dialedNumber).toSorted()).toEqual([parties.callee.extension, target.extension])
  })
})

describe.skipIf(isAbsent('sipp'))('a SIPp whose contact names TCP', () => {
  it('is called over TCP though it registered over UDP (RFC 3261 19.1.1, 16.6)', async () => {
    const answering = await sippAnswers(parties.server, parties.callee, [...callee.picksUp(), ...isHungUp], { transport: 'tcp', registersOver: 'udp' })
    const calling = await calls(caller.hangsUp(3))
    await allSucceed([answering, calling])
    await expectOneRecord(parties.account, 'ANSWERED')
  })
})
