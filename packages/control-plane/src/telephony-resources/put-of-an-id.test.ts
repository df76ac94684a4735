import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

type Data = Readonly<Record<string, unknown>>
type Answer = Awaited<ReturnType<TestControlPlane['call']>>

let platform: TestControlPlane
let account: string
let other: string
let made = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  account = await newAccount()
  other = await newAccount()
  const users = `/v2/partition/${platform.partitionId}/account/${account.slice(4)}/user`
  await platform.call('POST', users, { firstName: 'Ann', lastName: 'Put', extension: '4001' })
})
afterAll(() => platform.stop())

const dataOf = (answer: Answer): Data => answer.body['data'] as Data
const outcomeOf = ({ status, body }: Answer) => [status, (body['error'] as { code: string } | undefined)?.code]

async function newAccount(): Promise<string> {
  const created = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: `P-${++made}`, accountName: 'Put' })
  return `org_${String(created.body['id'])}`
}

/** Made for the account. */
async function create(path: string, word: string, body: object): Promise<{ readonly place: string; readonly whole: Data }> {
  const whole = { organization_id: account, ...body }
  const created = await platform.call('PUT', `${path}/${word}`, whole)
  expect(created.status, JSON.stringify(created.body)).toBe(201)
  return { place: `${path}/${String(dataOf(created)['id'])}`, whole }
}

const RESOURCES = [
  ['trunk', '/siptrunk', 'new', { name: 'Put', type: 'carrier', host: '192.0.2.7' }],
  ['device', '/devices', 'phone', { mac_address: '00:1A:2B:99:88:77', model: 'yealink_t46u', manufacturer: 'Yealink' }],
  ['domain', '/domains', 'new', { domain: 'put.example.com' }],
  ['address rule', '/orgips', 'new', { ip_address: '192.0.2.0', cidr: 24 }],
] as const

/** So that there may be two. */
const FRESH: Readonly<Record<(typeof RESOURCES)[number][0], object>> = {
  trunk: { name: 'Match', host: '192.0.2.17' },
  device: { mac_address: '00:1A:2B:99:88:78', lines: [{ line_number: 1, extension: '4001' }] },
  domain: { domain: 'match.example.com' },
  'address rule': { ip_address: '198.51.100.128', cidr: 25 },
}
const CHANGES: Readonly<Record<(typeof RESOURCES)[number][0], (count: number) => object>> = {
  trunk: (count) => ({ name: `Put ${count}` }),
  device: (count) => ({ name: `Put ${count}` }),
  domain: (count) => ({ settings: { keepalive_interval: 100 + count } }),
  'address rule': (count) => ({ description: `Put ${count}` }),
}

