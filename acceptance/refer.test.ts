import { beforeEach, describe, expect, it } from 'vitest'
import { expectOneRecord, expectRecords } from './call-records.ts'
import { eventually } from './eventually.ts'
import { isAbsent } from './phones/program-present.ts'
import { allSucceed, sippAnswers, sippCalls } from './phones/sipp-phone.ts'
import { callee, caller, isHungUp, receive, receiveNotifiesUntil, respond, wait } from './phones/sipp-scenario.ts'
import { calls, isOfferedAnother, refers } from './phones/sipp-transferor.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import type { Person, SipLogin } from './tenant.ts'

let parties: TwoParties
let target: Person & { readonly login: SipLogin }

beforeEach(async () => {
  parties = await makeTwoParties()
  const user = await parties.account.createUser('4002')
  target = { ...user, login: await parties.account.createLine(user.userId) }
})

/** The states of the subscription that REFER made, as its NOTIFYs said them. */
const statesIn = (messages: string): readonly string[] => [...messages.matchAll(/^Subscription-State: *(\w+)/gim)].map(([, state]) => state ?? '')

describe.skipIf(isAbsent('sipp'))('REFER by SIPp (RFC 3515)', () => {
  it.each(['udp', 'tcp'] as const)(
    'over %s: 202, NOTIFYs from 100 to 200, the last one ends the subscription; two records (RFC 3515 2.4.4, 2.4.5)',
    async (transport) => {
      const third = await sippAnswers(parties.server, target, [...callee.picksUp([], 600, 600), ...isHungUp])
      const second = await sippAnswers(parties.server, parties.callee, [...callee.picksUp(), ...isOfferedAnother, wait(500), ...callee.hangsUp(1)])
      const transferor = await sippCalls(
        parties.server,
        parties.caller,
        parties.callee.extension,
        calls([
          refers(target.extension),
          receive(202, { check: { 'CSeq:': '3 REFER' } }),
          receive('NOTIFY', { check: { 'Event:': 'refer', 'Subscription-State:': 'active', 'Content-Type:': 'message/sipfrag', body: 'SIP/2.0 100' } }),
          respond(200),
          ...receiveNotifiesUntil('SIP/2.0 200', 1),
          ...caller.hangsUp(4),
        ]),
        { transport },
      )
      await allSucceed([third, second, transferor])
      const states = statesIn(transferor.messages())
      expect([new Set(states.slice(0, -1)), states.at(-1)]).toEqual([new Set(['active']), 'terminated'])
      const records = await expectRecords(parties.account, ['ANSWERED', 'ANSWERED'])
      expect(records.map((record) => record.dialedNumber).toSorted()).toEqual([parties.callee.extension, target.extension])
    },
  )

  it('to a busy phone: NOTIFY says 486, and the call goes on (RFC 5589 6.1)', async () => {
    const busy = await sippAnswers(parties.server, target, [callee.isCalled(), wait(600), callee.answers(486), receive('ACK')])
    const second = await sippAnswers(parties.server, parties.callee, [...callee.picksUp(), ...isHungUp])
    const transferor = await sippCalls(
      parties.server,
      parties.caller,
      parties.callee.extension,
      calls([refers(target.extension), receive(202), ...receiveNotifiesUntil('SIP/2.0 486', 1), ...caller.hangsUp(4)]),
    )
    await allSucceed([busy, second, transferor])
    expect(statesIn(transferor.messages()).at(-1)).toBe('terminated')
    await expectRecords(parties.account, ['ANSWERED', 'BUSY'])
  })

  it.each(['911', '933'])('to %s is refused with 403, and the call goes on', async (number) => {
    const second = await sippAnswers(parties.server, parties.callee, [...callee.picksUp(), ...isHungUp])
    const transferor = await sippCalls(
      parties.server,
      parties.caller,
      parties.callee.extension,
      calls([refers(number), receive(403, { check: { 'CSeq:': 'REFER' } }), ...caller.hangsUp(4)]),
    )
    await allSucceed([second, transferor])
    await expectOneRecord(parties.account, 'ANSWERED')
  })

  it('outside of a call is refused: nobody is called (RFC 3515 2.4.2)', async () => {
    const asking = await sippCalls(parties.server, parties.caller, parties.callee.extension, [
      caller.sendsFirst('REFER', { headers: [`Refer-To: <sip:${target.extension}@dialtone.local>`] }),
      receive(403),
    ])
    await asking.success()
    await expectRecords(parties.account, [])
  })
})

/** The dialog that a SIPp has with the server, as a Replaces names it there (RFC 3891 3). */
function dialogOf(messages: string): string {
  const success = messages.split(/^SIP\/2\.0 /m).findLast((message) => message.startsWith('200'))
  const value = (expression: RegExp): string => expression.exec(success ?? '')?.[1] ?? ''
  return `${value(/^Call-ID: *(\S+)/im)};to-tag=${value(/^To:.*;tag=([^\s;]+)/im)};from-tag=${value(/^From:.*;tag=([^\s;]+)/im)}`
}

describe.skipIf(isAbsent('sipp'))('INVITE with Replaces by SIPp (RFC 3891)', () => {
  it.each(['udp', 'tcp'] as const)('over %s pulls an answered call to another phone of the account (RFC 3891 3)', async (transport) => {
    const second = await sippAnswers(parties.server, parties.callee, [...callee.picksUp(), ...isOfferedAnother, ...isHungUp])
    const first = await sippCalls(parties.server, parties.caller, parties.callee.extension, calls(isHungUp))
    await eventually('the call', 8000, () => (/^ACK sip:.*\r?\n(?:.*\r?\n)*?CSeq: 2 ACK/m.test(first.messages()) ? true : undefined))
    const third = await sippCalls(
      parties.server,
      target,
      parties.caller.extension,
      [
        ...caller.invites([`Replaces: ${dialogOf(first.messages())}`, 'Require: replaces']),
        receive(180, { optional: true }),
        caller.hears(200, { check: { body: 'm=audio' } }),
        caller.sends('ACK', { sequence: 2 }),
        wait(500),
        ...caller.hangsUp(3),
      ],
      { transport },
    )
    await allSucceed([first, second, third])
    const records = await expectRecords(parties.account, ['ANSWERED'])
    expect(records[0]?.dialedNumber).toBe(parties.callee.extension)
  })

  it('of a dialog nobody has gets 481, of one of another account too (RFC 3891 3)', async () => {
    const others = await makeTwoParties(parties.tenant)
    const second = await sippAnswers(parties.server, others.callee, [...callee.picksUp(), ...isHungUp])
    const first = await sippCalls(others.server, others.caller, others.callee.extension, calls([wait(4000), ...caller.hangsUp(3)]))
    await eventually('the call', 8000, () => (/CSeq: 2 ACK/.test(first.messages()) ? true : undefined))
    const refused = (replaces: string) =>
      sippCalls(parties.server, parties.caller, others.callee.extension, [
        ...caller.invites([`Replaces: ${replaces}`]),
        receive(481),
        caller.acknowledgesFirst(2),
      ])
    await allSucceed([await refused(dialogOf(first.messages())), await refused('nobody@example.test;to-tag=1;from-tag=2')])
    await allSucceed([first, second])
    await expectOneRecord(others.account, 'ANSWERED')
  })
})
