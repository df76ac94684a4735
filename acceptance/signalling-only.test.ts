import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordOf } from './call-records.ts'
import { carrierTrunk } from './carrier-trunk.ts'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { hear } from './phones/hear.ts'
import type { OutgoingPhoneCall } from './phones/phone-call.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { toneForm } from './phones/tone-form.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { Platform } from './platform.ts'
import { done, Tenant } from './tenant.ts'

const GREETING_HZ = PSTN_HZ

let platform: Platform
let parties: TwoParties
let phones: readonly ScriptedPhone[] = []

beforeAll(async () => {
  platform = await Platform.start({ environment: { DIALTONE_MEDIA_ANCHORING: 'never' } })
  parties = await makeTwoParties(await Tenant.logIn(platform.address))
  phones = await Promise.all([parties.caller, parties.callee].map(({ login }) => ScriptedPhone.open(parties.server, login)))
  for (const phone of phones) await phone.register()
})

afterAll(async () => {
  for (const phone of phones) phone.close()
  await platform.discard()
})

describe('a server that only signals', () => {
  it('lets phones speak to each other, and takes the call itself when nobody answers: greeting heard, message kept, record right', async () => {
    const { http, path } = parties.account
    const box = done(await http.post<{ id: string }>(`${path}/voicemailbox`, { name: 'Bob' }))
    done(await http.send('PUT', `${path}/voicemailbox/${box.id}/greetings/Personal/media`, undefined, { raw: toneForm(GREETING_HZ, 2) }))
    const voicemail = { type: 'Voicemail' }
    const ringPhoneCallHandling = { busyCallHandling: voicemail, noAnswerCallHandling: { ...voicemail, timeout: 2 }, unregisteredCallHandling: voicemail }
    const callHandlingSettings = { callHandlingOptionType: 'RingPhone', ringPhoneCallHandling }
    done(await http.patch(`${path}/user/${parties.callee.userId}`, { voicemailBoxId: box.id, callHandlingSettings }))
    const [caller, callee] = phones
    const direct = await caller?.call(parties.callee.extension, { toneHz: CALLER_HZ })
    const answering = await callee?.nextCall()
    await answering?.answer(CALLEE_HZ)
    expect(await direct?.finalStatus()).toBe(200)
    await hear([direct?.media, CALLEE_HZ], [answering?.media, CALLER_HZ])
    expect(direct?.final?.body).toContain(`m=audio ${String(answering?.media?.port)} `)
    await direct?.hangUp()
    const call = await caller?.call(parties.callee.extension, { toneHz: CALLER_HZ })
    const ringing = await callee?.nextCall()
    ringing?.ring()
    await call?.saw(180)
    await ringing?.cancelled()
    expect(await call?.finalStatus()).toBe(200)
    await eventually('the greeting', 8_000, () => (call?.media.toneHeard(TONES_HZ) === GREETING_HZ ? true : undefined))
    await pause(4_000)
    await call?.hangUp()
    const messages = async () => done(await http.get<readonly unknown[]>(`${path}/voicemailbox/${box.id}/voicemailmessage`))
    await eventually('the message', 8_000, async () => ((await messages()).length === 1 ? true : undefined))
    expect(await recordOf(parties.account, call?.callId ?? '')).toMatchObject({ callFlagType: 'ANSWERED', termNumber: parties.callee.extension })
  })

  /** The callee's phone rings for a second in vain, and the call goes on there. @returns the caller's call, answered by the platform */
  async function ringThenGoOnTo(forwardToNumber: string): Promise<OutgoingPhoneCall> {
    const { http, path } = parties.account
    const noAnswerCallHandling = { type: 'Forward', timeout: 1, forwardToNumber }
    const callHandlingSettings = { callHandlingOptionType: 'RingPhone', ringPhoneCallHandling: { noAnswerCallHandling } }
    done(await http.patch(`${path}/user/${parties.callee.userId}`, { callHandlingSettings }))
    const [caller, callee] = phones
    const call = await caller?.call(parties.callee.extension, { toneHz: CALLER_HZ })
    const ringing = await callee?.nextCall()
    ringing?.ring()
    await ringing?.cancelled()
    expect(await call?.finalStatus()).toBe(200)
    if (call === undefined) throw new Error('no call')
    return call
  }

  it('a menu takes the call after phones have rung past the server: its prompt is heard, and its keys count', async () => {
    const { http, path } = parties.account
    const prompt = done(await http.send<{ id: string }>('POST', `${path}/media_2`, undefined, { raw: toneForm(GREETING_HZ, 2) }))
    const failure = { id: 'f', type: 'MENU_FAILURE', menuTimeout: 8, invalidSelectionPrompt: '', maxInvalidSelections: 2 }
    const menu = { id: 'm', type: 'MENU', initPromptId: prompt.id, allowBargeInDuringInitPrompt: true, menuPromptId: prompt.id, menuRepeatDelay: 3, failure }
    const way = (fromIvrComponentId: string, toIvrComponentId: string) => ({ fromIvrComponentId, toIvrComponentId })
    const ivr = done(
      await http.post<{ id: string }>(`${path}/ivr`, {
        name: 'Menu',
        ivrComponents: [
          { id: 'in', type: 'INCOMING' },
          { ...menu, dtmf: [{ id: 'd3', type: 'DTMF', digit: '3' }] },
          { id: 'h', type: 'HANGUP', goodBye: '' },
        ],
        ivrComponentMappings: [way('in', 'm'), way('d3', 'h')],
      }),
    )
    const number = await parties.account.addNumber()
    done(await http.patch(`${path}/telephonenumber/${number}`, { referenceType: 'IVR', referenceId: ivr.id }))
    const call = await ringThenGoOnTo(number)
    await eventually('the prompt', 8_000, () => (call.media.toneHeard(TONES_HZ) === GREETING_HZ ? true : undefined))
    await call.media.press(call.final?.body ?? '', '3')
    await call.ended()
    expect(await recordOf(parties.account, call.callId)).toMatchObject({ callFlagType: 'ANSWERED' })
  })

  it('a queue takes it too: music, then an agent, and both hear each other', async () => {
    const { http, path } = parties.account
    const agent = await parties.account.createUser('4005')
    const desk = await ScriptedPhone.open(parties.server, await parties.account.createLine(agent.userId))
    await desk.register()
    done(await http.post(`${path}/call-queue`, { name: 'Support', extension: '4300', agents: [{ userId: agent.userId }] }))
    const call = await ringThenGoOnTo('4300')
    const offered = await desk.nextCall()
    await eventually('music', 8_000, () => (call.media.packetsHeard > 50 ? true : undefined))
    await offered.answer(CALLEE_HZ)
    await eventually('the caller at the agent', 8_000, () => (offered.media?.toneHeard(TONES_HZ) === CALLER_HZ ? true : undefined))
    await eventually('the agent at the caller', 8_000, () => (call.media.toneHeard(TONES_HZ) === CALLEE_HZ ? true : undefined))
    await offered.hangUp()
    await call.ended()
    desk.close()
  })

  it('a trunk with terms that is called after one without: its media passes the server and its terms hold', async () => {
    const { account, server } = parties
    const { http } = account.tenant
    const carriers = await Promise.all([1, 2].map((place) => ScriptedPhone.open(server, { sipUsername: `carrier${place}`, sipPassword: '' })))
    const made: string[] = []
    for (const [index, more] of [{}, { dtmf_mode: 'info' }].entries()) {
      const trunk = carrierTrunk(account, carriers[index]?.socket.localPort ?? 0, { type: 'peer', priority: index, ping_interval: 0, ...more })
      const { id } = done(await http.put<{ data: { id: string } }>('/siptrunk/new', trunk)).data
      made.push(id)
      done(await http.post(`/siptrunk/${id}`, { status: 'active' }))
    }
    const [first, second] = carriers
    const call = await phones[0]?.call('12125550142', { toneHz: CALLER_HZ })
    const failing = await first?.nextCall()
    expect([failing?.invite.body, failing?.invite.body]).toEqual([expect.stringContaining(`m=audio ${call?.media.port} `), expect.stringContaining('telephone-event')]) // prettier-ignore
    failing?.reject(503)
    const taking = await second?.nextCall()
    expect([taking?.invite.body, taking?.invite.body]).toEqual([expect.not.stringContaining(`m=audio ${call?.media.port} `), expect.not.stringContaining('telephone-event')]) // prettier-ignore
    await taking?.answer(CALLEE_HZ)
    expect(await call?.finalStatus()).toBe(200)
    await eventually('both to be heard', 5_000, () => (call?.media.toneHeard(TONES_HZ) === CALLEE_HZ && taking?.media?.toneHeard(TONES_HZ) === CALLER_HZ ? true : undefined)) // prettier-ignore
    await call?.hangUp()
    for (const id of made) await http.delete(`/siptrunk/${id}?force=true`)
    for (const carrier of carriers) carrier.close()
  })

  it.skipIf(isAbsent('baresip'))('a phone with SRTP alone and one without call each other: their media passes the server, where SRTP ends', async () => {
    const { account, server } = parties
    const user = await account.createUser('4006')
    const secure = await Baresip.start(server, await account.createLine(user.userId), { toneHz: CALLEE_HZ, answer: 'auto', srtp: 'demanded' })
    try {
      await secure.registered()
      const [plain] = phones
      const call = await plain?.call('4006', { toneHz: CALLER_HZ })
      expect([await call?.finalStatus(), call?.final?.body]).toEqual([200, expect.not.stringContaining('crypto')])
      await pause(1_500)
      expect(call?.media.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
      await call?.hangUp()
      await secure.saw('CALL_CLOSED')
      expect(await secure.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
      expect(await recordOf(account, call?.callId ?? '')).toMatchObject({ callFlagType: 'ANSWERED', termNumber: '4006' })
      await secure.dial(`sip:${parties.caller.extension}@dialtone.local`)
      const refused = await plain?.nextCall()
      expect(refused?.invite.body).toContain('RTP/SAVP')
      refused?.reject(488)
      const offered = await plain?.nextCall()
      expect(offered?.invite.body).toMatch(/RTP\/AVP(?![\s\S]*crypto)/)
      await offered?.answer(CALLEE_HZ)
      await eventually('the phone with SRTP at the other', 8_000, () => (offered?.media?.toneHeard(TONES_HZ) === CALLEE_HZ ? true : undefined))
      await offered?.hangUp()
    } finally {
      await secure.stop()
    }
  })
})
