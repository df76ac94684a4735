import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { isAbsent } from './phones/program-present.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { done, type SipLogin } from './tenant.ts'

interface Decision {
  readonly accountId: string
  readonly version?: number
  readonly after?: unknown
  readonly steps: readonly unknown[]
  readonly result: Readonly<Record<string, unknown>>
}
interface Explanation {
  readonly decisions: readonly Decision[]
  readonly then: readonly { readonly after: string; readonly decisions: readonly Decision[] }[]
  readonly endpoints: readonly { readonly type: string; readonly id: string; readonly contacts?: readonly unknown[] }[]
}
interface Trace {
  readonly id: string
  readonly outcome?: { readonly disposition: string; readonly statusCode: number; readonly code: string }
  readonly decisions: readonly Decision[]
  readonly messages: readonly { readonly leg: string; readonly direction: string; readonly method: string; readonly statusCode?: number }[]
  readonly legs: readonly { readonly type: string; readonly lineId?: string }[]
  readonly media: { readonly caller?: unknown; readonly missing?: string }
}
interface Live {
  readonly id: string
  readonly state: string
  readonly from: string
  readonly dialed: string
  readonly statusCode?: number
}

const TARGET_HZ = 1400
const KEPT_AFTER_MS = 2_000

let parties: TwoParties
let stranger: TwoParties
const phones: Baresip[] = []

beforeAll(async () => {
  parties = await makeTwoParties()
  stranger = await makeTwoParties(parties.tenant)
})

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

async function baresip(login: SipLogin, toneHz: number): Promise<Baresip> {
  const phone = await Baresip.start(parties.server, login, { toneHz })
  phones.push(phone)
  await phone.registered()
  return phone
}

const explain = async (from: string, to: string): Promise<Explanation> =>
  done(await parties.tenant.http.post<Explanation>(`${parties.tenant.path}/routing/explain`, { from, to }))
const calls = async (query = ''): Promise<readonly Live[]> =>
  done(await parties.account.http.get<{ results: readonly Live[] }>(`${parties.account.path}/calls${query}`)).results
const trace = async (id: string): Promise<Trace> => done(await parties.account.http.get<Trace>(`${parties.account.path}/calls/${id}/trace`))
const decided = (decisions: readonly Decision[]) => decisions.map(({ accountId, version, steps, result }) => ({ accountId, version, steps, result }))

/** The one that ended last, at most a second after its phone heard of it. */
async function lastCall(dialed: string): Promise<Live> {
  return eventually('the ended call', 1000, async () => (await calls('?state=ENDED')).find((call) => call.dialed === dialed))
}

