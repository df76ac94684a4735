import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { pieceOfPrompt } from './phones/system-prompt.ts'
import { makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done } from './tenant.ts'

const CATALOG = new URL('../packages/media/prompts/catalog.json', import.meta.url)

let parties: TwoParties
let phone: ScriptedPhone

/** What the platform's own prompt says: the voice that said it then says it now. */
function textOf(promptId: string, language: string): string {
  const catalog = JSON.parse(readFileSync(CATALOG, 'utf8')) as Readonly<Record<string, Readonly<Record<string, string>>>>
  return catalog[promptId]?.[language] ?? ''
}

beforeAll(async () => {
  parties = await makeTwoParties(undefined, { languageTag: 'fr-CA' })
  phone = await ScriptedPhone.open(parties.server, parties.caller.login)
  await phone.register()
})

afterAll(() => phone.close())

/** Calls a menu of a text. */
async function callMenu(menu: Readonly<Record<string, unknown>>) {
  const { account } = parties
  const number = await account.addNumber()
  const ivr = done(await account.http.post<{ id: string }>(`${account.path}/ivr`, { name: `Menu of ${number}`, ...menu }))
  done(await account.http.patch(`${account.path}/telephonenumber/${number}`, { referenceType: 'IVR', referenceId: ivr.id }))
  const call = await phone.call(number)
  expect(await call.finalStatus()).toBe(200)
  return call
}

const toCallee = () => [{ digit: '1', action: 'TRANSFER', destination: parties.callee.extension }]

describe.skipIf(isAbsent('espeak-ng'))('the text of a menu', () => {
  it('is said by the voice of the language of its account: the greeting of the short form', async () => {
    const call = await callMenu({ greeting: textOf('setting-on', 'fr-CA'), options: toCallee() })
    await eventually('the greeting', 8_000, () => (call.media.heardAudio(pieceOfPrompt('setting-on', 'fr-CA')) ? true : undefined))
    expect(await call.hangUp()).toBe(200)
  })

  it('is said before and with the choices of a menu of components, and a key goes on from it', async () => {
    const callee = await ScriptedPhone.open(parties.server, parties.callee.login)
    await callee.register()
    const failure = { id: 'f', type: 'MENU_FAILURE', menuTimeout: 5, invalidSelectionPrompt: '', maxInvalidSelections: 2 }
    const prompts = {
      ...{ initPromptId: '', initPromptText: textOf('setting-on', 'fr-CA') },
      ...{ menuPromptId: '', menuPromptText: textOf('setting-off', 'fr-CA') },
    }
    const call = await callMenu({
      ivrComponents: [
        { id: 'in', type: 'INCOMING' },
        { id: 'm', type: 'MENU', allowBargeInDuringInitPrompt: true, menuRepeatDelay: 5, dtmf: [{ id: 'd1', type: 'DTMF', digit: '1' }], failure, ...prompts },
        { id: 'u', type: 'USER', userId: parties.callee.userId },
        { id: 'h', type: 'HANGUP', goodBye: '' },
      ],
      ivrComponentMappings: [
        { fromIvrComponentId: 'in', toIvrComponentId: 'm' },
        { fromIvrComponentId: 'd1', toIvrComponentId: 'u' },
        { fromIvrComponentId: 'f', toIvrComponentId: 'h' },
      ],
    })
    for (const promptId of ['setting-on', 'setting-off'])
      await eventually(promptId, 10_000, () => (call.media.heardAudio(pieceOfPrompt(promptId, 'fr-CA')) ? true : undefined))
    await call.media.press(call.final?.body ?? '', '1')
    const ringing = await callee.nextCall()
    await ringing.answer()
    expect(await call.hangUp()).toBe(200)
    callee.close()
  })
})
