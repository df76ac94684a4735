import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { HttpClient } from './http-client.ts'
import { trustedFreePorts } from './phones/free-ports.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { runSipp } from './phones/sipp.ts'
import { callee, isHungUp, receive } from './phones/sipp-scenario.ts'
import { type Account, done, type Identified, Tenant, unique, uniqueMac } from './tenant.ts'

interface Envelope<Data = Shown> {
  readonly success: boolean
  readonly message?: string
  readonly data: Data
  readonly error?: { readonly code: string; readonly message: string }
}
type Shown = Readonly<Record<string, unknown>>
interface Address {
  readonly id: string
  readonly address: string
}
interface Addresses {
  readonly trunk_id?: string
  readonly ips: readonly Address[]
}

const ISO_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
const PASSWORD = 'secure_password_123'
let tenant: Tenant
let account: Account
let organization: string
let stranger: HttpClient
let nobody: HttpClient
let hosts = 0

/** No two trunks of an organisation have one place. */
const host = (): string => `198.51.100.${++hosts}`

beforeAll(async () => {
  tenant = await Tenant.logIn()
  account = await tenant.createAccount()
  organization = `org_${account.id}`
  nobody = tenant.http.withToken('made-up')
  const manager = { username: `${unique('stranger')}@example.com`, password: 'Correct-Horse-7-Battery', firstName: 'A', lastName: 'Stranger' }
  done(await tenant.http.post<Identified>(`${tenant.path}/partition`, { name: unique('stranger'), manager }))
  stranger = (await Tenant.logIn({ ...tenant.platform, username: manager.username, password: manager.password })).http
})

/** Seed 003, "Create SIP Trunk"; it does not register, so that nothing is sent to its host by itself. */
const example = (): Shown => ({
  ...{ name: unique('Secondary Carrier '), organization_id: organization, type: 'carrier', host: host(), port: 5060, transport: 'udp' },
  ...{ username: 'secondary_trunk', password: PASSWORD, realm: 'carrier.example.com', register: false, max_channels: 50, codecs: ['G.711', 'G.729'] },
  ...{ dtmf_mode: 'rfc2833', nat_support: true, caller_id_name: 'Company Name', caller_id_number: '+12025550142' },
  ping_interval: 0,
})
const create = (changes: Shown = {}, http = tenant.http, entity = 'new') => http.put<Envelope>(`/siptrunk/${entity}`, { ...example(), ...changes })
async function newTrunk(changes: Shown = {}): Promise<string> {
  return String(done(await create(changes)).data['id'])
}
/** Status and code of a refusal, in the envelope of this surface. */
async function refusal(answering: Promise<{ readonly status: number; readonly body: Envelope<unknown> }>): Promise<readonly unknown[]> {
  const { status, body } = await answering
  expect(body.success).toBe(false)
  expect(body.message).toEqual(expect.any(String))
  return [status, body.error?.code]
}
type Ask = (http: HttpClient, id: string) => Promise<{ readonly status: number; readonly body: Envelope<unknown> }>
/** What every operation on something that has an id answers, wherever the document lists it. */
async function expectUsualRefusals(ask: Ask, id: string, kind: string): Promise<void> {
  expect(await refusal(ask(tenant.http, 'no%20id%21'))).toEqual([400, expect.any(String)])
  expect(await refusal(ask(nobody, id))).toEqual([401, 'Unauthorized'])
  expect(await refusal(ask(stranger, id))).toEqual([403, 'NotPermitted'])
  expect(await refusal(ask(tenant.http, `${kind}_nobody`))).toEqual([404, 'EntityNotFound'])
}

