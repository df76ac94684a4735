import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { NameServer } from './name-server.ts'
import { Baresip } from './phones/baresip.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf, valueOf } from './phones/sip-text.ts'
import { CALLEE_HZ, CALLER_HZ, makeTwoParties, TONES_HZ, type TwoParties } from './phones/two-parties.ts'
import { Platform } from './platform.ts'
import { done, type Identified, type SipLogin, Tenant, unique } from './tenant.ts'

interface Domain {
  readonly id: string
  readonly domain: string
  readonly status: string
  readonly dns_verification_record?: string
  readonly ssl_certificate_expiry: string | null
  readonly verification: { readonly status: string; readonly last_error?: string }
  readonly dns_records: { readonly a_record: string; readonly srv_record: string; readonly points_here: boolean }
}
interface Shown<Data> {
  readonly success: boolean
  readonly message?: string
  readonly data: Data
}
interface Page {
  readonly domains: readonly Readonly<Record<string, unknown>>[]
  readonly pagination: Readonly<Record<string, number>>
}

let names: NameServer
let platform: Platform
let owner: Tenant
/** Of a partition below: nobody of the platform's own. */
let tenant: Tenant
let parties: TwoParties
const phones: ScriptedPhone[] = []
const programs: Baresip[] = []

beforeAll(async () => {
  names = await NameServer.open()
  platform = await Platform.start({ environment: { DIALTONE_DNS: names.address, DIALTONE_HTTPS_PORT: '0' } })
  owner = await Tenant.logIn(platform.address)
  tenant = await partitionOf('tenant')
  parties = await makeTwoParties(tenant)
}, 90_000)
afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close()
  for (const program of programs.splice(0)) await program.stop()
})
afterAll(async () => {
  names.close()
  await platform.discard()
})

async function partitionOf(name: string): Promise<Tenant> {
  const manager = { username: `${unique(name)}@example.com`, password: 'Correct-Horse-7-Battery', firstName: name, lastName: 'Operator' }
  done(await owner.http.post<Identified>(`${owner.path}/partition`, { name: unique(name), manager }))
  return Tenant.logIn({ ...platform.address, username: manager.username, password: manager.password })
}

const put = (body: object, id = 'new') => tenant.http.put<Shown<Domain>>(`/domains/${id}`, body)
const post = (id: string, body: object) => tenant.http.post<Shown<Domain>>(`/domains/${id}`, body)
const read = async (id: string) => done(await tenant.http.get<Shown<Domain>>(`/domains/${id}`)).data
const nameOf = (word: string) => `${unique(word)}.example.com`
const statusesOf = async (answers: readonly Promise<{ readonly status: number }>[]) => (await Promise.all(answers)).map(({ status }) => status)

async function claim(of: string, more: object = {}, domain = nameOf('voice')): Promise<Domain> {
  const created = await put({ domain, organization_id: `org_${of}`, ...more })
  expect(created.status, created.text).toBe(201)
  return created.body.data
}

/** With its record at the name server. */
async function prove({ id, domain, dns_verification_record: record = '' }: Domain): Promise<Domain> {
  names.txt(domain, 'v=spf1 -all', record)
  return done(await post(`${id}/verify`, {})).data
}

async function phoneOf(login: SipLogin, domain: string): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.open(tenant.platform, login, { domain, dialsDomain: true })
  phones.push(phone)
  return phone
}

