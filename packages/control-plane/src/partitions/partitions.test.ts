import { OPERATOR, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let partition: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  partition = `/v2/partition/${platform.partitionId}`
})
afterAll(() => platform.stop())

const manager = { username: 'brand@example.com', password: 'Another-horse-2', firstName: 'Brand', lastName: 'Operator' }

async function child(name: string, settings: Record<string, unknown> = {}, of = partition): Promise<string> {
  const created = await platform.call('POST', `${of}/partition`, { name, ...settings })
  expect(created.status, JSON.stringify(created.body)).toBe(200)
  return `/v2/partition/${String(created.body['id'])}`
}

describe('a sub-partition', () => {
  it('S1-11: has its own id and the defaults it was created with, and its parent lists it', async () => {
    const { status, body } = await platform.call('POST', `${partition}/partition`, { name: 'Brand', defaultTimeZone: 'US/Eastern', defaultExtensionLength: 3 })
    expect([status, body]).toMatchObject([200, { name: 'Brand', parentId: platform.partitionId, defaultTimeZone: 'US/Eastern', defaultExtensionLength: 3 }])
    expect(body['id']).not.toBe(platform.partitionId)
    expect((await platform.call('GET', partition)).body['subPartitionIds']).toContain(body['id'])
  })

  it('S1-56: has a default calling plan from the start, so that a new user has minutes', async () => {
    const base = await child('Brand with users')
    expect((await platform.call('GET', `${base}/callingplanproduct`)).list).toMatchObject([{ name: 'Standard', planMinutes: 20_000, defaultPlan: true }])
    const account = await platform.call('POST', `${base}/account`, { accountNumber: 'B-1', accountName: 'First customer' })
    const user = await platform.call('POST', `${base}/account/${String(account.body['id'])}/user`, { firstName: 'Ann', lastName: 'First', extension: '4000' })
    expect(user.body['callingPlans'], JSON.stringify(user.body)).toMatchObject([{ planMinutes: 20_000, secondsRemaining: 1_200_000 }])
  })

  it('a taken user name of its operator leaves nothing behind', async () => {
    expect((await platform.call('POST', `${partition}/partition`, { name: 'First', manager })).status).toBe(200)
    const before = (await platform.call('GET', partition)).body['subPartitionIds']
    expect((await platform.call('POST', `${partition}/partition`, { name: 'Second', manager })).body['errorCode']).toBe('DuplicateUsername')
    expect((await platform.call('GET', partition)).body['subPartitionIds']).toEqual(before)
  })

  it('an operator with a password against the policy is refused', async () => {
    const weak = { ...manager, username: 'weak@example.com', password: 'short' }
    expect((await platform.call('POST', `${partition}/partition`, { name: 'Weak', manager: weak })).body['errorCode']).toBe('InvalidPassword')
  })

  it('S1-11: inherits what it does not decide itself, through every level, and follows when that changes', async () => {
    const above = await child('Above', { defaultTimeZone: 'US/Pacific', tnDeleteCooldownDays: 30, billingCode: 'A' })
    const below = await child('Below', { defaultExtensionLength: 5 }, above)
    const inForce = async () => (await platform.call('GET', below)).body
    expect(await inForce()).toMatchObject({
      defaultTimeZone: 'US/Pacific',
      tnDeleteCooldownDays: 30,
      defaultExtensionLength: 5,
      defaultHoldTimeoutSeconds: 143,
    })
    expect(await inForce()).not.toHaveProperty('billingCode')
    await platform.call('PATCH', above, { tnDeleteCooldownDays: 60 })
    expect(await inForce()).toMatchObject({ tnDeleteCooldownDays: 60 })
    await platform.call('PATCH', below, { tnDeleteCooldownDays: 10 })
    expect(await inForce()).toMatchObject({ tnDeleteCooldownDays: 10 })
    await platform.call('PATCH', below, { tnDeleteCooldownDays: null })
    expect(await inForce()).toMatchObject({ tnDeleteCooldownDays: 60 })
    const account = await platform.call('POST', `${below}/account`, { accountNumber: 'inherits', accountName: 'Inherits' })
    expect(account.body).toMatchObject({ timeZone: 'US/Pacific', extensionLength: 5 })
  })

  it('S1-11: routes calls by the dial plan of the partition above it until it has its own, and again when that is taken back', async () => {
    const rule = (mask: string) => ({ mask, actionType: 'CallTrace' })
    const above = await child('Dial plan', { serviceDialPlanRules: [rule('*31')] })
    const below = await child('Dial plan below', {}, above)
    const account = await platform.call('POST', `${below}/account`, { accountNumber: 'dial-plan', accountName: 'Dial plan' })
    const masks = () => platform.plane.view.snapshotOf(String(account.body['id']))?.services.dialPlanRules.map(({ mask }) => mask)
    expect(masks()).toEqual(['*31'])
    await platform.call('PATCH', above, { serviceDialPlanRules: [rule('*32')] })
    expect(masks()).toEqual(['*32'])
    await platform.call('PATCH', below, { serviceDialPlanRules: [rule('*33')] })
    await platform.call('PATCH', above, { serviceDialPlanRules: [rule('*34')] })
    expect(masks()).toEqual(['*33'])
    await platform.call('PATCH', below, { serviceDialPlanRules: null })
    expect(masks()).toEqual(['*34'])
  })

  it('S1-11: has the carriers of the partition above it until it has its own, or wants none', async () => {
    const above = await child('Carriers')
    const below = await child('Carriers below', {}, above)
    const names = async (path: string) => (await platform.call('GET', `${path}/inboundcarriers`)).list.map((carrier) => carrier['name'])
    expect(await names(below)).toEqual(await names(partition))
    const created = await platform.call('POST', `${above}/inboundcarriers`, { name: 'Own', carrierType: 'SINCH', enableDynamicInventory: true, apiSecret: 'x' })
    expect(created.body).toMatchObject({ name: 'Own', carrierType: 'SINCH', hasTNs: false })
    expect(created.body).not.toHaveProperty('apiSecret')
    expect([await names(above), await names(below)]).toEqual([['Own'], ['Own']])
    expect((await platform.call('GET', below)).body['availableInboundCarrierId']).toEqual([created.body['id']])
    expect((await platform.plane.http.inject({ url: `${below}/is-di-supported`, headers: { 'x-auth-token': platform.token } })).json()).toBe(true)
    await platform.call('PATCH', below, { useOwnCarrier: true })
    expect(await names(below)).toEqual([])
    const item = `${above}/inboundcarriers/${String(created.body['id'])}`
    expect((await platform.call('DELETE', `${below}/inboundcarriers/${String(created.body['id'])}`)).status).toBe(404)
    expect((await platform.call('DELETE', item)).status).toBe(204)
    expect(await names(above)).toEqual(await names(partition))
  })

  it('is archived from above, not by itself: its users are out, its parent still sees it', async () => {
    const own = { ...manager, username: 'archived@example.com' }
    const base = await child('To archive', { manager: own })
    const token = String((await platform.logIn(own.username, own.password)).body['authToken'])
    expect((await platform.call('PATCH', base, { status: 'ARCHIVED' }, token)).status).toBe(403)
    expect((await platform.call('PATCH', base, { status: 'ARCHIVED' })).body).toMatchObject({ status: 'ARCHIVED' })
    expect((await platform.call('GET', base, undefined, token)).status).toBe(401)
    expect((await platform.logIn(own.username, own.password)).status).toBe(401)
    expect((await platform.call('GET', base)).status).toBe(200)
    await platform.call('PATCH', base, { status: 'ACTIVE' })
    expect((await platform.call('GET', base, undefined, token)).status).toBe(200)
  })
})

