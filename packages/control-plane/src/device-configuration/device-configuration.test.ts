import { createHash } from 'node:crypto'
import { elementsOf, readXml } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DeviceDesk, openDeviceDesk } from './test/device-desk.ts'
import { aes128, openSsl } from './test/open-encrypted.ts'

let desk: DeviceDesk
let platform: DeviceDesk['platform']
let base: string
let userId: string

beforeAll(async () => {
  desk = await openDeviceDesk()
  ;({ platform, base, userId } = desk)
})
afterAll(() => platform.stop())

const newDevice: DeviceDesk['newDevice'] = (...given) => desk.newDevice(...given)
const configuration: DeviceDesk['configuration'] = (mac) => desk.configuration(mac)
const requests: DeviceDesk['requests'] = (mac) => desk.requests(mac)
const fetchFile: DeviceDesk['fetchFile'] = (...given) => desk.fetchFile(...given)

/** The order in which phones ask, as it was recorded (device-provisioning field notes 5.1), with what each is to be answered. */
const ORDERS: readonly {
  readonly type: string
  readonly userAgent: (mac: string) => string
  readonly asks: readonly (readonly [method: 'GET' | 'HEAD' | 'PUT', name: string, status: number])[]
  /** The file with the lines, and where in it the user name and the password stand. */
  readonly lines: readonly [file: string, username: (text: string) => string | undefined, password: (text: string) => string | undefined]
}[] = [
  {
    type: 'YEALINKT54W',
    userAgent: (mac) => `Yealink SIP-T54W 96.86.0.70 ${mac}`,
    asks: [['GET', '{mac}.boot', 200], ['GET', 'y000000000000.boot', 404], ['GET', 'y000000000096.cfg', 200], ['GET', '{mac}.cfg', 200], ['PUT', '{mac}-local.cfg', 204]],
    lines: ['{mac}.cfg', setting('account.1.user_name = '), setting('account.1.password = ')],
  },
  {
    type: 'VVX450',
    userAgent: () => 'FileTransport PolycomVVX-VVX_450-UA/6.4.0.12345 Type/Application',
    asks: [
      ['GET', '{mac}.cfg', 200], ['GET', '{mac}-lines.cfg', 200], ['GET', '{mac}-settings.cfg', 200], ['GET', '{mac}-phone.cfg', 404], ['GET', '{mac}-web.cfg', 404],
      ['GET', '{mac}-license.cfg', 404], ['GET', '{mac}-directory.xml', 200], ['GET', '000000000000-directory.xml', 200], ['PUT', '{mac}-app.log', 204], ['PUT', '{mac}-boot.log', 204],
    ],
    lines: ['{mac}-lines.cfg', attribute('reg.1.auth.userId'), attribute('reg.1.auth.password')],
  },
  {
    type: 'SPIP650',
    userAgent: () => 'FileTransport PolycomSoundPointIP-SPIP_650-UA/4.0.14.1580',
    asks: [['GET', '{mac}.cfg', 200], ['GET', '000000000000.cfg', 200], ['GET', '{mac}-lines.cfg', 200], ['GET', '{mac}-directory.xml', 200]],
    lines: ['{mac}-lines.cfg', attribute('reg.1.auth.userId'), attribute('reg.1.auth.password')],
  },
  {
    type: 'SPA504G',
    userAgent: (mac) => `Cisco/SPA504G-7.4.4 (${mac.toUpperCase()})(CCQ123456AB)`,
    asks: [['GET', 'spa504G.cfg', 200], ['GET', 'init.cfg', 200], ['GET', '{mac}.xml', 200]],
    lines: ['{mac}.xml', element('User_ID_1_'), element('Password_1_')],
  },
  {
    type: 'SPA112',
    userAgent: () => 'Cisco/SPA112-1.4.1(002) (CCQ123456AB)',
    asks: [['GET', 'spa112.cfg', 200], ['GET', '{mac}.xml', 200]],
    lines: ['{mac}.xml', element('User_ID_1_'), element('Password_1_')],
  },
  {
    type: 'ATA192',
    userAgent: () => 'Cisco/ATA192-11.2.4',
    asks: [['GET', 'ATA{MAC}.cnf.xml', 200]],
    lines: ['ATA{MAC}.cnf.xml', element('User_ID_1_'), element('Password_1_')],
  },
  {
    type: 'HT802',
    userAgent: (mac) => `Grandstream Model HW HT802 V1.0A SW 1.0.17.5 DevId ${mac}`,
    asks: [['GET', 'cfg{mac}', 404], ['GET', 'cfg{mac}.xml', 200], ['GET', 'cfght802.xml', 404], ['GET', 'cfg.xml', 200]],
    lines: ['cfg{mac}.xml', element('P35'), element('P34')],
  },
  {
    type: 'GXP2170',
    userAgent: (mac) => `Grandstream Model HW GXP2170 SW 1.0.11.64 DevId ${mac}`,
    asks: [['GET', 'cfg{mac}', 404], ['GET', 'cfg{mac}.xml', 200], ['GET', 'cfggxp2170.xml', 404], ['GET', 'cfg.xml', 200], ['GET', 'phonebook.xml', 200]],
    lines: ['cfg{mac}.xml', element('P35'), element('P34')],
  },
  {
    type: 'OBi302',
    userAgent: () => 'OBIHAI/OBi302-3.2.2.8680',
    asks: [['GET', 'OBi302.xml', 200], ['GET', '{MAC}.xml', 200]],
    lines: ['{MAC}.xml', parameter('AuthUserName'), parameter('AuthPassword')],
  },
  {
    type: 'SNOM320',
    userAgent: () => 'Mozilla/4.0 (compatible; snom320-SIP 8.7.5.35 1.1.3-s)',
    asks: [['GET', 'snom320.htm', 200], ['GET', 'snom320-{MAC}.htm', 200], ['GET', '{MAC}.xml', 200]],
    lines: ['snom320-{MAC}.htm', element('user_name'), element('user_pass')],
  },
  {
    type: 'FANVILX5U',
    userAgent: (mac) => `Fanvil X5U 2.12.1.3 ${mac}`,
    asks: [['GET', 'f0V0X5Uhw1.100.cfg', 200], ['GET', '{mac}.cfg', 200]],
    lines: ['{mac}.cfg', setting('SIP1 Register User      :'), setting('SIP1 Register Pswd      :')],
  },
  {
    type: 'SANGOMAS505',
    userAgent: (mac) => `Sangoma S505 V3.0.4.58 ${mac}`,
    asks: [['GET', 'f0A20hw1.100.cfg', 200], ['GET', '{mac}.cfg', 200], ['GET', 'cfg{mac}.xml', 200]],
    lines: ['cfg{mac}.xml', element('P35'), element('P34')],
  },
  {
    type: 'VEGA50_4FXS',
    userAgent: () => 'Vega50/R122S013',
    asks: [['GET', '{mac}script.txt', 200], ['GET', 'defaultscript.txt', 404]],
    lines: ['{mac}script.txt', setting('set .sip.auth.user.1.username='), setting('set .sip.auth.user.1.password=')],
  },
  {
    type: 'CCSoftphone',
    userAgent: () => 'some softphone',
    asks: [['GET', '{mac}.cfg', 200], ['GET', '{mac}.json', 200]],
    lines: ['{mac}.json', (text) => json(text).username, (text) => json(text).password],
  },
] // prettier-ignore

