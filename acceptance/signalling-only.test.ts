import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordOf } from './call-records.ts'
import { eventually, pause } from './eventually.ts'
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
    await pause(1_000)
    expect([direct?.media.toneHeard(TONES_HZ), answering?.media?.toneHeard(TONES_HZ)]).toEqual([CALLEE_HZ, CALLER_HZ])
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
})
