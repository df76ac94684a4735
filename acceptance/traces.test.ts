import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import type { OutgoingPhoneCall } from './phones/phone-call.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf, valueOf } from './phones/sip-text.ts'
import { type Account, done, type Identified, Tenant } from './tenant.ts'

interface Measured {
  readonly packetsReceived: number
  readonly notMeasured: string | null
  readonly jitterMs: number | null
  readonly packetsLost: number | null
}
interface Trace {
  readonly dialed: string
  readonly outcome?: { readonly code: string; readonly statusCode: number; readonly disposition: string }
  readonly decisions: readonly { readonly steps: readonly unknown[]; readonly result: { readonly kind: string } }[]
  readonly legs: readonly { readonly id: string; readonly type: string; readonly sipCallId?: string }[]
  readonly messages: readonly { readonly leg: string; readonly direction: string; readonly method: string; readonly statusCode?: number }[]
  readonly events: readonly { readonly type: string }[]
  readonly media: { readonly caller?: Measured; readonly callee?: Measured; readonly missing?: string }
}

const [ANN, BOB, CAROL, DAVE] = ['4000', '4001', '4002', '4003']
/** Bob's other phone: it calls, but is not called. */
const CELL = 'cell'
const [QUEUE, ROOM, PAGE, SPOT] = ['4100', '4500', '4900', '701']
const FAR = '12125550105'
const [ANN_HZ, BOB_HZ] = [440, 620]
/** A trace is there a second after the call is over. */
const WITHIN_MS = 1_000

let tenant: Tenant
let account: Account
let number: string
const phones = new Map<string, ScriptedPhone>()

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
  const { http, path } = account
  const users = new Map<string, string>()
  for (const extension of [ANN, BOB, CAROL]) {
    const { userId } = await account.createUser(extension)
    const phone = await ScriptedPhone.open(tenant.platform, await account.createLine(userId))
    expect(statusOf(await phone.register())).toBe(200)
    users.set(extension, userId)
    phones.set(extension, phone)
  }
  const dave = await account.createUser(DAVE, {}, 'kept')
  // Has a box, and a phone that calls but is not called.
  phones.set(DAVE, await ScriptedPhone.open(tenant.platform, await account.createLine(dave.userId)))
  const cell = await ScriptedPhone.open(tenant.platform, await account.createLine(users.get(BOB) ?? '', { lineNumber: 2 }))
  phones.set(CELL, cell)
  number = await account.addNumber()
  await account.assignNumber(number, users.get(BOB) ?? '')
  const [ann, bob, carol] = [users.get(ANN), users.get(BOB), users.get(CAROL)]
  const group = done(await http.post<Identified>(`${path}/group`, { name: 'All', type: 'USER', subType: 'ANY_USER', memberIds: [ann, bob, carol] }))
  done(await http.post(`${path}/grouppickup`, { name: 'All', groupIds: [group.id] }))
  done(await http.post(`${path}/conference-room`, { name: 'Monday', extension: ROOM, entryTone: false }))
  done(await http.post(`${path}/call-queue`, { name: 'Support', extension: QUEUE, agents: [{ userId: bob }] }))
  done(await http.post(`${path}/callpark`, { name: 'Lobby', spotNumber: SPOT }))
  const memberIds = [done(await http.get<readonly { id: string; userId: string }[]>(`${path}/deviceline`)).find(({ userId }) => userId === bob)?.id]
  const devices = done(await http.post<Identified>(`${path}/group`, { name: 'Hall', type: 'DEVICE', subType: 'PAGING_DEVICE', memberIds }))
  done(await http.post(`${path}/grouppaging`, { name: 'Hall', type: 'STANDARD', extension: PAGE, groupIds: [devices.id] }))
})

afterEach(async () => {
  await eventually('no call is left', 8_000, async () => {
    const { results } = done(await account.http.get<{ results: readonly unknown[] }>(`${account.path}/calls`))
    return results.length === 0 ? true : undefined
  })
})

afterAll(() => {
  for (const phone of phones.values()) phone.close()
})

function phoneOf(extension: string): ScriptedPhone {
  const phone = phones.get(extension)
  if (phone === undefined) throw new Error(`no phone of ${extension}`)
  return phone
}