describe.skipIf(isAbsent('baresip'))('a call explained, made and traced', () => {
  it('an answered call: the decision, the phones and the answers are as explained; the trace has them a second after its end', async () => {
    const [caller, callee] = [await baresip(parties.caller.login, CALLER_HZ), await baresip(parties.callee.login, CALLEE_HZ)]
    const explained = await explain(parties.caller.login.lineId, parties.callee.extension)
    expect(explained.endpoints).toMatchObject([{ type: 'LINE', id: parties.callee.login.lineId, contacts: [{ transport: 'udp' }] }])
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('CALL_INCOMING')
    await callee.accept()
    await caller.saw('CALL_ESTABLISHED')
    const [live] = await calls()
    expect(live).toMatchObject({ state: 'TALKING', dialed: parties.callee.extension })
    await pause(1500)
    await caller.hangUp()
    await callee.saw('CALL_CLOSED')
    const { id } = await lastCall(parties.callee.extension)
    expect(id).toBe(live?.id)
    const told = await trace(id)
    expect(decided(told.decisions)).toEqual(decided(explained.decisions))
    expect(told.outcome).toMatchObject({ disposition: 'ANSWERED', code: 'CallerHungUp' })
    expect(told.messages.map(({ leg, direction, method, statusCode }) => [leg, direction, method, statusCode].join(' ').trim())).toEqual(
      expect.arrayContaining(['caller in INVITE', 'b1 out INVITE', 'b1 in INVITE 200', 'caller out INVITE 200', 'caller in BYE', 'b1 out BYE']),
    )
    expect(told.media.caller).toBeDefined()
    expect(await callee.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    const records = await eventually('its record', 5000, async () => (await parties.account.callRecords()).find(({ sessionId }) => sessionId === id))
    expect(records.callFlagType).toBe('ANSWERED')
  })

  it('yesterday: asOf decides as the switch did before somebody changed the routing', async () => {
    const { tenant, account, callee, caller } = parties
    const disturb = async (doNotDisturbEnabled: boolean): Promise<unknown> =>
      done(await account.http.patch(`${account.path}/user/${callee.userId}`, { callHandlingSettings: { doNotDisturbEnabled } }))
    // What stood for less is not kept.
    await pause(KEPT_AFTER_MS)
    const before = await explain(caller.login.lineId, callee.extension)
    const asOf = new Date().toISOString()
    await pause(10)
    await disturb(true)
    expect(decided((await explain(caller.login.lineId, callee.extension)).decisions)).not.toEqual(decided(before.decisions))
    const past = done(await tenant.http.post<Explanation>(`${tenant.path}/routing/explain`, { from: caller.login.lineId, to: callee.extension, asOf }))
    expect(decided(past.decisions)).toEqual(decided(before.decisions))
    await disturb(false)
  })

  it('a call nobody takes: what follows a busy phone was explained, and so was an extension that is nobody’s', async () => {
    const [caller, callee] = [await baresip(parties.caller.login, CALLER_HZ), await baresip(parties.callee.login, CALLEE_HZ)]
    const explained = await explain(parties.caller.userId, parties.callee.extension)
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('CALL_INCOMING')
    await callee.hangUp()
    await caller.saw('CALL_CLOSED')
    const told = await trace((await lastCall(parties.callee.extension)).id)
    const busy = explained.then.find(({ after }) => after === 'busy')
    expect(decided(told.decisions)).toEqual(decided([...explained.decisions, ...(busy?.decisions ?? [])]))
    const unknown = await explain(parties.caller.login.lineId, '4999')
    await caller.dial('sip:4999@dialtone.local')
    await eventually('404', 3000, () => (caller.log.includes('SIP/2.0 404') ? true : undefined))
    const rejected = await trace((await lastCall('4999')).id)
    expect(decided(rejected.decisions)).toEqual(decided(unknown.decisions))
    expect(rejected).toMatchObject({ outcome: { statusCode: 404, code: 'UnknownExtension' }, media: { missing: 'no media was opened' } })
  })

  it('S0-78: 911 and a number outside, with where they go', async () => {
    expect(await explain(parties.caller.login.lineId, '911')).toMatchObject({
      emergency: { service: '911', locationMissing: true },
      endpoints: [{ type: 'PSAP' }, { type: 'CARRIER' }],
    })
    expect(await explain(parties.caller.login.lineId, '2125550199')).toMatchObject({ endpoints: [{ type: 'CARRIER' }], price: { answeredSeconds: 60 } })
  })
})

describe.skipIf(isAbsent('baresip'))('a live call by API', () => {
  it('is hung up for both, and is a stranger’s for nobody else (S1-11)', async () => {
    const [caller, callee] = [await baresip(parties.caller.login, CALLER_HZ), await baresip(parties.callee.login, CALLEE_HZ)]
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('CALL_INCOMING')
    await callee.accept()
    await caller.saw('CALL_ESTABLISHED')
    const [live] = await calls()
    const path = `${stranger.account.path}/calls/${live?.id ?? ''}`
    expect((await stranger.account.http.delete(path)).status).toBe(404)
    expect((await stranger.account.http.get(`${path}/trace`)).status).toBe(404)
    expect((await parties.account.http.delete(`${parties.account.path}/calls/${live?.id ?? ''}`)).status).toBe(204)
    await Promise.all([caller.saw('CALL_CLOSED'), callee.saw('CALL_CLOSED')])
    expect((await trace(live?.id ?? '')).outcome).toMatchObject({ code: 'EndedByOperator', disposition: 'ANSWERED' })
    expect(await calls()).toEqual([])
    expect((await parties.account.http.delete(`${parties.account.path}/calls/${live?.id ?? ''}`)).status).toBe(404)
  })

  it('is sent on: the caller hears the target, the line that was left is hung up, and nobody is sent to 911', async () => {
    const user = await parties.account.createUser('4002')
    const login = await parties.account.createLine(user.userId)
    const [caller, callee, target] = [
      await baresip(parties.caller.login, CALLER_HZ),
      await baresip(parties.callee.login, CALLEE_HZ),
      await baresip(login, TARGET_HZ),
    ]
    await caller.dial(`sip:${parties.callee.extension}@dialtone.local`)
    await callee.saw('CALL_INCOMING')
    await callee.accept()
    await caller.saw('CALL_ESTABLISHED')
    const path = `${parties.account.path}/calls/${(await calls())[0]?.id ?? ''}/transfer`
    expect((await parties.account.http.post<{ errorCode: string }>(path, { to: '911' })).body.errorCode).toBe('EmergencyDialed')
    const sent = await parties.account.http.post<{ id: string }>(path, { to: '4002' })
    expect(sent.status, sent.text).toBe(202)
    await target.saw('CALL_INCOMING')
    await target.accept()
    await callee.saw('CALL_CLOSED')
    await pause(2000)
    expect((await calls()).map(({ id }) => id)).toEqual([sent.body.id])
    await target.hangUp()
    await caller.saw('CALL_CLOSED')
    expect(await target.toneHeard([CALLER_HZ, CALLEE_HZ, TARGET_HZ])).toBe(CALLER_HZ)
    expect(caller.lastToneHeard([CALLER_HZ, CALLEE_HZ, TARGET_HZ])).toBe(TARGET_HZ)
  })

  it('is begun by a click: the own phone rings first, then the other one, and both hear each other', async () => {
    const [caller, callee] = [await baresip(parties.caller.login, CALLER_HZ), await baresip(parties.callee.login, CALLEE_HZ)]
    const without = await parties.account.createUser('4790')
    const { lineId } = await parties.account.createLine(without.userId)
    const nobody = await parties.account.http.post<{ errorCode: string }>(`${parties.account.path}/calls`, { from: lineId, to: parties.callee.extension })
    expect([nobody.status, nobody.body.errorCode], 'no phone is registered').toEqual([400, 'NoPhoneRegistered'])
    const clicked = await parties.account.http.post<{ id: string }>(`${parties.account.path}/calls`, {
      from: parties.caller.userId,
      to: parties.callee.extension,
    })
    expect(clicked.status, clicked.text).toBe(202)
    await caller.saw('CALL_INCOMING')
    expect(callee.events.some(({ type }) => type === 'CALL_INCOMING')).toBe(false)
    await caller.accept()
    await callee.saw('CALL_INCOMING')
    await callee.accept()
    await callee.saw('CALL_ESTABLISHED')
    await pause(2500)
    const [live] = await calls()
    expect(live).toMatchObject({ state: 'TALKING', dialed: parties.callee.extension })
    const first = done(
      await parties.account.http.get<{ events: readonly { detail: { toSessionId?: string } }[] }>(`${parties.account.path}/calls/${clicked.body.id}/trace`),
    )
    expect(first.events[0]?.detail.toSessionId).toBe(live?.id)
    await callee.hangUp()
    await caller.saw('CALL_CLOSED')
    expect(await callee.toneHeard(TONES_HZ)).toBe(CALLER_HZ)
    expect(await caller.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
    expect((await parties.account.http.post(`${parties.account.path}/calls`, { from: stranger.caller.userId, to: '4001' })).status).toBe(400)
  })
})