function setting(name: string) {
  return (text: string) =>
    text
      .split(/\r?\n/)
      .findLast((line) => line.startsWith(name))
      ?.slice(name.length)
      .replaceAll('"', '')
}
function attribute(name: string) {
  return (text: string) =>
    elementsOf(readXml(text))
      .find((each) => each.attributes.has(name))
      ?.attributes.get(name)
}
function element(name: string) {
  return (text: string) => elementsOf(readXml(text)).find((each) => each.name === name)?.text
}
function parameter(name: string) {
  return (text: string) => elementsOf(readXml(text)).find((each) => each.name === 'P' && each.children[0]?.text === name)?.children[1]?.text
}
function json(text: string) {
  return (JSON.parse(text) as { lines: { username: string; password: string }[] }).lines[0] ?? { username: '', password: '' }
}
const named = (name: string, mac: string): string => name.replace('{mac}', mac).replace('{MAC}', mac.toUpperCase())

describe('phones of every vendor, in the order they were recorded to ask', () => {
  it.each(ORDERS)('S0-101 S3-47 $type is given its lines, and is provisioned then', async ({ type, userAgent, asks, lines }) => {
    const device = await newDevice(type)
    expect(await configuration(device.mac)).toMatchObject({ provisioningStatus: 'pending' })
    const answered = []
    for (const [method, name] of asks) {
      const answer = await fetchFile(`${device.path}${named(name, device.mac)}`, { method, userAgent: userAgent(device.mac) })
      answered.push([method, name, answer.statusCode])
      if (answer.headers['content-type'] === 'application/xml; charset=utf-8') readXml(answer.body)
    }
    expect(answered).toEqual(asks)
    const [name, usernameIn, passwordIn] = lines
    const { body } = await fetchFile(`${device.path}${named(name, device.mac)}`, { userAgent: userAgent(device.mac) })
    expect([usernameIn(body), passwordIn(body)]).toEqual([device.username, device.password])
    expect(await configuration(device.mac)).toMatchObject({ provisioningStatus: 'provisioned' })
    expect((await requests(device.mac)).map((each) => each['verdict'])).not.toContain('UnknownFile')
  })
})

