import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { carrierTrunk } from './carrier-trunk.ts'
import { eventually, pause } from './eventually.ts'
import type { IncomingPhoneCall } from './phones/phone-call.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { type Account, done, type Identified, Tenant, unique } from './tenant.ts'

interface Decision {
  readonly accountId: string
  readonly version?: number
  readonly steps: readonly { readonly rule: string }[]
  readonly result: { readonly kind: string; readonly code?: string; readonly statusCode?: number }
  readonly payers?: readonly unknown[]
}
interface Told {
  readonly decisions: readonly Decision[]
  readonly dialed?: string
  readonly outcome?: unknown
}

interface Explained extends Told {
  readonly then: readonly { readonly after: string; readonly decisions: readonly Decision[] }[]
}

const [CALLER, BOB, CAROL] = ['4000', '4001', '4002']
const FAR = '12125550105'
/** Answers, presses nothing and hangs up after 2 s. */
const HANGING_UP = '12125550107'
const OUTSIDE = '12125550161'
const TOLL_FREE = '18005550163'
const open = { anonymousCallScreen: 'Allow', tollFreeCallScreen: 'Allow', defaultCallScreen: 'Allow', customCallScreenList: [], forwardTn: null }

let tenant: Tenant
let account: Account
let number: string
let specialtyNumber: string
let trunkNumber: string
/** By extension, and the phones of lines that have none. */
const phones = new Map<string, ScriptedPhone>()
const users = new Map<string, string>()

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
  const { http, path } = account
  for (const extension of [CALLER, BOB, CAROL]) {
    const { userId } = await account.createUser(extension, {}, extension === BOB ? 'kept' : 'none')
    users.set(extension, userId)
    await add(extension, await account.createLine(userId))
  }
  ;[number, specialtyNumber, trunkNumber] = [await account.addNumber(), await account.addNumber(), await account.addNumber()]
  await account.assignNumber(number, users.get(BOB) ?? '')
  const memberIds = [CALLER, BOB].map((extension) => users.get(extension))
  const group = done(await http.post<Identified>(`${path}/group`, { name: 'Front', type: 'USER', subType: 'ANY_USER', memberIds }))
  done(await http.post(`${path}/grouppickup`, { name: 'Front', groupIds: [group.id] }))
  const [plan] = done(await tenant.http.get<readonly Identified[]>(`${tenant.path}/callingplanproduct`))
  const callingPlanIds = [plan?.id ?? '']
  const elevator = { callerId: specialtyNumber, callingPlanIds, e911CallbackNumber: specialtyNumber, name: 'Elevator' }
  const line = done(await http.post<Identified & { sipUsername: string; sipPassword: string }>(`${path}/specialty-line`, elevator))
  await add('elevator', line)
  done(await http.patch(`${path}/telephonenumber/${specialtyNumber}`, { referenceType: 'SPECIALTY_LINE', referenceId: line.id }))
  const [sipUsername, sipPassword] = [unique('pbx-'), 'secret-of-pbx']
  const trunk = { trunkName: 'PBX', concurrentCalls: 2, pbxTnDigits: 10, sipUsername, sipPassword, extensionPatterns: ['21XX'] }
  const { id } = done(await http.post<Identified>(`${path}/siptrunk_2`, trunk))
  await add('pbx', { sipUsername, sipPassword })
  done(await http.patch(`${path}/telephonenumber/${trunkNumber}`, { referenceType: 'SIP_TRUNK', referenceId: id }))
})

async function add(name: string, login: { readonly sipUsername: string; readonly sipPassword: string }): Promise<void> {
  const phone = await ScriptedPhone.open(tenant.platform, login)
  phones.set(name, phone)
  expect(statusOf(await phone.register())).toBe(200)
}

afterEach(async () => {
  await eventually('no call is left', 5_000, async () => {
    const { results } = done(await account.http.get<{ results: readonly unknown[] }>(`${account.path}/calls`))
    return results.length === 0 ? true : undefined
  })
})

