import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { pieceOfPrompt } from './phones/system-prompt.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done, unique } from './tenant.ts'

const ROOM = '7000'

let parties: TwoParties
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  parties = await makeTwoParties(undefined, { languageTag: 'fr-CA' })
  done(await parties.account.http.patch(`${parties.account.path}/user/${parties.caller.userId}`, { languageTag: 'es-MX' }))
  for (const { login } of [parties.caller, parties.callee]) {
    const phone = await ScriptedPhone.open(parties.server, login)
    await phone.register()
    phones.push(phone)
  }
})

afterAll(() => {
  for (const phone of phones) phone.close()
})

describe('the platform speaks', () => {
  it.each([
    ['a user in the language the user has chosen', 0, 'es-MX', 'fr-CA'],
    ['everybody else in that of the account', 1, 'fr-CA', 'en-US'],
  ])('%s', async (_who, phoneIndex, own, other) => {
    const call = await phones[phoneIndex]?.call('*78')
    expect(await call?.finalStatus()).toBe(200)
    await eventually(`setting-on in ${own}`, 8_000, () => (call?.media.heardAudio(pieceOfPrompt('setting-on', own)) === true ? true : undefined))
    expect(call?.media.heardAudio(pieceOfPrompt('setting-on', other))).toBe(false)
    await call?.ended()
  })

  it('who calls through a PBX in that of its trunk', async () => {
    const { account, server } = parties
    const trunk = { trunkName: 'PBX', concurrentCalls: 1, sipUsername: unique('pbx-'), sipPassword: 'secret-of-pbx', languageTag: 'es-MX' }
    done(await account.http.post(`${account.path}/siptrunk_2`, trunk))
    done(await account.http.post(`${account.path}/conference-room`, { name: 'Monday', extension: ROOM }))
    const pbx = await ScriptedPhone.open(server, trunk)
    phones.push(pbx)
    await pbx.register()
    const call = await pbx.call(ROOM)
    expect(await call.finalStatus()).toBe(200)
    await eventually('the welcome in es-MX', 8_000, () => (call.media.heardAudio(pieceOfPrompt('conference-welcome', 'es-MX')) ? true : undefined))
    expect(call.media.heardAudio(pieceOfPrompt('conference-welcome', 'fr-CA'))).toBe(false)
    expect(await call.hangUp()).toBe(200)
  })
})