describe('who may have a file', () => {
  it('S0-107 on its MAC address alone nobody gets anything, and known and unknown addresses are answered alike', async () => {
    const device = await newDevice('YEALINKT54W')
    const unknown = '00155d000001'
    const answers = await Promise.all([device.mac, unknown].map((mac) => fetchFile(`/provision/${mac}.cfg`)))
    const shape = answers.map(({ statusCode, body, headers }) => [
      statusCode,
      body,
      Object.keys(headers).toSorted(),
      String(headers['www-authenticate']).replaceAll(/nonce="[^"]+"/g, 'nonce'),
    ])
    expect(shape[0]).toEqual(shape[1])
    expect(answers[0]?.statusCode).toBe(401)
    expect((await requests(device.mac))[0]).toMatchObject({ verdict: 'CredentialsMissing', httpStatus: 401, fileName: `${device.mac}.cfg` })
    const diagnosis = await platform.call('GET', `/v2/partition/${platform.partitionId}/deviceconfiguration/${unknown}`)
    expect(diagnosis.body).toMatchObject({ verdict: 'UnknownDevice', requests: [{ fileName: `${unknown}.cfg`, ipAddress: '203.0.113.7' }] })
  })

  it('a model file without credentials says only where the own files are', async () => {
    const answer = await fetchFile('/provision/spa504G.cfg')
    expect([answer.statusCode, element('Profile_Rule')(answer.body)]).toEqual([200, 'http://localhost:80/provision/$MA.xml'])
  })

  it('Basic and Digest: with the password of the device, and no other; a nonce that is old is asked for again', async () => {
    const device = await newDevice('VVX450')
    const login = (await platform.call('POST', `${base}/device/${device.mac}/configuration/credentials`)).body as { username: string; password: string }
    const url = `/provision/${device.mac}-lines.cfg`
    const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`${login.username}:${password}`).toString('base64')}` })
    expect((await fetchFile(url, { headers: basic(login.password) })).body).toContain(device.password)
    expect((await fetchFile(url, { headers: basic('wrong') })).statusCode).toBe(401)
    const challenge = String([(await fetchFile(url)).headers['www-authenticate']].flat()[0])
    const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? ''
    const md5 = (text: string) => createHash('md5').update(text).digest('hex')
    const answer = (password: string) => {
      const response = md5(`${md5(`${login.username}:Device configuration:${password}`)}:${nonce}:00000001:c0ffee:auth:${md5(`GET:${url}`)}`)
      return {
        authorization: `Digest username="${login.username}", realm="Device configuration", nonce="${nonce}", uri="${url}", qop=auth, nc=00000001, cnonce="c0ffee", response="${response}", algorithm=MD5`,
      }
    }
    expect((await fetchFile(url, { headers: answer(login.password) })).body).toContain(device.password)
    expect((await fetchFile(url, { headers: answer('wrong') })).statusCode).toBe(401)
    // RFC 7616 3.4.6: overheard for one file, it opens no other.
    expect((await fetchFile(`/provision/${device.mac}-settings.cfg`, { headers: answer(login.password) })).statusCode).toBe(401)
    platform.time.advance(301_000)
    const stale = await fetchFile(url, { headers: answer(login.password) })
    expect([stale.statusCode, String(stale.headers['www-authenticate'])]).toEqual([401, expect.stringContaining('stale=true')])
    expect((await requests(device.mac)).map((each) => [each['verdict'], each['authentication']])).toEqual(
      expect.arrayContaining([['Served', 'basic'], ['Served', 'digest'], ['CredentialsWrong', undefined]]),
    ) // prettier-ignore
    // The login of one device opens no other.
    const other = await newDevice('VVX450')
    expect((await fetchFile(`/provision/${other.mac}-lines.cfg`, { headers: basic(login.password) })).statusCode).toBe(401)
  })

  it('a window lets the first address in, for a while, and nobody else', async () => {
    const device = await newDevice('GXP2170')
    const url = `/provision/cfg${device.mac}.xml`
    const open = (window: object) => platform.call('PUT', `${base}/device/${device.mac}/configuration/window`, window)
    expect((await open({ minutes: 60, cidr: '198.51.100.0/24' })).status).toBe(200)
    const status = async (from: string) => (await fetchFile(url, { from })).statusCode
    expect([await status('203.0.113.9'), await status('198.51.100.5'), await status('198.51.100.6'), await status('198.51.100.5')]).toEqual([
      401, 200, 401, 200,
    ])
    platform.time.advance(601_000)
    expect(await status('198.51.100.5')).toBe(401)
    expect((await requests(device.mac)).map((each) => each['verdict'])).toEqual(['WindowClosed', 'Served', 'WindowTaken', 'Served', 'WindowElsewhere'])
    expect((await open({ minutes: 0 })).body).toMatchObject({ messages: ['InvalidMinutes'] })
  })

  it('a token is good for its own device, until a new one is made', async () => {
    const [device, other] = [await newDevice('SNOM320'), await newDevice('SNOM320')]
    expect((await fetchFile(`${device.path}${other.mac}.xml`)).statusCode).toBe(404)
    expect((await requests(device.mac))[0]).toMatchObject({ verdict: 'MacMismatch' })
    const forged = device.path.replace(/.\/$/, (end) => (end.startsWith('A') ? 'B/' : 'A/'))
    expect((await fetchFile(`${forged}${device.mac}.xml`)).statusCode).toBe(404)
    await platform.call('POST', `${base}/device/${device.mac}/configuration/token`)
    expect((await fetchFile(`${device.path}${device.mac}.xml`)).statusCode).toBe(404)
    expect((await requests(device.mac))[0]).toMatchObject({ verdict: 'TokenInvalid' })
  })

  it('a device that takes the place of another gets its lines and keys, and the other one gets nothing any more', async () => {
    const device = await newDevice('YEALINKT54W')
    const login = (await platform.call('POST', `${base}/device/${device.mac}/configuration/credentials`)).body as { username: string; password: string }
    const key = await platform.call('POST', `${base}/deviceline`, { userId, deviceName: 'Home', deviceTypeId: 'YEALINKT54W', macAddress: device.mac, lineNumber: 2, lineType: 'SpeedDialTn', referenceId: '18015550199', emergencyNumber: '' }) // prettier-ignore
    expect(key.status).toBe(201)
    const mac = desk.newMac()
    const swapped = await platform.call('POST', `${base}/deviceline/${device.username}/swap`, {
      macAddress: mac,
      deviceTypeId: 'YEALINKT57W',
      deviceName: 'New phone',
    })
    expect(swapped.status).toBe(200)
    for (const name of [`${device.mac}.cfg`, `${mac}.cfg`, 'y000000000096.cfg'])
      expect([name, (await fetchFile(`${device.path}${name}`)).statusCode]).toEqual([name, 404])
    const basic = { authorization: `Basic ${Buffer.from(`${mac}:${login.password}`).toString('base64')}` }
    expect((await fetchFile(`/provision/${mac}.cfg`, { headers: basic })).statusCode).toBe(401)
    const shown = await configuration(mac)
    expect(shown).toMatchObject({ provisioningStatus: 'pending', hasPassword: false })
    const { body } = await fetchFile(`${new URL(String(shown['provisioningUrl'])).pathname}${mac}.cfg`)
    expect([setting('account.1.user_name = ')(body), setting('linekey.2.value = ')(body)]).toEqual([device.username, '18015550199'])
    expect(setting('account.1.password = ')(body)).not.toBe(device.password)
  })

  it('guessing ends at 429, for known and unknown devices; who has the token is served all the same', async () => {
    const device = await newDevice('YEALINKT54W')
    const guess = (mac: string, from: string) =>
      fetchFile(`/provision/${mac}.cfg`, { from, headers: { authorization: `Basic ${Buffer.from(`${mac}:${crypto.randomUUID()}`).toString('base64')}` } })
    const statuses = async (mac: string, from: (index: number) => string) => {
      const seen = []
      for (let index = 0; index < 25; index++) seen.push((await guess(mac, from(index))).statusCode)
      return seen
    }
    const expected = [...Array.from({ length: 20 }, () => 401), ...Array.from({ length: 5 }, () => 429)]
    expect(await statuses(device.mac, () => '192.0.2.50')).toEqual(expected)
    // Also from many addresses at once, and for a device that does not exist.
    platform.time.advance(61_000)
    expect(await statuses(device.mac, (index) => `192.0.2.${100 + index}`)).toEqual(expected)
    expect(await statuses('00155d000002', (index) => `198.18.0.${index}`)).toEqual(expected)
    expect((await fetchFile(`${device.path}${device.mac}.cfg`, { from: '192.0.2.50' })).statusCode).toBe(200)
  })

  it('S0-103 an INACTIVE device gets nothing, and it is said why', async () => {
    const device = await newDevice('VVX450')
    await platform.call('PUT', `${base}/device/${device.mac}`, { status: 'INACTIVE' })
    expect((await fetchFile(`${device.path}${device.mac}.cfg`)).statusCode).toBe(404)
    const diagnosis = await platform.call('GET', `/v2/partition/${platform.partitionId}/deviceconfiguration/${device.mac}`)
    expect(diagnosis.body).toMatchObject({ verdict: 'DeviceInactive' })
  })

  it('S0-106 a device without lines is told of, and one that never asked', async () => {
    const device = await newDevice('VVX450', { lines: 0 })
    const diagnosis = async () => (await platform.call('GET', `/v2/partition/${platform.partitionId}/deviceconfiguration/${device.mac}`)).body['verdict']
    expect(await diagnosis()).toBe('NeverAsked')
    await fetchFile(`${device.path}${device.mac}-lines.cfg`)
    expect(await diagnosis()).toBe('ServedWithoutLines')
  })
})

describe('what is in a file, and when it changes', () => {
  it('an entity tag tells a phone that nothing has changed; a change of anything in it does not', async () => {
    const device = await newDevice('YEALINKT54W')
    const url = `${device.path}${device.mac}.cfg`
    const first = await fetchFile(url)
    const tag = String(first.headers['etag'])
    const again = await fetchFile(url, { headers: { 'if-none-match': tag } })
    expect([again.statusCode, again.body, again.headers['etag']]).toEqual([304, '', tag])
    const head = await fetchFile(url, { method: 'HEAD' })
    expect([head.statusCode, head.headers['etag'], head.headers['content-length']]).toEqual([200, tag, first.headers['content-length']])
    await platform.call('PUT', `${base}/device/${device.mac}/configuration`, {
      settings: { srtp: 'required', language: 'fr-CA', timezone: 'America/Los_Angeles' },
    })
    expect(await configuration(device.mac)).toMatchObject({ provisioningStatus: 'needs_update' })
    const changed = await fetchFile(url, { headers: { 'if-none-match': tag } })
    expect(changed.statusCode).toBe(200)
    expect(changed.body).toContain('account.1.srtp_encryption = 2\n')
    expect(changed.body).toContain('lang.gui = French\n')
    expect(changed.body).toContain('local_time.time_zone = -8\n')
    expect(await configuration(device.mac)).toMatchObject({ provisioningStatus: 'provisioned' })
  })

  it('keys: a colleague, a parking spot, a number; names of people stay text whatever characters they have', async () => {
    const device = await newDevice('YEALINKT54W')
    const colleague = await platform.call('POST', `${base}/user`, { firstName: 'Bob', lastName: 'B', extension: '4003' })
    const spot = await platform.call('POST', `${base}/callpark`, { name: 'Spot', spotNumber: '701' })
    const key = (lineNumber: number, lineType: string, referenceId: unknown, lineBreak = '') =>
      platform.call('POST', `${base}/deviceline`, {
        userId,
        deviceName: `Key${lineBreak}\u2028account.9.enable = 1 ${lineNumber}`,
        deviceTypeId: 'YEALINKT54W',
        macAddress: device.mac,
        lineNumber,
        lineType,
        referenceId,
        emergencyNumber: '',
      })
    const statuses = [
      (await key(2, 'PresenceBlfUser', colleague.body['id'])).status,
      (await key(3, 'CallParkingSpot', spot.body['id'])).status,
      (await key(4, 'SpeedDialTn', '18015550199')).status,
    ]
    expect(statuses).toEqual([201, 201, 201])
    expect((await key(5, 'SpeedDialTn', '18015550199', '\r\n')).status).toBe(400)
    const { body } = await fetchFile(`${device.path}${device.mac}.cfg`)
    const read = (name: string) => setting(`${name} = `)(body)
    expect([2, 3, 4].map((place) => [read(`linekey.${place}.type`), read(`linekey.${place}.value`)])).toEqual([['16', '4003'], ['10', '701'], ['13', '18015550199']]) // prettier-ignore
    expect(read('account.9.enable')).toBeUndefined()
    expect(read('account.1.display_name')).toBe('Jane "<Smith>" O\'Neil & Co'.replaceAll('"', ''))
  })

  it.each([
    ['SPA504G', (mac: string) => `${mac}.xml`, openSsl],
    ['GXP2170', (mac: string) => `cfg${mac}.xml`, openSsl],
    ['OBi302', (mac: string) => `${mac}.aes`, aes128],
  ] as const)('a %s too old for TLS gets its file encrypted with its own key, the same bytes each time', async (type, nameOf, open) => {
    const device = await newDevice(type)
    await platform.call('PUT', `${base}/device/${device.mac}/configuration`, { settings: { encryption: 'required' } })
    const url = `${device.path}${nameOf(device.mac)}`
    expect((await fetchFile(url)).statusCode).toBe(404)
    expect((await requests(device.mac))[0]).toMatchObject({ verdict: 'EncryptionKeyMissing' })
    await platform.call('POST', `${base}/device/${device.mac}/metadata/resetencryptionkey`)
    const key = String((await configuration(device.mac))['encryptionKey'])
    const [first, second] = [await fetchFile(url), await fetchFile(url)]
    expect([first.statusCode, first.rawPayload.includes(device.password), first.headers['etag']]).toEqual([200, false, second.headers['etag']])
    expect(open(first.rawPayload, key)).toContain(device.password)
  })

  it('a make whose encryption is closed is not sent in clear over HTTP', async () => {
    const device = await newDevice('VVX450')
    await platform.call('PUT', `${base}/device/${device.mac}/configuration`, { settings: { encryption: 'required' } })
    expect((await fetchFile(`${device.path}${device.mac}-lines.cfg`)).statusCode).toBe(404)
    expect((await requests(device.mac))[0]).toMatchObject({ verdict: 'EncryptionNotSupported' })
  })
})

describe('templates', () => {
  it('a version is looked at, rolled out to an account, to a share, to all, and taken back', async () => {
    const templates = `/v2/partition/${platform.partitionId}/devicetemplate`
    const made = await platform.call('POST', templates, { name: 'Offices', settings: { parameters: { 'features.dnd.enable': '0' } } })
    const templateId = String(made.body['id'])
    expect([made.status, (await platform.call('POST', templates, { name: 'offices' })).body['messages']]).toEqual([201, ['DuplicateDeviceTemplateName']])
    const devices = [await newDevice('YEALINKT54W'), await newDevice('YEALINKT54W'), await newDevice('YEALINKT54W'), await newDevice('YEALINKT54W')]
    for (const { mac } of devices) expect((await platform.call('PUT', `${base}/device/${mac}/configuration`, { templateId })).status).toBe(200)
    const having = async () =>
      (await Promise.all(devices.map(async ({ path, mac }) => (await fetchFile(`${path}${mac}.cfg`)).body.includes('features.dnd.enable = 0')))).filter(Boolean)
        .length
    expect(await having()).toBe(0)
    const [first] = devices
    const diff = await platform.call('GET', `${base}/device/${first?.mac}/configuration/diff?templateId=${templateId}&version=1`)
    expect(diff.body).toEqual({ files: [{ name: `${first?.mac}.cfg`, differences: ['+features.dnd.enable = 0'] }] })
    const rollout = (body: object) => platform.call('PUT', `${templates}/${templateId}/version/1/rollout`, body)
    for (const [version, status] of [
      [2, 404],
      [2 ** 31, 400],
    ] as const) {
      expect((await platform.call('PUT', `${templates}/${templateId}/version/${version}/rollout`, { percent: 50 })).status).toBe(status)
    }
    await rollout({ percent: 0, accountIds: [base.split('/').at(-1)] })
    expect(await having()).toBe(4)
    await rollout({ percent: 50 })
    const half = await having()
    expect(half).toBeLessThanOrEqual(4)
    await rollout({ percent: 100 })
    expect(await having()).toBe(4)
    expect(await configuration(devices[0]?.mac ?? '')).toMatchObject({ templateId, templateVersion: 1 })
    await platform.call('POST', `${templates}/${templateId}/version`, { settings: { parameters: { 'features.dnd.enable': '1' } } })
    expect(await having()).toBe(4)
    await rollout({ percent: 0 })
    expect(await having()).toBe(0)
    expect((await platform.call('DELETE', `${templates}/${templateId}`)).body).toMatchObject({ messages: ['DeviceTemplateInUse'] })
    expect((await platform.call('PUT', `${base}/device/${devices[0]?.mac}/configuration`, { templateId: 'nothing' })).body).toMatchObject({
      messages: ['InvalidTemplateId'],
    })
  })

  it('C-52 a preview shows secrets to those alone who may see SIP credentials', async () => {
    const device = await newDevice('SPA504G')
    const mine = await platform.call('GET', `${base}/device/${device.mac}/configuration/preview`)
    expect(JSON.stringify(mine.body)).toContain(device.password)
    const token = await desk.logInWith('Looks at devices', { type: 'EU_Device', accessType: 'READ' })
    for (const path of ['configuration/preview', 'configuration']) {
      const seen = await platform.call('GET', `${base}/device/${device.mac}/${path}`, undefined, token)
      expect([path, seen.status]).toEqual([path, 200])
      expect(JSON.stringify(seen.body)).not.toContain(device.password)
      expect(JSON.stringify(seen.body)).not.toContain(device.path.split('/')[2])
    }
    expect((await platform.call('POST', `${base}/device/${device.mac}/configuration/credentials`, undefined, token)).status).toBe(403)
  })
})