describe('SIP domains of the Telephony Resources API', () => {
  it('S3-75 S3-76 S3-77 S3-72 S3-73 S3-80 S3-81 S3-83: the examples of the seed, from claim to end', async () => {
    const domain = nameOf('newcompany')
    const settings = { default_transport: 'tls', nat_keepalive: true }
    const body = { domain, organization_id: `org_${tenant.partitionId}`, type: 'primary', ssl_enabled: true, settings }
    const created = await put(body)
    expect([created.status, created.body]).toMatchObject([
      201,
      { success: true, message: 'Domain created successfully. Please add DNS verification record.', data: { ...body, status: 'pending' } },
    ])
    const { id, dns_verification_record: record } = created.body.data
    expect([id, record]).toEqual([expect.stringMatching(/^dom_/), expect.stringMatching(/^voiceplatform-verify=\S+$/)])
    expect(await read(id)).toMatchObject({
      ...body,
      id,
      ssl_certificate_expiry: null,
      dns_records: { a_record: platform.address.sipHost, srv_record: `_sip._udp.${domain}` },
      updated_at: expect.stringMatching(/Z$/) as string,
    })
    expect((await put({ type: 'alias' }, id)).body.data).toMatchObject({ id, type: 'alias', settings })
    const changes = { status: 'active', settings: { default_transport: 'udp', nat_keepalive: false } }
    const updated = await owner.http.post<Shown<Domain>>(`/domains/${id}`, changes)
    expect([updated.status, updated.body]).toMatchObject([200, { success: true, message: 'Domain updated successfully', data: { id, domain, ...changes } }])
    const deleted = await tenant.http.delete<Shown<{ deleted_at: string }>>(`/domains/${id}`)
    expect([deleted.status, deleted.body]).toMatchObject([
      200,
      { message: 'Domain deleted successfully', data: { id, deleted_at: expect.stringMatching(/Z$/) as string } },
    ])
  })

  it('S3-69 S3-70: lists by organisation and status, in pages of 50', async () => {
    const account = await tenant.createAccount()
    const domains = [await claim(account.id), await claim(account.id), await claim(account.id)]
    const list = async (query: string) => done(await tenant.http.get<Shown<Page>>(`/domains?organization_id=org_${account.id}${query}`)).data
    const first = await list('')
    expect([first.domains.map(({ id }) => id), first.pagination]).toEqual([domains.map(({ id }) => id), { page: 1, per_page: 50, total: 3, total_pages: 1 }])
    expect(Object.keys(first.domains[0] ?? {})).toEqual(['id', 'domain', 'organization_id', 'status', 'type', 'ssl_enabled', 'created_at'])
    expect((await list('&page=2&per_page=2')).domains.map(({ id }) => id)).toEqual([domains[2]?.id])
    expect([(await list('&status=pending')).pagination['total'], (await list('&status=active')).pagination['total']]).toEqual([3, 0])
  })

  it('S3-71 S3-74 S3-78 S3-82: every refusal the seed lists', async () => {
    const [{ http }, stranger] = [tenant, (await partitionOf('stranger')).http]
    const nobody = http.withToken('no-token')
    const { id, domain } = await claim(tenant.partitionId)
    const org = `org_${tenant.partitionId}`
    expect(await statusesOf([nobody.get('/domains'), stranger.get(`/domains?organization_id=${org}`)])).toEqual([401, 403])
    expect(await statusesOf([http.get('/domains/no%24id'), nobody.get(`/domains/${id}`), stranger.get(`/domains/${id}`), http.get('/domains/dom_none')])).toEqual([400, 401, 403, 404]) // prettier-ignore
    const wanted = { domain: nameOf('wanted'), organization_id: org }
    expect(await statusesOf([http.put('/domains/new', { ...wanted, domain: 'no name' }), nobody.put('/domains/new', wanted), stranger.put('/domains/new', wanted), http.put('/domains/new', { ...wanted, domain }), http.put('/domains/new', { ...wanted, organization_id: 'org_none' })])).toEqual([400, 401, 403, 409, 422]) // prettier-ignore
    const change = { status: 'inactive' }
    expect(await statusesOf([http.post(`/domains/${id}`, { status: 'broken' }), nobody.post(`/domains/${id}`, change), stranger.post(`/domains/${id}`, change), http.post('/domains/dom_none', change)])).toEqual([400, 401, 403, 404]) // prettier-ignore
  })

  it('S3-79 S3-84: proven by DNS it is active, registers the owner’s phones in its own realm and brings their calls; nobody else’s; in use it is kept', async () => {
    const claimed = await claim(parties.account.id)
    const { id, domain } = claimed
    const [caller, callee] = [await phoneOf(parties.caller.login, domain), await phoneOf(parties.callee.login, domain)]
    expect([statusOf(await caller.register()), (await post(id, { status: 'active' })).status, (await read(id)).verification]).toMatchObject([
      403,
      400,
      { status: 'failed', last_error: expect.stringContaining('no TXT record') as string },
    ])
    names.a(domain, platform.address.sipHost)
    expect(await prove(claimed)).toMatchObject({ status: 'active', verification: { status: 'verified' }, dns_records: { points_here: true } })
    expect(names.questions).toContain(`TXT ${domain}`)
    expect([statusOf(await caller.register()), statusOf(await callee.register())]).toEqual([200, 200])
    const call = await caller.call('4001')
    const ringing = await callee.nextCall()
    expect(valueOf(ringing.invite, 'from')).toContain(`@${domain}>`)
    ringing.reject(486)
    expect(await call.finalStatus()).toBe(486)
    const strangers = await makeTwoParties(await partitionOf('other'))
    const stranger = await phoneOf(strangers.caller.login, domain)
    const refused = await stranger.register()
    expect([statusOf(refused), valueOf(refused, 'www-authenticate')]).toEqual([401, expect.stringContaining(`realm="${domain}"`)])
    expect(await (await stranger.call('4001')).finalStatus()).toBe(407)
    const { http } = tenant
    const asked = [http.delete('/domains/no%24id'), http.withToken('no-token').delete(`/domains/${id}`), strangers.tenant.http.delete(`/domains/${id}`)]
    expect(await statusesOf([...asked, http.delete('/domains/dom_none')])).toEqual([400, 401, 403, 404])
    expect((await tenant.http.delete(`/domains/${id}`)).status).toBe(409)
    expect(done(await post(id, { status: 'inactive' })).data.status).toBe('inactive')
    expect([statusOf(await caller.register()), await parties.account.isRegistered(parties.callee.login.lineId)]).toEqual([403, false])
    expect(done(await post(id, { status: 'active' })).data.status).toBe('active')
    expect(statusOf(await caller.register())).toBe(200)
    await caller.unregister()
    await post(id, { status: 'inactive' })
    expect((await tenant.http.delete(`/domains/${id}`)).status).toBe(200)
  })
})

