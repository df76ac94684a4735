import { findCarrier } from '@dialtone/softswitch'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let organization: string
let made = 0
let calls = 0

beforeAll(async () => {
  const { NO_SWITCH } = await import('../no-switch.ts')
  platform = await startTestControlPlane({ calls: { ...NO_SWITCH, callsAt: () => Promise.resolve(calls) } })
  organization = `org_${platform.partitionId}`
})
afterAll(() => platform.stop())

const EXAMPLE = {
  name: 'Secondary Carrier Trunk',
  type: 'carrier',
  host: 'sip2.carrier.example.com',
  port: 5060,
  transport: 'udp',
  username: 'secondary_trunk',
  password: 'secure_password_123',
  realm: 'carrier.example.com',
  register: true,
  max_channels: 50,
  codecs: ['G.711', 'G.729'],
  dtmf_mode: 'rfc2833',
  nat_support: true,
  caller_id_name: 'Company Name',
  caller_id_number: '+15551234567',
}

type Data = Readonly<Record<string, unknown>>
const put = (body: object, entity = 'new') => platform.call('PUT', `/siptrunk/${entity}`, { organization_id: organization, ...body })
const dataOf = (answer: { body: Record<string, unknown> }): Data => answer.body['data'] as Data
const errorOf = (answer: { body: Record<string, unknown> }) => (answer.body['error'] as { code: string } | undefined)?.code

async function trunk(more: object = {}): Promise<string> {
  const created = await put({ ...EXAMPLE, name: `Trunk ${++made}`, host: `192.0.2.${made}`, ...more })
  expect(created.status, JSON.stringify(created.body)).toBe(201)
  return String(dataOf(created)['id'])
}

async function newAccount(): Promise<string> {
  const created = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: `T-${++made}`, accountName: 'PBX' })
  return String(created.body['id'])
}

