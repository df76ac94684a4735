import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import type { IncomingPhoneCall } from './phones/phone-call.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { valueOf } from './phones/sip-text.ts'
import { type Account, type CallRecord, done, type Identified, type SipLogin, Tenant, unique } from './tenant.ts'

interface Decision {
  readonly accountId: string
  readonly version?: number
  readonly steps: readonly unknown[]
  readonly result: { readonly kind: string; readonly code?: string; readonly statusCode?: number }
  readonly payers?: readonly { readonly allowed: boolean; readonly code?: string; readonly statusCode?: number }[]
}
interface Explanation {
  readonly decisions: readonly Decision[]
  readonly then: readonly { readonly after: string; readonly decisions: readonly Decision[] }[]
  readonly endpoints: readonly { readonly type: string; readonly id: string; readonly contacts?: readonly unknown[] }[]
  readonly callerId?: { readonly number: string; readonly anonymous: boolean }
  readonly price?: { readonly rateType: string; readonly ratePerMinute: number; readonly inPlan: boolean; readonly paidBy: { readonly userId?: string } }
}
interface Trace {
  readonly decisions: readonly Decision[]
  readonly outcome?: { readonly code: string; readonly statusCode: number }
}
type Charged = CallRecord & { readonly ratePerMinute?: number; readonly inPlan?: boolean }

const [CALLER, BOB, CAROL, POOR] = ['4000', '4001', '4002', '4003']
const GROUP = '4100'
const [FAR, ALSO_FAR] = ['12125550105', '12125550106']
/** Of a prefix that the fraud guard of the account does not let anybody call. */
const RISKY = '18765550105'
const plain = {
  callHandlingOptionType: 'RingPhone',
  doNotDisturbEnabled: false,
  callWaitingEnabled: true,
  ringPhoneCallHandling: {
    busyCallHandling: { type: 'Busy' },
    noAnswerCallHandling: { type: 'Busy', timeout: 20 },
    unregisteredCallHandling: { type: 'Busy' },
  },
  simultaneousRingCallHandling: { forwardToNumberList: null, noAnswerCallHandling: { type: 'Busy', timeout: 20 } },
}
const open = { anonymousCallScreen: 'Allow', tollFreeCallScreen: 'Allow', defaultCallScreen: 'Allow', customCallScreenList: [], forwardTn: null }
const forwardsTo = (forwardAlwaysToNumber: string) => ({ callHandlingOptionType: 'ForwardAlways', forwardAlwaysToNumber })
const ringsWith = (...numbers: string[]) => ({
  callHandlingOptionType: 'SimultaneousRing',
  simultaneousRingCallHandling: { ...plain.simultaneousRingCallHandling, forwardToNumberList: numbers },
})

let tenant: Tenant
let account: Account
const users = new Map<string, string>()
const logins = new Map<string, SipLogin>()
const phones = new Map<string, ScriptedPhone>()
const numbers = new Map<string, string>()

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
  for (const extension of [CALLER, BOB, CAROL, POOR]) {
    const { userId } = await account.createUser(extension)
    const login = await account.createLine(userId)
    const phone = await ScriptedPhone.open(tenant.platform, login)
    await phone.register()
    users.set(extension, userId)
    logins.set(extension, login)
    phones.set(extension, phone)
  }
  for (const extension of [CALLER, BOB]) {
    const number = await account.addNumber()
    await account.assignNumber(number, users.get(extension) ?? '')
    numbers.set(extension, number)
  }
  const product = done(await tenant.http.post<Identified>(`${tenant.path}/callingplanproduct`, { name: unique('Poor '), planMinutes: 0, allowOverage: false }))
  done(await account.http.put(`${account.path}/user/${users.get(POOR)}/callingplanproduct/${product.id}`))
  const members = [BOB, CAROL].map((extension) => ({ userId: users.get(extension) }))
  done(await account.http.post(`${account.path}/hunt-group`, { name: 'Sales', extension: GROUP, strategy: 'SEQUENTIAL', members }))
  await guarded()
  done(await account.http.post(`${account.path}/callpark`, { name: 'Lobby', spotNumber: '701' }))
})

afterAll(() => {
  for (const phone of phones.values()) phone.close()
})

