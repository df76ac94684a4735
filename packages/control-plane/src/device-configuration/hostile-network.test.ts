import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DeviceDesk, openDeviceDesk } from './test/device-desk.ts'

let desk: DeviceDesk
beforeAll(async () => {
  desk = await openDeviceDesk()
})
afterAll(() => desk.platform.stop())

const basic = (mac: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${mac}:${password}`).toString('base64')}` })

describe('what a stranger on the network can do', () => {
  it('guessing from all addresses of one IPv6 network is guessing from one', async () => {
    const statuses = []
    for (let index = 1; index <= 25; index++) {
      const mac = (0x00155d100000 + index).toString(16).padStart(12, '0')
      const guess = { from: `2001:db8:7:1::${index.toString(16)}`, headers: basic(mac, crypto.randomUUID()) }
      statuses.push((await desk.fetchFile(`/provision/${mac}.cfg`, guess)).statusCode)
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), ...Array.from({ length: 5 }, () => 429)])
    expect((await desk.fetchFile('/provision/00155d200000.cfg', { from: '2001:db8:7:2::1' })).statusCode).toBe(401)
  })

  it('a forgotten phone that goes on with an address of before keeps nobody else of its office out; one that guesses addresses does', async () => {
    const [device, forgotten] = [await desk.newDevice('VVX450'), await desk.newDevice('VVX450')]
    const { body } = await desk.platform.call('POST', `${desk.base}/device/${device.mac}/configuration/credentials`)
    await desk.platform.call('POST', `${desk.base}/device/${forgotten.mac}/configuration/token`)
    const status = async (path: string, headers = {}) => (await desk.fetchFile(path, { from: '192.0.2.60', headers })).statusCode
    const served = () => status(`/provision/${device.mac}-lines.cfg`, basic(device.mac, String(body['password'])))
    for (let turn = 0; turn < 25; turn++) expect(await status(`${forgotten.path}${forgotten.mac}.cfg`)).toBe(404)
    expect(await served()).toBe(200)
    const guessed = forgotten.path.replace(/.{8}\/$/, 'AAAAAAAA/')
    for (let turn = 0; turn < 20; turn++) expect(await status(`${guessed}${forgotten.mac}.cfg`)).toBe(404)
    expect([await status(`${guessed}${forgotten.mac}.cfg`), await served()]).toEqual([429, 429])
    desk.platform.time.advance(61_000)
  })

  it('a window that the first address took is open to no other of its network', async () => {
    const device = await desk.newDevice('GXP2170')
    await desk.platform.call('PUT', `${desk.base}/device/${device.mac}/configuration/window`, { minutes: 5 })
    const status = async (from: string) => (await desk.fetchFile(`/provision/cfg${device.mac}.xml`, { from })).statusCode
    expect([await status('2001:db8::1'), await status('2001:db8::2'), await status('2001:db8::1')]).toEqual([200, 401, 200])
  })
})

describe('a file for whoever cannot prove anything, as over TFTP', () => {
  const read = async (path: string, ipAddress = '192.0.2.77') =>
    (await desk.platform.plane.readOpenFile({ path, ipAddress, origin: 'http://203.0.113.5:8080' }))?.toString('utf8')

  it('is that of a model, which says where to go on over HTTP', async () => {
    for (const path of ['spa504g.cfg', '/spa504G.cfg', '\\provision\\init.cfg']) expect(await read(path)).toContain('http://203.0.113.5:8080/provision/$MA.xml')
    for (const path of ['', '/', '../../etc/passwd', 'nothing.exe']) expect([path, await read(path)]).toEqual([path, undefined])
  })

  it('is that of a device while its one-time window is open, and never by its token or its address alone', async () => {
    const device = await desk.newDevice('SPA504G')
    const name = `${device.mac}.xml`
    expect([await read(name), await read(`${device.path}${name}`), await read(`${device.mac.slice(0, -2)}ff.xml`)]).toEqual([undefined, undefined, undefined])
    expect((await desk.requests(device.mac))[0]).toMatchObject({ verdict: 'CredentialsMissing', userAgent: 'TFTP' })
    await desk.platform.call('PUT', `${desk.base}/device/${device.mac}/configuration/window`, { minutes: 5 })
    const file = await read(name)
    expect(file).toContain(`<Password_1_>${device.password}</Password_1_>`)
    expect(file).toContain(`http://203.0.113.5:8080${device.path}$MA.xml`)
    expect(await read(name, '192.0.2.78')).toBeUndefined()
    expect((await desk.diagnosis(device.mac))['verdict']).toBe('Served')
  })
})

