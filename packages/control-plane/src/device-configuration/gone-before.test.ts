import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DeviceDesk, openDeviceDesk } from './test/device-desk.ts'

let desk: DeviceDesk
beforeAll(async () => {
  desk = await openDeviceDesk()
})
afterAll(() => desk.platform.stop())

const templates = () => `/v2/partition/${desk.platform.partitionId}/devicetemplate`

async function newTemplate(): Promise<string> {
  const made = await desk.platform.call('POST', templates(), { name: `Template ${crypto.randomUUID()}`, settings: { language: 'fr' } })
  expect(made.status).toBe(201)
  return String(made.body['id'])
}

describe('what a device was told for the make it is not any more', () => {
  it.each([
    ['YEALINKT54W', 'VVX450', { language: 'fr' }],
    ['YEALINKT54W', 'YEALINKT57W', { language: 'fr', parameters: { P64: '********' }, firmware_url: 'http://firmware.example.com/yealink.rom' }],
  ])('from a %s to a %s', async (before, after, left) => {
    const device = await desk.newDevice(before)
    const settings = { language: 'fr', parameters: { P64: '12' }, firmware_url: 'http://firmware.example.com/yealink.rom' }
    expect((await desk.platform.call('PUT', `${desk.base}/device/${device.mac}/configuration`, { settings })).status).toBe(200)
    const mac = desk.newMac()
    const swap = { macAddress: mac, deviceTypeId: after, deviceName: 'Another' }
    expect((await desk.platform.call('POST', `${desk.base}/deviceline/${device.username}/swap`, swap)).status).toBe(200)
    const kept = (await desk.configuration(mac))['settings']
    expect(Object.keys(kept as object)).toEqual(Object.keys(left))
  })
})

describe('a template', () => {
  it('that is gone since keeps nobody from bringing back a device whose settings were kept', async () => {
    const { platform } = desk
    const [mac, templateId] = [desk.newMac(), await newTemplate()]
    const organization = { mac_address: mac, organization_id: desk.base.split('/').at(-1), model: 'yealink_t46u' }
    const device = await platform.call('PUT', '/devices/phone', { ...organization, template_id: templateId, settings: { language: 'es' } })
    expect(device.status).toBe(201)
    const { id } = device.body['data'] as { readonly id: string }
    expect((await platform.call('DELETE', `/devices/${id}?keep_config=true`)).status).toBe(200)
    expect((await platform.call('DELETE', `${templates()}/${templateId}`)).status).toBe(204)
    const again = await platform.call('PUT', '/devices/phone', organization)
    expect([again.status, again.body['data']]).toMatchObject([201, { template_id: null }])
    const shown = await desk.configuration(mac)
    expect(shown['settings']).toEqual({ language: 'es' })
  })

  it('is not deleted while a device gets it', async () => {
    const { platform } = desk
    const device = await desk.newDevice('YEALINKT54W')
    for (let attempt = 0; attempt < 10; attempt++) {
      const templateId = await newTemplate()
      const [given, deleted] = await Promise.all([
        platform.call('PUT', `${desk.base}/device/${device.mac}/configuration`, { templateId }),
        platform.call('DELETE', `${templates()}/${templateId}`),
      ])
      expect([[200, 409], [200, 400], [400, 204]]).toContainEqual([given.status, deleted.status]) // prettier-ignore
    }
  })
})
