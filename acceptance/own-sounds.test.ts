import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import type { OutgoingPhoneCall } from './phones/phone-call.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { sineSamples } from './phones/tone.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { writeWav } from './phones/wav-file.ts'
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

/** A form with a WAV file of one tone. */
function toneForm(toneHz: number): { readonly content: Buffer; readonly contentType: string } {
  const folder = mkdtempSync(join(tmpdir(), 'dialtone-tone-'))
  const path = join(folder, 'tone.wav')
  writeWav(path, sineSamples(toneHz, SOUND_SECONDS * 8_000))
  const file = readFileSync(path)
  rmSync(folder, { recursive: true })
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="tone.wav"\r\nContent-Type: audio/wav\r\n\r\n'
  return { content: Buffer.concat([Buffer.from(head), file, Buffer.from('\r\n--b--\r\n')]), contentType: 'multipart/form-data; boundary=b' }
}

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
      const stored = await http.send('PUT', `${path}/voicemailbox/${user.voicemailBoxId}/greetings/Personal/media`, undefined, { raw: toneForm(toneHz) })
      expect(stored.status).toBe(202)
      const call = await callHearing(parties.callee.extension, toneHz)
      await call.hangUp()
    }
  })

  it('S0-56: the prompt that was uploaded for a menu is what its callers hear', async () => {
    const { http, path } = parties.account
    const prompt = done(await http.send<{ id: string }>('POST', `${path}/media_2`, undefined, { raw: toneForm(PSTN_HZ) }))
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