describe('the surface', () => {
  it('S3-02 S3-03: paths have no version; the token comes as a Bearer, content as application/json', async () => {
    const id = await newTrunk()
    const bearer = new HttpClient(tenant.platform.httpUrl)
    const headers = { authorization: `Bearer ${tenant.http.token ?? ''}`, accept: 'application/json' }
    const read = await bearer.get<Envelope>(`/siptrunk/${id}`, { headers })
    expect([read.status, read.headers.get('content-type'), read.body.data['id']]).toEqual([200, expect.stringContaining('application/json'), id])
    const changed = await bearer.post<Envelope>(`/siptrunk/${id}`, { max_channels: 51 }, { headers })
    expect([changed.status, changed.body.data['max_channels']]).toEqual([200, 51])
    expect((await tenant.http.get(`/v2/siptrunk/${id}`)).status).toBe(404)
    expect(await refusal(bearer.get<Envelope>(`/siptrunk/${id}`))).toEqual([401, 'Unauthorized'])
  })

  it('S3-01 S3-04: everything it manages is there, in one envelope, with names in snake_case, ids that say their kind and times in UTC', async () => {
    const { userId } = await account.createUser('4100')
    const template = done(await tenant.http.post<Identified>(`${tenant.path}/devicetemplate`, { name: unique('Template ') })).id
    const trunk = await newTrunk()
    const gateway = done(await tenant.http.get<Envelope>(`/sipgwping/${trunk.replace('trunk_', 'gw_')}`)).data
    expect(gateway).toMatchObject({ gateway_id: expect.stringMatching(/^gw_/), trunk_id: trunk })
    const of = { organization_id: organization }
    const device = { ...of, mac_address: uniqueMac(), user_id: `user_${userId}`, template_id: `tmpl_${template}`, manufacturer: 'Yealink' }
    const made: Readonly<Record<string, readonly [string, Shown]>> = {
      trunk: [`/siptrunk/${trunk}`, {}],
      ip: [`/siptrunkips/${trunk}`, { ips: [{ address: host(), type: 'signaling' }] }],
      dev: ['/devices/phone', device],
      dom: ['/domains/new', { ...of, domain: `${unique('pbx').toLowerCase()}.example.com` }],
      orgip: ['/orgips/new', { ...of, ip_address: '203.0.113.0', cidr: 24, type: 'blacklist' }],
    }
    for (const [prefix, [path, body]] of Object.entries(made)) {
      const { success, data } = done(await tenant.http.put<Envelope>(path, body))
      const [shown = data] = (data['ips'] as readonly Shown[] | undefined) ?? []
      expect([success, shown]).toMatchObject([true, { id: expect.stringMatching(`^${prefix}_`), created_at: ISO_TIME }])
      expect(Object.keys(shown).filter((name) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))).toEqual([])
      if (prefix === 'dev') expect(shown).toMatchObject({ ...of, user_id: device.user_id, template_id: device.template_id })
    }
  })

  it('S3-100: a token is had at the place of the other surfaces, and the organisations it may enter are listed', async () => {
    const { username, password, httpUrl } = tenant.platform
    const { authToken } = done(await new HttpClient(httpUrl).post<{ authToken: string }>('/v2/authorize', { username, password }))
    const http = new HttpClient(httpUrl).withToken(authToken)
    const { organizations } = done(await http.get<Envelope<{ organizations: readonly Shown[] }>>('/organizations')).data
    expect(organizations[0]).toMatchObject({ id: expect.stringMatching(/^org_/) })
    for (const id of [`org_${tenant.partitionId}`, organization]) expect(done(await http.get<Envelope>(`/organizations/${id}`)).data).toMatchObject({ id })
    expect(done(await create({ organization_id: organization }, http)).success).toBe(true)
  })
})

