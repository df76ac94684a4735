import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import type { HttpClient } from './http-client.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { reasonOf, statusOf } from './phones/sip-text.ts'
import { type Account, done, type Identified, Tenant, unique, uniqueMac } from './tenant.ts'

interface Rule {
  readonly id: string
  readonly ip_address: string
  readonly cidr: number
  readonly request_count_24h?: number
  readonly last_seen?: string | null
  readonly updated_at: string
}
interface Envelope<Data = Rule> {
  readonly success: boolean
  readonly message?: string
  readonly data: Data
  readonly error?: { readonly code: string; readonly message: string }
}
type Listed = Envelope<{ readonly ips: readonly Rule[]; readonly pagination?: object }>

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

let owner: Tenant
let operator: Tenant
let stranger: Tenant

/** A partition below another, and its operator. */
async function partitionBelow(above: Tenant, name: string): Promise<Tenant> {
  const manager = { username: `${unique(name)}@example.com`, password: 'Correct-Horse-7-Battery', firstName: name, lastName: 'Operator' }
  done(await above.http.post<Identified>(`${above.path}/partition`, { name: unique(name), manager }))
  return Tenant.logIn({ ...above.platform, username: manager.username, password: manager.password })
}

const organization = (of: Tenant | Account): string => `org_${of instanceof Tenant ? of.partitionId : of.id}`
const put = (of: Tenant | Account, body: object, http: HttpClient = operator.http, query = '') =>
  http.put<Envelope>(`/orgips/new${query}`, { organization_id: organization(of), ...body })
const codeOf = async (answering: Promise<{ readonly status: number; readonly body: Envelope<unknown> }>) => {
  const { status, body } = await answering
  expect(body.success).toBe(false)
  return [status, body.error?.code]
}

beforeAll(async () => {
  owner = await Tenant.logIn()
  operator = await partitionBelow(owner, 'orgips')
  stranger = await partitionBelow(owner, 'stranger')
})

