import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EVERY_PERMISSION, type Principal, systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { findOnAccount } from '../telephone-numbers/index.ts'
import { decidePort, portingCarrierOf } from './index.ts'
import { readPortOrder } from './read-port-order.ts'
import { submitPort } from './submit-port.ts'

let platform: TestControlPlane
/** The same platform without its sandbox. */
let context: Context
let principal: Principal
let accountId: string
let line = 1000

beforeAll(async () => {
  platform = await startTestControlPlane()
  const { partitionId } = platform
  context = { ...platform.plane.context, settings: { ...platform.plane.context.settings, sandbox: false } }
  principal = {
    userId: 'u',
    userType: 'ManagementUser',
    username: 'operator',
    partitionId,
    visiblePartitionIds: [partitionId],
    accountId: undefined,
    permissions: EVERY_PERMISSION,
  }
  accountId = String((await platform.call('POST', `/v2/partition/${partitionId}/account`, { accountNumber: 'M-1', accountName: 'Manual' })).body['id'])
})
afterAll(() => platform.stop())

const scope = () => systemScope(platform.partitionId, accountId)

async function submitted() {
  const number = `1607555${String(line++)}`
  const order = readPortOrder({
    telephoneNumbers: [number],
    accountId,
    subscriber: { firstName: 'John', lastName: 'Doe' },
    serviceAddress: { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905' },
    accountNumber: '1230000',
    pin: '9999',
  })
  if (!order.ok) throw new Error(order.error.message)
  const port = await submitPort(context, principal, scope(), portingCarrierOf(context), order.value)
  if (!port.ok) throw new Error(port.error.message)
  return { id: port.value.id, number }
}

const decide = async (id: string, news: Parameters<typeof decidePort>[4]) => {
  const decided = await decidePort(context, principal, scope(), id, news)
  return decided.ok ? decided.value.status : decided.error.code
}

describe('without a sandbox', () => {
  it('nothing happens by itself, and none of the sandbox’s rules holds: people write down what they hear', async () => {
    const { id, number } = await submitted()
    platform.time.advance(60 * 86_400_000)
    expect(await decide(id, { status: 'COMPLETED' })).toBe('PortInOtherState')
    expect(await decide(id, { status: 'FOC_RECEIVED', focDate: 'soon' })).toBe('InvalidFocDate')
    expect(await decide(id, { status: 'FOC_RECEIVED', focDate: '2026-12-09T15:00:00Z' })).toBe('APPROVED')
    expect(await decide(id, { status: 'REJECTED' })).toBe('PortInOtherState')
    expect(await decide(id, { status: 'IN_PROGRESS' })).toBe('IN_PROGRESS')
    expect(await decide(id, { status: 'COMPLETED' })).toBe('COMPLETED')
    expect(await findOnAccount(context.database.sql, scope(), number)).toMatchObject({ carrier_status: 'ACTIVE', e911_registered: true })
  })

  it('a rejection keeps the words of the losing carrier', async () => {
    const { id } = await submitted()
    const decided = await decidePort(context, principal, scope(), id, { status: 'REJECTED', code: 'BTN_MISMATCH', message: 'Another billing number.' })
    expect(decided).toMatchObject({ ok: true, value: { status: 'REJECTED', rejection: { code: 'BTN_MISMATCH', message: 'Another billing number.' } } })
  })
})