describe('/siptrunk', () => {
  it('S3-10 S3-17 S3-18 S3-19 S3-21: the example is created pending, changed in what it names, and goes through its states', async () => {
    const given = example()
    const created = await tenant.http.put<Envelope>('/siptrunk/new', given)
    const { password: _password, ...echoed } = given
    expect([created.status, created.body]).toMatchObject([
      201,
      { success: true, message: 'SIP trunk created successfully', data: { ...echoed, status: 'pending' } },
    ])
    const id = String(created.body.data['id'])
    const update = (body: Shown) => tenant.http.post<Envelope>(`/siptrunk/${id}`, body)
    const renamed = await update({ name: `${String(given['name'])} - Updated`, max_channels: 150, codecs: ['G.711', 'G.729', 'OPUS', 'G.722'] })
    expect([renamed.status, renamed.body]).toMatchObject([
      200,
      {
        message: 'SIP trunk updated successfully',
        data: {
          id,
          name: `${String(given['name'])} - Updated`,
          max_channels: 150,
          codecs: ['G.711', 'G.729', 'OPUS', 'G.722'],
          updated_at: ISO_TIME,
          username: 'secondary_trunk',
        },
      },
    ])
    const moved = { host: host(), port: 5070, transport: 'tls', username: 'other_user', password: 'another-password-1' }
    const { password: _secret, ...shown } = moved
    expect(done(await update(moved)).data).toMatchObject({ ...shown, max_channels: 150 })
    for (const status of ['active', 'inactive', 'suspended', 'active']) expect(done(await update({ status })).data['status']).toBe(status)
    expect(await refusal(update({ status: 'pending' }))).toEqual([400, 'InvalidStatus'])
    // The path names the type as well as the body does, and an id that is there is changed.
    expect(done(await create({ type: undefined }, tenant.http, 'peer')).data['type']).toBe('peer')
    const put = await tenant.http.put<Envelope>(`/siptrunk/${id}`, { max_channels: 7 })
    expect([put.status, put.body.data['max_channels']]).toEqual([200, 7])
  })

  it('S3-05 S3-06 S3-07: is read with its addresses and routes, as JSON and as XML, and never with its password', async () => {
    const given = example()
    const id = String(done(await tenant.http.put<Envelope>('/siptrunk/new', given)).data['id'])
    done(await tenant.http.put(`/siptrunkips/${id}`, { ips: [{ address: host(), type: 'signaling' }, { address: '203.0.113.11', type: 'media' }] })) // prettier-ignore
    const plain = done(await tenant.http.get<Envelope>(`/siptrunk/${id}`)).data
    const { password: _password, ...echoed } = given
    expect(plain).toMatchObject({ ...echoed, id, status: 'pending', protocol: 'sip', created_at: ISO_TIME, updated_at: ISO_TIME })
    expect([plain['ips'], plain['routes']]).toEqual([undefined, undefined])
    const full = await tenant.http.get<Envelope>(`/siptrunk/${id}?include=ips,routes&format=json`)
    const [signals, media] = [{ id: expect.stringMatching(/^ip_/), type: 'signaling' }, { id: expect.stringMatching(/^ip_/), address: '203.0.113.11', type: 'media' }] // prettier-ignore
    expect(full.body.data).toMatchObject({ ips: [signals, media], routes: [{ type: 'prefix' }] })
    expect(full.text).not.toContain(PASSWORD)
    const xml = await tenant.http.get(`/siptrunk/${id}?include=ips&format=xml`)
    expect(xml.headers.get('content-type')).toContain('application/xml')
    for (const part of [`<id>${id}</id>`, '<codecs><codec>G.711</codec><codec>G.729</codec></codecs>', '<address>203.0.113.11</address>']) expect(xml.text).toContain(part) // prettier-ignore
    expect((await tenant.http.get(`/siptrunk/${id}?format=yaml`)).status).toBe(400)
  })

  it('S3-08 S3-16 S3-20: every refusal the document lists to read, create and change one', async () => {
    const id = await newTrunk()
    await expectUsualRefusals((http, which) => http.get<Envelope>(`/siptrunk/${which}`), id, 'trunk')
    await expectUsualRefusals((http, which) => http.post<Envelope>(`/siptrunk/${which}`, { max_channels: 5 }), id, 'trunk')
    const change = (body: Shown) => refusal(tenant.http.post<Envelope>(`/siptrunk/${id}`, body))
    expect(await change({ port: 70_000 })).toEqual([400, 'InvalidPort'])
    expect(await change({ dtmf_mode: 'morse' })).toEqual([400, 'InvalidDtmfMode'])
    expect(await change({ host: 'not a host!' })).toEqual([422, 'InvalidAddress'])
    for (const required of ['name', 'organization_id', 'type', 'host']) expect((await create({ [required]: undefined })).status).toBe(400)
    expect(await refusal(create({ type: 'sbc' }))).toEqual([400, 'InvalidType'])
    expect(await refusal(create({}, nobody))).toEqual([401, 'Unauthorized'])
    expect(await refusal(create({}, stranger))).toEqual([403, 'NotPermitted'])
    const name = unique('Taken ')
    await newTrunk({ name })
    expect(await refusal(create({ name: name.toLowerCase() }))).toEqual([409, 'DuplicateTrunkName'])
    expect(await refusal(create({ host: '300.1.1.1' }))).toEqual([422, 'InvalidAddress'])
    expect(await refusal(create({ codecs: ['MP3'] }))).toEqual([422, 'InvalidCodecs'])
  })

  it.skipIf(isAbsent('sipp'))('S3-22 S3-23 S3-24: with a call going on it is deleted only by force; and every refusal', async () => {
    const port = await trustedFreePorts(30)
    const { userId } = await account.createUser('4001')
    const phone = await ScriptedPhone.open(tenant.platform, await account.createLine(userId))
    const id = await newTrunk({ host: tenant.platform.sipHost, port, username: undefined, password: undefined, codecs: undefined })
    done(await tenant.http.post(`/siptrunk/${id}`, { status: 'active' }))
    await phone.register()
    const run = runSipp(tenant.platform, { scenario: 'busy-trunk', port, steps: [callee.isCalled(), callee.answersTalk(), receive('ACK'), ...isHungUp] })
    const call = await phone.call('12125550142')
    expect(await call.finalStatus()).toBe(200)
    await expectUsualRefusals((http, which) => http.delete<Envelope>(`/siptrunk/${which}`), id, 'trunk')
    expect(await refusal(tenant.http.delete<Envelope>(`/siptrunk/${id}?force=false`))).toEqual([409, 'TrunkHasActiveCalls'])
    const forced = await tenant.http.delete<Envelope>(`/siptrunk/${id}?force=true`)
    expect([forced.status, forced.body]).toEqual([200, { success: true, message: 'SIP trunk deleted successfully', data: { id, deleted_at: ISO_TIME } }])
    expect((await tenant.http.get(`/siptrunk/${id}`)).status).toBe(404)
    // Who talks is not cut off.
    expect(await call.hangUp()).toBe(200)
    await run.success()
    await phone.unregister()
    phone.close()
  })
})

