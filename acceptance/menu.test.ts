import { afterEach, beforeAll, describe, it } from 'vitest'
import { pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { hearAtLast } from './phones/hear.ts'
import { isAbsent } from './phones/program-present.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done } from './tenant.ts'

const ANSWERED = 1_500

let parties: TwoParties
let number: string
const phones: Baresip[] = []

const failure = { id: 'f', type: 'MENU_FAILURE', menuTimeout: 3, invalidSelectionPrompt: '', maxInvalidSelections: 2 } as const
const way = (fromIvrComponentId: string, toIvrComponentId: string) => ({ fromIvrComponentId, toIvrComponentId })

beforeAll(async () => {
  parties = await makeTwoParties()
  number = await parties.account.addNumber()
  const { http, path } = parties.account
  const dtmf = ['1', '2', '3'].map((digit) => ({ id: `d${digit}`, type: 'DTMF', digit }))
  const ivr = done(
    await http.post<{ id: string }>(`${path}/ivr`, {
      name: 'Main menu',
      ivrComponents: [
        { id: 'in', type: 'INCOMING' },
        { id: 'm', type: 'MENU', initPromptId: '', allowBargeInDuringInitPrompt: true, menuPromptId: '', menuRepeatDelay: 3, dtmf, failure },
        { id: 'u', type: 'USER', userId: parties.callee.userId },
        { id: 'x', type: 'DIRECTORY', introPrompt: '', invalidSelectionPrompt: '', directoryDialType: 'EXTENSION' },
        { id: 'h', type: 'HANGUP', goodBye: '' },
      ],
      ivrComponentMappings: [way('in', 'm'), way('d1', 'u'), way('d2', 'x'), way('d3', 'h'), way('f', 'h')],
    }),
  )
  done(await http.patch(`${path}/telephonenumber/${number}`, { referenceType: 'IVR', referenceId: ivr.id }))
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

async function callTheMenu(): Promise<{ readonly caller: Baresip; readonly callee: Baresip }> {
  const caller = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ })
  const callee = await Baresip.start(parties.server, parties.callee.login, { toneHz: CALLEE_HZ })
  phones.push(caller, callee)
  await Promise.all([caller.registered(), callee.registered()])
  await caller.dial(`sip:${number}@dialtone.local`)
  await caller.saw('CALL_ESTABLISHED')
  await pause(ANSWERED)
  return { caller, callee }
}

describe.skipIf(isAbsent('baresip'))('a menu behind a number (S0-48, S0-56, S0-57)', () => {
  it.each([
    ['a key leads to a user', ['1']],
    ['an extension is dialed in the directory', ['2', '4', '0', '0', '1']],
  ])('%s, who is heard and hears', async (_what, keys) => {
    const { caller, callee } = await callTheMenu()
    for (const key of keys) {
      await caller.command('sndcode', key)
      await pause(400)
    }
    await callee.saw('CALL_INCOMING', { timeoutMs: 15_000 })
    await callee.accept()
    await callee.saw('CALL_ESTABLISHED')
    await hearAtLast([caller, CALLEE_HZ], [callee, CALLER_HZ])
    await caller.hangUp()
    await callee.saw('CALL_CLOSED')
  })

  it('without any key it says so as often as it was told, and hangs up', async () => {
    const { caller } = await callTheMenu()
    await caller.saw('CALL_CLOSED', { timeoutMs: 40_000 })
  })
})