afterAll(() => {
  for (const phone of phones.values()) phone.close()
})

const phoneOf = (name: string): ScriptedPhone => {
  const phone = phones.get(name)
  if (phone === undefined) throw new Error(`no phone of ${name}`)
  return phone
}
const explain = async (from: string, to: string) =>
  done(await tenant.http.post<Explained>(`${tenant.path}/routing/explain`, { from, to, accountId: account.id }))
const BY_THE_CALL = 'caller-id.pbx'
/** All but what no question can know: whom a PBX names as the caller. */
const decided = ({ decisions }: Pick<Told, 'decisions'>) =>
  decisions.map(({ accountId, version, steps, result, payers }) => ({
    accountId,
    version,
    steps: steps.filter(({ rule }) => rule !== BY_THE_CALL),
    result,
    payers,
  }))

/** Of the call that was dialed so, when it is over; one that was picked up is another one with the same Call-ID. */
async function traceOf(sipCallId: string, dialed: string): Promise<Told> {
  return eventually('the trace', 8_000, async () => {
    const found = await tenant.http.get<{ results: readonly Identified[] }>(`${tenant.path}/calls?sipCallId=${encodeURIComponent(sipCallId)}`)
    const traces = await Promise.all(done(found).results.map(async ({ id }) => done(await account.http.get<Told>(`${account.path}/calls/${id}/trace`))))
    return traces.find((trace) => trace.dialed === dialed && trace.outcome !== undefined)
  })
}

/** Whoever is rung answers, until `isOver`. @returns who was */
async function answering<Result>(until: Promise<Result>): Promise<{ readonly result: Result; readonly rung: readonly string[] }> {
  const rung: string[] = []
  let isOver = false
  const watching = [...phones].map(async ([name, phone]) => {
    while (!isOver) {
      const ringing = await phone.nextCall(50).catch(() => undefined)
      if (ringing === undefined) continue
      rung.push(name)
      await ringing.answer().catch(() => undefined)
    }
  })
  try {
    return { result: await until, rung }
  } finally {
    isOver = true
    await Promise.all(watching)
  }
}

/** Explained, made, and compared: the same decisions. */
async function made(from: string, dialed: string, status: number, rings: readonly string[] = []): Promise<void> {
  const explained = await explain(phoneOf(from).login.sipUsername, dialed)
  const call = await phoneOf(from).call(dialed)
  const { result, rung } = await answering(call.finalStatus())
  if (result === 200 && call.endedBy === undefined) await call.hangUp()
  expect([result, rung]).toEqual([status, rings])
  expect(decided(await traceOf(call.callId, dialed))).toEqual(decided(explained))
}

async function calledIn(from: string, to: string, rings: readonly string[]): Promise<void> {
  const explained = await explain(from, to)
  const before = new Set((await account.callRecords()).map(({ id }) => id))
  done(await tenant.http.post('/v2/sandbox/inbound-call', { from, to, seconds: 1 }))
  const recorded = eventually('the record', 15_000, async () =>
    (await account.callRecords()).find(({ id, origNumber }) => !before.has(id) && origNumber === from),
  )
  const { rung, result: record } = await answering(recorded)
  const result = done(await account.http.get<Told>(`${account.path}/calls/${record.sessionId}/trace`))
  expect(rung).toEqual(rings)
  expect(decided(result)).toEqual(decided(explained))
}

/** Carol calls bob, whose phone rings meanwhile. */
async function whileBobRings(act: (ringing: IncomingPhoneCall) => Promise<void>): Promise<void> {
  const call = await phoneOf(CAROL).call(BOB)
  const ringing = await phoneOf(BOB).nextCall()
  ringing.ring()
  await call.saw(180)
  await act(ringing)
  if (call.final === undefined) call.cancel()
  else await call.hangUp()
  await call.finalStatus()
}

