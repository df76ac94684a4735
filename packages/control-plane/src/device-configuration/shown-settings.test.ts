import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DeviceDesk, openDeviceDesk } from './test/device-desk.ts'
import { shownSettings, unmaskedSettings } from './shown-settings.ts'

let desk: DeviceDesk
let readerToken: string
let partition: string

const PARAMETERS = { 'static.security.user_password': 'admin:Tr0mbone', P2: 'Tr0mbone', 'phone_setting.backlight_time': '30' }

beforeAll(async () => {
  desk = await openDeviceDesk()
  partition = `/v2/partition/${desk.platform.partitionId}`
  const made = await desk.platform.call('POST', `${partition}/apikey`, { name: 'reader', permissions: { EU_Device: 'READ' } })
  readerToken = String(made.body['key'])
})
afterAll(() => desk.platform.stop())

const read = (path: string, token = desk.platform.token) =>
  desk.platform.plane.http
    .inject({ method: 'GET', url: path, headers: { 'x-auth-token': token } })
    .then(({ statusCode, body }) => ({ status: statusCode, body }))

describe('secrets in free settings of a device are written and not read (C-52)', () => {
  it('by nobody who may not see SIP credentials, whatever their names; nor by anybody, where the name says it', async () => {
    const device = await desk.newDevice('YEALINKT54W')
    const item = `${desk.base}/device/${device.mac}/configuration`
    const set = await desk.platform.call('PUT', item, { settings: { language: 'fr', parameters: PARAMETERS, wifi: { psk: 'Tr0mbone' } } })
    expect([set.status, set.body['settings']]).toEqual([
      200,
      { language: 'fr', parameters: { ...PARAMETERS, 'static.security.user_password': '********' }, wifi: { psk: '********' } },
    ])
    for (const path of [item, `${item}/preview`, `${item}/diff`, `/devices/dev_${device.id}?include=lines,settings,status`]) {
      const answer = await read(path, readerToken)
      expect([path, answer.status, answer.body.includes('Tr0mbone')]).toEqual([path, 200, false])
    }
    expect((await read(item, readerToken)).body).toContain('"language":"fr"')
    // The phone itself gets all of it.
    expect((await desk.fetchFile(`${device.path}${device.mac}.cfg`)).body).toContain('static.security.user_password = admin:Tr0mbone')
    for (const path of [`${partition}/audit`, `${desk.base}/accounthistorysearch`]) {
      const { body } = await read(path)
      expect([body.includes('backlight_time'), body.includes('Tr0mbone')]).toEqual([true, false])
    }
  })

  it('what was read can be written back: a mask stands for what is there, and for nothing else', async () => {
    const device = await desk.newDevice('YEALINKT54W')
    const item = `${desk.base}/device/${device.mac}/configuration`
    await desk.platform.call('PUT', item, { settings: { parameters: PARAMETERS } })
    const { settings } = JSON.parse((await read(item, readerToken)).body) as { settings: Record<string, unknown> }
    await desk.platform.call('PUT', item, { settings: { ...settings, language: 'es' } })
    expect((await desk.fetchFile(`${device.path}${device.mac}.cfg`)).body).toContain('P2 = Tr0mbone')
    const unknown = await desk.platform.call('PUT', item, { settings: { parameters: { other_password: '********' } } })
    expect(unknown).toMatchObject({ status: 400, body: { errorCode: 'InvalidSettings', details: [{ field: 'settings.parameters.other_password' }] } })
  })

  it('templates keep to it too', async () => {
    const made = await desk.platform.call('POST', `${partition}/devicetemplate`, { name: 'With a secret', settings: { parameters: PARAMETERS } })
    const item = `${partition}/devicetemplate/${String(made.body['id'])}`
    expect(JSON.stringify(made.body)).not.toContain('admin:Tr0mbone')
    expect((await read(item, readerToken)).body).not.toContain('Tr0mbone')
    const [{ settings }] = (JSON.parse((await read(item, readerToken)).body) as { versions: [{ settings: object }] }).versions
    expect((await desk.platform.call('POST', `${item}/version`, { settings })).status).toBe(201)
    expect((await read(item)).body.match(/"P2":"Tr0mbone"/g)).toHaveLength(2)
  })
})

describe('shownSettings', () => {
  it.each([
    ['admin_pass', 'x'],
    ['User_Password_1_', 'x'],
    ['network.802_1x.md5_key', 'x'],
    ['sipSecret', 'x'],
    ['voicemail.pin', '1234'],
    ['privateKey', 'x'],
    ['firmware', 'https://user:pw@example.com/x.rom'],
  ])('%s is a secret', (name, value) => {
    expect(shownSettings({ [name]: value }, true)).toEqual({ [name]: '********' })
  })

  it.each(['timezone', 'language', 'pinger', 'ntpServer', 'ringtone'])('%s is none', (name) => {
    expect(shownSettings({ [name]: 'x' }, false)).toEqual({ [name]: 'x' })
  })

  it('comes back as it was', () => {
    const stored = { a: [{ secret: 1 }], parameters: { P2: 'x' }, empty: { password: '' } }
    expect(unmaskedSettings(shownSettings(stored, false), stored)).toEqual({ ok: true, value: stored })
  })
})
