import { beforeEach, describe, expect, it } from 'vitest'
import { expectOneRecord } from './call-records.ts'
import { isAbsent } from './phones/program-present.ts'
import { allSucceed, sippAnswers, sippCalls } from './phones/sipp-phone.ts'
import { callee, caller, describeAudio, isHungUp, receive, respond, type SippStep } from './phones/sipp-scenario.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'

let parties: TwoParties

beforeEach(async () => {
  parties = await makeTwoParties()
})

const ALLOWS_UPDATE = 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE'
const KNOWS_NO_UPDATE = 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS'

/** An answered call in which the two do what they say, and which the caller ends unless the steps did. */
async function call(options: {
  readonly callerSays: string
  readonly calleeSays: string
  readonly callerDoes: readonly SippStep[]
  readonly calleeDoes: readonly SippStep[]
  readonly transport?: 'udp' | 'tcp'
}): Promise<void> {
  const transport = options.transport ?? 'udp'
  const answering = await sippAnswers(parties.server, parties.callee, [...callee.picksUp([options.calleeSays]), ...options.calleeDoes], { transport })
  const calling = await sippCalls(
    parties.server,
    parties.caller,
    parties.callee.extension,
    [...caller.invites([options.callerSays]), receive(180, { optional: true }), caller.hears(200), caller.sends('ACK', { sequence: 2 }), ...options.callerDoes],
    { transport },
  )
  await allSucceed([answering, calling])
  await expectOneRecord(parties.account, 'ANSWERED')
}

const isOffer = (direction: string) => ({ check: { body: `a=${direction}` } })

describe.skipIf(isAbsent('sipp'))('offers in a call with SIPp', () => {
  it.each(['udp', 'tcp'] as const)('UPDATE over %s goes on as UPDATE to a phone that allows it, from either side (RFC 3311 5)', async (transport) => {
    await call({
      callerSays: ALLOWS_UPDATE,
      calleeSays: ALLOWS_UPDATE,
      callerDoes: [
        caller.sends('UPDATE', { sequence: 3, body: describeAudio('sendonly', 2) }),
        receive(200, { check: { 'CSeq:': '3 UPDATE', body: 'a=recvonly' } }),
        receive('UPDATE', isOffer('sendrecv')),
        respond(200, { body: describeAudio('sendrecv', 3) }),
        ...caller.hangsUp(4),
      ],
      calleeDoes: [
        receive('UPDATE', isOffer('sendonly')),
        respond(200, { body: describeAudio('recvonly', 2) }),
        callee.sends('UPDATE', { sequence: 1, body: describeAudio('sendrecv', 3) }),
        receive(200, { check: { 'CSeq:': '1 UPDATE', body: 'a=sendrecv' } }),
        ...isHungUp,
      ],
      transport,
    })
  })

  it('UPDATE reaches a phone that does not know it as re-INVITE (RFC 3311 5.1)', async () => {
    await call({
      callerSays: KNOWS_NO_UPDATE,
      calleeSays: ALLOWS_UPDATE,
      callerDoes: [receive('INVITE', isOffer('sendonly')), respond(200, { body: describeAudio('recvonly', 2) }), receive('ACK'), ...isHungUp],
      calleeDoes: [
        callee.sends('UPDATE', { sequence: 1, body: describeAudio('sendonly', 2) }),
        receive(200, { check: { 'CSeq:': '1 UPDATE', body: 'a=recvonly' } }),
        ...callee.hangsUp(2),
      ],
    })
  })

  it('both offer at once: 491 to the callee; the one to the caller is tried again, then each has its turn (RFC 3261 14.1, 14.2)', async () => {
    await call({
      callerSays: KNOWS_NO_UPDATE,
      calleeSays: KNOWS_NO_UPDATE,
      callerDoes: [
        caller.sends('INVITE', { sequence: 3, body: describeAudio('sendonly', 2) }),
        receive(100, { optional: true }),
        receive(200, isOffer('recvonly')),
        caller.sends('ACK', { sequence: 3 }),
        receive('INVITE', isOffer('sendrecv')),
        respond(200, { body: describeAudio('sendrecv', 3) }),
        receive('ACK'),
        ...isHungUp,
      ],
      calleeDoes: [
        callee.isCalled(isOffer('sendonly')),
        // Its own offer leaves before it answers the one it has got, as if they had crossed.
        callee.sends('INVITE', { sequence: 1, body: describeAudio('sendrecv', 2) }),
        receive(100, { optional: true }),
        receive(491, { check: { 'CSeq:': '1 INVITE' } }),
        callee.acknowledgesRefusal(1),
        callee.answers(491),
        receive('ACK'),
        receive('INVITE', isOffer('sendonly')),
        respond(200, { body: describeAudio('recvonly', 3) }),
        receive('ACK'),
        callee.sends('INVITE', { sequence: 2, body: describeAudio('sendrecv', 4) }),
        receive(100, { optional: true }),
        receive(200, isOffer('sendrecv')),
        callee.sends('ACK', { sequence: 2 }),
        ...callee.hangsUp(3),
      ],
    })
  })
})

describe.skipIf(isAbsent('sipp'))('INVITE without offer by SIPp', () => {
  it.each(['udp', 'tcp'] as const)(
    'over %s is answered with an offer, again in the call; the ACK brings the answer (RFC 3261 13.2.1, 14.1)',
    async (transport) => {
      const answering = await sippAnswers(parties.server, parties.callee, [
        ...callee.picksUp(),
        receive('INVITE'),
        respond(200, { body: describeAudio('sendrecv', 2) }),
        receive('ACK'),
        ...callee.hangsUp(1),
      ])
      const calling = await sippCalls(
        parties.server,
        parties.caller,
        parties.callee.extension,
        [
          ...caller.begins('INVITE', 407),
          receive(180, { optional: true }),
          caller.hears(200, { check: { body: 'm=audio [1-9]' } }),
          caller.sends('ACK', { sequence: 2, body: describeAudio() }),
          caller.sends('INVITE', { sequence: 3 }),
          receive(100, { optional: true }),
          receive(200, { check: { body: 'm=audio [1-9]' } }),
          caller.sends('ACK', { sequence: 3, body: describeAudio('sendrecv', 2) }),
          ...isHungUp,
        ],
        { transport },
      )
      await allSucceed([answering, calling])
      expect((await expectOneRecord(parties.account, 'ANSWERED')).dialedNumber).toBe(parties.callee.extension)
    },
  )
})
