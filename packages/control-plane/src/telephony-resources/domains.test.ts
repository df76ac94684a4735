import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let mine: { readonly token: string; readonly partitionId: string }
let made = 0
/** What DNS holds. */
const texts = new Map<string, readonly string[]>()
const addresses = new Map<string, readonly string[]>()
let isDnsDown = false

beforeAll(async () => {
  const find = (records: ReadonlyMap<string, readonly string[]>) => (name: string) =>
    isDnsDown ? Promise.reject(new Error('queryTxt ETIMEOUT')) : Promise.resolve(records.get(name) ?? [])
  platform = await startTestControlPlane({ domainNames: { texts: find(texts), addresses: find(addresses) } })
  mine = await newOperator(platform.partitionId, platform.token)
})
afterAll(() => platform.stop())

type Data = Readonly<Record<string, unknown>>
type Body = { readonly body: Record<string, unknown> }
const dataOf = (answer: Body): Data => answer.body['data'] as Data
const errorOf = (answer: Body) => (answer.body['error'] as { code: string } | undefined)?.code
const newName = () => `voice${++made}.example.com`

/** A tenant with an operator of its own, who is none of the platform's. */
async function newOperator(parent: string, token: string) {
  const manager = { username: `domains${++made}@example.com`, password: 'Another-horse-2', firstName: 'Do', lastName: 'Main' }
  const created = await platform.call('POST', `/v2/partition/${parent}/partition`, { name: `Domains ${made}`, manager }, token)
  return { partitionId: String(created.body['id']), token: String((await platform.logIn(manager.username, manager.password)).body['authToken']) }
}

async function newAccount({ partitionId, token } = mine): Promise<string> {
  const created = await platform.call('POST', `/v2/partition/${partitionId}/account`, { accountNumber: `D-${++made}`, accountName: 'Domains' }, token)
  return String(created.body['id'])
}

const put = (body: object, id = 'new', token = mine.token) => platform.call('PUT', `/domains/${id}`, body, token)
const post = (id: unknown, body: object, token = mine.token) => platform.call('POST', `/domains/${String(id)}`, body, token)
const read = async (id: unknown) => dataOf(await platform.call('GET', `/domains/${String(id)}`, undefined, mine.token))

async function claim(of: string, more: object = {}): Promise<{ readonly id: string; readonly domain: string }> {
  const created = await put({ domain: newName(), organization_id: `org_${of}`, type: 'primary', ...more })
  expect(created.status, JSON.stringify(created.body)).toBe(201)
  return dataOf(created) as { id: string; domain: string }
}

/** With its record in DNS. */
async function prove(id: string): Promise<Data> {
  const { domain, dns_verification_record: record } = await read(id)
  texts.set(String(domain), ['v=spf1 -all', String(record)])
  return dataOf(await platform.call('POST', `/domains/${id}/verify`, undefined, mine.token))
}

async function eventsOf(name: string): Promise<readonly string[]> {
  const rows = await platform.plane.context.database.sql
    .selectFrom('event_outbox')
    .selectAll()
    .where('type', 'like', 'sipdomain.%')
    .orderBy('sequence')
    .execute()
  return rows.filter((row) => row.payload['domain'] === name).map((row) => row.type.replace('sipdomain.', ''))
}

/** Resolves when DNS was asked for all whose time had come: a task that only took them up has not looked yet. */
async function runDue(): Promise<void> {
  const now = new Date(platform.time.nowMs())
  const { sql } = platform.plane.context.database
  const due = (await sql.selectFrom('sip_domain').select('id').where('next_check_at', '<=', now).execute()).map(({ id }) => id)
  await platform.plane.context.dueWork.runNow()
  const checked = () =>
    sql
      .selectFrom('sip_domain')
      .select('id')
      .where('id', 'in', ['', ...due])
      .where('checked_at', '>=', now)
      .execute()
  await expect.poll(async () => (await checked()).length).toBe(due.length)
}