describe('why is this phone not provisioned', () => {
  it('a phone that was served and is refused now is told of; strangers who ask for it are not', async () => {
    const device = await desk.newDevice('YEALINKT54W')
    const url = (path: string) => `${path}${device.mac}.cfg`
    const verdict = async () => (await desk.diagnosis(device.mac))['verdict']
    await desk.fetchFile(url(device.path))
    expect(await verdict()).toBe('Served')
    await desk.fetchFile(url('/provision/'), { from: '198.51.100.66' })
    expect(await verdict()).toBe('Served')
    await desk.fetchFile(`${device.path}ringtone-of-nobody.wav`)
    expect(await verdict()).toBe('Served')
    await desk.platform.call('POST', `${desk.base}/device/${device.mac}/configuration/token`)
    await desk.fetchFile(url(device.path))
    expect(await verdict()).toBe('TokenInvalid')
    // It fell back to the address without a token, from where it always comes.
    await desk.fetchFile(url('/provision/'))
    expect(await verdict()).toBe('CredentialsMissing')
    const renewed = new URL(String((await desk.configuration(device.mac))['provisioningUrl'])).pathname
    await desk.fetchFile(url(renewed))
    expect(await verdict()).toBe('Served')
  })

  it('a challenge before every file is no refusal once the phone has answered it', async () => {
    const device = await desk.newDevice('VVX450')
    const { body } = await desk.platform.call('POST', `${desk.base}/device/${device.mac}/configuration/credentials`)
    const headers = basic(device.mac, String(body['password']))
    for (const name of [`${device.mac}-lines.cfg`, `${device.mac}-license.cfg`]) {
      await desk.fetchFile(`/provision/${name}`)
      await desk.fetchFile(`/provision/${name}`, { headers })
    }
    expect((await desk.diagnosis(device.mac))['verdict']).toBe('Served')
  })
})

describe('C-52 who may not see SIP credentials', () => {
  it('sees none, and nothing that opens them, in a preview, a diff, the requests, or the answer to a change', async () => {
    const device = await desk.newDevice('SPA504G')
    const item = `${desk.base}/device/${device.mac}`
    await desk.platform.call('POST', `${item}/metadata/resetencryptionkey`)
    await desk.platform.call('POST', `${item}/metadata/generateadminpassword`)
    const adminPassword = String((await desk.platform.call('GET', `${item}/metadata`)).body['adminPassword'])
    expect(adminPassword).toHaveLength(16)
    const made = await desk.platform.call('POST', `/v2/partition/${desk.platform.partitionId}/devicetemplate`, { name: 'Sealed', settings: { encryption: 'required', transport: 'tls' } }) // prettier-ignore
    const diff = `${item}/configuration/diff?templateId=${String(made.body['id'])}`
    const open = JSON.stringify((await desk.platform.call('GET', diff)).body)
    expect(open).toContain('--key')
    const key = /--key ([0-9a-f]{64})/.exec(open)?.[1] ?? ''
    await desk.fetchFile(`${device.path}${device.mac}.xml`)
    const token = await desk.logInWith('Changes devices', { type: 'EU_Device', accessType: 'EDIT' })
    const asked = [
      ['GET', `${item}/configuration`], ['GET', `${item}/configuration/preview`], ['GET', diff], ['GET', `${item}/configuration/requests`], ['GET', `${item}/metadata`],
      ['GET', `/devices/dev_${device.id}?include=lines,settings,status`], ['PUT', `/devices/dev_${device.id}`, { name: 'Lobby' }], ['POST', `/devices/dev_${device.id}`, { name: 'Hall' }],
      ['PUT', `${item}/configuration`, { settings: {} }],
    ] as const // prettier-ignore
    for (const [method, path, body] of asked) {
      const answer = await desk.platform.call(method, path, body, token)
      expect([method, path, answer.status]).toEqual([method, path, 200])
      for (const secret of [device.password, device.path.split('/')[2] ?? '', adminPassword, key])
        expect([method, path, secret.length > 0 && JSON.stringify([answer.body, answer.list]).includes(secret)]).toEqual([method, path, false])
    }
  })
})
