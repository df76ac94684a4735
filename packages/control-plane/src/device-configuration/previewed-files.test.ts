import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DeviceDesk, openDeviceDesk } from './test/device-desk.ts'

let desk: DeviceDesk
beforeAll(async () => {
  desk = await openDeviceDesk()
})
afterAll(() => desk.platform.stop())

interface Previewed {
  readonly files: readonly { readonly name: string; readonly content: string }[]
}

const TYPES = ['YEALINKT54W', 'VVX450', 'SPIP650', 'SPA504G', 'SPA112', 'ATA192', 'HT802', 'GXP2170', 'OBi302', 'SNOM320', 'FANVILX5U', 'SANGOMAS505', 'VEGA50_4FXS', 'CCSoftphone'] // prettier-ignore

describe('what is shown of a device before it asks', () => {
  it.each(TYPES)('is what a %s is given then, file by file and character by character', async (type) => {
    const device = await desk.newDevice(type)
    const settings = { timezone: 'America/Los_Angeles', language: 'fr-CA', srtp: 'optional', resync_seconds: 7200, ringtone: 'Ring2.wav' }
    await desk.platform.call('PUT', `${desk.base}/device/${device.mac}/configuration`, { settings })
    const preview = (await desk.platform.call('GET', `${desk.base}/device/${device.mac}/configuration/preview`)).body as unknown as Previewed
    expect(preview.files.length).toBeGreaterThan(0)
    for (const { name, content } of preview.files) {
      const served = await desk.fetchFile(`${device.path}${name}`)
      expect([name, served.statusCode, served.body]).toEqual([name, 200, content])
    }
  })

  it('is what its make takes, where its type is any and it has said what it is; a stranger says nothing of it', async () => {
    const { platform, base } = desk
    const device = await desk.newDevice('GENERIC_SIP')
    const preview = async () => (await platform.call('GET', `${base}/device/${device.mac}/configuration/preview`)).body as unknown as Previewed
    expect((await preview()).files.map(({ name }) => name)).toEqual([`${device.mac}.cfg`, `${device.mac}.json`])
    const userAgent = `Yealink SIP-T54W 96.86.0.70 ${device.mac}`
    const served = await desk.fetchFile(`${device.path}${device.mac}.cfg`, { userAgent })
    expect(served.body).toContain('account.1.user_name')
    await desk.fetchFile(`/provision/${device.mac}.cfg`, { userAgent: 'snom320-SIP 8.7.5.35' })
    expect((await preview()).files).toContainEqual({ name: `${device.mac}.cfg`, purpose: 'device', content: served.body })
    expect((await desk.configuration(device.mac))['vendor']).toBe('YEALINK')
  })

  it('with a template of a partition above, as far as it was rolled out, too', async () => {
    const { platform } = desk
    const above = `/v2/partition/${platform.partitionId}`
    const template = await platform.call('POST', `${above}/devicetemplate`, { name: 'From above', settings: { parameters: { 'features.dnd.enable': '0' } } })
    const templateId = String(template.body['id'])
    const below = `/v2/partition/${String((await platform.call('POST', `${above}/partition`, { name: 'Below' })).body['id'])}`
    const account = `${below}/account/${String((await platform.call('POST', `${below}/account`, { accountNumber: 'BELOW', accountName: 'Below' })).body['id'])}`
    const mac = desk.newMac()
    expect((await platform.call('POST', `${account}/device`, { macAddress: mac, deviceTypeId: 'YEALINKT54W', deviceName: 'Below' })).status).toBe(201)
    const diff = () => platform.call('GET', `${account}/device/${mac}/configuration/diff?templateId=${templateId}`)
    // What nobody has yet is its author's.
    expect((await diff()).status).toBe(404)
    await platform.call('PUT', `${above}/devicetemplate/${templateId}/version/1/rollout`, { percent: 10 })
    expect((await diff()).body).toEqual({ files: [{ name: `${mac}.cfg`, differences: ['+features.dnd.enable = 0'] }] })
    await platform.call('PUT', `${account}/device/${mac}/configuration`, { templateId })
    await platform.call('PUT', `${above}/devicetemplate/${templateId}/version/1/rollout`, { percent: 100 })
    const served = await desk.fetchFile(`${new URL(String((await platform.call('GET', `${account}/device/${mac}/configuration`)).body['provisioningUrl'])).pathname}${mac}.cfg`) // prettier-ignore
    expect(served.body).toContain('features.dnd.enable = 0')
    // Devices below have it, so that it stays.
    expect((await platform.call('DELETE', `${above}/devicetemplate/${templateId}`)).body).toMatchObject({ messages: ['DeviceTemplateInUse'] })
  })
})