describe('/siptrunk', () => {
  it.each([
    [{ host: '2001:db8::5', realm: undefined }, '2001:db8::5'],
    [{ host: '2001:DB8:0::6', realm: '2001:db8::6' }, '2001:db8::6'],
    [{ host: 'sip3.carrier.example.com', realm: 'Carrier of the North' }, 'sip3.carrier.example.com'],
  ])('S3-12: it may register at an address of IPv6, and with a realm that is no domain: %j', async (place, domain) => {
    const created = await put({ ...EXAMPLE, name: `Trunk ${++made}`, ...place })
    expect([created.status, errorOf(created)]).toEqual([201, undefined])
    expect(dataOf(created)).toMatchObject({ register: true, ...(place.realm === undefined ? {} : { realm: place.realm }) })
    const id = String(dataOf(created)['id']).replace('trunk_', '')
    const shown = await platform.call('GET', `/v2/partition/${platform.partitionId}/carrier-trunk/${id}`)
    expect(shown.body).toMatchObject({ registrarDomain: domain })
  })

  it('S3-14 S3-15: the example is created, pending, without its password', async () => {
    const { password, ...shown } = EXAMPLE
    const created = await put(EXAMPLE)
    expect([created.status, created.body['success'], created.body['message']]).toEqual([201, true, 'SIP trunk created successfully'])
    expect(dataOf(created)).toMatchObject({ ...shown, organization_id: organization, status: 'pending', protocol: 'sip', registration: { state: 'trying' } })
    expect(dataOf(created)['id']).toMatch(/^trunk_/)
    expect(JSON.stringify(created.body)).not.toContain(password)
    expect(dataOf(created)['created_at']).toMatch(/Z$/)
  })

  it('S3-19: the update of the example changes what it names, and S3-18 S3-21 the states', async () => {
    const id = await trunk()
    const updated = await platform.call('POST', `/siptrunk/${id}`, {
      name: 'Primary - Updated',
      max_channels: 150,
      codecs: ['G.711', 'G.729', 'OPUS', 'G.722'],
    })
    expect([updated.status, updated.body['message']]).toEqual([200, 'SIP trunk updated successfully'])
    expect(dataOf(updated)).toMatchObject({
      name: 'Primary - Updated',
      max_channels: 150,
      codecs: ['G.711', 'G.729', 'OPUS', 'G.722'],
      username: 'secondary_trunk',
    })
    for (const status of ['active', 'suspended', 'inactive', 'active'])
      expect(dataOf(await platform.call('POST', `/siptrunk/${id}`, { status }))['status']).toBe(status)
    expect(platform.plane.view.carrier(id.slice(6))).toMatchObject({
      pending: false,
      media: { codecs: ['PCMU', 'PCMA', 'G729', 'OPUS', 'G722'], digits: 'rfc2833', isStrict: false },
      credentials: { username: 'secondary_trunk' },
    })
    await platform.call('POST', `/siptrunk/${id}`, { status: 'inactive' })
    expect(platform.plane.view.carrier(id.slice(6))).toBeUndefined()
  })

  it('S3-09: PUT of an id changes the trunk, of a type word creates one of it', async () => {
    const id = await trunk()
    expect((await put({ max_channels: 7 }, id)).status).toBe(200)
    expect(dataOf(await platform.call('GET', `/siptrunk/${id}`))['max_channels']).toBe(7)
    const peer = await put({ name: 'A peer', host: '192.0.2.250' }, 'peer')
    expect([peer.status, dataOf(peer)['type']]).toEqual([201, 'peer'])
  })

  it('S3-06 S3-07: with its addresses and routes if asked for, as XML too', async () => {
    const id = await trunk()
    await platform.call('PUT', `/siptrunkips/${id}`, { ips: [{ address: '203.0.113.10', type: 'signaling' }] })
    const shown = dataOf(await platform.call('GET', `/siptrunk/${id}?include=ips,routes`))
    expect(shown).toMatchObject({ ips: [{ address: '203.0.113.10', type: 'signaling', port: 5060 }], routes: [{ type: 'prefix', pattern: '+' }] })
    expect(dataOf(await platform.call('GET', `/siptrunk/${id}`))).not.toHaveProperty('ips')
    const xml = await platform.plane.http.inject({ method: 'GET', url: `/siptrunk/${id}?include=ips&format=xml`, headers: { 'x-auth-token': platform.token } })
    expect(xml.body).toContain('<codecs><codec>G.711</codec><codec>G.729</codec></codecs>')
    expect(xml.body).toContain('<address>203.0.113.10</address>')
  })

  it.each([
    ['S3-10 no name', { name: undefined }, 400, 'NameRequired'],
    ['S3-10 no type', { type: undefined }, 400, 'TypeRequired'],
    ['S3-10 no host', { host: undefined }, 400, 'HostRequired'],
    ['S3-10 no organisation', { organization_id: undefined }, 400, 'OrganizationIdRequired'],
    ['S3-16 a type there is not', { type: 'sbc' }, 400, 'InvalidType'],
    ['S3-16 a port that is none', { port: 70_000 }, 400, 'InvalidPort'],
    ['S3-16 an invalid host', { host: 'not a host!' }, 422, 'InvalidAddress'],
    ['S3-16 a host that is half an address', { host: '300.1.1.1' }, 422, 'InvalidAddress'],
    ['S3-13 a codec nobody knows', { codecs: ['MP3'] }, 422, 'InvalidCodecs'],
    ['S3-12 to register without a login', { username: undefined, password: undefined }, 422, 'InvalidUsername'],
    ['S3-10 an organisation there is not', { organization_id: 'org_nobody' }, 422, 'InvalidOrganizationId'],
    ['conflicts 7: a PBX of a partition', { type: 'pbx', register: false }, 422, 'InvalidOrganizationId'],
  ])('%s', async (_what, more, status, code) => {
    const body = Object.fromEntries(
      Object.entries({ organization_id: organization, ...EXAMPLE, name: `Wrong ${++made}`, ...more }).filter(([, value]) => value !== undefined),
    )
    const refused = await platform.call('PUT', '/siptrunk/new', body)
    expect([refused.status, errorOf(refused)]).toEqual([status, code])
  })

  it('RFC 5952: an address in another spelling is the one packets come from, at the host and beside it', async () => {
    const owner = { partitionId: platform.partitionId, accountId: '' }
    const from = (address: string) => findCarrier(platform.plane.view.carriers(), { transport: 'udp', address, port: 5060 }, owner)?.id
    const id = await trunk({ host: '2001:0DB8:0::00B1', register: false })
    expect(dataOf(await platform.call('GET', `/siptrunk/${id}`))['host']).toBe('2001:db8::b1')
    expect(from('2001:db8::b1')).toBe(id.slice(6))
    const ips = [{ address: '2001:DB8:0:0::B2', type: 'signaling' }, { address: '::ffff:198.51.100.77', type: 'both' }] // prettier-ignore
    const set = dataOf(await platform.call('PUT', `/siptrunkips/${id}`, { ips }))['ips'] as Data[]
    expect(set.map(({ address }) => address)).toEqual(expect.arrayContaining(['198.51.100.77', '2001:db8::b2']))
    expect([from('2001:db8::b2'), from('198.51.100.77')]).toEqual([id.slice(6), id.slice(6)])
    const other = await trunk()
    expect(errorOf(await platform.call('PUT', `/siptrunkips/${other}`, { ips: [{ address: '2001:db8:0::B2', type: 'signaling' }] }))).toBe('IpAddressInUse')
    const moved = await platform.call('POST', `/siptrunkips/${id}`, { ip_id: set[0]?.['id'], address: '2001:DB8::B3' })
    expect(dataOf(moved)['address']).toBe('2001:db8::b3')
  })

  it('conflicts 7: what …/carrier-trunk set apart stays when something else is changed here: the domain of the registrar', async () => {
    const path = `/v2/partition/${platform.partitionId}/carrier-trunk`
    const given = { name: `Apart ${++made}`, address: '192.0.2.201', username: 'acme', password: 'secret', registrarDomain: 'registrar.example' }
    const id = String((await platform.call('POST', path, given)).body['id'])
    const domain = async () => (await platform.call('GET', `${path}/${id}`)).body['registrarDomain']
    const update = (body: object) => platform.call('POST', `/siptrunk/trunk_${id}`, body)
    expect((await update({ max_channels: 3, host: '192.0.2.202' })).status).toBe(200)
    expect(await domain()).toBe('registrar.example')
    await update({ realm: 'realm.example' })
    expect(await domain()).toBe('realm.example')
    // Suspended is not switched on, nor made inactive, by who writes back what he read.
    await update({ status: 'suspended' })
    const { password: _password, ...read } = { ...given, ...(await platform.call('GET', `${path}/${id}`)).body, password: undefined }
    expect((await platform.call('PUT', `${path}/${id}`, read)).body).toMatchObject({ enabled: false })
    expect(dataOf(await platform.call('GET', `/siptrunk/trunk_${id}`))['status']).toBe('suspended')
  })

  it('S3-16: 409 for a name the organisation has already', async () => {
    await trunk({ name: 'Taken' })
    const refused = await put({ ...EXAMPLE, name: 'taken', host: '192.0.2.251' })
    expect([refused.status, errorOf(refused)]).toEqual([409, 'DuplicateTrunkName'])
  })

  it('S3-22 S3-23 S3-24: with calls going on 409, by force gone all the same', async () => {
    const id = await trunk()
    calls = 2
    const refused = await platform.call('DELETE', `/siptrunk/${id}?force=false`)
    expect([refused.status, errorOf(refused)]).toEqual([409, 'TrunkHasActiveCalls'])
    const deleted = await platform.call('DELETE', `/siptrunk/${id}?force=true`)
    calls = 0
    expect([deleted.status, deleted.body['message'], dataOf(deleted)]).toEqual([
      200,
      'SIP trunk deleted successfully',
      { id, deleted_at: expect.stringMatching(/Z$/) as string },
    ])
    expect((await platform.call('GET', `/siptrunk/${id}`)).status).toBe(404)
  })

  it('what a PBX has not is refused by its name, when it is made and when it is changed', async () => {
    const pbx = { organization_id: `org_${await newAccount()}`, name: `PBX ${++made}`, type: 'pbx', host: 'pbx.customer.example.com' }
    const created = await put(pbx)
    const of = (reply: typeof created) => [reply.status, (reply.body['error'] as { details: readonly { field: string }[] }).details.map(({ field }) => field)]
    for (const more of [{ register: true }, { priority: 5 }, { max_calls_per_second: 5 }, { ping_interval: 60 }, { number_rules: {} }, { peer_certificate: 'ignored' }]) {
      expect(of(await put({ ...pbx, ...more, name: `PBX ${++made}` }))).toEqual([422, Object.keys(more)])
      expect(of(await platform.call('POST', `/siptrunk/${String(dataOf(created)['id'])}`, more))).toEqual([422, Object.keys(more)])
    }
  }) // prettier-ignore

  it('a PBX has a host, a realm and a caller ID that can be, as a carrier has', async () => {
    const pbx = { organization_id: `org_${await newAccount()}`, type: 'pbx', host: 'pbx.customer.example.com' }
    const of = async (more: object) => {
      const reply = await put({ ...pbx, ...more, name: `PBX ${++made}` })
      return [reply.status, (reply.body['error'] as { details?: readonly { field: string }[] } | undefined)?.details?.map(({ field }) => field)]
    }
    expect(await of({ caller_id_number: 'nobody' })).toEqual([422, ['caller_id_number']])
    expect(await of({ host: 'not a host!' })).toEqual([422, ['host']])
    expect(await of({ caller_id_number: '(801) 555-0100' })).toEqual([201, undefined])
    const created = await put({ ...pbx, name: `PBX ${++made}`, caller_id_number: '18015550100' })
    const changed = await platform.call('POST', `/siptrunk/${String(dataOf(created)['id'])}`, { caller_id_number: 'nobody' })
    expect([changed.status, changed.body]).toMatchObject([422, { error: { details: [{ field: 'caller_id_number' }] } }])
  })

  it('shows what is asked of the certificate also while the trunk has no TLS', async () => {
    const id = await trunk({ transport: 'tcp', peer_certificate: 'ignored' })
    expect(dataOf(await platform.call('GET', `/siptrunk/${id}`))).toMatchObject({ transport: 'tcp', peer_certificate: 'ignored' })
  })

  it('conflicts 7: a PBX is the same trunk as in siptrunk_2; a carrier is not seen there', async () => {
    const accountId = await newAccount()
    const organization_id = `org_${accountId}`
    await put({ ...EXAMPLE, organization_id, name: 'Carrier of one', host: '192.0.2.252' })
    const created = await put({
      organization_id,
      name: 'Customer PBX',
      type: 'pbx',
      host: 'pbx.customer.example.com',
      username: 'customer_pbx_1',
      password: 'secret-9',
      max_channels: 12,
      dtmf_mode: 'info',
    })
    expect([created.status, dataOf(created)]).toMatchObject([
      201,
      { type: 'pbx', status: 'pending', register: false, max_channels: 12, username: 'customer_pbx_1', host: 'pbx.customer.example.com', dtmf_mode: 'info' },
    ])
    const path = `/v2/partition/${platform.partitionId}/account/${accountId}/siptrunk_2`
    const { list } = await platform.call('GET', path)
    expect(list).toMatchObject([{ trunkName: 'Customer PBX', concurrentCalls: 12, sipUsername: 'customer_pbx_1' }])
    const id = String(list[0]?.['id'])
    await platform.call('PATCH', `${path}/${id}`, { concurrentCalls: 20 })
    expect(dataOf(await platform.call('GET', `/siptrunk/trunk_${id}`))).toMatchObject({ max_channels: 20, dtmf_mode: 'info', host: 'pbx.customer.example.com' })
    platform.registered.add(id)
    expect(dataOf(await platform.call('GET', `/siptrunk/trunk_${id}`))['status']).toBe('active')
    expect(dataOf(await platform.call('POST', `/siptrunk/trunk_${id}`, { status: 'suspended' }))['status']).toBe('suspended')
    expect((await platform.call('GET', `${path}/${id}`)).body['lockedOut']).toBe(true)
    expect((await platform.call('DELETE', `/siptrunk/trunk_${id}`)).status).toBe(200)
    expect((await platform.call('GET', `${path}/${id}`)).status).toBe(404)
  })

  it('a host that is a name is looked up beforehand, and what it leads to is where calls go', async () => {
    const id = await trunk({ host: 'sip.example.com' })
    expect(platform.plane.view.carrier(id.slice(6))).toMatchObject({ address: '', targets: [] })
  })

  it('rules of numbers are tried without a call (issue 6, 8)', async () => {
    const rules = {
      outbound_called: [
        { prefix: '+1', strip: 2 },
        { prefix: '+', strip: 1, prepend: '011' },
      ],
      inbound_called: [{ prefix: '9', strip: 1, prepend: '1' }],
    }
    const id = await trunk({ number_rules: rules })
    const tried = async (number: string, direction: string) => dataOf(await platform.call('POST', `/siptrunk/${id}/normalize`, { number, direction }))
    expect(await tried('+16075550100', 'outbound')).toEqual({ number: '+16075550100', rewritten: '6075550100', rule_index: 0 })
    expect(await tried('+4420790000', 'outbound')).toEqual({ number: '+4420790000', rewritten: '0114420790000', rule_index: 1 })
    expect(await tried('96075550100', 'inbound')).toMatchObject({ rewritten: '16075550100' })
    expect(await tried('5', 'inbound')).toMatchObject({ rewritten: '5', rule_index: null })
  })
})

