import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

const get = (path: string) => platform.call('GET', `/v2/ref/${path}`)
const inject = (url: string) => platform.plane.http.inject({ method: 'GET', url, headers: { 'x-auth-token': platform.token } })

describe('the lists everybody needs', () => {
  it('device types, all, one, and those a partition offers', async () => {
    const all = (await get('devicetype')).list
    expect(all.map((type) => type['id'])).toEqual(expect.arrayContaining(['SPA122', 'VVX450', 'SIP_50_Port_ATA', 'SIP_50_Port_MTA']))
    expect((await get('devicetype/spa122')).body).toMatchObject({ id: 'SPA122', numLines: expect.any(Number), ringTypeAlertInfo: expect.any(Array) })
    expect((await get('devicetype/ABACUS')).body).toMatchObject({ status: 404, data: { type: 'DeviceType', id: 'ABACUS' } })
    expect((await get(`devicetype?partitionid=${platform.partitionId}`)).list).toHaveLength(all.length)
    await platform.plane.context.database.sql
      .updateTable('partition')
      .set({ settings: JSON.stringify({ allowedDeviceTypes: ['SPA122'] }) })
      .where('id', '=', platform.partitionId)
      .execute()
    expect((await get(`devicetype?partitionid=${platform.partitionId}`)).list.map((type) => type['id'])).toEqual(['SPA122'])
    expect((await get('devicetype?partitionid=somebody')).status).toBe(403)
  })

  it('side cars, languages, star codes, time zones, parts of a building, permissions', async () => {
    expect((await get('sidecartype/VVXEXP')).body['numPages']).toBe(3)
    expect((await get('sidecartype')).list.length).toBeGreaterThan(3)
    expect((await get('sidecartype/NONE')).status).toBe(404)
    expect((await get('language')).list.map((language) => language['id'])).toEqual(['en-US', 'fr-CA', 'es-MX'])
    expect((await get('dialplan/actiontypes')).body['actiontypes']).not.toContain('TranslateAndReapplyDialPlan')
    expect((await get('dialplan/actiontypes?includeRestricted=true')).body['actiontypes']).toHaveLength(48)
    expect((await get('timezones')).body['timezones']).toHaveLength(15)
    expect((await get('secondary-location-types')).body['secondaryLocationTypes']).toHaveLength(24)
    expect((await get('permissions')).list).toHaveLength(47)
    expect((await get('permissions?usertype=EndUser')).list.find((row) => row['type'] === 'Account')).toEqual({ type: 'Account', maxAccessType: 'NONE' })
    expect((await get('permissions?usertype=Ghost')).body['errorCode']).toBe('InvalidUsertype')
  })

  it('the route plan’s form is CSV', async () => {
    const answer = await inject('/v2/ref/routeplan-definition-template')
    expect(answer.headers['content-type']).toContain('text/csv')
    expect(answer.body.split('\r\n')[0]).toBe('Prefix,Description,Carrier1,Carrier2,Carrier3')
  })

  it('the hold music accounts begin with can be listened to', async () => {
    const [first] = (await get('system-default-media/HoldMusic')).list
    expect(first).toMatchObject({ storageId: '5967df89-c80e-4e94-b73f-f6f29202de1e', title: 'Arpeggio' })
    const sound = await inject(String(first?.['url']))
    expect([sound.headers['content-type'], sound.rawPayload.subarray(0, 4).toString(), sound.rawPayload.length]).toEqual([
      'audio/wav',
      'RIFF',
      44 + 3 * 8000 * 2,
    ])
    expect(sound.rawPayload.readInt16LE(44 + 1000)).not.toBe(0)
    expect((await get('system-default-media/Opera')).body['errorCode']).toBe('InvalidType')
    expect((await inject('/v2/ref/system-default-media/HoldMusic/none/content')).statusCode).toBe(404)
  })
})
