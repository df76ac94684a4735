import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { Baresip } from './phones/baresip.ts'
import { isAbsent } from './phones/program-present.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { statusOf } from './phones/sip-text.ts'
import { sippAnswers } from './phones/sipp-phone.ts'
import { receive, respond, wait } from './phones/sipp-scenario.ts'
import { Platform, WORK_FOLDER } from './platform.ts'
import { type Account, Tenant, unique, uniqueMac } from './tenant.ts'

interface DeviceData {
  readonly id: string
  readonly mac_address: string
  readonly status: string
  readonly provisioning_status: string
  readonly provisioning_url: string
  readonly [field: string]: unknown
}
interface Envelope {
  readonly success: boolean
  readonly message?: string
  readonly data: DeviceData
  readonly error?: { readonly code: string }
}

const CHANGES_WITHIN_MS = 5000

async function fetchFile(url: string, userAgent: string): Promise<{ readonly status: number; readonly text: string; readonly etag: string }> {
  const answer = await fetch(url, { headers: { 'user-agent': userAgent } })
  return { status: answer.status, text: await answer.text(), etag: answer.headers.get('etag') ?? '' }
}

/** A platform of its own, with what a test does with it. */
class PhoneShop {
  readonly certificates = mkdtempSync(join(WORK_FOLDER, 'phone-ca-'))
  readonly #environment: Readonly<Record<string, string>>
  readonly #phones: ScriptedPhone[] = []
  #parts: { readonly platform: Platform; readonly tenant: Tenant; readonly account: Account } | undefined
  #extension = 2100

  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment
  }

  async open(): Promise<void> {
    const authority = isAbsent('openssl') ? {} : { DIALTONE_HTTPS_PORT: '0', DIALTONE_PHONE_CA: makeAuthority(this.certificates) }
    const platform = await Platform.start({ environment: { ...this.#environment, ...authority, DIALTONE_TFTP_PORT: '0' } })
    const tenant = await Tenant.logIn(platform.address)
    this.#parts = { platform, tenant, account: await tenant.createAccount() }
  }

  get parts() {
    if (this.#parts === undefined) throw new Error('not open')
    return this.#parts
  }

  /** Closed when the test is over. */
  async keep(opening: Promise<ScriptedPhone>): Promise<ScriptedPhone> {
    const phone = await opening
    this.#phones.push(phone)
    return phone
  }

  hangUpAll(): void {
    for (const phone of this.#phones.splice(0)) phone.close()
  }

  /** A Yealink with one line, as an operator would make it. */
  async newDevice() {
    const { tenant, account } = this.parts
    const extension = String(++this.#extension)
    const { userId } = await account.createUser(extension, { firstName: 'Ann "<b>"', lastName: 'Lee & Co' })
    const mac = uniqueMac()
    const created = await tenant.http.put<Envelope>('/devices/phone', {
      mac_address: mac.toUpperCase().replaceAll(/..(?=.)/g, '$&:'),
      organization_id: `org_${account.id}`,
      user_id: `user_${userId}`,
      model: 'yealink_t54w',
      manufacturer: 'Yealink',
      lines: [{ line_number: 1, extension, label: 'Ann', type: 'primary' }],
      settings: { timezone: 'America/New_York', language: 'en', ringtone: 'default' },
    })
    expect([created.status, created.body.error]).toEqual([201, undefined])
    return { mac, extension, ...created.body.data }
  }

  async read(id: string): Promise<DeviceData> {
    return (await this.parts.tenant.http.get<Envelope>(`/devices/${id}?include=status`)).body.data
  }

  async onlinePhone() {
    const device = await this.newDevice()
    const { server, login } = await loginFromFile(device)
    const phone = await this.keep(ScriptedPhone.open(server, login))
    expect(statusOf(await phone.register())).toBe(200)
    return { device, phone }
  }
}

/** What the phone learns from its own file, and nothing the test knows besides. */
async function loginFromFile(device: { readonly mac: string; readonly provisioning_url: string }) {
  const { status, text } = await fetchFile(`${device.provisioning_url}${device.mac}.cfg`, `Yealink SIP-T54W 96.86.0.70 ${device.mac}`)
  expect(status).toBe(200)
  const setting = (name: string) => new RegExp(`^${name.replaceAll('.', String.raw`\.`)} = (.*)$`, 'm').exec(text)?.[1] ?? ''
  const lineId = setting('account.1.user_name')
  const server = { sipHost: setting('account.1.sip_server.1.address'), sipPort: Number(setting('account.1.sip_server.1.port')) }
  return { server, login: { lineId, sipUsername: lineId, sipPassword: setting('account.1.password'), server: server.sipHost, serverPort: server.sipPort } }
}

describe.each([
  ['in a worker thread', {}],
  ['in the thread of the API', { DIALTONE_SWITCH_WORKERS: '0' }],
] as const)('phones, with the switch %s', (_where, environment) => {
  const shop = new PhoneShop(environment)
  beforeAll(() => shop.open())
  afterEach(() => shop.hangUpAll())
  afterAll(() => shop.parts.platform.stop())
  fetchesFiles(shop)
  fetchesWithoutToken(shop)
  takesNotify(shop)
  isRestarted(shop)
  refuses(shop)
})

function fetchesFiles(shop: PhoneShop): void {
  it('S3-44 S3-45 S3-46 S3-47 S3-38 S3-39 S3-41 S3-52 S0-101 S0-107: made by one request, it fetches its files in its order, registers with what they say, and is online', async () => {
    const device = await shop.newDevice()
    expect(device).toMatchObject({ status: 'offline', provisioning_status: 'pending' })
    const userAgent = `Yealink SIP-T54W 96.86.0.70 ${device.mac}`
    const order = [`${device.mac}.boot`, 'y000000000000.boot', 'y000000000096.cfg', `${device.mac}.cfg`]
    const statuses = []
    for (const name of order) statuses.push((await fetchFile(`${device.provisioning_url}${name}`, userAgent)).status)
    expect(statuses).toEqual([200, 404, 200, 200])
    expect(await shop.read(device.id)).toMatchObject({ provisioning_status: 'provisioned', firmware_version: '96.86.0.70' })
    const { server, login } = await loginFromFile(device)
    const phone = await shop.keep(ScriptedPhone.open(server, login))
    expect(statusOf(await phone.register())).toBe(200)
    const online = await eventually('online', CHANGES_WITHIN_MS, async () => {
      const data = await shop.read(device.id)
      return data.status === 'online' ? data : undefined
    })
    expect(online['status_details']).toMatchObject({ registration_state: 'registered', network_quality: null })
    const byMac = await shop.parts.tenant.http.get<Envelope>(`/devices/mac/${device.mac}`)
    expect(byMac.body.data.id).toBe(device.id)
  })

  it('S3-49 S3-50 S3-53 S3-54 S0-104: changed it has to come again, deleted it is gone with its login', async () => {
    const { device, phone } = await shop.onlinePhone()
    const update = await shop.parts.tenant.http.post<Envelope>(`/devices/${device.id}`, { name: 'Lobby', settings: { language: 'fr' } })
    expect([update.status, update.body.message, update.body.data.provisioning_status]).toEqual([200, 'Device updated successfully', 'needs_update'])
    await loginFromFile(device)
    expect((await shop.read(device.id)).provisioning_status).toBe('provisioned')
    const deleted = await shop.parts.tenant.http.delete<Envelope>(`/devices/${device.id}`)
    expect([deleted.status, deleted.body.message]).toEqual([200, 'Device deleted successfully'])
    expect(statusOf(await phone.register())).toBe(401)
    expect((await fetchFile(`${device.provisioning_url}${device.mac}.cfg`, 'phone')).status).toBe(404)
    const again = { mac_address: device.mac, organization_id: `org_${shop.parts.account.id}` }
    expect((await shop.parts.tenant.http.put('/devices/phone', again)).status).toBe(201)
  })

  it('S0-103 S0-107: on the MAC address alone nothing; an INACTIVE device gets nothing; why is said by the API', async () => {
    const device = await shop.newDevice()
    const base = device.provisioning_url.replace(/[^/]+\/$/, '')
    const [known, unknown] = [await fetchFile(`${base}${device.mac}.cfg`, 'phone'), await fetchFile(`${base}${uniqueMac()}.cfg`, 'phone')]
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text])
    expect(known.status).toBe(401)
    const why = async () => (await shop.parts.tenant.http.get<{ verdict: string }>(`${shop.parts.tenant.path}/deviceconfiguration/${device.mac}`)).body.verdict
    expect(await why()).toBe('CredentialsMissing')
    await shop.parts.tenant.http.put(`${shop.parts.account.path}/device/${device.mac}`, { status: 'INACTIVE' })
    expect((await fetchFile(`${device.provisioning_url}${device.mac}.cfg`, 'phone')).status).toBe(404)
    expect(await why()).toBe('DeviceInactive')
  })
}

function fetchesWithoutToken(shop: PhoneShop): void {
  it.skipIf(isAbsent('curl'))(
    'over TFTP with curl: the file of a model, and that of a device while its window is open; not by its MAC address alone, and nothing is written',
    async () => {
      const device = await shop.newDevice()
      const { tftpPort } = JSON.parse(readFileSync(join(shop.parts.platform.dataDirectory, 'first-run.json'), 'utf8')) as { tftpPort: number }
      const curl = (name: string, ...options: string[]) => {
        const { status, stdout } = spawnSync('curl', ['-sS', '--max-time', '5', ...options, `tftp://127.0.0.1:${tftpPort}/${name}`], { encoding: 'utf8' })
        return { status, text: stdout }
      }
      expect(curl('init.cfg').text).toContain('/provision/$MA.xml')
      const NOT_FOUND = 68
      expect(curl(`${device.mac}.cfg`).status).toBe(NOT_FOUND)
      await shop.parts.tenant.http.put(`${shop.parts.account.path}/device/${device.mac}/configuration/window`, { minutes: 5 })
      const over = await fetchFile(`${device.provisioning_url}${device.mac}.cfg`, 'phone')
      const whole = (text: string) => /account\.1\.password = .*/.exec(text)?.[0]
      for (const blockSize of ['8', '512', '1400', '65464']) {
        const { status, text } = curl(`${device.mac}.cfg`, '--tftp-blksize', blockSize)
        expect([blockSize, status, text.length > 1000, whole(text)]).toEqual([blockSize, 0, true, whole(over.text)])
      }
      expect(curl(`${device.mac}.cfg`, '-T', join(shop.parts.platform.dataDirectory, 'first-run.json')).status).not.toBe(0)
    },
  )

  it.skipIf(isAbsent('openssl'))('over HTTPS with the certificate of its maker, and not with that of another phone', async () => {
    const device = await shop.newDevice()
    const { httpsPort } = JSON.parse(readFileSync(join(shop.parts.platform.dataDirectory, 'first-run.json'), 'utf8')) as { httpsPort: number }
    makeCertificate(shop.certificates, device.mac)
    makeCertificate(shop.certificates, 'aabbccddeeff')
    const get = (name: string) => overTls(httpsPort, `/provision/${device.mac}.cfg`, shop.certificates, name)
    expect([(await get(device.mac)).status, (await get('aabbccddeeff')).status, (await get('nobody')).status]).toEqual([200, 401, 401])
    expect((await get(device.mac)).text).toContain('account.1.password = ')
  })
}

function takesNotify(shop: PhoneShop): void {
  it.skipIf(isAbsent('sipp'))(
    'S3-59 S3-60 S3-61: NOTIFY reaches the phone over its own flow, and its answer comes back; silence is 408, nobody 503',
    async () => {
      const device = await shop.newDevice()
      const notify = (body: object) => shop.parts.tenant.http.post<Envelope>(`/devices/sipnotify/${device.id}`, body)
      expect((await notify({ event: 'talk' })).status).toBe(503)
      const { server, login } = await loginFromFile(device)
      const answering = await sippAnswers(server, { login }, [
      receive('NOTIFY', { check: { 'Event:': 'check-sync;reboot=false', 'Content-Type:': 'application/simple-message-summary', body: 'Voice-Message: 2/0' } }),
      respond(202),
    ]) // prettier-ignore
      const seed = { event: 'check-sync', content_type: 'application/simple-message-summary', body: 'Messages-Waiting: yes\r\nVoice-Message: 2/0 (0/0)' }
      const sent = await notify(seed)
      expect([sent.status, sent.body.data]).toMatchObject([200, { device_id: device.id, event: 'check-sync', response_code: 202 }])
      await answering.success()
      const silent = await sippAnswers(server, { login }, [receive('NOTIFY', { check: { 'Event:': 'hold' } }), wait(12_000)], { timeoutSeconds: 30 })
      const unanswered = await notify({ event: 'hold' })
      expect([unanswered.status, unanswered.body.error?.code]).toEqual([408, 'NotifyTimedOut'])
      silent.stop()
    },
  )

  it.skipIf(isAbsent('baresip'))('S3-59 S3-60: a baresip answers a NOTIFY, and what it answers is told', async () => {
    const device = await shop.newDevice()
    const { server, login } = await loginFromFile(device)
    const phone = await Baresip.start(server, login, { toneHz: 440 })
    try {
      await phone.registered()
      const told = await shop.parts.tenant.http.post<Envelope>(`/devices/sipnotify/${device.id}`, { event: 'check-sync' })
      expect([told.status, Number(told.body.data['response_code']) >= 200]).toEqual([200, true])
    } finally {
      await phone.stop()
    }
  })
}

function isRestarted(shop: PhoneShop): void {
  it('S3-56 S3-57 S3-58: a restart goes out at once or at its time; in a call it is 409, with force it is not', async () => {
    const { device, phone } = await shop.onlinePhone()
    const other = await shop.onlinePhone()
    const reboot = (body: object) => shop.parts.tenant.http.put<Envelope>(`/devices/reboot/${device.id}`, body)
    const now = await reboot({})
    expect([now.status, now.body.message, now.body.data]).toMatchObject([
      200,
      'Reboot command sent successfully',
      { device_id: device.id, reboot_scheduled: true, delay_seconds: 0 },
    ])
    const call = await phone.call(other.device.extension)
    const ringing = await other.phone.nextCall()
    await ringing.answer()
    expect(await call.finalStatus()).toBe(200)
    const busy = await reboot({ delay: 60 })
    expect([busy.status, busy.body.error?.code]).toEqual([409, 'DeviceInCall'])
    expect((await reboot({ force: true })).status).toBe(200)
    await call.hangUp()
    const later = await eventually('free again', CHANGES_WITHIN_MS, async () => {
      const answer = await reboot({ delay: 60 })
      return answer.status === 200 ? answer.body.data : undefined
    })
    expect(later).toMatchObject({ delay_seconds: 60, response_code: null })
    await phone.unregister()
    await eventually('offline', CHANGES_WITHIN_MS, async () => ((await shop.read(device.id)).status === 'offline' ? true : undefined))
    expect((await reboot({})).status).toBe(503)
  })
}

function refuses(shop: PhoneShop): void {
  it('S3-40 S3-43 S3-48 S3-51 S3-55 S3-58 S3-61: every refusal the seed lists', async () => {
    const device = await shop.newDevice()
    const { http } = shop.parts.tenant
    const nobody = http.withToken('no-token')
    const manager = { username: unique('stranger') + '@example.com', password: 'Another-horse-2', firstName: 'S', lastName: 'T' }
    expect((await http.post(`${shop.parts.tenant.path}/partition`, { name: unique('Strangers'), manager })).status).toBe(200)
    const login = await http.post<{ authToken: string }>('/v2/authorize', { username: manager.username, password: manager.password })
    const stranger = http.withToken(login.body.authToken)
    const statuses = async (answers: readonly Promise<{ status: number }>[]) => (await Promise.all(answers)).map((answer) => answer.status)
    const wanted = { mac_address: uniqueMac(), organization_id: `org_${shop.parts.account.id}` }
    expect(await statuses([http.get('/devices/no%24id'), nobody.get(`/devices/${device.id}`), http.get('/devices/dev_unknown')])).toEqual([400, 401, 404])
    const { id } = device
    expect(await statuses([stranger.get(`/devices/${id}`), stranger.get(`/devices/mac/${device.mac}`), stranger.post(`/devices/${id}`, {}), stranger.delete(`/devices/${id}`), stranger.put(`/devices/reboot/${id}`, {}), stranger.post(`/devices/sipnotify/${id}`, { event: 'talk' }), stranger.put('/devices/phone', wanted)])).toEqual([403, 404, 403, 403, 403, 403, 403]) // prettier-ignore
    expect(await statuses([http.get('/devices/mac/xyz'), nobody.get(`/devices/mac/${device.mac}`), http.get(`/devices/mac/${uniqueMac()}`)])).toEqual([
      400, 401, 404,
    ])
    expect(await statuses([http.put('/devices/phone', {}), nobody.put('/devices/phone', wanted), http.put('/devices/phone', { ...wanted, mac_address: device.mac }), http.put('/devices/phone', { ...wanted, mac_address: '00:1A' })])).toEqual([400, 401, 409, 422]) // prettier-ignore
    expect(await statuses([http.post(`/devices/${device.id}`, { lines: 7 }), nobody.post(`/devices/${device.id}`, {}), http.post('/devices/dev_unknown', {}), http.post(`/devices/${device.id}`, { user_id: 'user_nobody' })])).toEqual([400, 401, 404, 422]) // prettier-ignore
    expect(await statuses([http.delete('/devices/no%24id'), nobody.delete(`/devices/${device.id}`), http.delete('/devices/dev_unknown')])).toEqual([
      400, 401, 404,
    ])
    expect(
      await statuses([http.put('/devices/reboot/no%24id', {}), nobody.put(`/devices/reboot/${device.id}`, {}), http.put('/devices/reboot/dev_unknown', {})]),
    ).toEqual([400, 401, 404])
    expect(await statuses([http.post(`/devices/sipnotify/${device.id}`, { event: 'dance' }), nobody.post(`/devices/sipnotify/${device.id}`, {}), http.post('/devices/sipnotify/dev_unknown', {})])).toEqual([400, 401, 404]) // prettier-ignore
  })
}

/** @returns the file that says whom we believe */
function makeAuthority(folder: string): string {
  openssl([
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    join(folder, 'ca.key'),
    '-out',
    join(folder, 'ca.pem'),
    '-days',
    '2',
    '-subj',
    '/CN=Phone Maker Root',
  ])
  return join(folder, 'ca.pem')
}

/** As makers put it into their phones: the MAC address is the common name. */
function makeCertificate(folder: string, name: string): void {
  const file = (ending: string): string => join(folder, `${name}.${ending}`)
  openssl(['req', '-newkey', 'rsa:2048', '-nodes', '-keyout', file('key'), '-out', file('csr'), '-subj', `/O=Phone Maker/CN=${name.toUpperCase()}`])
  openssl([
    'x509',
    '-req',
    '-in',
    file('csr'),
    '-CA',
    join(folder, 'ca.pem'),
    '-CAkey',
    join(folder, 'ca.key'),
    '-CAcreateserial',
    '-out',
    file('pem'),
    '-days',
    '2',
  ])
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', [...args], { stdio: 'ignore' })
}

function overTls(port: number, path: string, folder: string, name: string): Promise<{ readonly status: number; readonly text: string }> {
  const identity = name === 'nobody' ? {} : { key: readFileSync(join(folder, `${name}.key`)), cert: readFileSync(join(folder, `${name}.pem`)) }
  return new Promise((resolve, reject) => {
    const request = httpsRequest({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false, ...identity }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    request.on('error', reject).end()
  })
}