describe('/siptrunkips', () => {
  const IPS = [
    { address: '203.0.113.20', type: 'signaling', port: 5060, priority: 1, active: true },
    { address: '203.0.113.21', type: 'media', port: 10_000, priority: 1, active: true },
  ]

  it('S3-28 S3-30: the example is set, listed by type (S3-25 S3-26), and is where the call plane finds the carrier', async () => {
    const id = await trunk()
    const set = await platform.call('PUT', `/siptrunkips/${id}`, { ips: IPS })
    expect([set.status, set.body['message'], dataOf(set)]).toMatchObject([200, 'SIP trunk IPs configured successfully', { trunk_id: id, ips: IPS }])
    expect(dataOf(await platform.call('GET', `/siptrunkips/${id}?type=signaling`))['ips']).toMatchObject([{ address: '203.0.113.20' }])
    expect(JSON.stringify(dataOf(await platform.call('GET', '/siptrunkips/all')))).toContain(id)
    const peer = platform.plane.view.carrier(id.slice(6))
    expect(peer).toMatchObject({
      address: '203.0.113.20',
      port: 5060,
      targets: [{ address: '203.0.113.20', port: 5060 }],
      media: { addresses: ['203.0.113.21'] },
    })
    expect(findCarrier(platform.plane.view.carriers(), { transport: 'udp', address: '203.0.113.20', port: 5060 })?.id).toBe(id.slice(6))
  })

  it('S3-32 S3-33 S3-35 S3-36: one is changed, and removed', async () => {
    const id = await trunk()
    const [first, second] = (dataOf(
      await platform.call('PUT', `/siptrunkips/${id}`, {
        ips: [
          { address: '203.0.113.30', type: 'both' },
          { address: '203.0.113.31', type: 'signaling', priority: 5 },
        ],
      }),
    )['ips'] ?? []) as Data[]
    const updated = await platform.call('POST', `/siptrunkips/${id}`, { ip_id: first?.['id'], priority: 9, active: true })
    expect([updated.status, updated.body['message'], dataOf(updated)]).toMatchObject([
      200,
      'SIP trunk IP updated successfully',
      { id: first?.['id'], priority: 9 },
    ])
    expect(platform.plane.view.carrier(id.slice(6))?.targets?.map(({ address }) => address)).toEqual(['203.0.113.31', '203.0.113.30'])
    const deleted = await platform.call('DELETE', `/siptrunkips/${id}?ip_id=${String(second?.['id'])}`)
    expect([deleted.status, deleted.body['message'], dataOf(deleted)['id']]).toEqual([200, 'SIP trunk IP deleted successfully', second?.['id']])
    expect((await platform.call('DELETE', `/siptrunkips/${id}?ip_id=${String(second?.['id'])}`)).status).toBe(404)
  })

  it.each([
    ['S3-31 what is no address', { ips: [{ address: '300.0.0.1', type: 'media' }] }, 400, 'InvalidIpAddress'],
    ['S3-31 an address that is nobody', { ips: [{ address: '::', type: 'both' }] }, 422, 'UnusableIpAddress'],
    ['S3-31 a group', { ips: [{ address: '224.0.0.5', type: 'media' }] }, 422, 'UnusableIpAddress'],
    ['S3-29 no type', { ips: [{ address: '203.0.113.1' }] }, 400, 'TypeRequired'],
    ['S3-29 no list', {}, 400, 'IpsRequired'],
    ['S3-31 an address of another trunk', { ips: [{ address: '203.0.113.77', type: 'signaling' }] }, 409, 'IpAddressInUse'],
    [
      'S3-31 one twice',
      {
        ips: [
          { address: '203.0.113.78', type: 'media' },
          { address: '203.0.113.78', type: 'media' },
        ],
      },
      409,
      'IpAddressInUse',
    ],
  ])('%s', async (_what, body, status, code) => {
    const other = await trunk()
    await platform.call('PUT', `/siptrunkips/${other}`, { ips: [{ address: '203.0.113.77', type: 'both' }] })
    const id = await trunk()
    const refused = await platform.call('PUT', `/siptrunkips/${id}`, body)
    for (const each of [other, id]) await platform.call('DELETE', `/siptrunk/${each}`)
    expect([refused.status, errorOf(refused)]).toEqual([status, code])
  })

  it('S3-34 S3-37: no ip_id is 400, one of another trunk 404', async () => {
    const id = await trunk()
    expect(errorOf(await platform.call('POST', `/siptrunkips/${id}`, { priority: 1 }))).toBe('IpIdRequired')
    expect((await platform.call('DELETE', `/siptrunkips/${id}`)).status).toBe(400)
    expect((await platform.call('POST', `/siptrunkips/${id}`, { ip_id: 'ip_unknown', priority: 1 })).status).toBe(404)
  })
})