describe.skipIf(isAbsent('baresip'))('SUB_DOMAINS of a partition', () => {
  it('its phones register at a name below a proven one and call there, strangers do not, and it ends with the setting', async () => {
    const { id, domain } = await prove(await claim(tenant.partitionId))
    const below = `east.${domain}`
    const setting = `${tenant.path}/setting/SUB_DOMAINS`
    const callee = await phoneOf(parties.callee.login, below)
    expect(valueOf(await callee.register(), 'www-authenticate')).not.toContain(`realm="${below}"`)
    expect((await tenant.http.put(setting, { value: [`east.${nameOf('theirs')}`] })).status).toBe(400)
    done(await tenant.http.put(setting, { value: [below] }))
    const baresip = await Baresip.start(parties.server, parties.caller.login, { toneHz: CALLER_HZ, domain: below })
    programs.push(baresip)
    await baresip.registered()
    expect(statusOf(await callee.register())).toBe(200)
    await baresip.dial(`sip:${parties.callee.extension}@${below}`)
    const ringing = await callee.nextCall()
    expect(valueOf(ringing.invite, 'from')).toContain(`@${below}>`)
    await ringing.answer(CALLEE_HZ)
    await baresip.saw('CALL_ESTABLISHED')
    await eventually('the caller to be heard', 5_000, () => (ringing.media?.toneHeard(TONES_HZ) === CALLER_HZ ? true : undefined))
    await baresip.hangUp()
    await baresip.saw('CALL_CLOSED')
    const strangers = await makeTwoParties(await partitionOf('stranger'))
    expect(statusOf(await (await phoneOf(strangers.caller.login, below)).register())).toBe(401)
    expect((await tenant.http.delete(setting)).status).toBe(204)
    expect(await parties.account.isRegistered(parties.callee.login.lineId)).toBe(false)
    expect((await post(id, { status: 'inactive' })).status).toBe(200)
  }, 60_000)
})