describe('changing a partition', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown time zone', { defaultTimeZone: 'Mars' }, 'InvalidDefaultTimeZone'],
    ['an unknown device type', { allowedDeviceTypes: ['Toaster'] }, 'InvalidAllowedDeviceTypes'],
    ['a carrier that is not there', { byotnCarrierId: 'nobody' }, 'InvalidByotnCarrierId'],
    ['a carrier that is not for own numbers', { byotnCarrierId: 'sandbox-pstn' }, 'InvalidByotnCarrierId'],
    ['a hold time out of range', { defaultHoldTimeoutSeconds: 29 }, 'InvalidDefaultHoldTimeoutSeconds'],
    ['a star code that does nothing known', { serviceDialPlanRules: [{ mask: '*72', actionType: 'Explode' }] }, 'InvalidActionType'],
    ['a star code with turned lengths', { serviceDialPlanRules: [{ mask: '*72', actionType: 'CallTrace', endingMinimumLength: 5, endingMaximumLength: 4 }] }, 'InvalidEndingMinimumLength'],
  ])('refuses %s', async (_case, changes, code) => {
    const before = (await platform.call('GET', partition)).body
    expect((await platform.call('PATCH', partition, changes)).body).toMatchObject({ status: 400, errorCode: code })
    expect((await platform.call('GET', partition)).body).toEqual(before)
  }) // prettier-ignore

  it('PUT replaces what it decides, PATCH merges; settings with a type of their own are left alone by both', async () => {
    const base = await child('Replaced', { customerServiceNumber: '611', country: 'CAN' })
    await platform.call('PUT', `${base}/setting/PLATFORM_TYPE_DEFAULT`, { value: 'CPE1' })
    const replaced = await platform.call('PUT', base, { name: 'New name', serviceDialPlanRules: [{ mask: '*72', actionType: 'CallForwardingAlways' }] })
    expect(replaced.body).toMatchObject({ name: 'New name', country: 'USA', serviceDialPlanRules: [{ mask: '*72', actionType: 'CallForwardingAlways' }] })
    expect(replaced.body).not.toHaveProperty('customerServiceNumber')
    expect((await platform.call('GET', `${base}/setting`)).body).toMatchObject({ PLATFORM_TYPE_DEFAULT: { value: 'CPE1' } })
  })
})