/** The call that was dialed so, by a carrier with a plus, with this Call-ID among its legs, that is over. */
async function traceOf(sipCallId: string, dialed: string): Promise<Trace> {
  return eventually(`the trace of a call to ${dialed}`, WITHIN_MS, async () => {
    const found = await tenant.http.get<{ results: readonly Identified[] }>(`${tenant.path}/calls?sipCallId=${encodeURIComponent(sipCallId)}`)
    const traces = await Promise.all(done(found).results.map(async ({ id }) => done(await account.http.get<Trace>(`${account.path}/calls/${id}/trace`))))
    return traces.find((trace) => trace.dialed.endsWith(dialed) && trace.outcome !== undefined && trace.media.missing !== 'measured when the call is over')
  })
}

interface Row {
  /** @returns the Call-ID of the call, which is over */
  readonly make: () => Promise<string>
  readonly dialed: () => string
  readonly outcome: Partial<NonNullable<Trace['outcome']>>
  /** The kinds of its legs besides the caller's. */
  readonly legs?: readonly string[]
  /** What the caller's phone sent and got. */
  readonly caller?: readonly string[]
  /** Of the called legs, in this order after the INVITE. */
  readonly called?: readonly string[]
  readonly events?: readonly string[]
  /** Whose sound was measured; left out: no media was opened. */
  readonly measured?: readonly ('caller' | 'callee')[]
}

async function dial(from: string, to: string): Promise<OutgoingPhoneCall> {
  return phoneOf(from).call(to, { toneHz: ANN_HZ })
}

async function refused(from: string, to: string): Promise<string> {
  const call = await dial(from, to)
  expect(await call.finalStatus()).toBeGreaterThanOrEqual(400)
  return call.callId
}

async function served(to: string, forMs = 700): Promise<string> {
  const call = await dial(ANN, to)
  expect(await call.finalStatus()).toBe(200)
  await pause(forMs)
  expect(await call.hangUp()).toBe(200)
  return call.callId
}

/** Ann talks to whoever answers, and hangs up. */
async function talked(to: string, at: string): Promise<string> {
  const call = await dial(ANN, to)
  const ringing = await phoneOf(at).nextCall(15_000)
  await ringing.answer(BOB_HZ)
  expect(await call.finalStatus()).toBe(200)
  await pause(700)
  expect(await call.hangUp()).toBe(200)
  await ringing.ended()
  return call.callId
}

async function cancelled(): Promise<string> {
  const call = await dial(ANN, BOB)
  const ringing = await phoneOf(BOB).nextCall()
  ringing.ring()
  await call.saw(180)
  call.cancel()
  expect(await call.finalStatus()).toBe(487)
  return call.callId
}

async function busy(): Promise<string> {
  const call = await dial(ANN, BOB)
  ;(await phoneOf(BOB).nextCall()).reject(486)
  expect(await call.finalStatus()).toBe(486)
  return call.callId
}

/** Ann calls bob; carol takes it. */
async function pickedUp(): Promise<string> {
  const call = await dial(ANN, BOB)
  const ringing = await phoneOf(BOB).nextCall()
  ringing.ring()
  await call.saw(180)
  const taken = await phoneOf(CAROL).call('*58', { toneHz: BOB_HZ })
  expect([await taken.finalStatus(), await call.finalStatus()]).toEqual([200, 200])
  await pause(700)
  expect(await call.hangUp()).toBe(200)
  await taken.ended()
  return call.callId
}

/** Ann, who talks to bob, is sent on to somewhere. */
async function sentOn(to: string, target?: string): Promise<string> {
  const call = await dial(ANN, BOB)
  const atBob = await phoneOf(BOB).nextCall()
  await atBob.answer(BOB_HZ)
  expect(await call.finalStatus()).toBe(200)
  await pause(400)
  const referTo = [
    ['Refer-To', `<sip:${to}@dialtone.local>`],
    ['Contact', phoneOf(BOB).contact],
  ] as const
  expect(statusOf(await atBob.request('REFER', referTo))).toBe(202)
  if (target !== undefined) await (await phoneOf(target).nextCall()).answer(BOB_HZ)
  await eventually('the transfer', 8_000, () => (atBob.notifies.at(-1)?.body.startsWith('SIP/2.0 200') === true ? true : undefined))
  await atBob.hangUp()
  await pause(700)
  expect(await call.hangUp()).toBe(200)
  return call.callId
}

/** Ann talks to bob, who takes the call with him to his other phone, and hangs up there. */
async function pulled(): Promise<string> {
  const call = await dial(ANN, BOB)
  const atBob = await phoneOf(BOB).nextCall()
  await atBob.answer(BOB_HZ)
  expect(await call.finalStatus()).toBe(200)
  const taken = await phoneOf(CELL).call('*11', { toneHz: BOB_HZ })
  expect(await taken.finalStatus()).toBe(200)
  await atBob.ended()
  await pause(700)
  expect(await taken.hangUp()).toBe(200)
  await call.ended()
  return taken.callId
}

