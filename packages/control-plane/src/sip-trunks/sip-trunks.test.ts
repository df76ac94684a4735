import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillInventory } from '../telephone-numbers/index.ts'
import { patternsOverlap } from './sip-trunk.ts'

let platform: TestControlPlane
let base: string
let trunks: string
let sequence = 0
let number: string

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())
beforeEach(async () => {
  const accounts = `/v2/partition/${platform.partitionId}/account`
  base = `${accounts}/${String((await platform.call('POST', accounts, { accountNumber: `T-${++sequence}`, accountName: 'PBX' })).body['id'])}`
  trunks = `${base}/siptrunk_2`
  number = `1801769${String(1000 + sequence)}`
  const place = { functionType: 'ELS', rateCenter: 'PLEASANT GROVE', rateCenterReorderName: 'PLEASANT GROVE', state: 'UT', country: 'USA', prefix: '1801769' }
  const numbers = [{ ...place, phoneNumber: number, lata: '660', latitude: 40.364, longitude: -111.738 }]
  const { database } = platform.plane.context
  await fillInventory(database, { partitionId: platform.partitionId, carrierId: 'carrier-1', now: new Date(platform.time.nowMs()), numbers })
})

const body = (more: object = {}) => ({
  trunkName: 'Main PBX',
  concurrentCalls: 10,
  sipUsername: `pbx-user-${sequence}`,
  sipPassword: 'secret1',
  localServicesEnabled: true,
  ...more,
})
const create = (more: object = {}) => platform.call('POST', trunks, body(more))

async function addNumber(reference: object = {}): Promise<void> {
  const added = await platform.call('POST', `${base}/telephonenumber`, {
    telephoneNumbers: [{ phoneNumber: number, ...reference }],
    customerServiceRecord: { customerType: 'BUSINESS', customerName: 'PBX', businessName: 'PBX', streetNumber: '1', streetName: 'Main', city: 'Lindon', state: 'UT', postalCode: '84042' }, // prettier-ignore
    directoryListing: { listed: false },
  })
  expect(added.status, JSON.stringify(added.body)).toBe(200)
}