describe('the settings of a partition', () => {
  it('are shown by type, decide what new accounts get, and are inherited again when taken back', async () => {
    const base = await child('With settings')
    const id = base.split('/').at(-1)
    expect((await platform.call('GET', `${base}/setting`)).body).toMatchObject({ REGULATORY_TYPE: { partitionId: id, type: 'REGULATORY_TYPE', value: 'RESIDENTIAL' } })
    for (const [type, value] of [['REGULATORY_TYPE', 'COMMERCIAL'], ['PLATFORM_TYPE_DEFAULT', 'V2_1'], ['SEND_WELCOME_EMAIL', false], ['AllowAccountDangerousExtensions', true]] as const)
      expect((await platform.call('PUT', `${base}/setting/${type}`, { value })).body).toEqual({ partitionId: id, type, value })
    const account = await platform.call('POST', `${base}/account`, { accountNumber: 'set', accountName: 'Set' })
    expect(account.body).toMatchObject({ regulatoryType: 'COMMERCIAL', platformType: 'V2_1', sendWelcomeEmail: false, allowDangerousExtensions: true })
    expect((await platform.call('DELETE', `${base}/setting/REGULATORY_TYPE`)).status).toBe(204)
    expect((await platform.call('GET', `${base}/setting`)).body).toMatchObject({ REGULATORY_TYPE: { value: 'RESIDENTIAL' } })
  }) // prettier-ignore

  it.each([
    ['REGULATORY_TYPE', 'ALIEN', 'InvalidValue'],
    ['MAX_BURST_CALL_PERCENTAGE', 101, 'InvalidValue'],
    ['SUB_DOMAINS', ['a b'], 'Invalid0'],
    ['InboundRatePlanDefault', 'nobody', 'InvalidValue'],
    ['IntegrationNotificationEmail', 'nobody', 'InvalidValue'],
    ['Nothing', true, 'InvalidType'],
  ])('%s = %j is refused', async (type, value, code) => {
    const answer = await platform.call('PUT', `${partition}/setting/${type}`, { value })
    expect(answer.status).toBe(400)
    if (code !== 'Invalid0') expect(answer.body['errorCode']).toBe(code)
  })
})

