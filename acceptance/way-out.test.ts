import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { recordOf } from './call-records.ts'
import type { OutgoingPhoneCall } from './phones/phone-call.ts'
import type { ScriptedPhone } from './phones/scripted-phone.ts'
import { valueOf } from './phones/sip-text.ts'
import { pieceOfPrompt } from './phones/system-prompt.ts'
import { makeScriptedPhones, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done } from './tenant.ts'

const QUEUE = '4100'
const LANGUAGE = 'fr-CA'

interface Told {
  readonly outcome?: { readonly code: string }
  readonly events: readonly { readonly type: string; readonly detail?: Readonly<Record<string, unknown>> }[]
}
interface Explained {
  readonly then: readonly { readonly after: string; readonly prompt?: string; readonly decisions: readonly { readonly result: { readonly code?: string } }[] }[]
}

let parties: TwoParties
let caller: ScriptedPhone
let callee: ScriptedPhone
let menu: string

const way = (fromIvrComponentId: string, toIvrComponentId: string) => ({ fromIvrComponentId, toIvrComponentId })

beforeAll(async () => {
  parties = await makeTwoParties(undefined, { languageTag: LANGUAGE })
  ;[caller, callee] = await makeScriptedPhones(parties)
  const { account } = parties
  const { http, path } = account
  const absent = await account.createUser('4002')
  await account.createLine(absent.userId)
  const toCallee = { referenceType: 'END_USER', referenceId: parties.callee.userId }
  done(await http.post(`${path}/call-queue`, { name: 'Full', extension: QUEUE, agents: [], maxWaitTime: 10, overflow: toCallee }))
  const circle = await account.addNumber()
  const round = {
    ivrComponents: [
      { id: 'in', type: 'INCOMING' },
      { id: 'again', type: 'FORWARD', toNumber: circle },
    ],
  }
  const again = done(await http.post<{ id: string }>(`${path}/ivr`, { name: 'Circle', ...round, ivrComponentMappings: [way('in', 'again')] }))
  done(await http.patch(`${path}/telephonenumber/${circle}`, { referenceType: 'IVR', referenceId: again.id }))
  const failure = { id: 'f', type: 'MENU_FAILURE', menuTimeout: 8, invalidSelectionPrompt: '', maxInvalidSelections: 2 } as const
  const dtmf = ['1', '2', '3', '4', '5'].map((digit) => ({ id: `d${digit}`, type: 'DTMF', digit }))
  const ivr = done(
    await http.post<{ id: string }>(`${path}/ivr`, {
      name: 'Main menu',
      ivrComponents: [
        { id: 'in', type: 'INCOMING' },
        { id: 'm', type: 'MENU', initPromptId: '', allowBargeInDuringInitPrompt: true, menuPromptId: '', menuRepeatDelay: 8, dtmf, failure },
        { id: 'busy', type: 'USER', userId: parties.callee.userId },
        { id: 'absent', type: 'USER', userId: absent.userId },
        { id: 'wrong', type: 'FORWARD', toNumber: '4999' },
        { id: 'circle', type: 'FORWARD', toNumber: circle },
        { id: 'queue', type: 'FORWARD', toNumber: QUEUE },
      ],
      ivrComponentMappings: [way('in', 'm'), way('d1', 'busy'), way('d2', 'absent'), way('d3', 'wrong'), way('d4', 'circle'), way('d5', 'queue')],
    }),
  )
  menu = await account.addNumber()
  done(await http.patch(`${path}/telephonenumber/${menu}`, { referenceType: 'IVR', referenceId: ivr.id }))
})

afterAll(() => {
  caller.close()
  callee.close()
})

async function hears(call: OutgoingPhoneCall, promptId: string): Promise<void> {
  await eventually(`${promptId} in ${LANGUAGE}`, 8_000, () => (call.media.heardAudio(pieceOfPrompt(promptId, LANGUAGE)) ? true : undefined))
}

describe('whom the platform sends on to nobody (S0-48, S0-50, S0-56)', () => {
  it.each([
    ['1', 'busy', 'called-busy', 'UserBusy'],
    ['2', 'absent', 'called-not-available', 'Unregistered'],
    ['3', 'wrong', 'number-not-in-service', 'UnknownNumber'],
    ['4', 'circle', 'not-available-now', 'HopLimit'],
    ['5', 'queue', 'called-busy', 'UserBusy'],
  ])('hears why, in the language of the line, and is hung up; record, trace and explain say the same: key %s, %s', async (key, component, promptId, code) => {
    const { account, tenant } = parties
    const call = await caller.call(menu)
    expect(await call.finalStatus()).toBe(200)
    await call.info('application/dtmf-relay', `Signal=${key}\r\nDuration=160\r\n`)
    if (code === 'UserBusy') (await callee.nextCall(15_000)).reject(486)
    await hears(call, promptId)
    expect(valueOf(await call.ended(), 'Reason')).toContain('Q.850')
    const record = await recordOf(account, call.callId)
    expect(record).toMatchObject({ callFlagType: 'ANSWERED', reasonCode: code })
    const trace = done(await account.http.get<Told>(`${account.path}/calls/${record.sessionId}/trace`))
    expect(trace.outcome?.code).toBe(code)
    expect(trace.events.filter(({ type }) => type === 'announced').map(({ detail }) => detail)).toEqual([{ name: promptId, code: 'Told' }])
    const explained = done(await tenant.http.post<Explained>(`${tenant.path}/routing/explain`, { from: caller.login.sipUsername, to: menu }))
    const foreseen = explained.then.find(({ after }) => after === `component:${component}`)
    // Whether somebody is busy only his phone knows, and a menu may be left.
    const expected = code === 'UserBusy' || code === 'HopLimit' ? [undefined, undefined] : [code, promptId]
    expect([foreseen?.decisions.at(-1)?.result.code, foreseen?.prompt]).toEqual(expected)
  })
})