describe('/siptrunkips', () => {
  const [SIGNALS, MEDIA] = [{ type: 'signaling', port: 5060, priority: 1, active: true }, { address: '203.0.113.21', type: 'media', port: 10_000, priority: 1, active: true }] // prettier-ignore
  const put = (id: string, ips: unknown, http = tenant.http) => http.put<Envelope<Addresses>>(`/siptrunkips/${id}`, { ips })

  it('S3-25 S3-26 S3-29 S3-30 S3-32 S3-33 S3-35 S3-36: the example is set, listed by type and for all trunks, changed and removed', async () => {
    const [id, address] = [await newTrunk(), host()]
    const set = await put(id, [{ address, ...SIGNALS }, MEDIA])
    expect([set.status, set.body.message]).toEqual([200, 'SIP trunk IPs configured successfully'])
    const shown = { id: expect.stringMatching(/^ip_/), created_at: ISO_TIME }
    expect(set.body.data).toMatchObject({
      trunk_id: id,
      ips: [
        { ...shown, address, ...SIGNALS },
        { ...shown, ...MEDIA },
      ],
    })
    const byType = async (type: string) => done(await tenant.http.get<Envelope<Addresses>>(`/siptrunkips/${id}?type=${type}`)).data
    expect(await byType('signaling')).toMatchObject({ trunk_id: id, ips: [{ address }] })
    expect([(await byType('media')).ips.length, (await byType('both')).ips.length]).toEqual([1, 0])
    expect(done(await tenant.http.get<Envelope<Addresses>>('/siptrunkips/all')).data.ips).toEqual(
      expect.arrayContaining([expect.objectContaining({ address, trunk_id: id })]),
    )
    // What is not said is as usual; of media any port.
    const [usual, anyPort] = done(await put(await newTrunk(), [{ address: host(), type: 'both' }, { address: '203.0.113.22', type: 'media' }])).data.ips // prettier-ignore
    expect([usual, anyPort]).toMatchObject([
      { port: 5060, priority: 1, active: true },
      { priority: 1, active: true },
    ])
    expect(anyPort).not.toHaveProperty('port')
    const [first, second] = set.body.data.ips
    const changed = await tenant.http.post<Envelope>(`/siptrunkips/${id}`, {
      ip_id: first?.id,
      address: host(),
      type: 'both',
      port: 5080,
      priority: 2,
      active: false,
    })
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { message: 'SIP trunk IP updated successfully', data: { id: first?.id, type: 'both', port: 5080, priority: 2, active: false, updated_at: ISO_TIME } },
    ])
    expect(done(await tenant.http.post<Envelope>(`/siptrunkips/${id}`, { ip_id: first?.id, active: true })).data).toMatchObject({ port: 5080, active: true })
    const removed = await tenant.http.delete<Envelope>(`/siptrunkips/${id}?ip_id=${second?.id ?? ''}`)
    expect([removed.status, removed.body]).toEqual([
      200,
      { success: true, message: 'SIP trunk IP deleted successfully', data: { id: second?.id, deleted_at: ISO_TIME } },
    ])
    expect((await byType('media')).ips).toEqual([])
  })

  it('S3-27 S3-31 S3-34 S3-37: every refusal the document lists', async () => {
    const [id, address] = [await newTrunk(), host()]
    const [first] = done(await put(id, [{ address, type: 'both' }])).data.ips
    await expectUsualRefusals((http, which) => http.get<Envelope>(`/siptrunkips/${which}`), id, 'trunk')
    await expectUsualRefusals((http, which) => put(which, [{ address, type: 'both' }], http), id, 'trunk')
    await expectUsualRefusals((http, which) => http.post<Envelope>(`/siptrunkips/${which}`, { ip_id: first?.id, priority: 3 }), id, 'trunk')
    await expectUsualRefusals((http, which) => http.delete<Envelope>(`/siptrunkips/${which}?ip_id=${first?.id ?? ''}`), id, 'trunk')
    expect((await tenant.http.get(`/siptrunkips/${id}?type=video`)).status).toBe(400)
    expect(await refusal(put(id, undefined))).toEqual([400, 'IpsRequired'])
    expect(await refusal(put(id, [{ address }]))).toEqual([400, 'TypeRequired'])
    expect(await refusal(put(id, [{ address: '300.0.0.1', type: 'media' }]))).toEqual([400, 'InvalidIpAddress'])
    expect(await refusal(put(await newTrunk(), [{ address, type: 'signaling' }]))).toEqual([409, 'IpAddressInUse'])
    expect(await refusal(put(id, [{ address: '0.0.0.0', type: 'media' }]))).toEqual([422, 'UnusableIpAddress'])
    expect(await refusal(tenant.http.post<Envelope>(`/siptrunkips/${id}`, { priority: 1 }))).toEqual([400, 'IpIdRequired'])
    expect(await refusal(tenant.http.post<Envelope>(`/siptrunkips/${id}`, { ip_id: 'ip_nobody', priority: 1 }))).toEqual([404, 'EntityNotFound'])
    expect((await tenant.http.delete(`/siptrunkips/${id}`)).status).toBe(400)
    expect(await refusal(tenant.http.delete<Envelope>(`/siptrunkips/${id}?ip_id=ip_nobody`))).toEqual([404, 'EntityNotFound'])
  })
})

