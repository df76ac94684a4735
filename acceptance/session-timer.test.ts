import { beforeEach, describe, it } from 'vitest'
import { expectOneRecord } from './call-records.ts'
import { isAbsent } from './phones/program-present.ts'
import { allSucceed, sippAnswers, sippCalls } from './phones/sipp-phone.ts'
import { callee, caller, describeAudio, isHungUp, receive, respond } from './phones/sipp-scenario.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'

let parties: TwoParties

beforeEach(async () => {
  parties = await makeTwoParties()
})

const KNOWS_TIMERS = ['Supported: timer', 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE']
const asks = (header: string): readonly string[] => [...KNOWS_TIMERS, header]
/** What is agreed is said, and required of a caller that refreshes (RFC 4028 9). */
const isAgreed = (refresher: 'uac' | 'uas') => ({ check: { 'Session-Expires:': `90 *;refresher=${refresher}`, 'Require:': 'timer' } })

describe.skipIf(isAbsent('sipp'))('session timers with SIPp (RFC 4028)', () => {
  it.each(['udp', 'tcp'] as const)('too short an interval over %s gets 422 with Min-SE, outside of a call and in it (RFC 4028 6, 9)', async (transport) => {
    const answering = await sippAnswers(parties.server, parties.callee, [...callee.picksUp(), ...isHungUp])
    const calling = await sippCalls(
      parties.server,
      parties.caller,
      parties.callee.extension,
      [
        caller.sendsFirst('INVITE', { headers: asks('Session-Expires: 30'), body: describeAudio() }),
        receive(422, { check: { 'Min-SE:': '90' } }),
        caller.acknowledgesFirst(1),
        ...caller.invites([...asks('Session-Expires: 90;refresher=uac'), 'Min-SE: 90']),
        receive(180, { optional: true }),
        caller.hears(200, isAgreed('uac')),
        caller.sends('ACK', { sequence: 2 }),
        caller.sends('UPDATE', { sequence: 3, headers: asks('Session-Expires: 30;refresher=uac') }),
        receive(422, { check: { 'Min-SE:': '90', 'CSeq:': '3 UPDATE' } }),
        ...caller.hangsUp(4),
      ],
      { transport },
    )
    await allSucceed([answering, calling])
    await expectOneRecord(parties.account, 'ANSWERED')
  })

  it.each(['udp', 'tcp'] as const)(
    'the caller refreshes over %s by UPDATE and by re-INVITE, the interval is said each time and an offer goes on (RFC 4028 7.4, 9)',
    async (transport) => {
      const answering = await sippAnswers(parties.server, parties.callee, [
        ...callee.picksUp(),
        receive('INVITE', { check: { body: 'm=audio' } }),
        respond(200, { body: describeAudio('sendrecv', 2) }),
        receive('ACK'),
        ...isHungUp,
      ])
      const refresh = asks('Session-Expires: 90;refresher=uac')
      const calling = await sippCalls(
        parties.server,
        parties.caller,
        parties.callee.extension,
        [
          ...caller.invites(refresh),
          receive(180, { optional: true }),
          caller.hears(200, isAgreed('uac')),
          caller.sends('ACK', { sequence: 2 }),
          caller.sends('UPDATE', { sequence: 3, headers: refresh }),
          receive(200, { check: { ...isAgreed('uac').check, 'CSeq:': '3 UPDATE' } }),
          caller.sends('INVITE', { sequence: 4, headers: refresh, body: describeAudio() }),
          receive(100, { optional: true }),
          receive(200, { check: { ...isAgreed('uac').check, body: 'm=audio' } }),
          caller.sends('ACK', { sequence: 4 }),
          ...caller.hangsUp(5),
        ],
        { transport },
      )
      await allSucceed([answering, calling])
      await expectOneRecord(parties.account, 'ANSWERED')
    },
  )

  it('a phone that is called is asked, may choose and refresh, and may want more time (RFC 4028 7.3, 9, 10)', async () => {
    const answering = await sippAnswers(parties.server, parties.callee, [
      callee.isCalled({ check: { 'Session-Expires:': '[0-9]+', 'Supported:': 'timer' } }),
      callee.answers(422, { headers: ['Min-SE: 2400'] }),
      receive('ACK'),
      callee.isCalled({ check: { 'Session-Expires:': '2400', 'Min-SE:': '2400' } }),
      callee.answers(180),
      callee.answers(200, { headers: ['Require: timer', 'Session-Expires: 2400;refresher=uas', ...KNOWS_TIMERS], body: describeAudio() }),
      receive('ACK'),
      callee.sends('UPDATE', { sequence: 1, headers: [...asks('Session-Expires: 2400;refresher=uac'), 'Min-SE: 2400'] }),
      receive(200, { check: { 'Session-Expires:': '2400 *;refresher=uac' } }),
      ...callee.hangsUp(2),
    ])
    const calling = await sippCalls(parties.server, parties.caller, parties.callee.extension, [
      ...caller.invites(),
      receive(180, { optional: true }),
      caller.hears(200),
      caller.sends('ACK', { sequence: 2 }),
      ...isHungUp,
    ])
    await allSucceed([answering, calling])
    await expectOneRecord(parties.account, 'ANSWERED')
  })
})
