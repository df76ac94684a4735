import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectOneRecord } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { Linphone } from './phones/linphone.ts'
import { isAbsent } from './phones/program-present.ts'
import { allSucceed, sippAnswers, sippCalls } from './phones/sipp-phone.ts'
import { callee, caller, describeMusic, isHungUp, plays, receive, respond, type SippStep, wait } from './phones/sipp-scenario.ts'
import { encodeMuLaw, sineSamples } from './phones/tone.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { WORK_FOLDER } from './platform.ts'

/** Long enough for a second of sound to be recorded. */
const HEARD_MS = 1500
const ELSEWHERE = 'SIP *; *cause=200 *; *text="Call completed elsewhere"'

let parties: TwoParties
const phones: { stop(): Promise<void> }[] = []

beforeEach(async () => {
  parties = await makeTwoParties()
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

/** Ten seconds of a tone that no telephone here has. */
function musicFile(): string {
  const file = join(mkdtempSync(join(WORK_FOLDER, 'music-')), 'tone.ul')
  writeFileSync(file, encodeMuLaw(sineSamples(PSTN_HZ, 80_000)))
  return file
}

/** Another telephone of the person that is called. */
async function anotherLine() {
  return { ...parties.callee, login: await parties.account.createLine(parties.callee.userId) }
}

/** Rings, or plays something before the answer, until the call was answered elsewhere (RFC 3326 2). */
const losesTheCall = (rings: readonly SippStep[]): readonly SippStep[] => [
  callee.isCalled(),
  ...rings,
  receive('CANCEL', { check: { 'Reason:': ELSEWHERE } }),
  respond(200),
  callee.answers(487),
  receive('ACK'),
]

const reasonOfCancel = (log: string): string => /^CANCEL sip:[^]*?^Reason: *([^\r\n]*)/m.exec(log)?.[1] ?? ''

async function startBaresip(): Promise<Baresip> {
  const phone = await Baresip.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ })
  phones.push(phone)
  await phone.registered()
  return phone
}

async function startLinphone(party: { readonly login: TwoParties['callee']['login'] }, toneHz: number): Promise<Linphone> {
  const phone = await Linphone.start(parties.server, party.login, { toneHz })
  phones.push(phone)
  await phone.registered()
  return phone
}

describe.skipIf(isAbsent('baresip') || isAbsent('linphonec') || isAbsent('sipp'))('one user, three telephones of three makers', () => {
  it.each(['baresip', 'linphone', 'sipp'] as const)(
    '%s wins; the others are told the call was completed elsewhere (RFC 3261 16.7, RFC 3326 2)',
    async (winner) => {
      const [baresip, linphone] = await Promise.all([startBaresip(), anotherLine().then((line) => startLinphone(line, CALLEE_HZ))])
      // The winner has to be last: it picks up when the others ring already.
      const sipp = await sippAnswers(
        parties.server,
        await anotherLine(),
        winner === 'sipp'
          ? [callee.isCalled(), callee.answers(180), wait(2500), callee.answersTalk(), receive('ACK'), ...isHungUp]
          : losesTheCall([callee.answers(180)]),
      )
      const calling = await sippCalls(parties.server, parties.caller, parties.callee.extension, [
        ...caller.invites(),
        caller.hears(180),
        receive(180, { optional: true }),
        receive(180, { optional: true }),
        caller.hears(200),
        caller.sends('ACK', { sequence: 2 }),
        wait(1000),
        ...caller.hangsUp(3),
      ])
      await Promise.all([baresip.saw('CALL_INCOMING'), linphone.saw(/Receiving new incoming call/)])
      await eventually('SIPp to ring', 5000, () => (sipp.messages().includes('SIP/2.0 180') ? true : undefined))
      if (winner === 'baresip') await baresip.accept()
      if (winner === 'linphone') linphone.command('answer')
      await allSucceed([sipp, calling])
      await Promise.all([baresip.saw('CALL_CLOSED'), linphone.saw(/Call 1 .* ended|Call terminated|ended/)])
      if (winner !== 'baresip') expect(reasonOfCancel(baresip.log)).toMatch(new RegExp(ELSEWHERE))
      if (winner !== 'linphone') expect(reasonOfCancel(linphone.log)).toMatch(new RegExp(ELSEWHERE))
      await expectOneRecord(parties.account, 'ANSWERED')
    },
  )

  it('one plays before the answer while another rings: the caller hears the one, then the other one that answers (RFC 3960 3, RFC 3261 13.2.2.4)', async () => {
    const [baresip, linphone] = await Promise.all([startBaresip(), startLinphone(parties.caller, CALLER_HZ)])
    const music = [callee.answers(183, { body: describeMusic() }), plays(musicFile())]
    const playing = await sippAnswers(parties.server, await anotherLine(), losesTheCall(music), { echoes: false })
    linphone.command(`call sip:${parties.callee.extension}@dialtone.local`)
    await baresip.saw('CALL_INCOMING')
    await linphone.saw(/early media/)
    await pause(HEARD_MS)
    await baresip.accept()
    await allSucceed([playing])
    await baresip.saw('CALL_ESTABLISHED')
    await pause(HEARD_MS)
    linphone.command('terminate')
    await baresip.saw('CALL_CLOSED')
    expect(linphone.tonesInTurn(TONES_HZ)).toEqual([PSTN_HZ, CALLEE_HZ])
    expect(await baresip.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    await expectOneRecord(parties.account, 'ANSWERED')
  })
})