interface Row {
  readonly from?: string
  readonly dialed: () => string
  /** Of whom it is set. */
  readonly at?: string
  readonly handling?: Readonly<Record<string, unknown>>
  readonly screening?: Readonly<Record<string, unknown>>
  /** On these days by the user's clock, instead of `handling`. */
  readonly holidays?: Readonly<Record<string, unknown>>
  /** Of the account, besides what it is always. */
  readonly guard?: Readonly<Record<string, unknown>>
  /** These refuse with this status; the others answer. */
  readonly refuses?: Readonly<Record<string, number>>
  /** What the refusals come to. */
  readonly after?: string
  readonly rings?: readonly string[]
  /** A phone and somebody outside ring: which of them answers first, and whether it costs anything, nobody foresees. */
  readonly isOpen?: true
  readonly status: number
  /** Records: one a leg that somebody pays for. */
  readonly legs?: number
}

const to = (dialed: string) => () => dialed
const numberOf = (extension: string, prefix = '') => `${prefix}${numbers.get(extension) ?? ''}`

const ROWS: Readonly<Record<string, Row>> = {
  'an extension': { dialed: to(BOB), rings: [BOB], status: 200 },
  'a number of the account': { dialed: () => numberOf(BOB), rings: [BOB], status: 200 },
  'a number of the account, hidden': { dialed: () => numberOf(BOB, '*67'), rings: [BOB], status: 200 },
  'a number outside': { dialed: to('2125550105'), status: 200 },
  'a number abroad': { dialed: to('011442079460105'), status: 200 },
  'a toll-free number': { dialed: to('8005550105'), status: 200 },
  'directory assistance': { dialed: to('411'), status: 200 },
  'the operator': { dialed: to('0'), status: 200 },
  'seven digits where ten are dialed': { dialed: to('5550105'), status: 404 },
  'an extension of nobody': { dialed: to('4999'), status: 404 },
  'a code of nobody': { dialed: to('*99'), status: 404 },
  'an empty parking spot': { dialed: to('701'), status: 480 },
  'do not disturb': { dialed: to(BOB), handling: { doNotDisturbEnabled: true }, status: 486 },
  'forwarded to a colleague': { dialed: () => numberOf(BOB), handling: forwardsTo(CAROL), rings: [CAROL], status: 200 },
  'forwarded outside': { dialed: to(BOB), handling: forwardsTo(FAR), status: 200, legs: 2 },
  'forwarded in a circle': { dialed: to(BOB), handling: forwardsTo(BOB), status: 483 },
  'a holiday, which comes before the hours of the week': { dialed: to(BOB), holidays: forwardsTo(CAROL), rings: [CAROL], status: 200 },
  'a screened caller': { dialed: to(BOB), screening: { defaultCallScreen: 'Block' }, status: 486 },
  'who hides, where nobody may': { dialed: () => numberOf(BOB, '*67'), screening: { anonymousCallScreen: 'Block' }, status: 433 },
  'a screened caller who is sent on': { dialed: to(BOB), screening: { defaultCallScreen: 'Forward', forwardTn: CAROL }, rings: [CAROL], status: 200 },
  'two at once, one of whom declines': { dialed: to(BOB), handling: ringsWith(CAROL), refuses: { [BOB]: 480 }, rings: [BOB, CAROL], status: 200 },
  'a hunt': { dialed: to(GROUP), rings: [BOB], status: 200 },
  'a hunt that finds everybody busy': { dialed: to(GROUP), refuses: { [BOB]: 486, [CAROL]: 486 }, after: 'busy', rings: [BOB, CAROL], status: 486 },
  'a phone that fails': { dialed: to(BOB), refuses: { [BOB]: 500 }, after: 'failed', rings: [BOB], status: 486 },
  'outside without minutes (S4-40)': { from: POOR, dialed: to(FAR), status: 402 },
  'abroad without a rate, where the plan sells nothing beyond its minutes (S4-40)': { from: POOR, dialed: to('011442079460105'), status: 403 },
  'sent outside by somebody without minutes (S4-40)': { dialed: to(POOR), at: POOR, handling: forwardsTo(FAR), status: 402, legs: 2 },
  'a number with a high-risk prefix (S0-78)': { dialed: to(RISKY), status: 403 },
  'sent on to a number with a high-risk prefix (S0-78)': { dialed: to(BOB), handling: forwardsTo(RISKY), status: 403, legs: 2 },
  'beside a number with a high-risk prefix (S0-78)': { dialed: to(BOB), handling: ringsWith(RISKY), rings: [BOB], status: 200, legs: 2 },
  'beside two numbers, where one call a minute may begin (S0-78)': {
    ...{ dialed: to(BOB), handling: ringsWith(FAR, ALSO_FAR), guard: { maxCallsPerMinute: 1 }, rings: [BOB], isOpen: true, status: 200, legs: 3 },
  },
  'beside two numbers, where one call may go on at a time (S0-78)': {
    ...{ dialed: to(BOB), handling: ringsWith(FAR, ALSO_FAR), guard: { maxConcurrentCalls: 1 }, rings: [BOB], isOpen: true, status: 200, legs: 3 },
  },
  'beside a number that nobody pays for (S4-40)': { dialed: to(POOR), at: POOR, handling: ringsWith(FAR), rings: [POOR], status: 200, legs: 2 },
}

