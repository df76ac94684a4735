import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let base: string
let accountId: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  const account = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: 'rooms', accountName: 'Rooms' })
  accountId = String(account.body['id'])
  base = `/v2/partition/${platform.partitionId}/account/${accountId}`
})
afterAll(() => platform.stop())

describe('conference rooms', () => {
  it('have an extension that nobody else has, a PIN of digits and a limit, and are what calls are routed by', async () => {
    const made = await platform.call('POST', `${base}/conference-room`, { name: 'Monday', extension: '4500', pin: '1234' })
    expect(made).toMatchObject({ status: 201, body: { extension: '4500', pin: '1234', maxParties: 10, entryTone: true } })
    const room = platform.plane.view.snapshotOf(accountId)?.services.conferenceRooms.get(String(made.body['id']))
    expect(room).toEqual({ id: made.body['id'], name: 'Monday', pin: '1234', maxParties: 10, hasTones: true, music: [] })
    expect(platform.plane.view.snapshotOf(accountId)?.services.targetByExtension.get('4500')).toEqual({
      referenceType: 'CONFERENCE_ROOM',
      referenceId: made.body['id'],
    })
    expect((await platform.call('POST', `${base}/conference-room`, { name: 'Other', extension: '4500' })).body['errorCode']).toBe('ExtensionAlreadyInUse')
    expect((await platform.call('POST', `${base}/conference-room`, { name: 'Odd', pin: '12ab' })).body['errorCode']).toBe('InvalidPin')
    expect((await platform.call('POST', `${base}/conference-room`, { name: 'Hall', maxParties: 33 })).body['errorCode']).toBe('InvalidMaxParties')
  })

  it('a PIN is in no history', async () => {
    await platform.call('POST', `${base}/conference-room`, { name: 'Secret', pin: '73918246' })
    const history = await platform.call('GET', `${base}/accounthistorysearch`)
    expect(JSON.stringify(history.body)).toMatch(/Secret/)
    expect(JSON.stringify(history.body)).not.toContain('73918246')
    expect(JSON.stringify((await platform.call('GET', `/v2/partition/${platform.partitionId}/audit`)).body)).not.toContain('73918246')
  })

  it('a PIN is taken away by PATCH, and calls know at once', async () => {
    const { body } = await platform.call('POST', `${base}/conference-room`, { name: 'Open', pin: '9999', maxParties: 3, entryTone: false })
    const id = String(body['id'])
    expect((await platform.call('PATCH', `${base}/conference-room/${id}`, { pin: null })).body).not.toHaveProperty('pin')
    expect(platform.plane.view.snapshotOf(accountId)?.services.conferenceRooms.get(id)).toMatchObject({ pin: undefined, maxParties: 3, hasTones: false })
  })
})