describe('/domains', () => {
  it('S3-75 S3-76 S3-77: the example is created pending, with the record that proves it', async () => {
    const body = { domain: 'Voice.NewCompany.example.com', organization_id: `org_${mine.partitionId}`, type: 'primary', ssl_enabled: true, settings: { default_transport: 'tls', nat_keepalive: true } } // prettier-ignore
    const created = await put(body)
    expect([created.status, created.body['message']]).toEqual([201, 'Domain created successfully. Please add DNS verification record.'])
    expect(dataOf(created)).toMatchObject({ ...body, domain: 'voice.newcompany.example.com', status: 'pending', settings: body.settings })
    expect([dataOf(created)['id'], dataOf(created)['dns_verification_record']]).toEqual([expect.stringMatching(/^dom_/), expect.stringMatching(/^voiceplatform-verify=[\w-]{32}$/)]) // prettier-ignore
  })

  it('S3-69 S3-70: pages of 50, by organisation and status', async () => {
    const account = await newAccount()
    for (let index = 0; index < 3; index++) await claim(account)
    const list = async (query: string) => dataOf(await platform.call('GET', `/domains?organization_id=org_${account}${query}`, undefined, mine.token))
    const first = await list('')
    expect(first['pagination']).toEqual({ page: 1, per_page: 50, total: 3, total_pages: 1 })
    expect(Object.keys((first['domains'] as Data[])[0] ?? {})).toEqual(['id', 'domain', 'organization_id', 'status', 'type', 'ssl_enabled', 'created_at'])
    const second = await list('&page=2&per_page=2')
    expect([(second['domains'] as Data[]).length, second['pagination']]).toEqual([1, { page: 2, per_page: 2, total: 3, total_pages: 2 }])
    expect((await list('&status=active'))['pagination']).toMatchObject({ total: 0 })
  })

  it.each([
    ['S3-78 no domain name', { domain: 'not a domain' }, 400, 'InvalidDomain'],
    ['S3-78 an address', { domain: '192.0.2.7' }, 400, 'InvalidDomain'],
    ['S3-78 one label', { domain: 'localhost' }, 400, 'InvalidDomain'],
    ['S3-76 no domain', { domain: undefined }, 400, 'DomainRequired'],
    ['S3-76 no organisation', { organization_id: undefined }, 400, 'OrganizationIdRequired'],
    ['S3-78 an organisation there is not', { organization_id: 'org_nobody' }, 422, 'InvalidOrganizationId'],
    ['S3-76 a type there is not', { type: 'secondary' }, 400, 'InvalidType'],
    ['S3-78 the name of the platform', { domain: 'Dialtone.Local.' }, 400, 'InvalidDomain'],
    ['S3-78 the name of the platform', { domain: 'Dialtone.Local' }, 409, 'DuplicateDomain'],
    ['S3-78 one that exists', { domain: 'TAKEN.example.com' }, 409, 'DuplicateDomain'],
  ])('%s', async (_what, body, status, code) => {
    await put({ domain: 'taken.example.com', organization_id: `org_${mine.partitionId}` })
    const refused = await put({ domain: newName(), organization_id: `org_${mine.partitionId}`, ...body })
    expect([refused.status, errorOf(refused)]).toEqual([status, code])
  })

  it('S3-72 S3-73 S3-79: on request and by its own schedule DNS is asked; verified it is active', async () => {
    const { id, domain } = await claim(mine.partitionId)
    const refused = dataOf(await platform.call('POST', `/domains/${id}/verify`, undefined, mine.token))
    expect(refused).toMatchObject({
      status: 'pending',
      verification: { status: 'failed', last_error: `${domain} has no TXT record; _voiceplatform.${domain} has no TXT record` },
    })
    texts.set(`_voiceplatform.${domain}`, [String(refused['dns_verification_record'])])
    addresses.set(domain, ['192.0.2.1'])
    platform.time.advance(61_000)
    await runDue()
    const shown = await read(id)
    expect(shown).toMatchObject({
      status: 'active',
      verification: { status: 'verified', verified_by: 'dns' },
      dns_records: { a_record: '192.0.2.1', srv_record: `_sip._udp.${domain}`, points_here: true },
      ssl_certificate_expiry: null,
    })
    expect(shown).not.toHaveProperty('dns_verification_record')
    expect(await eventsOf(domain)).toEqual(['created', 'verificationfailed', 'updated', 'verified'])
  })

  it('S3-79: who is asked in vain is not believed, and a name server that does not answer proves nothing', async () => {
    const { id, domain } = await claim(mine.partitionId)
    const active = () => post(id, { status: 'active' })
    expect([(await active()).status, errorOf(await active())]).toEqual([400, 'DomainNotVerified'])
    isDnsDown = true
    const down = await active()
    isDnsDown = false
    expect([errorOf(down), String((down.body['error'] as Data)['message'])]).toEqual(['DomainNotVerified', expect.stringContaining(`${domain} could not be looked up: queryTxt ETIMEOUT`)]) // prettier-ignore
    texts.set(domain, [String((await read(id))['dns_verification_record'])])
    expect(dataOf(await active())['status']).toBe('active')
  })

  it('S3-79 S3-80 S3-81: the example of the update; the operator of the platform answers for a name himself; on and off', async () => {
    const { id } = await claim(mine.partitionId)
    const body = { status: 'active', settings: { default_transport: 'udp', nat_keepalive: false } }
    const updated = await post(id, body, platform.token)
    expect([updated.status, updated.body['message'], dataOf(updated)]).toMatchObject([200, 'Domain updated successfully', { id, ...body, verification: { verified_by: 'operator' } }]) // prettier-ignore
    expect(dataOf(await post(id, { status: 'inactive', ssl_enabled: true }))).toMatchObject({ status: 'inactive', ssl_enabled: true })
    expect(dataOf(await post(id, { status: 'active' }))['status']).toBe('active')
    expect([(await post(id, { status: 'pending' })).status, (await post(id, { settings: { default_transport: 'carrier pigeon' } })).status]).toEqual([400, 400])
    expect(dataOf(await put({ type: 'alias', status: 'inactive' }, id))).toMatchObject({ type: 'alias', status: 'inactive' })
  })

  it('a claim that nobody proves in a week holds the name for nobody', async () => {
    const { id, domain } = await claim(mine.partitionId)
    const other = await newOperator(platform.partitionId, platform.token)
    const grab = () => put({ domain, organization_id: `org_${other.partitionId}` }, 'new', other.token)
    expect((await grab()).status).toBe(409)
    platform.time.advance(7 * 86_400_000 + 61_000)
    await platform.plane.context.dueWork.runNow()
    await expect
      .poll(
        async () =>
          (await platform.plane.context.database.sql.selectFrom('sip_domain').select('next_check_at').where('name', '=', domain).executeTakeFirstOrThrow())
            .next_check_at,
      )
      .toBe(null)
    platform.time.advance(0)
    const session = await platform.logIn(`domains${made}@example.com`, 'Another-horse-2')
    expect((await put({ domain, organization_id: `org_${other.partitionId}` }, 'new', String(session.body['authToken']))).status).toBe(201)
    mine = { ...mine, token: String((await platform.logIn('domains1@example.com', 'Another-horse-2')).body['authToken']) }
    expect((await platform.call('GET', `/domains/${id}`, undefined, mine.token)).status).toBe(404)
  })

  it('S3-83 S3-84: deleted; 409 while devices or trunks use it', async () => {
    const account = await newAccount()
    const { id, domain } = await claim(account)
    await prove(id)
    const line = await platform.call(
      'POST',
      `/v2/partition/${mine.partitionId}/account/${account}/device`,
      { macAddress: '02aa00bb00cc', deviceType: 'IP_PHONE' },
      mine.token,
    )
    const remove = () => platform.call('DELETE', `/domains/${id}`, undefined, mine.token)
    expect([(await remove()).status, errorOf(await remove())]).toEqual([409, 'DomainInUse'])
    await platform.call('DELETE', `/v2/partition/${mine.partitionId}/account/${account}/device/${String(line.body['id'])}`, undefined, mine.token)
    const trunk = await platform.call(
      'PUT',
      '/siptrunk/new',
      { name: 'Names it', organization_id: `org_${mine.partitionId}`, type: 'carrier', host: domain },
      mine.token,
    )
    expect(errorOf(await remove())).toBe('DomainInUse')
    await platform.call('DELETE', `/siptrunk/${String(dataOf(trunk)['id'])}?force=true`, undefined, mine.token)
    const deleted = await remove()
    expect([deleted.status, deleted.body['message'], dataOf(deleted)]).toEqual([
      200,
      'Domain deleted successfully',
      { id, deleted_at: expect.stringMatching(/Z$/) as string },
    ])
    expect((await remove()).status).toBe(404)
  })

  it('switched off it lets its phones go', async () => {
    const { id, domain } = await claim(await newAccount())
    await prove(id)
    const binding = { domain, lineId: 'line-there', contactUri: 'sip:x@192.0.2.7' }
    await platform.plane.context.database.sql.insertInto('registration_binding').values({ line_id: binding.lineId, contact_uri: binding.contactUri, binding: JSON.stringify(binding), expires_at: new Date(platform.time.nowMs() + 60_000) }).execute() // prettier-ignore
    platform.registered.add('line-there')
    expect(errorOf(await platform.call('DELETE', `/domains/${id}`, undefined, mine.token))).toBe('DomainInUse')
    await post(id, { status: 'inactive' })
    expect(platform.registered.has('line-there')).toBe(false)
  })

  it('a phone of the last moment, known to the switch alone, is in the way as any other, and does not stay', async () => {
    const { id, domain } = await claim(await newAccount())
    await prove(id)
    platform.registered.add('line-of-the-last-moment')
    platform.registeredAt.set(domain, ['line-of-the-last-moment'])
    expect(errorOf(await platform.call('DELETE', `/domains/${id}`, undefined, mine.token))).toBe('DomainInUse')
    await post(id, { status: 'inactive' })
    expect(platform.registered.has('line-of-the-last-moment')).toBe(false)
    platform.registered.add('line-of-the-last-moment')
    expect((await platform.call('DELETE', `/domains/${id}`, undefined, mine.token)).status).toBe(200)
    expect(platform.registered.has('line-of-the-last-moment')).toBe(false)
  })

  it('the switch knows it at once: whose it is, whether it serves, its realm for the lines below and for no others', async () => {
    const above = await newOperator(mine.partitionId, mine.token)
    const inside = await newAccount(above)
    const { view } = platform.plane
    const { id, domain } = await claim(mine.partitionId, { settings: { default_transport: 'tcp', nat_keepalive: true, keepalive_interval: 30 } })
    expect(view.domain?.(domain)).toMatchObject({
      isProven: false,
      isServing: false,
      partitionIds: expect.arrayContaining([mine.partitionId, above.partitionId]) as unknown,
    })
    await prove(id)
    expect(view.domain?.(domain)).toMatchObject({ isProven: true, isServing: true, defaultTransport: 'tcp', keepAliveSeconds: 30 })
    const base = `/v2/partition/${above.partitionId}/account/${inside}`
    const device = await platform.call('POST', `${base}/device`, { macAddress: '02aa00bb00cd', deviceType: 'IP_PHONE' }, above.token)
    const line = await platform.call('POST', `${base}/device/${String(device.body['id'])}/line`, { lineNumber: 1 }, above.token)
    const login = await platform.plane.context.database.sql
      .selectFrom('sip_credential')
      .selectAll()
      .where('owner_id', '=', String(line.body['id']))
      .executeTakeFirstOrThrow()
    expect([...(view.credentialsOf(login.sip_username)?.ha1AtDomains?.keys() ?? [])]).toContain(domain)
    const stranger = await claim(await newAccount())
    await prove(stranger.id)
    expect([...(view.credentialsOf(login.sip_username)?.ha1AtDomains?.keys() ?? [])]).not.toContain(stranger.domain)
    await post(id, { status: 'inactive' })
    expect([...(view.credentialsOf(login.sip_username)?.ha1AtDomains?.keys() ?? [])]).not.toContain(domain)
  })
})
