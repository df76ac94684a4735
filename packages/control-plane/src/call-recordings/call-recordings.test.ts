import { newUuid } from '@dialtone/foundation'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keepRecording } from './index.ts'

let platform: TestControlPlane
let accountId: string
let otherId: string
let base: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())
beforeEach(async () => {
  accountId = await newAccount()
  otherId = await newAccount()
  base = pathOf(accountId)
})

const pathOf = (id: string) => `/v2/partition/${platform.partitionId}/account/${id}`
async function newAccount(): Promise<string> {
  const made = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: `REC-${++sequence}`, accountName: 'Recorded' })
  return String(made.body['id'])
}
async function* pieces(): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from('RIFF of two'))
}
async function record(changes: object = {}, recordingId = newUuid()): Promise<string> {
  const facts = {
    ...{ recordingId, sessionId: newUuid(), partitionId: platform.partitionId, accountId, callRecordId: newUuid(), durationMs: 2_500 },
    ...{ startedAtMs: platform.time.nowMs(), callingNumber: '4000', calledNumber: '18015550100', ...changes },
  }
  await keepRecording(platform.plane.context, facts, pieces())
  return recordingId
}
const policyOf = () => platform.plane.view.snapshotOf(accountId)?.services.recording

describe('whose calls are recorded', () => {
  it('nobody’s, until an account says so; the switch knows at once', async () => {
    expect((await platform.call('GET', `${base}/call-recording-settings`)).body).toEqual({
      ...{ mode: 'OFF', userIds: [], announce: true, retentionDays: 30, rules: [], keys: false, beep: false },
    })
    expect(policyOf()).toBeUndefined()
    expect((await platform.call('PUT', `${base}/call-recording-settings`, { mode: 'ALL', announce: false, retentionDays: 90 })).status).toBe(200)
    expect(policyOf()).toEqual({ userIds: undefined, announces: false })
    const user = await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'R', extension: '4000' })
    await platform.call('PUT', `${base}/call-recording-settings`, { mode: 'SELECTED', userIds: [user.body['id']] })
    expect(policyOf()).toEqual({ userIds: [user.body['id']], announces: true })
    await platform.call('PUT', `${base}/call-recording-settings`, { mode: 'OFF' })
    expect(policyOf()).toBeUndefined()
  })

  it('by rules for users, lines, groups, queues and numbers of the account, and by keys; the switch knows them by id', async () => {
    const user = await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'R', extension: '4000' })
    const put = (rules: readonly object[]) => platform.call('PUT', `${base}/call-recording-settings`, { mode: 'ALL', rules, keys: true, beep: true })
    const id = String(user.body['id'])
    expect((await put([{ type: 'END_USER', id, record: 'NEVER' }])).body['rules']).toEqual([{ type: 'END_USER', id, record: 'NEVER' }])
    expect(policyOf()).toEqual({ userIds: undefined, announces: true, rules: new Map([[id, 'NEVER']]), takesKeys: true, beeps: true })
    expect((await put([{ type: 'CALL_QUEUE', id, record: 'ALWAYS' }])).body['errorCode']).toBe('EntityNotFound')
    expect((await put([{ type: 'END_USER', id, record: 'SOMETIMES' }])).status).toBe(400)
  })

  it('not those of other people’s users, nor for longer than ten years', async () => {
    const stranger = await platform.call('POST', `${pathOf(otherId)}/user`, { firstName: 'Bob', lastName: 'O', extension: '4000' })
    const put = (body: object) => platform.call('PUT', `${base}/call-recording-settings`, body)
    expect((await put({ mode: 'SELECTED', userIds: [stranger.body['id']] })).body['errorCode']).toBe('EntityNotFound')
    expect((await put({ mode: 'ALL', retentionDays: 4000 })).status).toBe(400)
    expect((await put({ mode: 'SOMETIMES' })).status).toBe(400)
    expect(policyOf()).toBeUndefined()
  })
})

describe('a recording', () => {
  it('is listed, of one call record too, heard, and deleted with its sound', async () => {
    const callRecordId = newUuid()
    const id = await record({ callRecordId })
    await record()
    expect((await platform.call('GET', `${base}/call-recording`)).list).toHaveLength(2)
    expect((await platform.call('GET', `${base}/call-recording?callRecordId=${callRecordId}`)).list).toMatchObject([
      { id, callRecordId, callingNumber: '4000', calledNumber: '18015550100', durationSeconds: 2.5, sizeInBytes: 11 },
    ])
    const heard = await platform.plane.http.inject({ method: 'GET', url: `${base}/call-recording/${id}/content`, headers: { 'x-auth-token': platform.token } })
    expect([heard.headers['content-type'], heard.body]).toEqual(['audio/wav', 'RIFF of two'])
    expect((await platform.call('DELETE', `${base}/call-recording/${id}`)).status).toBe(204)
    expect((await platform.call('GET', `${base}/call-recording/${id}`)).status).toBe(404)
    expect(await platform.plane.context.files.open(`recording/${id}`)).toBeUndefined()
    // The switch was not sure that it had been kept: what was deleted does not come back.
    await record({ callRecordId }, id)
    expect((await platform.call('GET', `${base}/call-recording?callRecordId=${callRecordId}`)).list).toEqual([])
    await expect.poll(() => platform.plane.context.files.open(`recording/${id}`)).toBeUndefined()
  })

  it('is the account’s own: next door it does not exist', async () => {
    const id = await record()
    for (const path of [`/${id}`, `/${id}/content`]) expect((await platform.call('GET', `${pathOf(otherId)}/call-recording${path}`)).status).toBe(404)
    expect((await platform.call('DELETE', `${pathOf(otherId)}/call-recording/${id}`)).status).toBe(404)
    expect((await platform.call('GET', `${pathOf(otherId)}/call-recording`)).list).toEqual([])
    expect((await platform.call('GET', `${base}/call-recording/${id}`)).status).toBe(200)
  })

  it('is kept once, however often the switch brings it, and as long as the account wants', async () => {
    await platform.call('PUT', `${base}/call-recording-settings`, { mode: 'ALL', retentionDays: 7 })
    const recordingId = newUuid()
    const facts = { recordingId, sessionId: 's', partitionId: platform.partitionId, accountId, callRecordId: 'c', durationMs: 1, startedAtMs: platform.time.nowMs(), callingNumber: '', calledNumber: '' } // prettier-ignore
    for (let turn = 0; turn < 2; turn++) expect((await keepRecording(platform.plane.context, facts, pieces())).ok).toBe(true)
    expect((await platform.call('GET', `${base}/call-recording`)).list).toHaveLength(1)
    platform.time.advance(6 * 86_400_000)
    await platform.plane.context.dueWork.runNow()
    const { sql } = platform.plane.context.database
    const left = () => sql.selectFrom('call_recording').select('id').where('account_id', '=', accountId).execute()
    expect(await left()).toHaveLength(1)
    platform.time.advance(86_400_000)
    await expect.poll(async () => (await platform.plane.context.dueWork.runNow(), await left())).toEqual([])
    // The file goes after the row, in the background.
    await expect.poll(() => platform.plane.context.files.open(`recording/${recordingId}`)).toBeUndefined()
  })
})
