import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import { checkPin, depositMessage } from '../voicemail-boxes/index.ts'

let platform: TestControlPlane
let accountId: string
let base: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())

async function newAccount(): Promise<string> {
  const accounts = `/v2/partition/${platform.partitionId}/account`
  return String((await platform.call('POST', accounts, { accountNumber: `BLV-${++sequence}`, accountName: 'Lobby' })).body['id'])
}
beforeEach(async () => {
  accountId = await newAccount()
  base = `/v2/partition/${platform.partitionId}/account/${accountId}/business-line`
})

const boxes = (rest = '') => `${base}/voicemail-box${rest}`
async function newBox(more: object = {}): Promise<string> {
  const { status, body } = await platform.call('POST', boxes(), { name: 'Lobby', ...more })
  expect(status, JSON.stringify(body)).toBe(200)
  return String(body['id'])
}
async function* sound(): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from('RIFF of a voice'))
}
const voice = { messageType: 'VOICE', fromName: 'Grandma', fromNumber: '18015550199', toNumber: '18015550100', lengthSeconds: 12, lengthPages: undefined, mediaType: 'audio/wav' } as const // prettier-ignore
async function leave(boxId: string): Promise<string> {
  const left = await depositMessage(platform.plane.context, SYSTEM_ACTOR, systemScope(platform.partitionId, accountId), boxId, voice, sound())
  if (!left.ok) throw new Error(left.error.code)
  return left.value.id
}
const problem = (answer: { status: number; body: Record<string, unknown> }) => [answer.status, answer.body['errorCode']]

describe('voicemail boxes of business lines', () => {
  it('are created, read, listed, replaced and deleted in the words of this surface', async () => {
    const made = await platform.call('POST', boxes(), {
      name: 'Lobby',
      forwardMessageToEmailAddresses: ['lobby@example.com'],
      forwardMessageToEmailEnabled: true,
      shouldKeepMessageAfterForward: false,
      locale: 'es-MX',
    })
    expect(made.body).toEqual({
      id: made.body['id'],
      name: 'Lobby',
      partitionId: platform.partitionId,
      accountId,
      forwardMessageToEmailAddresses: ['lobby@example.com'],
      forwardMessageToEmailEnabled: true,
      shouldKeepMessageAfterForward: false,
      locale: 'es-MX',
    })
    const item = boxes(`/${String(made.body['id'])}`)
    expect((await platform.call('GET', item)).body).toEqual(made.body)
    expect((await platform.call('GET', boxes())).list).toEqual([made.body])
    expect((await platform.call('PUT', item, { name: 'Door' })).body).toMatchObject({
      name: 'Door',
      forwardMessageToEmailAddresses: [],
      forwardMessageToEmailEnabled: false,
      locale: 'en-US',
    })
    expect((await platform.call('DELETE', item)).status).toBe(204)
    expect(problem(await platform.call('GET', item))).toEqual([404, 'EntityNotFound'])
  })

  it.each([
    ['no name', { name: undefined }, 'NameRequired'],
    ['another language', { locale: 'de-AT' }, 'InvalidLocale'],
    ['mail to nobody', { forwardMessageToEmailEnabled: true }, 'ForwardMessageToEmailAddressesRequired'],
  ])('%s is refused', async (_what, changes, code) => {
    expect(problem(await platform.call('POST', boxes(), { name: 'Lobby', ...changes }))).toEqual([400, code])
  })

  it('the expanded views name the lines whose calls end in the box, and such a box stays', async () => {
    const id = await newBox()
    const line = await platform.call('POST', base, { name: 'West Lobby' })
    await platform.call('PUT', `${base}/${String(line.body['id'])}/call-handling`, { activeCallHandling: 'RING_LINE', voicemailBoxId: id })
    const assignedTo = [{ id: line.body['id'], display: 'West Lobby' }]
    expect((await platform.call('GET', boxes(`/${id}/views/expanded`))).body).toMatchObject({ id, assignedTo })
    expect((await platform.call('GET', boxes('/views/expanded'))).list).toMatchObject([{ id, assignedTo }])
    expect(problem(await platform.call('DELETE', boxes(`/${id}`)))).toEqual([400, 'VoicemailBoxInUse'])
  })

  it('the boxes of users are not among them, nor those of another account', async () => {
    const normal = await platform.call('POST', base.replace('business-line', 'voicemailbox'), { name: 'Ann' })
    const id = String(normal.body['id'])
    expect((await platform.call('GET', boxes())).list).toEqual([])
    for (const method of ['GET', 'DELETE'] as const) expect((await platform.call(method, boxes(`/${id}`))).status).toBe(404)
    expect((await platform.call('PUT', boxes(`/${id}`), { name: 'x' })).status).toBe(404)
    expect((await platform.call('GET', boxes(`/${id}/message`))).status).toBe(404)
    const mine = await newBox()
    const other = `/v2/partition/${platform.partitionId}/account/${await newAccount()}/business-line/voicemail-box/${mine}`
    expect((await platform.call('GET', other)).status).toBe(404)
    expect((await platform.call('DELETE', other)).status).toBe(404)
    expect((await platform.call('GET', boxes(`/${mine}`))).status).toBe(200)
  })

  it('a PIN that was guessed at too often locks the box until it is reset', async () => {
    const id = await newBox()
    const status = () => platform.call('POST', boxes(`/${id}/rpc/check-pin-status`))
    expect((await status()).body).toEqual({ lockedOut: false })
    const scope = systemScope(platform.partitionId, accountId)
    for (let guess = 0; guess < 5; guess++) await checkPin(platform.plane.context.database.sql, scope, id, '9999')
    expect((await status()).body).toEqual({ lockedOut: true })
    expect((await platform.call('POST', boxes(`/${id}/rpc/reset-pin`))).status).toBe(204)
    expect((await status()).body).toEqual({ lockedOut: false })
  })
})