describe('/sipgwping', () => {
  const heard: { readonly event: string; readonly data: Shown }[] = []
  let receiver: Server
  let webhook: string
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let text = ''
      request.on('data', (piece: Buffer) => (text += piece.toString('utf8')))
      request.on('end', () => {
        heard.push(JSON.parse(text) as (typeof heard)[number])
        response.writeHead(204).end()
      })
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
    webhook = done(await tenant.http.post<Identified>(`${tenant.path}/webhook`, { url, events: ['gateway.*'] })).id
  })
  afterAll(async () => {
    done(await tenant.http.delete(`${tenant.path}/webhook/${webhook}`))
    receiver.close()
  })

  const gatewayOf = (trunkId: string): string => trunkId.replace('trunk_', 'gw_')
  const told = (gateway: string, event: string): Promise<Shown> =>
    eventually(`${event} of ${gateway}`, 10_000, () => heard.find((one) => one.event === event && one.data['gatewayId'] === gateway.slice(3))?.data)

  it('S3-65 S3-66 S3-67: reports from outside count at once; an alert goes out when it is worse, and an event when it is well again', async () => {
    const gateway = gatewayOf(await newTrunk())
    const report = (body: Shown, label = 'status/update') => tenant.http.post<Envelope>(`/sipgwping/${gateway}/${label}`, body)
    const seen = { status: 'degraded', response_time_ms: 250, packet_loss_percent: 5.2, error_message: 'High latency detected' }
    const worse = await report(seen)
    expect([worse.status, worse.body]).toEqual([
      200,
      { success: true, message: 'Gateway status updated', data: { gateway_id: gateway, status: 'degraded', updated_at: ISO_TIME, alert_generated: true } },
    ])
    expect(await told(gateway, 'gateway.degraded')).toMatchObject({ status: 'degraded', before: 'healthy', reason: 'High latency detected' })
    const { error_message: reason, ...figures } = seen
    expect(done(await tenant.http.get<Envelope>(`/sipgwping/${gateway}`)).data).toMatchObject({ gateway_id: gateway, ...figures, reason })
    // The status may stand in the path, with when it was seen.
    expect(done(await report({}, 'down/2024-01-22T18:00:00Z')).data).toMatchObject({ status: 'down', alert_generated: true })
    await told(gateway, 'gateway.down')
    expect(done(await report({ status: 'down' })).data['alert_generated']).toBe(false)
    expect(done(await report({ status: 'healthy' })).data['alert_generated']).toBe(false)
    expect(await told(gateway, 'gateway.healthy')).toMatchObject({ before: 'down' })
  })

  it('S3-64 S3-68: every refusal the document lists', async () => {
    const gateway = gatewayOf(await newTrunk())
    await expectUsualRefusals((http, which) => http.get<Envelope>(`/sipgwping/${which}`), gateway, 'gw')
    await expectUsualRefusals((http, which) => http.post<Envelope>(`/sipgwping/${which}/status/update`, { status: 'down' }), gateway, 'gw')
    expect((await tenant.http.get(`/sipgwping/${gateway}?include_history=true&history_hours=0`)).status).toBe(400)
    const report = (body: Shown) => refusal(tenant.http.post<Envelope>(`/sipgwping/${gateway}/status/update`, body))
    expect(await report({ status: 'broken' })).toEqual([400, 'InvalidStatus'])
    expect(await report({ status: 'down', packet_loss_percent: 101 })).toEqual([400, 'InvalidPacketLossPercent'])
    expect(await report({})).toEqual([400, 'StatusRequired'])
  })
})
