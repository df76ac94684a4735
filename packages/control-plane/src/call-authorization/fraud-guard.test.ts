import type { AuthorizationRequest, CallAuthorization } from '@dialtone/softswitch'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

const DAY_MS = 86_400_000
let platform: TestControlPlane
let partition: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
})
afterAll(() => platform.stop())

interface Customer {
  readonly id: string
  readonly path: string
  readonly userId: string
}

/** A user with 0.03 a minute of overage and no minutes. */
async function customer(guard: Record<string, unknown> | undefined): Promise<Customer> {
  sequence++
  const product = await platform.call('POST', `${partition}/callingplanproduct`, { name: `Overage ${sequence}`, planMinutes: 0, allowOverage: true })
  const created = await platform.call('POST', `${partition}/account`, { accountNumber: `FG-${sequence}`, accountName: 'Guarded' })
  const path = `${partition}/account/${String(created.body['id'])}`
  const user = await platform.call('POST', `${path}/user`, { firstName: 'Ann', lastName: 'Guard', extension: '4000' })
  await platform.call('PUT', `${path}/user/${String(user.body['id'])}/callingplanproduct/${String(product.body['id'])}`)
  if (guard !== undefined) expect((await platform.call('PUT', `${path}/fraud-guard`, guard)).status).toBe(200)
  return { id: String(created.body['id']), path, userId: String(user.body['id']) }
}

function requestOf(of: Customer, changes: Partial<AuthorizationRequest> = {}): AuthorizationRequest {
  return {
    ...{ reservationId: crypto.randomUUID(), sessionId: crypto.randomUUID(), partitionId: platform.partitionId, accountId: of.id },
    ...{ userId: of.userId, lineId: 'line', callingNumber: '18015550100', calledNumber: '16075550123', category: 'OffNet', sentOn: undefined },
    atMs: platform.time.nowMs(),
    ...changes,
  }
}

function ask(request: AuthorizationRequest): CallAuthorization {
  let heard: CallAuthorization | undefined
  platform.plane.authorizer.authorize(request, (answer) => (heard = answer))
  if (heard === undefined) throw new Error('the answer did not come at once')
  return heard
}

const CUT: CallAuthorization = { allowed: false, code: 'FraudGuardTripped' }
const HELP = { calledNumber: '911', category: 'Emergency' } as const
const guardOf = async (of: Customer) => (await platform.call('GET', `${of.path}/fraud-guard`)).body
const tripped = (of: Customer) => vi.waitFor(async () => expect((await guardOf(of))['tripped']).toBe(true))

