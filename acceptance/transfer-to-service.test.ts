import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectRecords } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { hearAtLast } from './phones/hear.ts'
import { Linphone } from './phones/linphone.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { allSucceed, sippAnswers, sippCalls } from './phones/sipp-phone.ts'
import { callee, caller, isHungUp, receive, receiveNotifiesUntil, wait } from './phones/sipp-scenario.ts'
import { calls, isOfferedAnother, refers } from './phones/sipp-transferor.ts'
import { dominantTone } from './phones/tone.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { done, type Identified, type Person, type SipLogin, unique } from './tenant.ts'

const QUEUE = '4100'
/** Answers, and is heard at 440 Hz. */
const PSTN = '12125550105'
/** The greeting of the platform and its tone are over by then. */
const GREETING_MS = 9_000
const WAV_HEADER_BYTES = 44

let parties: TwoParties
let target: Person & { readonly login: SipLogin }
let menuNumber: string
const phones: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  parties = await makeTwoParties(undefined, {}, 'kept')
  const { account } = parties
  const person = await account.createUser('4002')
  target = { ...person, login: await account.createLine(person.userId) }
  const agents = [{ userId: target.userId }]
  done(await account.http.post(`${account.path}/call-queue`, { name: 'Support', extension: QUEUE, agents }))
  menuNumber = await account.addNumber()
  const failure = { id: 'f', type: 'MENU_FAILURE', menuTimeout: 20, invalidSelectionPrompt: '', maxInvalidSelections: 3 }
  const dtmf = [{ id: 'd1', type: 'DTMF', digit: '1' }]
  const way = (fromIvrComponentId: string, toIvrComponentId: string) => ({ fromIvrComponentId, toIvrComponentId })
  const ivr = done(
    await account.http.post<Identified>(`${account.path}/ivr`, {
      name: 'Main menu',
      ivrComponents: [
        { id: 'in', type: 'INCOMING' },
        { id: 'm', type: 'MENU', initPromptId: '', allowBargeInDuringInitPrompt: true, menuPromptId: '', menuRepeatDelay: 20, dtmf, failure },
        { id: 'u', type: 'USER', userId: target.userId },
        { id: 'h', type: 'HANGUP', goodBye: '' },
      ],
      ivrComponentMappings: [way('in', 'm'), way('d1', 'u'), way('f', 'h')],
    }),
  )
  done(await account.http.patch(`${account.path}/telephonenumber/${menuNumber}`, { referenceType: 'IVR', referenceId: ivr.id }))
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

async function baresip(login: SipLogin, toneHz: number): Promise<Baresip> {
  const phone = await Baresip.start(parties.server, login, { toneHz })
  phones.push(phone)
  await phone.registered()
  return phone
}

/** The callee talks to the caller, and then sends him there. */
async function transferredTo(dialed: string): Promise<{ readonly stays: Baresip; readonly leaves: Baresip }> {
  const stays = await baresip(parties.caller.login, CALLER_HZ)
  const leaves = await baresip(parties.callee.login, CALLEE_HZ)
  await stays.dial(`sip:${parties.callee.extension}@dialtone.local`)
  await leaves.saw('CALL_INCOMING')
  await leaves.accept()
  await Promise.all([stays.saw('CALL_ESTABLISHED'), leaves.saw('CALL_ESTABLISHED')])
  await pause(1_500)
  await leaves.command('transfer', `sip:${dialed}@dialtone.local`)
  await leaves.saw('CALL_CLOSED')
  expect(leaves.lastToneHeard(TONES_HZ)).toBe(CALLER_HZ)
  return { stays, leaves }
}

async function newRecords(before: number, count: number) {
  await eventually(`${count} records`, 10_000, async () => ((await parties.account.callRecords()).length >= before + count ? true : undefined))
  await pause(700)
  return (await parties.account.callRecords()).slice(before)
}

describe.skipIf(isAbsent('baresip'))('blind transfer to what the platform itself takes (RFC 3515, RFC 5589 6)', () => {
  it('S0-49 S0-50: to a queue: the transferee waits, is given to the agent, and both hear each other', async () => {
    const before = (await parties.account.callRecords()).length
    const agent = await baresip(target.login, PSTN_HZ)
    const { stays } = await transferredTo(QUEUE)
    await agent.saw('CALL_INCOMING', { timeoutMs: 15_000 })
    await agent.accept()
    await agent.saw('CALL_ESTABLISHED')
    await hearAtLast([agent, CALLER_HZ], [stays, PSTN_HZ])
    await stays.hangUp()
    await agent.saw('CALL_CLOSED')
    const records = await newRecords(before, 2)
    expect(records.map(({ dialedNumber, callFlagType }) => `${dialedNumber} ${callFlagType}`).toSorted()).toEqual([
      `${parties.callee.extension} ANSWERED`,
      `${QUEUE} ANSWERED`,
    ])
  })

  it('S0-48: to the number of a menu: the transferee presses a key there and talks to whom it leads', async () => {
    const third = await baresip(target.login, PSTN_HZ)
    const { stays } = await transferredTo(menuNumber)
    await pause(1_500)
    await stays.command('sndcode', '1')
    await third.saw('CALL_INCOMING', { timeoutMs: 15_000 })
    await third.accept()
    await third.saw('CALL_ESTABLISHED')
    await hearAtLast([third, CALLER_HZ], [stays, PSTN_HZ])
    await stays.hangUp()
    await third.saw('CALL_CLOSED')
  })

  it('S0-51: to a user who is not there: what the transferee says is in the box', { timeout: 60_000 }, async () => {
    const { account } = parties
    const away = await account.createUser('4005', {}, 'kept')
    const user = done(await account.http.get<{ voicemailBoxId: string }>(`${account.path}/user/${away.userId}`))
    const box = `${account.path}/voicemailbox/${user.voicemailBoxId}`
    const { stays } = await transferredTo('4005')
    await pause(GREETING_MS + 3_000)
    await stays.hangUp()
    const [message] = await eventually('the message', 8_000, async () => {
      const found = done(await account.http.get<readonly (Identified & { fromNumber: string })[]>(`${box}/voicemailmessage`))
      return found.length > 0 ? found : undefined
    })
    expect(message?.fromNumber, 'who said it, not who sent him').toBe(parties.caller.extension)
    const sound = await account.http.getBytes(`${box}/voicemailmessage/${message?.id ?? ''}/content_2`)
    const samples = new Int16Array(sound.buffer.slice(sound.byteOffset + WAV_HEADER_BYTES, sound.byteOffset + WAV_HEADER_BYTES + 32_000))
    expect(dominantTone(samples.subarray(8_000), TONES_HZ)).toBe(CALLER_HZ)
  })
})