describe('PUT of an id (C-43)', () => {
  it.each(RESOURCES)('of a %s: what was sent to make it changes nothing; another organisation is refused, not passed over', async (_what, path, word, body) => {
    const { place, whole } = await create(path, word, body)
    expect(outcomeOf(await platform.call('PUT', place, whole))).toEqual([200, undefined])
    expect(outcomeOf(await platform.call('PUT', place, { ...whole, organization_id: other }))).toEqual([422, 'OrganizationNotChangeable'])
    expect(outcomeOf(await platform.call('POST', place, whole))).toEqual([200, undefined])
    expect(outcomeOf(await platform.call('POST', place, { organization_id: other }))[1]).toBe('OrganizationNotChangeable')
    expect(dataOf(await platform.call('GET', place))).toMatchObject({ organization_id: account })
  })

  it.each([
    ['a trunk of another type', '/siptrunk', 'new', { name: 'Kind', type: 'carrier', host: '192.0.2.8' }, { type: 'peer' }, 'TypeNotChangeable'],
    ['a device with another MAC address', '/devices', 'phone', { mac_address: '001a2b998866' }, { mac_address: '001a2b998865' }, 'MacAddressNotChangeable'],
    [
      'a device of another model',
      '/devices',
      'phone',
      { mac_address: '001a2b998855', model: 'yealink_t46u' },
      { model: 'polycom_vvx410' },
      'ModelNotChangeable',
    ],
    ['a domain of another name', '/domains', 'new', { domain: 'stays.example.com' }, { domain: 'goes.example.com' }, 'DomainNotChangeable'],
    ['a rule of another scope', '/orgips', 'new', { ip_address: '192.0.2.99' }, { scope: 'api' }, 'ScopeNotChangeable'],
  ])('%s: 422', async (_what, path, word, body, change, code) => {
    const { place } = await create(path, word, body)
    expect(outcomeOf(await platform.call('PUT', place, change))).toEqual([422, code])
    expect(outcomeOf(await platform.call('POST', place, change))[1]).toBe(code)
  })

  it.each(RESOURCES)('of a %s with If-Match: what happens to it by itself is nobody’s change, a change is', async (what, path, word, body) => {
    const { place } = await create(path, word, { ...body, ...FRESH[what] })
    const asked = async (method: 'GET' | 'PUT', headers: Readonly<Record<string, string>>, sent?: object) => {
      const { statusCode, headers: answered } = await platform.plane.http.inject({
        ...{ method, url: place, headers: { 'x-auth-token': platform.token, 'content-type': 'application/json', ...headers } },
        ...(sent === undefined ? {} : { payload: JSON.stringify(sent) }),
      })
      return { statusCode, etag: String(answered['etag']) }
    }
    const id = place.slice(place.indexOf('_', place.lastIndexOf('/')) + 1)
    const live = async () => {
      platform.time.advance(1_000)
      platform.plane.context.ruleUses.note([id], platform.time.nowMs())
      for (const line of await platform.plane.context.database.sql.selectFrom('device_line').select('id').where('device_id', '=', id).execute())
        platform.registered.add(line.id)
    }
    await live()
    const { etag } = await asked('GET', {})
    await live()
    const isAsItWas = (await asked('GET', { 'if-none-match': etag })).statusCode === 304
    expect(isAsItWas).toBe(what === 'trunk' || what === 'domain')
    const changes = await Promise.all([1, 2, 3].map((count) => asked('PUT', { 'if-match': etag }, CHANGES[what](count))))
    expect(changes.map(({ statusCode }) => statusCode).toSorted((one, two) => one - two)).toEqual([200, 412, 412])
  })

  it('S3-91 moves a block of addresses, and the switch goes by the new one', async () => {
    const { place } = await create('/orgips', 'new', { ip_address: '203.0.113.0', cidr: 24, type: 'blacklist', organization_id: other })
    const admits = (address: string) => platform.plane.view.admits?.(other.slice(4), address)
    expect([admits('203.0.113.9'), admits('198.51.100.9')]).toEqual([false, true])
    const moved = await platform.call('PUT', place, { ip_address: '198.51.100.0' })
    expect([moved.status, dataOf(moved)]).toMatchObject([200, { ip_address: '198.51.100.0', cidr: 24, type: 'blacklist' }])
    expect([admits('203.0.113.9'), admits('198.51.100.9')]).toEqual([true, false])
    expect(dataOf(await platform.call('PUT', place, { ip_address: '2001:db8::7' }))).toMatchObject({ ip_address: '2001:db8::7', cidr: 128 })
  })
})

describe('an IPv4 address in the form of IPv6 (RFC 4291 2.5.5.2)', () => {
  it('S3-92 is a block of one, and the address phones come from', async () => {
    const { place } = await create('/orgips', 'new', { ip_address: '::ffff:192.0.2.200', type: 'blacklist' })
    expect(dataOf(await platform.call('GET', place))).toMatchObject({ ip_address: '192.0.2.200', cidr: 32 })
    expect([platform.plane.view.admits?.(account.slice(4), '192.0.2.200'), platform.plane.view.admits?.(account.slice(4), '::ffff:192.0.2.200')]).toEqual([
      false,
      false,
    ])
    const block = await create('/orgips', 'new', { ip_address: '::ffff:192.0.2.208', cidr: 28 })
    expect(dataOf(await platform.call('GET', block.place))).toMatchObject({ ip_address: '192.0.2.208', cidr: 28 })
  })
})