describe('the fraud guard', () => {
  it('is asked beforehand without being tripped, and says then what it says afterwards', async () => {
    const ann = await customer({ maxCallsPerMinute: 1, highRiskPrefixes: ['1900'] })
    const preview = (of: Partial<AuthorizationRequest> = {}) => platform.plane.context.authorization.preview([[requestOf(ann, of)]])[0]?.[0]
    expect([preview(), preview(), preview({ calledNumber: '19005550123' })]).toEqual([undefined, undefined, 'FraudGuardTripped'])
    expect(ask(requestOf(ann)).allowed).toBe(true)
    expect([preview(), preview(HELP)]).toEqual(['FraudGuardTripped', undefined])
    expect((await guardOf(ann))['tripped']).toBe(false)
    expect(ask(requestOf(ann))).toEqual(CUT)
  })

  it('a clock that is set back cuts nobody off for the calls of the minute before', async () => {
    const ann = await customer({ maxCallsPerMinute: 2 })
    expect([ask(requestOf(ann)).allowed, ask(requestOf(ann)).allowed]).toEqual([true, true])
    platform.time.advance(-3_600_000)
    expect([ask(requestOf(ann)).allowed, ask(requestOf(ann)).allowed, ask(requestOf(ann))]).toEqual([true, true, CUT])
    platform.time.advance(3_600_000)
  })

  it('cuts an account off at too many calls at once, forwarded and transferred ones among them, tells, and is reset', async () => {
    const ann = await customer({ maxConcurrentCalls: 2, notifyEmails: ['noc@example.com'] })
    const [first, second] = [requestOf(ann, { sentOn: 'forwarded' }), requestOf(ann, { sentOn: 'transferred' })]
    expect([ask(first).allowed, ask(second).allowed, ask(requestOf(ann))]).toEqual([true, true, CUT])
    // It stays so when those have ended, but for help and the own partition.
    platform.plane.authorizer.settle(first.reservationId, 0)
    expect(ask(requestOf(ann))).toEqual(CUT)
    expect([ask(requestOf(ann, HELP)).allowed, ask(requestOf(ann, { category: 'OnNet' })).allowed]).toEqual([true, true])
    await tripped(ann)
    expect(await guardOf(ann)).toMatchObject({ source: 'ACCOUNT', tripped: true, trippedReason: 'CONCURRENT_CALLS', maxConcurrentCalls: 2 })
    const { sql } = platform.plane.context.database
    const told = await sql
      .selectFrom('event_outbox')
      .select(['type', 'payload'])
      .where('account_id', '=', ann.id)
      .where('type', '=', 'fraudguard.tripped')
      .execute()
    expect(told).toMatchObject([{ payload: { reason: 'CONCURRENT_CALLS', calledNumber: '16075550123' } }])
    const mail = await sql.selectFrom('outgoing_message').select(['recipient', 'subject']).where('account_id', '=', ann.id).execute()
    expect(mail).toEqual([{ recipient: 'noc@example.com', subject: 'Outbound calls of Guarded look like fraud' }])
    expect((await platform.call('POST', `${ann.path}/fraud-guard/reset`)).body).toMatchObject({ tripped: false })
    expect(ask(requestOf(ann))).toMatchObject({ allowed: true })
  })

  it('counts calls a minute, and the same call at another carrier once', async () => {
    const ann = await customer({ maxCallsPerMinute: 2 })
    const first = requestOf(ann)
    expect([ask(first), ask(first), ask(requestOf(ann)), ask(requestOf(ann))].map(({ allowed }) => allowed)).toEqual([true, true, true, false])
    const bob = await customer({ maxCallsPerMinute: 2 })
    ask(requestOf(bob))
    ask(requestOf(bob))
    platform.time.advance(60_001)
    expect(ask(requestOf(bob))).toMatchObject({ allowed: true })
  })

  it('refuses numbers with a high-risk prefix and lets the others go; accounts without a guard have that of their partition', async () => {
    const ann = await customer(undefined)
    expect((await platform.call('PUT', `${partition}/fraud-guard`, { highRiskPrefixes: ['882', '883'] })).status).toBe(200)
    expect([ask(requestOf(ann, { calledNumber: '88213001234' })), ask(requestOf(ann)).allowed]).toEqual([CUT, true])
    expect(await guardOf(ann)).toMatchObject({ source: 'PARTITION', tripped: false, highRiskPrefixes: ['882', '883'] })
    const bob = await customer({ maxCallsPerMinute: 100 })
    expect(ask(requestOf(bob, { calledNumber: '88213001234' })).allowed).toBe(true)
    expect((await platform.call('PUT', `${partition}/fraud-guard`, { highRiskPrefixes: ['x'] })).status).toBe(400)
  })

  it('ends calls that go on when it is to, in the second in which the money is spent', async () => {
    // 0.03 a minute: 0.04 is 80 s, in started six seconds 78.
    const ann = await customer({ maxSpendPerDay: '0.04', endsRunningCalls: true })
    const call = requestOf(ann)
    expect(ask(call)).toMatchObject({ allowed: true, maxSeconds: 15 })
    const extend = (): CallAuthorization => {
      let heard: CallAuthorization | undefined
      platform.plane.authorizer.extend(call.reservationId, (answer) => (heard = answer))
      return heard ?? CUT
    }
    const limits: unknown[] = []
    for (let answer = extend(); answer.allowed; answer = extend()) limits.push(answer.maxSeconds)
    expect(limits).toEqual([30, 45, 60, 75, 78])
    expect([ask(requestOf(ann)), ask(requestOf(ann, HELP)).allowed]).toEqual([CUT, true])
    await tripped(ann)
    // Midnight UTC sets it free.
    platform.time.advance(DAY_MS / 2 + 1)
    platform.plane.authorizer.settle(call.reservationId, 0)
    expect(ask(requestOf(ann))).toMatchObject({ allowed: true })
  })
})