describe('the addresses of an organisation', () => {
  it('S3-86 S3-92: are listed with their block, type and description, by type, as JSON and XML, in pages on request; a block is one address and allowed unless said', async () => {
    const account = await operator.createAccount()
    const office = done(await put(account, { ip_address: '203.0.113.100', description: 'Office main IP' })).data
    const subnet = done(await put(account, { ip_address: '203.0.113.0', cidr: 24, type: 'whitelist', description: 'Office subnet' })).data
    const noisy = done(await put(account, { ip_address: '198.51.100.7', type: 'blacklist' })).data
    const list = async (more = '') => done(await operator.http.get<Listed>(`/orgips/index?organization_id=${organization(account)}${more}`))
    const all = await list()
    const entry = { organization_id: organization(account), created_at: expect.stringMatching(ISO_TIME) as string }
    expect(all.success).toBe(true)
    expect(all.data.ips).toMatchObject([
      { ...entry, id: office.id, ip_address: '203.0.113.100', cidr: 32, type: 'whitelist', description: 'Office main IP' },
      { ...entry, id: subnet.id, ip_address: '203.0.113.0', cidr: 24, type: 'whitelist', description: 'Office subnet' },
      { ...entry, id: noisy.id, ip_address: '198.51.100.7', cidr: 32, type: 'blacklist' },
    ])
    expect(all.data.ips.map(({ id }) => id).every((id) => /^orgip_[A-Za-z0-9_-]{22}$/.test(id))).toBe(true)
    expect([(await list('&type=whitelist')).data.ips.length, (await list('&type=blacklist')).data.ips.length]).toEqual([2, 1])
    const page = (await list('&page=2&per_page=2')).data
    expect([page.ips.map(({ id }) => id), page.pagination]).toEqual([[noisy.id], { page: 2, per_page: 2, total: 3, total_pages: 2 }])
    const xml = await operator.http.get(`/orgips/index?organization_id=${organization(account)}`, { headers: { accept: 'application/xml' } })
    expect([xml.headers.get('content-type'), xml.text.match(/<ip>/g)?.length]).toEqual([expect.stringContaining('application/xml'), 3])
    expect(xml.text).toContain('<success>true</success>')
    expect(xml.text).toContain(`<id>${office.id}</id>`)
  })

  it('S3-88 S3-91 S3-95 S3-96 S3-98: one is made, read with its counts, changed in part, by PUT of its id as a whole, and deleted', async () => {
    const example = { ip_address: '198.51.100.0', cidr: 24, type: 'whitelist', description: 'Remote office subnet' }
    const created = await put(await operator.createAccount(), example)
    expect([created.status, created.body]).toMatchObject([201, { success: true, message: 'Organization IP created successfully', data: example }])
    const path = `/orgips/${created.body.data.id}`
    expect(done(await operator.http.get<Envelope>(path)).data).toMatchObject({ ...example, last_seen: null, request_count_24h: 0 })
    const updated = await operator.http.post<Envelope>(path, { description: 'Remote office - Updated', cidr: 28 })
    expect([updated.status, updated.body]).toMatchObject([
      200,
      {
        success: true,
        message: 'Organization IP updated successfully',
        data: { id: created.body.data.id, ip_address: '198.51.100.0', cidr: 28, description: 'Remote office - Updated' },
      },
    ])
    expect(updated.body.data.updated_at).toMatch(ISO_TIME)
    expect(done(await operator.http.post<Envelope>(path, { type: 'blacklist' })).data).toMatchObject({ cidr: 28, type: 'blacklist', description: 'Remote office - Updated' }) // prettier-ignore
    expect(done(await operator.http.put<Envelope>(path, { description: 'By PUT' })).data).toMatchObject({ description: 'By PUT', cidr: 28 })
    const deleted = await operator.http.delete<Envelope<{ id: string; deleted_at: string }>>(path)
    expect([deleted.status, deleted.body.message, deleted.body.data.id]).toEqual([200, 'Organization IP deleted successfully', created.body.data.id])
    expect(deleted.body.data.deleted_at).toMatch(ISO_TIME)
    expect((await operator.http.get(path)).status).toBe(404)
  })

  it('S3-87 S3-90 S3-94 S3-97 S3-99: every refusal the document lists, of each operation', async () => {
    const account = await operator.createAccount()
    const { id } = done(await put(account, { ip_address: '192.0.2.0', cidr: 24 })).data
    const nobody = operator.http.withToken('made-up')
    const index = `/orgips/index?organization_id=${organization(account)}`
    expect(await codeOf(nobody.get<Envelope>(index))).toEqual([401, 'Unauthorized'])
    expect(await codeOf(stranger.http.get<Envelope>(index))).toEqual([403, 'NotPermitted'])
    expect(await codeOf(stranger.http.get<Envelope>('/orgips/index?organization_id=org_nobody'))).toEqual([403, 'NotPermitted'])
    const on = {
      read: (http: HttpClient, which: string) => http.get<Envelope>(`/orgips/${which}`),
      update: (http: HttpClient, which: string) => http.post<Envelope>(`/orgips/${which}`, { description: 'x' }),
      remove: (http: HttpClient, which: string) => http.delete<Envelope>(`/orgips/${which}`),
    }
    for (const ask of Object.values(on)) {
      expect((await ask(operator.http, 'no%20id%21')).status).toBe(400)
      expect(await codeOf(ask(nobody, id))).toEqual([401, 'Unauthorized'])
      expect(await codeOf(ask(stranger.http, id))).toEqual([403, 'NotPermitted'])
      expect(await codeOf(ask(operator.http, 'orgip_nobody'))).toEqual([404, 'EntityNotFound'])
    }
    expect(await codeOf(operator.http.post<Envelope>(`/orgips/${id}`, { cidr: 64 }))).toEqual([400, 'InvalidCidr'])
    expect(await codeOf(put(account, { ip_address: '300.1.1.1' }))).toEqual([400, 'InvalidIpAddress'])
    expect(await codeOf(put(account, {}))).toEqual([400, 'IpAddressRequired'])
    expect(await codeOf(put(account, { ip_address: '192.0.2.1' }, nobody))).toEqual([401, 'Unauthorized'])
    expect(await codeOf(put(account, { ip_address: '192.0.2.1' }, stranger.http))).toEqual([403, 'NotPermitted'])
    expect(await codeOf(put(account, { ip_address: '192.0.2.77', cidr: 24 }))).toEqual([409, 'DuplicateCidr'])
    expect(await codeOf(put(account, { ip_address: '192.0.2.0', cidr: 64 }))).toEqual([422, 'InvalidCidr'])
    const refusedAsXml = await operator.http.get('/orgips/orgip_nobody?format=xml')
    expect([refusedAsXml.status, refusedAsXml.text]).toEqual([404, expect.stringContaining('<success>false</success>')])
  })
})