describe('/sipgwping', () => {
  const probe = (id: string, status: 'healthy' | 'degraded' | 'down', responseMs: number | undefined) =>
    platform.plane.context.gateways.probed({
      gatewayId: id,
      carrierId: id,
      atMs: platform.time.nowMs(),
      responseMs,
      status,
      lossPercent: responseMs === undefined ? 50 : 0,
      reason: 'test',
    })

  it('S3-62 S3-63: what probes came to: response time, loss, uptime of a day, history; a pending trunk is active with the first answer', async () => {
    const trunkId = await trunk({ register: false, username: undefined, password: undefined })
    const id = trunkId.slice(6)
    expect(dataOf(await platform.call('GET', `/sipgwping/gw_${id}`))).toMatchObject({ gateway_id: `gw_${id}`, trunk_id: trunkId, status: 'unknown' })
    probe(id, 'healthy', 40)
    platform.time.advance(600_000)
    probe(id, 'healthy', 50)
    probe(id, 'degraded', undefined)
    probe(id, 'degraded', undefined)
    const shown = dataOf(await platform.call('GET', `/sipgwping/gw_${id}?include_history=true&history_hours=12`))
    expect(shown).toMatchObject({
      status: 'degraded',
      packet_loss_percent: 50,
      uptime_percent_24h: 50,
      history: [{ status: 'degraded' }, { status: 'healthy', response_time_ms: 40 }],
    })
    expect(shown['last_ping']).toBe(new Date(platform.time.nowMs()).toISOString())
    expect(dataOf(await platform.call('GET', `/siptrunk/${trunkId}`))['status']).toBe('active')
    expect(JSON.stringify(dataOf(await platform.call('GET', '/sipgwping/all')))).toContain(`gw_${id}`)
    // An outage that was over after a minute stands in the history: of five minutes the worst, now and when they were written in pieces.
    platform.time.advance(600_000)
    for (const status of ['healthy', 'down', 'healthy', 'degraded', 'healthy'] as const) {
      probe(id, status, status === 'down' ? undefined : 50)
      if (status !== 'degraded') await platform.plane.context.gateways.settled()
    }
    const later = dataOf(await platform.call('GET', `/sipgwping/gw_${id}?include_history=true`))
    expect([later['status'], (later['history'] as Data[]).map(({ status }) => status)]).toEqual(['healthy', ['down', 'degraded', 'healthy']])
  })

  it.each([[true], [false]])('S3-21: a trunk that works while the database is away is active when that is back (register: %s)', async (register) => {
    const { context } = platform.plane
    const trunkId = await trunk(register ? {} : { register, username: undefined, password: undefined })
    const id = trunkId.slice(6)
    const { sql } = context.database
    await sql.schema.alterTable('sip_trunk').renameTo('sip_trunk_away').execute()
    if (register) context.gateways.registrationChanged({ carrierId: id, gatewayId: id, state: 'registered', statusCode: undefined, expiresAtMs: 1, atMs: 0 })
    probe(id, 'healthy', 40)
    await context.gateways.settled()
    await sql.schema.alterTable('sip_trunk_away').renameTo('sip_trunk').execute()
    probe(id, 'healthy', 40)
    await context.gateways.settled()
    expect(dataOf(await platform.call('GET', `/siptrunk/${trunkId}`))['status']).toBe('active')
  })

  it('S3-12: why a carrier cannot be asked to register us is told at its trunk', async () => {
    const trunkId = await trunk()
    const [id, reason] = [trunkId.slice(6), 'it cannot be reached: certificate has expired']
    const event = { carrierId: id, gatewayId: id, expiresAtMs: undefined, atMs: 0 }
    const { gateways } = platform.plane.context
    const told = async () => dataOf(await platform.call('GET', `/siptrunk/${trunkId}`))['registration']
    gateways.registrationChanged({ ...event, state: 'failed', statusCode: 503, reason })
    expect(await told()).toMatchObject({ state: 'failed', last_error: '503: it cannot be reached: certificate has expired' })
    gateways.registrationChanged({ ...event, state: 'failed', statusCode: 503 })
    expect(await told()).toMatchObject({ state: 'failed', last_error: '503' })
  })

  it('S3-65 S3-66 S3-67: a report from outside counts at once, for routing too, and alerts when it is worse', async () => {
    const trunkId = await trunk()
    const id = trunkId.slice(6)
    const report = (body: object | undefined, label = 'status/update') => platform.call('POST', `/sipgwping/gw_${id}/${label}`, body)
    const reported = await report({ status: 'degraded', response_time_ms: 250, packet_loss_percent: 5.2, error_message: 'High latency detected' })
    expect([reported.status, reported.body['message'], dataOf(reported)]).toMatchObject([
      200,
      'Gateway status updated',
      { gateway_id: `gw_${id}`, status: 'degraded', alert_generated: true },
    ])
    expect(dataOf(await platform.call('GET', `/sipgwping/gw_${id}`))).toMatchObject({
      status: 'degraded',
      response_time_ms: 250,
      packet_loss_percent: 5.2,
      reason: 'High latency detected',
    })
    expect(platform.plane.view.carrier(id)?.targets).toMatchObject([{ id, report: { status: 'degraded' } }])
    expect(dataOf(await report({ status: 'healthy' }))['alert_generated']).toBe(false)
    expect(dataOf(await report({}, 'down/2024-01-22T18:00:00Z'))).toMatchObject({ status: 'down', alert_generated: true })
    // S3-66 requires nothing of the body, so that it may be left out; what was reported stands in the history (the worst of five minutes), and is no probe of ours.
    expect(dataOf(await report(undefined, 'degraded/2024-01-22T18:00:01Z'))).toMatchObject({ status: 'degraded', alert_generated: false })
    const shown = dataOf(await platform.call('GET', `/sipgwping/gw_${id}?include_history=true`))
    expect([shown['status'], shown['uptime_percent_24h'], (shown['history'] as Data[])[0]?.['status']]).toEqual(['degraded', undefined, 'down'])
    expect((await report({ status: 'broken' })).status).toBe(400)
    expect((await report({})).status).toBe(400)
    const events = await platform.plane.context.database.sql.selectFrom('event_outbox').select('type').where('type', 'like', 'gateway.%').execute()
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['gateway.degraded', 'gateway.down', 'gateway.healthy']))
  })

  it('conflicts 7: each active address that signals is a gateway of its own', async () => {
    const trunkId = await trunk()
    const ips = [{ address: '203.0.113.40', type: 'signaling' }, { address: '203.0.113.41', type: 'signaling', active: false }, { address: '203.0.113.42', type: 'both', port: 5070 }, { address: '203.0.113.43', type: 'media' }] // prettier-ignore
    await platform.call('PUT', `/siptrunkips/${trunkId}`, { ips })
    const { gateways } = dataOf(await platform.call('GET', '/sipgwping/all')) as { gateways: Data[] }
    expect(gateways.filter((gateway) => gateway['trunk_id'] === trunkId).map(({ host, port }) => [host, port])).toEqual([['203.0.113.40', 5060], ['203.0.113.42', 5070]]) // prettier-ignore
  })
})
