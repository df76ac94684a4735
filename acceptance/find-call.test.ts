import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { valueOf } from './phones/sip-text.ts'
import { makeScriptedPhones, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { done } from './tenant.ts'

interface Found {
  readonly totalRecords: number
  readonly results: readonly { readonly id: string; readonly accountId: string; readonly state: string; readonly outcome?: string }[]
}

let parties: TwoParties
let caller: ScriptedPhone
let callee: ScriptedPhone

beforeAll(async () => {
  parties = await makeTwoParties()
  ;[caller, callee] = await makeScriptedPhones(parties)
})

afterAll(() => {
  caller.close()
  callee.close()
})

async function find(sipCallId: string): Promise<Found> {
  const { http, path } = parties.tenant
  return done(await http.get<Found>(`${path}/calls?sipCallId=${encodeURIComponent(sipCallId)}`))
}

describe('a call is found by what a capture shows', () => {
  it('by the Call-ID of either leg while it goes on and afterwards, and its trace is there', async () => {
    const call = await caller.call(parties.callee.extension)
    const ringing = await callee.nextCall()
    ringing.ring()
    await call.saw(180)
    const callIds = [call.callId, valueOf(ringing.invite, 'call-id')]
    expect(callIds[0]).not.toBe(callIds[1])
    const live = await Promise.all(callIds.map(find))
    expect(live.map(({ results }) => results)).toEqual([[expect.objectContaining({ state: 'LIVE', accountId: parties.account.id })], live[0]?.results])
    await ringing.answer()
    expect(await call.finalStatus()).toBe(200)
    expect(await call.hangUp()).toBe(200)
    for (const callId of callIds) {
      const { results } = await eventually('the call to be over', 5000, async () => {
        const found = await find(callId)
        return found.results[0]?.state === 'ENDED' ? found : undefined
      })
      expect(results).toEqual([expect.objectContaining({ id: live[0]?.results[0]?.id, state: 'ENDED', outcome: 'ANSWERED' })])
    }
    const { http } = parties.tenant
    const trace = done(await http.get<{ legs: readonly { sipCallId?: string }[] }>(`${parties.account.path}/calls/${live[0]?.results[0]?.id}/trace`))
    expect(trace.legs.map(({ sipCallId }) => sipCallId)).toEqual(callIds)
  })

  it('also what was refused for a wrong password', async () => {
    const stranger = await ScriptedPhone.open(parties.server, { ...parties.caller.login, sipPassword: 'wrong' })
    const call = await stranger.call(parties.callee.extension)
    expect(await call.finalStatus()).toBeGreaterThanOrEqual(400)
    expect((await find(call.callId)).results).toEqual([expect.objectContaining({ state: 'ENDED', outcome: 'REJECTED', accountId: parties.account.id })])
    stranger.close()
  })
})