describe.skipIf(isAbsent('openssl'))('the certificate of a domain', () => {
  it('S3-73: is shown to who asks for the name, on SIP over TLS and HTTPS, is replaced without a restart, and its end is told', async () => {
    const { sipHost, sipTlsPort = 0 } = platform.address
    const { httpsPort = 0 } = JSON.parse(readFileSync(join(platform.dataDirectory, 'first-run.json'), 'utf8')) as { httpsPort?: number }
    const claimed = await claim(tenant.partitionId, { ssl_enabled: true })
    const { id, domain } = await prove(claimed)
    const shown = async () => [await certificateAt(sipHost, sipTlsPort, domain), await certificateAt('127.0.0.1', httpsPort, domain)]
    const own = await shown()
    const [first, second, foreign] = [makePair('first', domain, 365), makePair('second', domain, 20), makePair('foreign', 'else.example.com', 365)]
    const replace = (pair: Pair) => post(id, { ssl_certificate: pair.certificate, ssl_private_key: pair.key })
    const refused = await statusesOf([replace(foreign), replace({ ...first, key: second.key }), replace({ ...first, certificate: 'none' })])
    expect([refused, await shown()]).toEqual([[422, 422, 422], own])
    const stored = await replace(first)
    expect([stored.status, stored.text.includes('PRIVATE KEY'), Date.parse(stored.body.data.ssl_certificate_expiry ?? '')]).toEqual([
      200,
      false,
      first.expiresAtMs,
    ])
    expect(await shown()).toEqual([first.fingerprint, first.fingerprint])
    expect(await certificateAt(sipHost, sipTlsPort, 'else.example.com')).toBe(own[0])
    expect((await replace(second)).status).toBe(200)
    expect(await shown()).toEqual([second.fingerprint, second.fingerprint])
    await eventually('the end of the certificate to be told', 15_000, async () => {
      const { text } = await tenant.http.get(`${tenant.path}/events?limit=1000`)
      return text.includes('sipdomain.certificateexpiring') && text.includes(domain) ? true : undefined
    })
    expect(platform.log).not.toContain('PRIVATE KEY')
  })
})

describe.skipIf(isAbsent('baresip'))('baresip at a domain', () => {
  it('S3-79: registers over TLS at the name and calls a phone there; both hear each other', async () => {
    const { domain } = await prove(await claim(parties.account.id, { settings: { default_transport: 'tls' } }))
    const baresip = await Baresip.start(parties.server, parties.caller.login, { transport: 'tls', toneHz: CALLER_HZ, domain })
    programs.push(baresip)
    await baresip.registered()
    const callee = await phoneOf(parties.callee.login, domain)
    expect(statusOf(await callee.register())).toBe(200)
    await baresip.dial(`sip:${parties.callee.extension}@${domain}`)
    const ringing = await callee.nextCall()
    await ringing.answer(CALLEE_HZ)
    await baresip.saw('CALL_ESTABLISHED')
    await eventually('the caller to be heard', 5_000, () => (ringing.media?.toneHeard(TONES_HZ) === CALLER_HZ ? true : undefined))
    await baresip.hangUp()
    await baresip.saw('CALL_CLOSED')
    expect(await baresip.toneHeard(TONES_HZ)).toBe(CALLEE_HZ)
  })
})

interface Pair {
  readonly certificate: string
  readonly key: string
  readonly fingerprint: string
  readonly expiresAtMs: number
}

function makePair(name: string, domain: string, days: number): Pair {
  const [key, certificate] = [join(platform.dataDirectory, `${name}.key`), join(platform.dataDirectory, `${name}.pem`)]
  const subject = ['-subj', `/CN=${domain}`, '-addext', `subjectAltName=DNS:${domain}`]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', certificate, '-days', String(days), ...subject], { stdio: 'ignore' }) // prettier-ignore
  const told = (option: string) =>
    execFileSync('openssl', ['x509', '-in', certificate, '-noout', option, '-sha256'], { encoding: 'utf8' }).split('=')[1]?.trim() ?? ''
  return {
    certificate: readFileSync(certificate, 'utf8'),
    key: readFileSync(key, 'utf8'),
    fingerprint: told('-fingerprint'),
    expiresAtMs: Date.parse(told('-enddate')),
  }
}

/** The fingerprint of what is shown to a client that asks for the name. */
function certificateAt(host: string, port: number, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, servername, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '')
      socket.destroy()
    })
    socket.on('error', reject)
  })
}
