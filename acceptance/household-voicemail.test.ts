import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, PSTN_HZ, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { toneForm } from './phones/tone-form.ts'
import { done } from './tenant.ts'

let parties: TwoParties
let phone: ScriptedPhone
let boxes: string
const ids = { family: '', ann: '' }

beforeAll(async () => {
  parties = await makeTwoParties()
  const { http, path } = parties.account
  boxes = `${path}/voicemailbox`
  ids.family = done(await http.post<{ id: string }>(boxes, { name: 'Family', type: 'Primary' })).id
  ids.ann = done(await http.post<{ id: string }>(boxes, { name: 'Ann', type: 'Sub', parentId: ids.family, dtmfOption: '2' })).id
  const greet = async (boxId: string, type: string, toneHz: number) =>
    done(await http.send('PUT', `${boxes}/${boxId}/greetings/${type}/media`, undefined, { raw: toneForm(toneHz, 2) }))
  await greet(ids.ann, 'PersonalName', PSTN_HZ)
  await greet(ids.ann, 'Personal', CALLEE_HZ)
  done(await http.patch(`${path}/user/${parties.callee.userId}`, { voicemailBoxId: ids.family }))
  phone = await ScriptedPhone.open(parties.server, parties.caller.login)
  await phone.register()
})

afterAll(() => phone.close())

const countIn = async (boxId: string) => done(await parties.account.http.get<readonly unknown[]>(`${boxes}/${boxId}/voicemailmessage`)).length

describe('voicemail of a household: one number, several boxes (public-spec section 14)', () => {
  it('says whose boxes there are, and who presses 2 leaves the message there', async () => {
    const call = await phone.call(parties.callee.extension, { toneHz: CALLER_HZ })
    expect(await call.finalStatus()).toBe(200)
    await eventually('the name', 10_000, () => (call.media.toneHeard(TONES_HZ) === PSTN_HZ ? true : undefined))
    await call.media.press(call.final?.body ?? '', '2')
    await eventually("Ann's greeting", 10_000, () => (call.media.toneHeard(TONES_HZ) === CALLEE_HZ ? true : undefined))
    await pause(5_000)
    await call.hangUp()
    await eventually("Ann's message", 8_000, async () => ((await countIn(ids.ann)) === 1 ? true : undefined))
    expect(await countIn(ids.family)).toBe(0)
  })
})
