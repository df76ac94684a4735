import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import type { OutgoingPhoneCall } from './phones/phone-call.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { toneForm } from './phones/tone-form.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { done } from './tenant.ts'

const SOUND_SECONDS = 4
const HEARD_WITHIN_MS = 10_000

let parties: TwoParties
let phone: ScriptedPhone | undefined

beforeAll(async () => {
  parties = await makeTwoParties(undefined, {}, 'kept')
})

afterEach(() => {
  phone?.close()
  phone = undefined
})

async function callHearing(target: string, toneHz: number): Promise<OutgoingPhoneCall> {
  phone ??= await ScriptedPhone.open(parties.server, parties.caller.login)
  await phone.register()
  const call = await phone.call(target, { toneHz: CALLER_HZ })
  expect(await call.finalStatus()).toBe(200)
  await eventually(`${toneHz} Hz`, HEARD_WITHIN_MS, () => (call.media.toneHeard(TONES_HZ) === toneHz ? true : undefined))
  return call
}

describe('sounds that an account records itself', () => {
  it('S0-51: the greeting of a box is heard; replaced over HTTP, the next caller hears the new one', async () => {
    const { http, path } = parties.account
    const user = done(await http.get<{ voicemailBoxId: string }>(`${path}/user/${parties.callee.userId}`))
    for (const toneHz of [CALLEE_HZ, PSTN_HZ, CALLEE_HZ]) {
      const stored = await http.send('PUT', `${path}/voicemailbox/${user.voicemailBoxId}/greetings/Personal/media`, undefined, {
        raw: toneForm(toneHz, SOUND_SECONDS),
      })
      expect(stored.status).toBe(202)
      const call = await callHearing(parties.callee.extension, toneHz)
      await call.hangUp()
    }
  })

  it('S0-56: the prompt that was uploaded for a menu is what its callers hear', async () => {
    const { http, path } = parties.account
    const prompt = done(await http.send<{ id: string }>('POST', `${path}/media_2`, undefined, { raw: toneForm(PSTN_HZ, SOUND_SECONDS) }))
    const ivr = done(
      await http.post<{ id: string }>(`${path}/ivr`, {
        name: 'Says a tone',
        ivrComponents: [
          { id: 'in', type: 'INCOMING' },
          { id: 'h', type: 'HANGUP', goodBye: prompt.id },
        ],
        ivrComponentMappings: [{ fromIvrComponentId: 'in', toIvrComponentId: 'h' }],
      }),
    )
    const number = await parties.account.addNumber()
    done(await http.patch(`${path}/telephonenumber/${number}`, { referenceType: 'IVR', referenceId: ivr.id }))
    const call = await callHearing(number, PSTN_HZ)
    await call.ended()
  })
})