/** Rings at every phone are answered, or refused as the row says, until the caller has heard how it ends. */
async function made({ from = CALLER, dialed, refuses = {} }: Row) {
  const call = await (phones.get(from) ?? never()).call(dialed())
  const rung = new Map<string, IncomingPhoneCall>()
  let isOver = false
  const watching = [...phones].map(async ([extension, phone]) => {
    while (!isOver) {
      const ringing = await phone.nextCall(50).catch(() => undefined)
      if (ringing === undefined) continue
      rung.set(extension, ringing)
      const status = refuses[extension]
      if (status !== undefined) ringing.reject(status)
      else await ringing.answer().catch(() => undefined)
    }
  })
  const status = await call.finalStatus()
  if (status === 200) await call.hangUp()
  isOver = true
  await Promise.all(watching)
  return { call, rung, status }
}

function never(): never {
  throw new Error('not furnished')
}

/** But for the second in which a schedule was looked at. */
const decided = (decisions: readonly Decision[]) =>
  decisions.map(({ accountId, version, steps, result, payers }) => ({ accountId, version, steps: steps.map(withoutSecond), result, payers }))
const withoutSecond = (step: unknown): unknown =>
  JSON.parse(JSON.stringify(step, (name, value: unknown) => (name === 'secondOfDay' ? undefined : value))) as unknown
/** All of today and tomorrow, whatever midnight does meanwhile; on every day of the week everything is busy. */
function closedOn(callHandling: Readonly<Record<string, unknown>>) {
  const allDay = { startTime: '00:00', endTime: '24:00' }
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'US/Mountain' })
  const custom = [0, 1].map((offset) => ({ date: day.format(Date.now() + offset * 86_400_000), ...allDay }))
  const weekly = Object.fromEntries(['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'].map((name) => [name, allDay]))
  return [
    { schedule: { name: 'Week', type: 'WEEKLY', weekly }, callHandling: { callHandlingOptionType: 'RingPhone', doNotDisturbEnabled: true } },
    { schedule: { name: 'Holiday', type: 'CUSTOM', custom }, callHandling },
  ]
}
const set = async (extension: string, body: Readonly<Record<string, unknown>>) =>
  done(await account.http.patch(`${account.path}/user/${users.get(extension)}`, body))

/** With what else it limits, or none of it again. */
async function guarded(more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  done(await account.http.put(`${account.path}/fraud-guard`, { highRiskPrefixes: ['1876'], ...more }))
  done(await account.http.post(`${account.path}/fraud-guard/reset`))
}