/** Dave listens to what ann has said to his box before. */
async function listened(): Promise<string> {
  const call = await phoneOf(DAVE).call('*97', { toneHz: ANN_HZ })
  expect(await call.finalStatus()).toBe(200)
  await pause(2_000)
  expect(await call.hangUp()).toBe(200)
  return call.callId
}

async function clicked(): Promise<string> {
  const line = phoneOf(ANN).login.sipUsername
  done(await account.http.post<Identified>(`${account.path}/calls`, { from: line, to: BOB }))
  const own = await phoneOf(ANN).nextCall()
  await own.answer(ANN_HZ)
  const other = await phoneOf(BOB).nextCall()
  await other.answer(BOB_HZ)
  await pause(700)
  await own.hangUp()
  await other.ended()
  return valueOf(own.invite, 'call-id')
}

async function cameIn(): Promise<string> {
  done(await tenant.http.post('/v2/sandbox/inbound-call', { from: FAR, to: number, seconds: 1 }))
  const ringing = await phoneOf(BOB).nextCall()
  await ringing.answer(BOB_HZ)
  await ringing.ended()
  return valueOf(ringing.invite, 'call-id')
}

const to = (dialed: string) => () => dialed
const HEARD = ['caller', 'callee'] as const

const ROWS: Readonly<Record<string, Row>> = {
  'nobody’s extension (404)': { make: () => refused(ANN, '4999'), dialed: to('4999'), outcome: { statusCode: 404, code: 'UnknownExtension' } },
  'digits that are too few (484)': { make: () => refused(ANN, '*67'), dialed: to('*67'), outcome: { statusCode: 484 } },
  'who rings nowhere (480)': { make: () => refused(ANN, SPOT), dialed: to(SPOT), outcome: { statusCode: 480 } },
  'a caller who gives up': { make: cancelled, dialed: to(BOB), outcome: { disposition: 'CANCELLED', statusCode: 487 }, legs: ['LINE'], caller: ['in CANCEL'] },
  'a busy phone': { make: busy, dialed: to(BOB), outcome: { disposition: 'BUSY', statusCode: 486 }, legs: ['LINE'], caller: ['out INVITE 486'] },
  'a call': {
    make: () => talked(BOB, BOB),
    dialed: to(BOB),
    outcome: { code: 'CallerHungUp' },
    legs: ['LINE'],
    caller: ['out INVITE 200', 'in BYE'],
    measured: HEARD,
  },
  'a call outside': {
    make: () => served(FAR),
    dialed: to(FAR),
    outcome: { code: 'CallerHungUp' },
    legs: ['CARRIER'],
    caller: ['out INVITE 200'],
    measured: HEARD,
  },
  'a call from outside': {
    make: cameIn,
    dialed: () => number,
    outcome: { disposition: 'ANSWERED' },
    legs: ['LINE'],
    caller: ['out INVITE 200'],
    measured: HEARD,
  },
  'a call for help': {
    make: () => served('933', 300),
    dialed: to('933'),
    outcome: { disposition: 'ANSWERED' },
    legs: ['PSAP'],
    caller: ['out INVITE 200'],
    measured: HEARD,
  },
  'a queue': {
    make: () => talked(QUEUE, BOB),
    dialed: to(QUEUE),
    outcome: { disposition: 'ANSWERED' },
    legs: ['LINE'],
    caller: ['out INVITE 200', 'in BYE'],
    measured: HEARD,
  },
  'a room': { make: () => served(ROOM), dialed: to(ROOM), outcome: { code: 'CallerHungUp' }, caller: ['out INVITE 200', 'in BYE'], measured: ['caller'] },
  'a page': {
    make: () => talked(PAGE, BOB),
    dialed: to(PAGE),
    outcome: { code: 'CallerHungUp' },
    caller: ['out INVITE 200', 'in BYE'],
    events: ['paged'],
    measured: ['caller'],
  },
  'a message left': { make: () => served(DAVE, 11_000), dialed: to(DAVE), outcome: { code: 'CallerHungUp' }, caller: ['out INVITE 200'], measured: ['caller'] },
  'a call that is picked up': {
    make: pickedUp,
    dialed: to(BOB),
    outcome: { code: 'CallerHungUp' },
    legs: ['LINE'],
    caller: ['out INVITE 200'],
    measured: HEARD,
  },
  'a call that is pulled': {
    make: pulled,
    dialed: to(BOB),
    outcome: { code: 'CalleeHungUp' },
    legs: ['LINE'],
    caller: ['out INVITE 200'],
    measured: HEARD,
  },
  'a box with messages': { make: listened, dialed: to('*97'), outcome: { code: 'CallerHungUp' }, caller: ['out INVITE 200', 'in BYE'], measured: ['caller'] },
  'a call whose party is sent on': {
    make: () => sentOn(CAROL, CAROL),
    dialed: to(BOB),
    outcome: { code: 'Transferred' },
    legs: ['LINE'],
    called: ['in REFER', 'out REFER 202', 'out NOTIFY', 'out NOTIFY', 'in BYE'],
    measured: HEARD,
  },
  'a call that was sent on to somebody': {
    make: () => sentOn(CAROL, CAROL),
    dialed: to(CAROL),
    outcome: { disposition: 'ANSWERED' },
    legs: ['LINE'],
    measured: HEARD,
  },
  'a call that is parked': { make: () => sentOn(SPOT), dialed: to(SPOT), outcome: { disposition: 'ANSWERED' }, measured: ['caller'] },
  'a call of a click': { make: clicked, dialed: to(BOB), outcome: { disposition: 'ANSWERED' }, legs: ['LINE'], measured: HEARD },
}