describe.skipIf(isAbsent('baresip') || isAbsent('linphonec'))('attended transfer to what the platform itself takes (RFC 3891, RFC 5589 7)', () => {
  it('S0-48: a phone that listens to a menu puts the party it holds in its place there', { timeout: 60_000 }, async () => {
    const transferor = await Linphone.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
    phones.push(transferor)
    await transferor.registered()
    const held = await Linphone.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ })
    phones.push(held)
    await held.registered()
    const third = await baresip(target.login, PSTN_HZ)
    transferor.command(`call sip:${parties.callee.extension}@dialtone.local`)
    await held.saw(/Receiving new incoming call/)
    held.command('answer')
    await transferor.saw(/connected/)
    transferor.command('pause')
    await transferor.saw(/is now paused/)
    const from = transferor.output.length
    transferor.command(`call sip:${menuNumber}@dialtone.local`)
    await transferor.saw(/connected/, { from })
    await pause(1_000)
    transferor.command('transfer 1 --to-call 2')
    await transferor.saw(/Call 1 .* ended/, { from })
    await pause(2_000)
    held.command('1')
    await third.saw('CALL_INCOMING', { timeoutMs: 15_000 })
    await third.accept()
    await third.saw('CALL_ESTABLISHED')
    await pause(2_500)
    held.command('terminate')
    await third.saw('CALL_CLOSED')
    expect(third.lastToneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    expect(held.lastToneHeard(TONES_HZ)).toBe(PSTN_HZ)
  })
})

describe.skipIf(isAbsent('sipp'))('who transfers pays: a REFER is an outbound call of the transferor (S4-40)', () => {
  async function customers(terms: Readonly<Record<string, unknown>>): Promise<TwoParties> {
    const { tenant } = parties
    const product = done(await tenant.http.post<Identified>(`${tenant.path}/callingplanproduct`, { name: unique('Plan '), ...terms }))
    const made = await makeTwoParties(tenant)
    done(await made.account.http.put(`${made.account.path}/user/${made.caller.userId}/callingplanproduct/${product.id}`))
    return made
  }

  it('S4-40: without minutes the transferor hears 402, and still talks to the party', async () => {
    const poor = await customers({ planMinutes: 0, allowOverage: false })
    const second = await sippAnswers(poor.server, poor.callee, [...callee.picksUp(), ...isHungUp])
    const transferor = await sippCalls(
      poor.server,
      poor.caller,
      poor.callee.extension,
      calls([refers(PSTN), receive(202), ...receiveNotifiesUntil('SIP/2.0 402', 1), ...caller.hangsUp(4)]),
    )
    await allSucceed([second, transferor])
    const records = await expectRecords(poor.account, ['ANSWERED', 'OTHER'])
    expect(records.find(({ callFlagType }) => callFlagType === 'OTHER')).toMatchObject({ cost: 0, reasonCode: 'PlanMinutesExhausted', callType: 'OUTBOUND' })
  })

  it('S4-40: with overage the transferred leg is charged to the transferor, and the fraud guard counts it', async () => {
    const rich = await customers({ planMinutes: 0, allowOverage: true, overageRatePerMinute: '0.05' })
    const { account } = rich
    done(await account.http.put(`${account.path}/fraud-guard`, { maxCallsPerMinute: 1 }))
    const second = await sippAnswers(rich.server, rich.callee, [...callee.picksUp(), ...isOfferedAnother, wait(1_000), ...callee.hangsUp(1)])
    const transferor = await sippCalls(
      rich.server,
      rich.caller,
      rich.callee.extension,
      calls([refers(PSTN), receive(202), ...receiveNotifiesUntil('SIP/2.0 200', 1), ...caller.hangsUp(4)]),
    )
    await allSucceed([second, transferor])
    const records = await expectRecords(account, ['ANSWERED', 'ANSWERED'])
    const paid = records.find(({ dialedNumber }) => dialedNumber === PSTN)
    expect(paid).toMatchObject({ rateType: 'OnPlanRated', referenceId: rich.caller.userId, callType: 'OUTBOUND', billCallLengthSeconds: 6, cost: 0.005 })
    const phone = await ScriptedPhone.open(rich.server, rich.caller.login)
    phones.push({ stop: async () => phone.close() })
    await phone.register()
    expect(await (await phone.call(PSTN)).finalStatus()).toBe(403)
  })
})