describe('explain and the switch are one: codes and services', () => {
  it.each([
    ['*58', 'the phone of a colleague in the group'],
    ['*594001', 'the phone that is named'],
  ])('%s picks up at %s; where nobody rings it says so', async (code) => {
    await made(CALLER, code, 480)
    await whileBobRings(async (ringing) => {
      await made(CALLER, code, 200)
      await ringing.cancelled()
    })
    await whileBobRings(() => made(CAROL, code, 480))
  })

  it.each([
    ['*69', 480],
    ['*57', 480],
    ['*78', 200],
    ['*79', 200],
    ['*97', 200],
    ['*10', 404],
  ])('%s of a phone', async (code, status) => {
    await made(CAROL, code, status)
  })

  it.each(['211', '311', '411', '511', '611', '711', '811', '988', '0', '8005550105', '16135550105', '011442079460105'])('%s', async (dialed) => {
    await made(CALLER, dialed, 200)
  })

  it.each([
    ['012', 484],
    ['1900', 404],
    ['9999999', 404],
    ['*', 404],
    ['#', 404],
  ])('%s, which nobody can call', async (dialed, status) => {
    await made(CALLER, dialed, status)
  })

  it('*70 before a colleague, and *69 after a call', async () => {
    await made(CALLER, `*70${BOB}`, 200, [BOB])
    await made(BOB, '*69', 200, [CALLER])
  })
})

describe('explain and the switch are one: lines of other kinds', () => {
  it('a specialty line: who calls its number, and whom it calls', async () => {
    await made(CALLER, specialtyNumber, 200, ['elevator'])
    await calledIn(OUTSIDE, specialtyNumber, ['elevator'])
    await made('elevator', FAR, 200)
    await made('elevator', BOB, 200, [BOB])
  })

  it('a toll-free number: from outside, and from a colleague', async () => {
    const { http, path } = tenant
    const search = `${path}/telephone-number/search/tollfree?quantity=100`
    const { telephoneNumbers } = done(await http.get<{ telephoneNumbers: readonly { readonly telephoneNumber: string }[] }>(search))
    const telephoneNumber = telephoneNumbers[Math.floor(Math.random() * telephoneNumbers.length)]?.telephoneNumber ?? ''
    done(await http.post(`${path}/telephone-number/order/tollfree`, { telephoneNumber, accountId: account.id }))
    const tollFree = telephoneNumber.length === 10 ? `1${telephoneNumber}` : telephoneNumber
    done(await account.http.patch(`${account.path}/telephonenumber/${tollFree}`, { referenceType: 'END_USER', referenceId: users.get(BOB) }))
    await calledIn(OUTSIDE, tollFree, [BOB])
    await made(CALLER, tollFree, 200, [BOB])
  })

  it('a trunk: an extension behind it, its number, and whom it calls', async () => {
    await made(CALLER, '2150', 200, ['pbx'])
    await made(CALLER, '2250', 404)
    await calledIn(OUTSIDE, trunkNumber, ['pbx'])
    await made('pbx', FAR, 200)
    await made('pbx', BOB, 200, [BOB])
  })

  it('an own carrier: calls out go to it', async () => {
    const carrier = await ScriptedPhone.open(tenant.platform, { sipUsername: 'carrier', sipPassword: '' })
    const trunk = carrierTrunk(account, carrier.socket.localPort, { type: 'peer', ping_interval: 0 })
    const { id } = done(await tenant.http.put<{ data: Identified }>('/siptrunk/new', trunk)).data
    done(await tenant.http.post(`/siptrunk/${id}`, { status: 'active' }))
    phones.set('carrier', carrier)
    try {
      await made(CALLER, FAR, 200, ['carrier'])
      await calledIn(OUTSIDE, number, [BOB])
    } finally {
      phones.delete('carrier')
      done(await tenant.http.delete(`/siptrunk/${id}?force=true`))
      carrier.close()
    }
  })
})

