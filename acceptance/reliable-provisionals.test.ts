import { beforeEach, describe, expect, it } from 'vitest'
import { isAbsent } from './phones/program-present.ts'
import { allSucceed, sippAnswers, sippCalls } from './phones/sipp-phone.ts'
import { callee, caller, describeAudio, isHungUp, receive, respond, wait } from './phones/sipp-scenario.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { expectOneRecord } from './call-records.ts'

let parties: TwoParties

beforeEach(async () => {
  parties = await makeTwoParties()
})

/** Acknowledges the reliable response heard last; the call's INVITE has CSeq 2. */
const acknowledges = (sequence: number) => [
  caller.sends('PRACK', { sequence, headers: ['RAck:[$rseq] 2 INVITE'] }),
  receive(200, { check: { 'CSeq:': 'PRACK' } }),
]

describe.skipIf(isAbsent('sipp'))('reliable provisional responses with SIPp (RFC 3262)', () => {
  it.each(['udp', 'tcp'] as const)('a caller over %s that requires them gets every one with RSeq and may PRACK it (RFC 3262 3)', async (transport) => {
    const ringing = await sippAnswers(parties.server, parties.callee, [
      callee.isCalled(),
      callee.answers(180),
      wait(700),
      callee.answers(183, { body: describeAudio() }),
      wait(700),
      callee.answers(200, { body: describeAudio() }),
      receive('ACK'),
      ...isHungUp,
    ])
    const isReliable = { check: { 'Require:': '100rel' }, keep: { rseq: 'RSeq:' } }
    const calling = await sippCalls(
      parties.server,
      parties.caller,
      parties.callee.extension,
      [
        ...caller.invites(['Require: 100rel']),
        caller.hears(180, isReliable),
        ...acknowledges(3),
        caller.hears(183, { ...isReliable, check: { ...isReliable.check, body: 'm=audio' } }),
        ...acknowledges(4),
        caller.hears(200, { check: { 'CSeq:': '2 INVITE' } }),
        caller.sends('ACK', { sequence: 2 }),
        ...caller.hangsUp(5),
      ],
      { transport },
    )
    await allSucceed([ringing, calling])
    await expectOneRecord(parties.account, 'ANSWERED')
    const rseqs = [...calling.messages().matchAll(/^RSeq: *(\d+)/gim)].map(([, number]) => Number(number))
    expect(new Set(rseqs).size).toBe(2)
    expect(Math.max(...rseqs) - Math.min(...rseqs)).toBe(1)
  })

  it.each(['udp', 'tcp'] as const)(
    'a phone over %s that answers so gets its PRACK; a caller that knows none of it hears plain early media (RFC 3262 4)',
    async (transport) => {
      const ringing = await sippAnswers(
        parties.server,
        parties.callee,
        [
          callee.isCalled({ check: { 'Supported:': '100rel' } }),
          callee.answers(183, { headers: ['Require: 100rel', 'RSeq: 4711'], body: describeAudio() }),
          receive('PRACK', { check: { 'RAck:': '4711 [0-9]+ INVITE' } }),
          respond(200),
          wait(300),
          callee.answers(200, { body: describeAudio() }),
          receive('ACK'),
          ...callee.hangsUp(1),
        ],
        { transport },
      )
      const calling = await sippCalls(parties.server, parties.caller, parties.callee.extension, [
        ...caller.invites(),
        caller.hears(183, { check: { body: 'm=audio' }, absent: { message: 'RSeq:' } }),
        caller.hears(200),
        caller.sends('ACK', { sequence: 2 }),
        ...isHungUp,
      ])
      await allSucceed([ringing, calling])
      await expectOneRecord(parties.account, 'ANSWERED')
    },
  )
})