describe('a SIP trunk', () => {
  it('S1-122, S1-123 comes with its login and the default plan, and the switch knows it', async () => {
    await addNumber()
    const made = await create({ primaryTn: number, callbackNumber: number, extensionPatterns: ['21XX', '3001'] })
    expect(made).toMatchObject({
      status: 200,
      body: {
        trunkName: 'Main PBX',
        sipPassword: 'secret1',
        concurrentCalls: 10,
        primaryTn: number,
        extensionPatterns: ['21XX', '3001'],
        telephoneNumbers: [],
        lockedOut: false,
        callingPlans: [{ referenceType: 'SIP_TRUNK', planMinutes: 20_000, secondsRemaining: 1_200_000 }],
      },
    })
    expect(made.body['sipProxyServer']).toMatch(/^[^:]+:\d+$/)
    expect(made.body['callingPlans']).toMatchObject([{ referenceId: made.body['id'] }])
    expect(platform.plane.view.credentialsOf(`pbx-user-${sequence}`)).toMatchObject({ lineId: made.body['id'], adminState: 'ACTIVE' })
    platform.registered.add(String(made.body['id']))
    expect((await platform.call('GET', `${trunks}/${String(made.body['id'])}/registrationstatus`)).body).toEqual({ registered: true, lockedOut: false })
  })

  it('S1-85 rings for a number, and then cannot be deleted', async () => {
    const made = await create()
    await addNumber({ referenceType: 'SIP_TRUNK', referenceId: made.body['id'] })
    const item = `${trunks}/${String(made.body['id'])}`
    expect((await platform.call('GET', item)).body['telephoneNumbers']).toEqual([number])
    expect((await platform.call('DELETE', item)).body['errorCode']).toBe('SIPTrunkInUse')
    await platform.call('PATCH', `${base}/telephonenumber/${number}`, { referenceType: null, referenceId: null })
    expect((await platform.call('DELETE', item)).status).toBe(204)
    expect(platform.plane.view.credentialsOf(`pbx-user-${sequence}`)).toBeUndefined()
  })

  it.each([
    ['S1-115 a name', { trunkName: undefined }, 'TrunkNameRequired'],
    ['S1-116 a username', { sipUsername: undefined }, 'SipUsernameRequired'],
    ['S1-116 a password', { sipPassword: undefined }, 'SipPasswordRequired'],
    ['S1-117 at least one call path', { concurrentCalls: 0 }, 'InvalidConcurrentCalls'],
    ['S1-121 patterns that are some', { extensionPatterns: ['2X1'] }, 'InvalidExtensionPatterns'],
    ['an address with ipBasedAuthEnabled', { ipBasedAuthEnabled: true }, 'IpAddressRequired'],
    ['a number of the account as callback (S1-119)', { callbackNumber: '18015559999' }, 'EntityNotFound'],
  ])('needs %s', async (_what, more, code) => {
    expect((await create(more)).body['errorCode']).toBe(code)
  })

  it('speaks the language it is given, and that of its account until then', async () => {
    const made = await create()
    const id = String(made.body['id'])
    const spoken = () => platform.plane.view.snapshotOf(base.split('/').at(-1) ?? '')?.lines.get(id)?.trunk?.language
    expect([made.body['languageTag'], spoken()]).toEqual([undefined, undefined])
    const changed = await platform.call('PATCH', `${trunks}/${id}`, { languageTag: 'fr-CA' })
    expect([changed.body['languageTag'], spoken()]).toEqual(['fr-CA', 'fr-CA'])
  })

  it('draws from another plan when it is set up so: its own of a product, or that of another trunk', async () => {
    const product = await platform.call('POST', `/v2/partition/${platform.partitionId}/callingplanproduct`, { name: `Big ${sequence}`, planMinutes: 500 })
    const own = await create({ setupCallingPlan: { callingPlanType: 'NEW_CALLING_PLAN', referenceId: product.body['id'] } })
    expect(own.body['callingPlans']).toMatchObject([{ planMinutes: 500, referenceId: own.body['id'] }])
    const shared = await create({
      trunkName: 'Second',
      sipUsername: `pbx-two-${sequence}`,
      setupCallingPlan: { callingPlanType: 'SHARED_CALLING_PLAN', referenceId: own.body['id'] },
    })
    expect(shared.body['callingPlans']).toMatchObject([{ planMinutes: 500, referenceId: own.body['id'] }])
    const nobody = await create({
      trunkName: 'Third',
      sipUsername: `pbx-three-${sequence}`,
      setupCallingPlan: { callingPlanType: 'SHARED_CALLING_PLAN', referenceId: 'nobody' },
    })
    expect(nobody.status).toBe(404)
    expect((await platform.call('GET', trunks)).list).toHaveLength(2)
  })

  it('has a name, a login and extensions that no other one has', async () => {
    await create({ extensionPatterns: ['21XX'] })
    expect((await create({ sipUsername: 'another-one' })).body['errorCode']).toBe('DuplicateTrunkName')
    expect((await create({ trunkName: 'Second' })).body['errorCode']).toBe('SipUsernameInUse')
    expect((await create({ trunkName: 'Second', sipUsername: 'another-one', extensionPatterns: ['2150'] })).body['errorCode']).toBe('DuplicateExtensionPattern')
    expect([patternsOverlap('21XX', '211X'), patternsOverlap('21XX', '22XX'), patternsOverlap('21XX', '210')]).toEqual([true, false, false])
  })

  it('known by its address has one that no other trunk of the platform has', async () => {
    const byAddress = { ipBasedAuthEnabled: true, ipAddress: `198.51.100.${sequence}`, sipUsername: undefined, sipPassword: undefined }
    expect((await create(byAddress)).body).toMatchObject({ ipBasedAuthEnabled: true, portNumber: 5060 })
    expect((await create({ ...byAddress, trunkName: 'Second' })).body['errorCode']).toBe('IpAddressInUse')
    expect((await platform.call('GET', `${trunks}/validate?ip=198.51.100.${sequence}&port=5060`)).body).toBe(false)
    expect((await platform.call('GET', `${trunks}/validate?ip=198.51.100.${sequence}&port=5061`)).body).toBe(true)
    for (const [ipAddress, code] of [
      ['nonsense', 'InvalidIpAddress'],
      ['0.0.0.0', 'UnusableIpAddress'],
      ['255.255.255.255', 'UnusableIpAddress'],
      ['ff02::1', 'UnusableIpAddress'],
    ] as const) {
      expect((await create({ ...byAddress, trunkName: 'Nobody', ipAddress })).body['errorCode'], ipAddress).toBe(code)
      expect((await platform.call('GET', `${trunks}/validate?ip=${encodeURIComponent(ipAddress)}&port=5060`)).body['errorCode'], ipAddress).toBe(code)
    }
  })

  it('before one is made it is said that a carrier is known by the address', async () => {
    const at = { ipAddress: '198.51.100.222', portNumber: 5060 }
    const carrier = { name: 'Carrier', address: at.ipAddress, port: 5060, keepAliveSeconds: 0 }
    expect((await platform.call('POST', `/v2/partition/${platform.partitionId}/carrier-trunk`, carrier)).status).toBeLessThan(300)
    expect((await create({ ...at, ipBasedAuthEnabled: true, sipUsername: undefined, sipPassword: undefined })).body['errorCode']).toBe('IpAddressInUse')
    expect((await platform.call('GET', `${trunks}/validate?ip=${at.ipAddress}&port=5060`)).body).toBe(false)
  })

  it.each([
    ['2001:0DB8:0:0::00A1', '2001:db8::a1'],
    ['::ffff:198.51.100.201', '198.51.100.201'],
  ])('known by the address %s it is found as packets show it, and nobody else has it in another spelling', async (written, shown) => {
    const byAddress = { ipBasedAuthEnabled: true, ipAddress: written, sipUsername: undefined, sipPassword: undefined }
    const made = await create(byAddress)
    expect(made.body).toMatchObject({ ipAddress: shown })
    expect(platform.plane.view.trunkByAddress(shown, 5060)?.lineId).toBe(made.body['id'])
    for (const ipAddress of [written, shown, shown.toUpperCase()])
      expect((await create({ ...byAddress, trunkName: 'Second', ipAddress })).body['errorCode']).toBe('IpAddressInUse')
    expect((await platform.call('GET', `${trunks}/validate?ip=${encodeURIComponent(written)}&port=5060`)).body).toBe(false)
  })

  it('is changed in parts, and keeps its login unless another one is given', async () => {
    const made = await create()
    const item = `${trunks}/${String(made.body['id'])}`
    expect((await platform.call('PATCH', item, { concurrentCalls: 20 })).body).toMatchObject({
      concurrentCalls: 20,
      sipUsername: `pbx-user-${sequence}`,
      sipPassword: 'secret1',
    })
    expect((await platform.call('PATCH', item, { sipPassword: 'another1' })).body['sipPassword']).toBe('another1')
    expect((await platform.call('PUT', item, body({ sipUsername: undefined, sipPassword: undefined, trunkName: 'New name' }))).body).toMatchObject({
      trunkName: 'New name',
      sipUsername: `pbx-user-${sequence}`,
      concurrentCalls: 10,
    })
  })

  it('forwards to what is on the account only; a change of the trunk keeps its rules', async () => {
    const made = await create()
    const item = `${trunks}/${String(made.body['id'])}`
    const user = await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'F', extension: '4000' })
    const rules = {
      forwardAlways: { enabled: true, referenceType: 'END_USER', referenceId: user.body['id'] },
      forwardOnFailure: [{ referenceType: 'VOICEMAIL', referenceId: user.body['voicemailBoxId'] }, { referenceType: 'BUSY' }],
      forwardOnCapacityExceeded: [{ referenceType: 'TELEPHONE', referenceId: '18015550123' }],
    }
    expect((await platform.call('PUT', `${item}/forward`, rules)).status).toBe(204)
    await platform.call('PATCH', item, { concurrentCalls: 3 })
    expect((await platform.call('GET', `${item}/forward`)).body).toMatchObject({ sipTrunkId: made.body['id'], ...rules })
    expect((await platform.call('DELETE', `${base}/user/${String(user.body['id'])}`)).body['errorCode']).toBe('EndUserInUse')
    const wrong = async (target: object) => (await platform.call('PUT', `${item}/forward`, { forwardOnFailure: [target] })).body['errorCode']
    expect(await wrong({ referenceType: 'IVR', referenceId: 'nowhere' })).toBe('EntityNotFound')
    expect(await wrong({ referenceType: 'SIP_TRUNK', referenceId: made.body['id'] })).toBe('InvalidForwardRule')
    expect(await wrong({ referenceType: 'END_USER' })).toBe('InvalidForwardRule')
  })
})
