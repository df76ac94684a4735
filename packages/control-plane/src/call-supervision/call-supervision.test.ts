import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let platform: TestControlPlane
let base: string
let accountId: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  const account = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: 'listen', accountName: 'Listen' })
  accountId = String(account.body['id'])
  base = `/v2/partition/${platform.partitionId}/account/${accountId}`
})
afterAll(() => platform.stop())

const setting = () => platform.plane.view.snapshotOf(accountId)?.services.supervision

describe('the setting that lets supervisors listen', () => {
  it('is off, is switched on and off, and calls know at once', async () => {
    expect((await platform.call('GET', `${base}/call-supervision`)).body).toEqual({ enabled: false, modes: ['LISTEN', 'WHISPER', 'BARGE'], notice: 'PROMPT' })
    expect(setting()).toBeUndefined()
    const on = { enabled: true, modes: ['LISTEN'], notice: 'TONE' }
    expect(await platform.call('PUT', `${base}/call-supervision`, on)).toMatchObject({ status: 200, body: on })
    expect(setting()).toEqual({ modes: ['LISTEN'], notice: 'TONE' })
    await platform.call('PUT', `${base}/call-supervision`, { enabled: false })
    expect(setting()).toBeUndefined()
    expect((await platform.call('GET', `${base}/call-supervision`)).body).toMatchObject({ enabled: false, notice: 'PROMPT' })
  })

  it('knows no way without a notice', async () => {
    expect((await platform.call('PUT', `${base}/call-supervision`, { enabled: true, notice: 'NONE' })).body['errorCode']).toBe('InvalidNotice')
    expect((await platform.call('PUT', `${base}/call-supervision`, { enabled: true, modes: [] })).body['errorCode']).toBe('InvalidModes')
  })

  it('who is no call of the account cannot be listened to', async () => {
    const answer = await platform.call('POST', `${base}/calls/nothing/supervise`, { supervisor: '4000' })
    expect(answer).toMatchObject({ status: 404, body: { data: { type: 'Call' } } })
  })
})