describe('the history of a partition', () => {
  it('tells who did what when, newest first, in pages, by tag and by day', async () => {
    const base = await child('With history')
    await platform.call('PATCH', base, { customerServiceNumber: '611' })
    await platform.call('PUT', `${base}/setting/ENABLE_STAGED_CALL`, { value: true })
    await platform.call('POST', `${base}/security`, { name: 'Seen' })
    const all = await platform.call('GET', `${base}/data-history`)
    expect(all.body).toMatchObject({
      totalRecords: 4,
      results: [
        { type: 'PLATFORM_USER_GROUP', actionType: 'CREATE', relatedDataDisplayName: 'Seen', userName: OPERATOR.username, userType: 'ManagementUser' },
        { type: 'PARTITION_SETTINGS', actionType: 'CREATE', relatedDataId: 'ENABLE_STAGED_CALL', newValue: 'true' },
        { type: 'PARTITION', actionType: 'UPDATE', searchTags: expect.arrayContaining(['PARTITION', 'With history']) },
        { type: 'PARTITION', actionType: 'CREATE' },
      ],
    })
    const find = async (query: string) => {
      const { body } = await platform.call('GET', `${base}/data-history?${query}`)
      return [body['totalRecords'], (body['results'] as { type: string }[] | undefined)?.map((row) => row.type)]
    }
    expect(await find('tag=PARTITION&tag=PARTITION_SETTINGS')).toEqual([3, ['PARTITION_SETTINGS', 'PARTITION', 'PARTITION']])
    expect(await find('firstResultIndex=1&maxResult=1')).toEqual([4, ['PARTITION_SETTINGS']])
    expect((await find('startDate=2026-11-21&endDate=2026-11-21'))[0]).toBe(4)
    expect(await find('endDate=2026-11-20')).toEqual([0, []])
    expect(await find('startDate=2026-11-22')).toEqual([0, []])
    expect((await platform.call('GET', `${base}/data-history?startDate=21.11.2026`)).body['errorCode']).toBe('InvalidStartDate')
    expect((await platform.call('GET', `${base}/data-history?startDate=2026-11-22&endDate=2026-11-21`)).body['errorCode']).toBe('InvalidEndDate')
  })

  it('price lists are in it, with what they were and what they are', async () => {
    const base = await child('With prices')
    const plan = await platform.call('POST', `${base}/callingplanproduct`, { name: 'Big', planMinutes: 100 })
    await platform.call('PATCH', `${base}/callingplanproduct/${String(plan.body['id'])}`, { planMinutes: 200 })
    const { body } = await platform.call('GET', `${base}/data-history?tag=CALLING_PLAN`)
    expect(body).toMatchObject({ totalRecords: 2, results: [{ actionType: 'UPDATE', relatedDataId: plan.body['id'] }, { actionType: 'CREATE' }] })
    const [updated] = body['results'] as { oldValue: string; newValue: string }[]
    expect([updated?.oldValue, updated?.newValue].map((value) => (JSON.parse(value ?? '{}') as { planMinutes: number }).planMinutes)).toEqual([100, 200])
  })

  it('a refused change leaves none', async () => {
    const base = await child('Without')
    await platform.call('PATCH', base, { defaultTimeZone: 'Mars' })
    expect((await platform.call('GET', `${base}/data-history`)).body).toMatchObject({ totalRecords: 1 })
  })
})
