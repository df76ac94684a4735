import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { dominantTone } from './phones/tone.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { expectOneRecord } from './call-records.ts'
import { done, unique } from './tenant.ts'

/** The greeting of the platform and its tone are over by then. */
const GREETING_MS = 9_000
const WAV_HEADER_BYTES = 44
const FIRST_PIN = '1234'
const NEW_PIN = '2580'

interface Message {
  readonly id: string
  readonly fromNumber: string
  readonly lengthInSeconds: number
  readonly read: boolean
}

let parties: TwoParties
let box: string
const phones: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  parties = await makeTwoParties(undefined, {}, 'kept')
  const user = done(await parties.tenant.http.get<{ voicemailBoxId: string }>(`${pathOfAccount()}/user/${parties.callee.userId}`))
  box = `${pathOfAccount()}/voicemailbox/${user.voicemailBoxId}`
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

const pathOfAccount = () => `${parties.tenant.path}/account/${parties.account.id}`
const messages = async () => done(await parties.tenant.http.get<readonly Message[]>(`${box}/voicemailmessage`))

describe.skipIf(isAbsent('baresip'))('voicemail of a user who is not there (S0-51, S1-58)', () => {
  it('answers, records the caller, and the message can be read and heard by API', async () => {
    const caller = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
    phones.push(caller)
    await caller.registered()
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await caller.saw('CALL_ESTABLISHED')
    await pause(GREETING_MS + 3_000)
    await caller.hangUp()
    await caller.saw('CALL_CLOSED')
    const [message] = await eventually('the message', 8_000, async () => {
      const found = await messages()
      return found.length > 0 ? found : undefined
    })
    expect(message).toMatchObject({ fromNumber: parties.caller.extension, read: false })
    expect(message?.lengthInSeconds).toBeGreaterThanOrEqual(2)
    const sound = await parties.tenant.http.getBytes(`${box}/voicemailmessage/${message?.id ?? ''}/content_2`)
    expect(toneOf(sound)).toBe(CALLER_HZ)
    await expectOneRecord(parties.account, 'ANSWERED')
  })

  it('lets the owner at it by *97 with the PIN: the first one must be changed, the message is heard and deleted', async () => {
    const phone = await ownersPhone()
    const call = await phone.call('*97', { toneHz: CALLEE_HZ })
    expect(await call.finalStatus()).toBe(200)
    const description = call.final?.body ?? ''
    await pause(500)
    // Keys pressed ahead of the questions wait for them: the PIN, the new one twice, then the first message.
    await call.media.press(description, `${FIRST_PIN}#${NEW_PIN}#`)
    await pause(1_000)
    await call.media.press(description, `${NEW_PIN}#`)
    await pause(4_000)
    call.media.forget()
    await call.media.press(description, '1')
    await eventually('the recorded voice', 15_000, () => (call.media.toneHeard(TONES_HZ) === CALLER_HZ ? true : undefined))
    await call.media.press(description, '3')
    await eventually('an empty box', 8_000, async () => ((await messages()).length === 0 ? true : undefined))
    await call.hangUp()
  })

  it('mails the message with its sound to whoever wants a copy', async () => {
    const { http } = parties.tenant
    const recipient = `${unique('desk')}@example.com`
    done(await http.patch(box, { voicemailToEmailEnabled: true, voicemailToEmailAddresses: [recipient], voicemailKeepAfterEmail: true }))
    await leaveMessage()
    interface Mail {
      readonly id: string
      readonly to: string
      readonly attachment?: { readonly fileName: string; readonly mediaType: string }
    }
    const mail = await eventually('the mail', 8_000, async () =>
      done(await http.get<readonly Mail[]>('/v2/sandbox/messages')).find((one) => one.to === recipient),
    )
    expect(mail.attachment).toMatchObject({ fileName: expect.stringMatching(/^voicemail-[0-9-]+\.wav$/) as string, mediaType: 'audio/wav' })
    expect(toneOf(await http.getBytes(`/v2/sandbox/messages/${mail.id}/attachment`))).toBe(CALLER_HZ)
    done(await http.patch(box, { voicemailToEmailEnabled: false }))
  })

  it('wrong PINs lock the box over calls, for the right one too, until the API opens it (public-spec section 14)', async () => {
    const user = `${pathOfAccount()}/user/${parties.callee.userId}`
    const isLocked = async () => done(await parties.tenant.http.get<{ pinLockedOut: boolean }>(user)).pinLockedOut
    done(await parties.tenant.http.put(`${user}/unlockvm?resetPin=true`))
    const phone = await ownersPhone()
    // Three wrong ones end a call; the box counts on in the next.
    for (const pins of ['1111#2222#3333#', '4444#5555#']) {
      const call = await phone.call('*97', { toneHz: CALLEE_HZ })
      expect(await call.finalStatus()).toBe(200)
      await pause(500)
      for (const pin of pins.split('#').slice(0, -1)) await call.media.press(call.final?.body ?? '', `${pin}#`)
      if (pins.startsWith('1')) await call.ended(30_000)
      else await eventually('a locked box', 20_000, async () => ((await isLocked()) ? true : undefined))
      if (!pins.startsWith('1')) await call.hangUp()
    }
    const refused = await phone.call('*97', { toneHz: CALLEE_HZ })
    expect(await refused.finalStatus()).toBe(200)
    await pause(500)
    await refused.media.press(refused.final?.body ?? '', `${FIRST_PIN}#`)
    await refused.ended(30_000)
    done(await parties.tenant.http.put(`${user}/unlockvm`))
    expect(await isLocked()).toBe(false)
  })

  it('asks the own phone for no PIN where the partition says so (bypassVoicemailPINValidationFromDevice)', async () => {
    const bypass = (bypassVoicemailPINValidationFromDevice: boolean) =>
      parties.tenant.http.patch(parties.tenant.path, { bypassVoicemailPINValidationFromDevice })
    await leaveMessage()
    const phone = await ownersPhone()
    done(await bypass(true))
    try {
      const call = await phone.call('*97', { toneHz: CALLEE_HZ })
      expect(await call.finalStatus()).toBe(200)
      await pause(500)
      await call.media.press(call.final?.body ?? '', '1')
      await eventually('the recorded voice', 20_000, () => (call.media.toneHeard(TONES_HZ) === CALLER_HZ ? true : undefined))
      await call.hangUp()
    } finally {
      done(await bypass(false))
    }
  })
})

/** Of a WAV file of two seconds at least. */
function toneOf(sound: Uint8Array): number | undefined {
  const samples = new Int16Array(sound.buffer.slice(sound.byteOffset + WAV_HEADER_BYTES, sound.byteOffset + WAV_HEADER_BYTES + 32_000))
  return dominantTone(samples.subarray(8_000), TONES_HZ)
}

/** Not reached again when it was stopped. */
async function ownersPhone(): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(parties.server, parties.callee.login)
  phones.push({
    stop: async () => {
      await phone.unregister()
      phone.close()
    },
  })
  await phone.register()
  return phone
}

/** While no phone of the owner is there. */
async function leaveMessage(): Promise<void> {
  const caller = await ScriptedPhone.open(parties.server, parties.caller.login)
  phones.push({ stop: async () => caller.close() })
  await caller.register()
  const before = (await messages()).length
  const call = await caller.call(parties.callee.extension, { toneHz: CALLER_HZ })
  expect(await call.finalStatus()).toBe(200)
  await pause(GREETING_MS + 2_000)
  await call.hangUp()
  await eventually('the message', 8_000, async () => ((await messages()).length > before ? true : undefined))
}