describe('messages of business lines', () => {
  it('are listed with the time in milliseconds, heard, marked and deleted', async () => {
    const id = await newBox()
    const messageId = await leave(id)
    const item = boxes(`/${id}/message/${messageId}`)
    const expected = {
      storageId: messageId,
      voicemailBoxId: id,
      createdDate: platform.time.nowMs(),
      fromName: 'Grandma',
      fromAddress: '18015550199',
      lengthInSeconds: 12,
      read: false,
      toPhoneNumber: '18015550100',
      storageStatus: 'STORED',
      sizeInBytes: 15,
    }
    expect((await platform.call('GET', boxes(`/${id}/message`))).list).toEqual([expected])
    expect((await platform.call('GET', item)).body).toEqual(expected)
    const heard = await platform.plane.http.inject({ method: 'GET', url: `${item}/media`, headers: { 'x-auth-token': platform.token } })
    expect([heard.statusCode, heard.headers['content-type'], heard.body]).toEqual([200, 'audio/wav', 'RIFF of a voice'])
    expect((await platform.call('POST', `${item}/set-read-status`, { markAsRead: true })).status).toBe(204)
    expect((await platform.call('GET', item)).body['read']).toBe(true)
    expect((await platform.call('POST', `${item}/set-read-status`, { markAsRead: false })).status).toBe(204)
    expect((await platform.call('GET', item)).body['read']).toBe(false)
    expect((await platform.call('DELETE', item)).status).toBe(204)
    expect(problem(await platform.call('GET', item))).toEqual([404, 'EntityNotFound'])
  })

  it('are changed in bulk: all of the list or none, without a list all there are', async () => {
    const id = await newBox()
    const [one, other] = [await leave(id), await leave(id)]
    const bulk = (body: object) => platform.call('PUT', boxes(`/${id}/message/bulk-update`), body)
    const read = async () => (await platform.call('GET', boxes(`/${id}/message`))).list.map((message) => [message['storageId'], message['read']])
    expect(problem(await bulk({ actionType: 'MARK_AS_READ', messageIds: [one, 'nobody'] }))).toEqual([404, 'EntityNotFound'])
    expect((await bulk({ actionType: 'MARK_AS_READ', messageIds: [one] })).status).toBe(204)
    expect(new Map((await read()) as [string, boolean][])).toEqual(new Map([[one, true], [other, false]])) // prettier-ignore
    expect((await bulk({ actionType: 'MARK_AS_UNREAD' })).status).toBe(204)
    expect((await read()).map(([, isRead]) => isRead)).toEqual([false, false])
    expect((await bulk({ actionType: 'DELETE', messageIds: [one] })).status).toBe(204)
    expect(problem(await bulk({ actionType: 'FORGET' }))).toEqual([400, 'InvalidActionType'])
    expect((await platform.call('DELETE', boxes(`/${id}/message`))).status).toBe(204)
    expect(await read()).toEqual([])
  })

  it('greetings come back byte for byte', async () => {
    const url = boxes(`/${await newBox()}/greetings/Personal/media`)
    const wav = `RIFF$...WAVE${'x'.repeat(60)}`
    const payload = `--b\r\nContent-Disposition: form-data; name="file"; filename="g.wav"\r\nContent-Type: audio/wav\r\n\r\n${wav}\r\n--b--\r\n`
    const headers = { 'x-auth-token': platform.token, 'content-type': 'multipart/form-data; boundary=b' }
    expect((await platform.plane.http.inject({ method: 'PUT', url, headers, payload })).statusCode).toBe(204)
    const heard = await platform.plane.http.inject({ method: 'GET', url, headers: { 'x-auth-token': platform.token } })
    expect([heard.statusCode, heard.body]).toEqual([200, wav])
    expect((await platform.call('DELETE', url)).status).toBe(204)
    expect((await platform.call('GET', url)).status).toBe(404)
  })
})