describe('explain and the switch are one: settings that meet', () => {
  const simultaneousRingCallHandling = { forwardToNumberList: [CAROL], forwardToTimedNumberList: null, noAnswerCallHandling: { type: 'Busy', timeout: 10 } }
  const together = { callHandlingOptionType: 'SimultaneousRing', simultaneousRingCallHandling }
  const set = async (settings: Readonly<Record<string, unknown>>) => {
    const callHandlingSettings = { doNotDisturbEnabled: false, callWaitingEnabled: true, callHandlingOptionType: 'RingPhone', ...settings }
    return done(await account.http.patch(`${account.path}/user/${users.get(BOB)}`, { callHandlingSettings }))
  }

  it('do-not-disturb, or a call without call waiting, before a simultaneous ring: the box takes it, and no phone rings', async () => {
    try {
      await set({ ...together, doNotDisturbEnabled: true })
      await made(CALLER, BOB, 200)
      await set({ ...together, callWaitingEnabled: false })
      const other = await phoneOf(BOB).call(FAR)
      expect(await other.finalStatus()).toBe(200)
      await made(CALLER, BOB, 200)
      await other.hangUp()
    } finally {
      await set({})
    }
  })

  it('a number of find-me where nobody confirms: the next one rings, as was said to follow', async () => {
    const findMeEndpoints = [
      { toNumber: HANGING_UP, timeout: 8, confirmAnswer: true },
      { ringUserDevice: true, timeout: 15 },
    ]
    try {
      await set({ callHandlingOptionType: 'FindMeFollowMe', findMeFollowMeCallHandling: { findMeEndpoints, timeoutType: 'Busy' } })
      const explained = await explain(phoneOf(CALLER).login.sipUsername, BOB)
      const call = await phoneOf(CALLER).call(BOB)
      const { result, rung } = await answering(call.finalStatus())
      expect([result, rung]).toEqual([200, [BOB]])
      await call.hangUp()
      const following = explained.then.find(({ after }) => after === 'no-answer')?.decisions.slice(0, 1) ?? []
      expect(decided(await traceOf(call.callId, BOB))).toEqual(decided({ decisions: [...explained.decisions, ...following] }))
    } finally {
      await set({})
    }
  })
})

describe('explain and the switch are one: every screen of every class', () => {
  const set = async (settings: Readonly<Record<string, unknown>>) =>
    done(await account.http.patch(`${account.path}/user/${users.get(BOB)}`, { callScreeningSettings: { ...open, ...settings } }))

  it.each([
    ['Allow', [BOB]],
    ['VipRing', [BOB]],
    ['Block', []],
    ['BlockWithPrompt', []],
    ['Voicemail', []],
    ['Forward', [CAROL]],
  ] as const)('%s', { timeout: 60_000 }, async (action, rings) => {
    const forward = action === 'Forward' ? { forwardTn: CAROL } : {}
    try {
      // Words take their time: of the four classes two say them.
      if (action !== 'BlockWithPrompt') {
        await set({ defaultCallScreen: action, ...forward })
        await calledIn(OUTSIDE, number, rings)
        await set({ tollFreeCallScreen: action, ...forward })
        await calledIn(TOLL_FREE, number, rings)
      }
      await set({ customCallScreenList: [{ telephoneNumber: `+${OUTSIDE}`, blockType: action }], ...forward })
      await calledIn(OUTSIDE, number, rings)
      await set({ anonymousCallScreen: action, ...forward })
      const explained = await explain(phoneOf(CALLER).login.sipUsername, `*67${BOB}`)
      const call = await phoneOf(CALLER).call(`*67${BOB}`)
      const { result, rung } = await answering(call.finalStatus(15_000))
      if (result === 200) await call.hangUp()
      expect(rung).toEqual(rings)
      expect(decided(await traceOf(call.callId, `*67${BOB}`))).toEqual(decided(explained))
    } finally {
      await set({})
      await pause(100)
    }
  })
})