describe('from where phones may come', () => {
  let phone: ScriptedPhone
  let account: Account
  let here: string
  beforeAll(async () => {
    const below = await partitionBelow(operator, 'below')
    account = await below.createAccount()
    const { userId } = await account.createUser('4001')
    phone = await ScriptedPhone.open(owner.platform, await account.createLine(userId))
    here = owner.platform.sipHost
  })
  afterAll(() => phone.close())

  const outcome = async (): Promise<readonly unknown[]> => {
    const answer = await phone.register()
    return [statusOf(answer), reasonOf(answer)]
  }
  /** To who knows the password. */
  const SHUT_OUT = [403, 'Address Not Allowed']
  const LET_IN = [200, 'OK']

  it('C-09 S3-91: what a partition denies is denied in everything below it, whatever is allowed there; a call for help goes all the same; each rule counts', async () => {
    expect(await outcome()).toEqual(LET_IN)
    const denied = done(await put(operator, { ip_address: here, type: 'blacklist' })).data
    expect(await outcome()).toEqual(SHUT_OUT)
    const allowed = done(await put(account, { ip_address: here })).data
    expect(await outcome()).toEqual(SHUT_OUT)
    expect(await (await phone.call('12125550100')).finalStatus()).toBe(403)
    const help = await phone.call('911')
    expect(await help.finalStatus()).toBe(200)
    await help.hangUp()
    const counted = await eventually('the count', 10_000, async () => {
      const { data } = done(await operator.http.get<Envelope>(`/orgips/${denied.id}`))
      return (data.request_count_24h ?? 0) >= 3 ? data : undefined
    })
    expect(Math.abs(Date.parse(counted.last_seen ?? '') - Date.now())).toBeLessThan(60_000)
    expect((await operator.http.delete(`/orgips/${denied.id}`)).status).toBe(200)
    expect(await outcome()).toEqual(LET_IN)
    expect((await operator.http.delete(`/orgips/${allowed.id}`)).status).toBe(200)
  })

  it('C-09: an allow list below narrows the one above; and who guesses from outside learns neither passwords nor users', async () => {
    const above = done(await put(operator, { ip_address: here })).data
    expect(await outcome()).toEqual(LET_IN)
    const narrower = done(await put(account, { ip_address: '203.0.113.0', cidr: 24 })).data
    expect(await outcome()).toEqual(SHUT_OUT)
    for (const login of [
      { ...phone.login, sipPassword: 'guessed' },
      { ...phone.login, sipUsername: 'nobody-at-all' },
    ]) {
      const guesser = await ScriptedPhone.open(owner.platform, login)
      const guess = await guesser.register()
      expect([statusOf(guess), reasonOf(guess)]).toEqual([401, 'Unauthorized'])
      guesser.close()
    }
    for (const { id } of [above, narrower]) expect((await operator.http.delete(`/orgips/${id}`)).status).toBe(200)
    expect(await outcome()).toEqual(LET_IN)
    expect(statusOf(await phone.unregister())).toBe(200)
  })
})

describe('from where requests may come (scope api)', () => {
  it('C-09 S0-91: is asked before who asks, reaches everything below, spares who set it by a slip, and is counted', async () => {
    const shut = await partitionBelow(owner, 'shut')
    const below = await partitionBelow(shut, 'shut-below')
    const elsewhere = { ip_address: '192.0.2.0', cidr: 24, scope: 'api' }
    expect(await codeOf(put(shut, elsewhere, shut.http))).toEqual([409, 'WouldLockYouOut'])
    const { id } = done(await put(shut, elsewhere, owner.http, '?confirm_lockout=true')).data
    for (const tenant of [shut, below]) {
      for (const http of [tenant.http, tenant.http.withToken('made-up')]) {
        const refused = await http.get<{ errorCode: string }>(`${tenant.path}/account`)
        expect([refused.status, refused.body.errorCode]).toEqual([403, 'AddressNotAllowed'])
      }
      expect(await codeOf(tenant.http.get<Envelope>('/organizations'))).toEqual([403, 'AddressNotAllowed'])
      const { username, password } = tenant.platform
      expect((await owner.http.post('/v2/authorize', { username, password })).status).toBe(401)
    }
    const denied = done(await put(shut, { ip_address: '127.0.0.0', cidr: 8, type: 'blacklist', scope: 'api' }, owner.http)).data
    expect((await below.http.get(`${below.path}/account`)).status).toBe(403)
    expect(done(await owner.http.get<Envelope>(`/orgips/${denied.id}`)).data.request_count_24h).toBeGreaterThan(0)
    for (const rule of [id, denied.id]) expect((await owner.http.delete(`/orgips/${rule}`)).status).toBe(200)
    expect((await below.http.get(`${below.path}/account`)).status).toBe(200)
  })
})

describe('a device by its MAC address', () => {
  it('S3-42: is the short object, without lines and status details, in either spelling', async () => {
    const account = await operator.createAccount()
    const mac = uniqueMac()
    const { userId } = await account.createUser('4001')
    const body = {
      ...{ organization_id: organization(account), user_id: userId, mac_address: mac },
      ...{ name: "John's Desk Phone", model: 'Polycom VVX 450', manufacturer: 'Polycom' },
      lines: [{ line_number: 1, extension: '4001', label: 'John', type: 'primary' }],
    }
    done(await operator.http.put('/devices/phone', body))
    const colons = (mac.match(/../g) ?? []).join(':').toUpperCase()
    const answers = await Promise.all(
      [mac, mac.toUpperCase(), colons].map((spelled) => operator.http.get<Envelope<Record<string, unknown>>>(`/devices/mac/${spelled}`)),
    )
    for (const { status, body: shown } of answers) {
      expect([status, shown]).toMatchObject([
        200,
        {
          success: true,
          data: {
            id: expect.stringMatching(/^dev_/) as string,
            mac_address: colons,
            organization_id: organization(account),
            user_id: `user_${userId}`,
            name: "John's Desk Phone",
            model: 'Polycom VVX 450',
            manufacturer: 'Polycom',
            status: 'offline',
            provisioning_status: 'pending',
          },
        },
      ])
      expect(['lines', 'status_details'].filter((field) => field in shown.data)).toEqual([])
    }
  })
})
