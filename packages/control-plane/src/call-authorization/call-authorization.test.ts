import type { AuthorizationRequest, CallAuthorization, CallRecord } from '@dialtone/softswitch'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeCallRecords } from '../call-records/index.ts'

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

async function customer(product: Record<string, unknown>, account: Record<string, unknown> = {}): Promise<Customer> {
  sequence++
  const made = await platform.call('POST', `${partition}/callingplanproduct`, { name: `Prepaid ${sequence}`, planMinutes: 10, ...product })
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  const created = await platform.call('POST', `${partition}/account`, { accountNumber: `CA-${sequence}`, accountName: 'Prepaid', ...account })
  const path = `${partition}/account/${String(created.body['id'])}`
  const user = await platform.call('POST', `${path}/user`, { firstName: 'Ann', lastName: 'Paid', extension: '4000' })
  await platform.call('PUT', `${path}/user/${String(user.body['id'])}/callingplanproduct/${String(made.body['id'])}`)
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
  const answers: CallAuthorization[] = []
  platform.plane.authorizer.authorize(request, (answer) => answers.push(answer))
  const [answer] = answers
  if (answer === undefined) throw new Error('the answer did not come at once')
  return answer
}

function more(reservationId: string): CallAuthorization {
  const answers: CallAuthorization[] = []
  platform.plane.authorizer.extend(reservationId, (answer) => answers.push(answer))
  return answers[0] ?? { allowed: false, code: 'no answer' }
}

function recordOf({ reservationId: id, accountId, userId, calledNumber, sessionId }: AuthorizationRequest, seconds: number, planId?: string): CallRecord {
  const startedAtMs = platform.time.nowMs()
  return {
    ...{ id, sessionId, partitionId: platform.partitionId, accountId, legType: 'Origination', direction: 'OUTBOUND', startedAtMs, ringingAtMs: startedAtMs },
    ...{ answeredAtMs: startedAtMs, endedAtMs: startedAtMs + seconds * 1000, dialedNumber: calledNumber, callingNumber: '18015550100', callingName: 'Ann' },
    ...{ calledNumber, callingUserId: userId, origCategory: 'OnNet', termCategory: 'OffNet', disposition: 'ANSWERED', hangupBy: 'caller' },
    ...{ sipStatusCode: 200, sipCallIds: ['a'], authorization: { maxSeconds: 60, planId } },
  }
}

async function secondsRemaining(of: Customer): Promise<number> {
  const plans = (await platform.call('GET', `${of.path}/callingplan?referenceId=${of.userId}`)).list
  return Number(plans[0]?.['secondsRemaining'])
}

describe('authorising calls before they connect (S4-40)', () => {
  it('of 30 calls at once no second of 10 minutes is given to two', async () => {
    const ann = await customer({ allowOverage: false })
    const requests = Array.from({ length: 30 }, () => requestOf(ann))
    const answers = requests.map(ask)
    const allowed = answers.filter((answer) => answer.allowed)
    expect(allowed.reduce((sum, answer) => sum + (answer.allowed ? (answer.maxSeconds ?? Infinity) : 0), 0)).toBe(600)
    expect([allowed.length, answers.filter((answer) => !answer.allowed && answer.code === 'PlanMinutesExhausted').length]).toEqual([10, 20])
    // All of them want to go on: there is nothing left.
    expect(requests.slice(0, 10).map(({ reservationId }) => more(reservationId).allowed)).toEqual(Array.from({ length: 10 }, () => false))
    // One hangs up after 20 s: what it did not use is there for another one at once, before anything is stored.
    const [first] = requests
    if (first === undefined) throw new Error('no call')
    platform.plane.authorizer.settle(first.reservationId, 20)
    const next = requestOf(ann)
    expect(ask(next)).toMatchObject({ allowed: true, maxSeconds: 36 })
    platform.plane.authorizer.settle(next.reservationId, 0)
    // Its record is stored: nothing is counted twice, nothing is forgotten.
    await storeCallRecords(platform.plane.context, [recordOf(first, 20)])
    expect(await secondsRemaining(ann)).toBe(576)
  })

  it('what is used is taken off once, whether it is stored already or not', async () => {
    const ann = await customer({ allowOverage: false, planMinutes: 2 })
    const first = requestOf(ann)
    expect(ask(first)).toMatchObject({ allowed: true, maxSeconds: 60, mostSeconds: 120 })
    expect(more(first.reservationId)).toMatchObject({ allowed: true, maxSeconds: 120 })
    expect(ask(requestOf(ann)).allowed).toBe(false)
    platform.plane.authorizer.settle(first.reservationId, 90)
    const during = requestOf(ann)
    expect(ask(during)).toMatchObject({ allowed: true, maxSeconds: 30 })
    platform.plane.authorizer.settle(during.reservationId, 0)
    await storeCallRecords(platform.plane.context, [recordOf(first, 90)])
    expect(await secondsRemaining(ann)).toBe(30)
    expect(ask(requestOf(ann))).toMatchObject({ allowed: true, maxSeconds: 30 })
  })

  it('goes by the product: forwarding, 411, the operator, the rate table, the partition, and what is free', async () => {
    const ann = await customer({ allowOverage: false, planMinutes: 1, preventForwarding: true, allow411: false, allowOperator: false })
    expect(ask(requestOf(ann, { sentOn: 'forwarded' }))).toEqual({ allowed: false, code: 'ForwardingNotAllowed' })
    expect(ask(requestOf(ann, { sentOn: 'transferred' }))).toMatchObject({ allowed: true })
    expect(ask(requestOf(ann, { calledNumber: '411', category: 'DirectoryAssistance' }))).toEqual({ allowed: false, code: 'DirectoryAssistanceNotAllowed' })
    expect(ask(requestOf(ann, { calledNumber: '0', category: 'Operator' }))).toEqual({ allowed: false, code: 'OperatorNotAllowed' })
    expect(ask(requestOf(ann, { calledNumber: '442079460000' }))).toEqual({ allowed: false, code: 'DestinationNotInPlan' })
    // The call that was transferred holds the minute.
    expect(ask(requestOf(ann))).toEqual({ allowed: false, code: 'PlanMinutesExhausted' })
    expect(ask(requestOf(ann, { category: 'OnNet' }))).toMatchObject({ allowed: true, maxSeconds: undefined })
    expect(ask(requestOf(ann, { calledNumber: '18005550123' }))).toMatchObject({ allowed: true, maxSeconds: undefined })
    expect(ask(requestOf(ann, { calledNumber: '911', category: 'Emergency' }))).toMatchObject({ allowed: true, maxSeconds: undefined })
    expect(ask(requestOf(ann, { calledNumber: '711', category: 'TeleRelayService' }))).toMatchObject({ allowed: true, maxSeconds: undefined })
  })

  it('with overage nothing limits a call; a plan without it is full again on the billing day (S1-31)', async () => {
    const rich = await customer({ allowOverage: true, planMinutes: 0 })
    expect(ask(requestOf(rich))).toMatchObject({ allowed: true, maxSeconds: undefined })
    const poor = await customer({ allowOverage: false, planMinutes: 1 }, { billingCycleDay: 1 })
    const spent = requestOf(poor)
    ask(spent)
    platform.plane.authorizer.settle(spent.reservationId, 60)
    expect(ask(requestOf(poor))).toEqual({ allowed: false, code: 'PlanMinutesExhausted' })
    platform.time.advance(31 * DAY_MS)
    expect(ask(requestOf(poor))).toMatchObject({ allowed: true, maxSeconds: 60 })
  })
})