describe('the trace of a call, a second after its end', () => {
  it.each(Object.entries(ROWS))('%s: decisions, the messages of each leg, and what was measured or why not', async (_name, row) => {
    const { make, dialed, outcome, legs = [], caller = [], called: heard = [], events = [], measured } = row
    const trace = await traceOf(await make(), dialed())
    expect(trace.outcome).toMatchObject(outcome)
    expect(trace.decisions.length).toBeGreaterThan(0)
    for (const { steps } of trace.decisions) expect(steps.length).toBeGreaterThan(0)
    const called = trace.legs.filter(({ id }) => id !== 'caller')
    expect(new Set(called.map(({ type }) => type))).toEqual(new Set(legs))
    const said = (leg: string) => trace.messages.filter((message) => message.leg === leg).map(({ direction, method, statusCode = '' }) => `${direction} ${method} ${statusCode}`.trim()) // prettier-ignore
    expect(said('caller')).toEqual(expect.arrayContaining([...caller]))
    expect(trace.messages.filter(({ leg }) => !trace.legs.some(({ id }) => id === leg))).toEqual([])
    expect(called.flatMap(({ id }) => said(id))).toEqual(expect.arrayContaining([...heard]))
    for (const { id } of called) {
      // Whoever took the call from somebody else sent the INVITE himself.
      expect(said(id)[0], id).toBe(/^[gn]/.test(id) ? 'in INVITE' : 'out INVITE')
      expect(
        said(id).filter((text) => /^in INVITE [2-6]|^out CANCEL|^out BYE|^in BYE/.test(text)),
        id,
      ).not.toEqual([])
    }
    expect(trace.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['started', 'routed', ...events]))
    if (measured === undefined) return expect(trace.media.missing ?? trace.media.caller?.notMeasured).toEqual(expect.any(String))
    for (const side of HEARD) {
      const { packetsReceived, notMeasured, jitterMs, packetsLost } = trace.media[side] ?? never()
      if (!measured.includes(side)) expect([packetsReceived, jitterMs, packetsLost, typeof notMeasured]).toEqual([0, null, null, 'string'])
      else expect([packetsReceived > 10, typeof jitterMs, typeof packetsLost, notMeasured], side).toEqual([true, 'number', 'number', null])
    }
  })

  it('what is refused at the door: a wrong password, an account that is suspended', async () => {
    const stranger = await ScriptedPhone.open(tenant.platform, { ...phoneOf(ANN).login, sipPassword: 'wrong' })
    const call = await stranger.call(BOB)
    expect(await call.finalStatus()).toBeGreaterThanOrEqual(400)
    stranger.close()
    const refusedThere = await traceOf(call.callId, BOB)
    expect(refusedThere).toMatchObject({ outcome: { code: 'WrongPassword', disposition: 'REJECTED' }, media: { missing: 'no media was opened' } })
    expect(refusedThere.messages).toHaveLength(2)
    done(await account.http.patch(account.path, { status: 'SUSPENDED' }))
    try {
      expect(await traceOf(await refused(ANN, BOB), BOB)).toMatchObject({ outcome: { statusCode: 403, code: 'AccountBlocked' } })
    } finally {
      done(await account.http.patch(account.path, { status: 'ACTIVE' }))
    }
  })
})

function never(): never {
  throw new Error('not measured')
}