describe('what is explained and what is done are one', () => {
  afterEach(async () => {
    await eventually('no call is left', 5000, async () => {
      const { results } = done(await account.http.get<{ results: readonly unknown[] }>(`${account.path}/calls`))
      return results.length === 0 ? true : undefined
    })
  })

  it.each(Object.entries(ROWS))('%s: rules, phones, caller, answer and price', async (_name, row) => {
    const { at = BOB, handling, screening, holidays, guard, from = CALLER, after, rings = [], legs = 1 } = row
    if (handling !== undefined) await set(at, { callHandlingSettings: { ...plain, ...handling } })
    if (screening !== undefined) await set(at, { callScreeningSettings: { ...open, ...screening } })
    if (holidays !== undefined) await set(at, { callHandlingSchedules: closedOn(holidays) })
    if (guard !== undefined) await guarded(guard)
    const question = { from: logins.get(from)?.lineId, to: row.dialed() }
    const explained = done(await tenant.http.post<Explanation>(`${tenant.path}/routing/explain`, question))
    const restore = async (): Promise<void> => {
      if (handling !== undefined) await set(at, { callHandlingSettings: plain })
      if (screening !== undefined) await set(at, { callScreeningSettings: open })
      if (holidays !== undefined) await set(at, { callHandlingSchedules: [] })
      if (guard !== undefined) await guarded()
    }
    const outcome = made(row)
    // Also after a failure, which is told below.
    await outcome.then(restore, restore)
    const { call, rung, status } = await outcome
    expect([status, [...rung.keys()].toSorted()]).toEqual([row.status, rings])
    const ringing = explained.endpoints.filter(({ contacts = [] }) => contacts.length > 0).map(({ id }) => id)
    if (after === undefined) expect(ringing.toSorted()).toEqual(rings.map((extension) => logins.get(extension)?.lineId ?? '').toSorted())
    const { callerId } = explained
    for (const { invite } of rung.values()) expect(valueOf(invite, 'from')).toContain(callerId?.anonymous === true ? 'anonymous' : callerId?.number)
    const records = await eventually('its records', 8000, async (): Promise<readonly Charged[] | undefined> => {
      const own = (await account.callRecords()).filter(({ sipCallIds }) => sipCallIds.includes(call.callId))
      return own.length >= legs ? own : undefined
    })
    expect(records).toHaveLength(legs)
    const trace = done(await account.http.get<Trace>(`${account.path}/calls/${records[0]?.sessionId}/trace`))
    const following = after === undefined ? [] : (explained.then.find((one) => one.after === after)?.decisions ?? [])
    expect(decided(trace.decisions)).toEqual(decided([...explained.decisions, ...following]))
    const last = trace.decisions.at(-1)
    const refusal = last?.result.kind === 'reject' ? last.result : last?.payers?.find(({ allowed }) => !allowed)
    if (status !== 200) expect(trace.outcome).toMatchObject({ code: refusal?.code, statusCode: refusal?.statusCode })
    const paying =
      records.find(({ legType, callFlagType }) => legType === 'Forward' && callFlagType === 'ANSWERED') ?? records.find(({ legType }) => legType !== 'Forward')
    const { price } = explained
    if (status === 200 && row.isOpen !== true) {
      expect(price).toMatchObject({ rateType: paying?.rateType, ratePerMinute: paying?.ratePerMinute, inPlan: paying?.inPlan })
      expect(price?.paidBy.userId).toBe(users.get(paying?.legType === 'Forward' ? at : from))
    }
  })

  it('a click to call that nobody would be called for is refused with the same reason, and no phone rings', async () => {
    for (const [from, dialed, refused] of [
      [CALLER, '5550105', { code: 'NotAllowedByDialPlan', statusCode: 404 }],
      [CALLER, '4999', { code: 'UnknownExtension', statusCode: 404 }],
      [POOR, FAR, { code: 'PlanMinutesExhausted', statusCode: 402 }],
    ] as const) {
      const { status, body } = await account.http.post<{ data?: unknown }>(`${account.path}/calls`, { from: logins.get(from)?.lineId, to: dialed })
      expect([status, body.data]).toMatchObject([400, refused])
    }
    const live = done(await account.http.get<{ results: readonly unknown[] }>(`${account.path}/calls`))
    expect(live.results).toEqual([])
  })

  it('nobody of a suspended account calls or is called, but for help', async () => {
    done(await account.http.patch(account.path, { status: 'SUSPENDED' }))
    try {
      for (const [dialed, code] of [
        [BOB, 'AccountBlocked'],
        [FAR, 'AccountBlocked'],
        ['911', undefined],
      ] as const) {
        const { decisions } = done(await tenant.http.post<Explanation>(`${tenant.path}/routing/explain`, { from: logins.get(CALLER)?.lineId, to: dialed }))
        const { status } = await made({ dialed: to(dialed), status: 0 })
        expect([dialed, decisions.at(-1)?.result.code, status]).toEqual([dialed, code, code === undefined ? 200 : 403])
        const clicked = await account.http.post<{ errorCode: string; data?: unknown }>(`${account.path}/calls`, {
          from: logins.get(CALLER)?.lineId,
          to: dialed,
        })
        expect([clicked.status, clicked.body.errorCode]).toEqual([400, code === undefined ? 'EmergencyDialed' : 'CallRefused'])
        if (code !== undefined) expect(clicked.body).toMatchObject({ data: { code, statusCode: 403 } })
      }
    } finally {
      done(await account.http.patch(account.path, { status: 'ACTIVE' }))
    }
  })
})
