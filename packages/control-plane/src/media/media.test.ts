import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

let platform: TestControlPlane
let base: string
let otherBase: string

beforeAll(async () => {
  platform = await startTestControlPlane()
  base = await newAccount('media')
  otherBase = await newAccount('other')
})
afterAll(() => platform.stop())

const SOUND = wavFile(8000)
const ARPEGGIO = '5967df89-c80e-4e94-b73f-f6f29202de1e'

async function newAccount(accountNumber: string): Promise<string> {
  const account = await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber, accountName: 'Sounds' })
  return `/v2/partition/${platform.partitionId}/account/${String(account.body['id'])}`
}

/** G.711 mu-law, 8 kHz. */
function wavFile(samples: number): Buffer {
  const bytes = Buffer.alloc(44 + samples, 0x55)
  bytes.write('RIFF', 0, 'latin1')
  bytes.writeUInt32LE(36 + samples, 4)
  bytes.write('WAVEfmt ', 8, 'latin1')
  for (const [at, value] of [[16, 16], [24, 8000], [28, 8000], [40, samples]] as const) bytes.writeUInt32LE(value, at) // prettier-ignore
  for (const [at, value] of [[20, 7], [22, 1], [32, 1], [34, 8]] as const) bytes.writeUInt16LE(value, at) // prettier-ignore
  bytes.write('data', 36, 'latin1')
  return bytes
}

async function upload(content: Buffer, path = `${base}/media_2`) {
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="Welcome.wav"\r\nContent-Type: audio/wav\r\n\r\n'
  const payload = Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n--b--\r\n')])
  const headers = { 'x-auth-token': platform.token, 'content-type': 'multipart/form-data; boundary=b' }
  const reply = await platform.plane.http.inject({ method: 'POST', url: path, headers, payload })
  return { status: reply.statusCode, body: reply.json<Record<string, unknown>>() }
}

function get(url: string, token = platform.token) {
  const { pathname, search } = new URL(url, 'http://any')
  return platform.plane.http.inject({ method: 'GET', url: pathname + search, headers: token === '' ? {} : { 'x-auth-token': token } })
}

/** Uploads music the way of jobs and waits for the job. */
async function uploadMusic(content: Buffer): Promise<Record<string, unknown>> {
  const input = await platform.call('POST', '/v2/job/input')
  const { pathname, search } = new URL(String(input.body['url']))
  await platform.plane.http.inject({ method: 'PUT', url: pathname + search, payload: content, headers: { 'content-type': 'audio/wav' } })
  const started = await platform.call('POST', `${base}/media_2?jobUploadKey=${String(input.body['key'])}`)
  expect(started.status, JSON.stringify(started.body)).toBe(202)
  return vi.waitFor(async () => {
    const { body } = await platform.call('GET', `/v2/job/${String(started.body['id'])}`)
    expect(['DONE', 'FAILED']).toContain(body['status'])
    return body
  }, 15_000)
}

const ivr = (name: string, goodBye: string) => ({
  name,
  ivrComponents: [{ id: 'in', type: 'INCOMING' }, { id: 'end', type: 'HANGUP', goodBye }],
  ivrComponentMappings: [{ fromIvrComponentId: 'in', toIvrComponentId: 'end' }],
}) // prettier-ignore

describe('a prompt', () => {
  it('is kept byte for byte, and fetched by a URL that needs no token', async () => {
    const made = await upload(SOUND)
    expect(made).toMatchObject({ status: 200, body: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string } })
    const id = String(made.body['id'])
    const fetched = await get(String(made.body['url']), '')
    expect([fetched.statusCode, fetched.headers['content-type'], fetched.rawPayload.equals(SOUND)]).toEqual([200, 'audio/wav', true])
    const redirect = await get(`${base}/media_2/${id}?mediaType=IvrPrompt`)
    expect(redirect.statusCode).toBe(302)
    expect((await get(String(redirect.headers['location']), '')).rawPayload.equals(SOUND)).toBe(true)
    expect((await get(`${base}/media/${id}?mediaType=IvrPrompt`)).rawPayload.equals(SOUND)).toBe(true)
    expect((await get(`${base}/media/${id}?mediaType=HoldMusic`)).statusCode).toBe(404)
    expect((await get(`${base}/media/${id}`)).statusCode).toBe(400)
  })

  it('by the old path answers its id', async () => {
    const made = await upload(SOUND, `${base}/media`)
    expect(made).toMatchObject({ status: 200, body: expect.stringMatching(/^[0-9a-f-]{36}$/) as string })
  })

  it('is nobody else’s: neither the account next door nor a changed URL gets it', async () => {
    const { body } = await upload(SOUND)
    expect((await get(`${otherBase}/media/${String(body['id'])}?mediaType=IvrPrompt`)).statusCode).toBe(404)
    expect((await get(`${otherBase}/media_2/${String(body['id'])}?mediaType=IvrPrompt`)).statusCode).toBe(404)
    const url = String(body['url'])
    expect((await get(url.replace('mediaType=IvrPrompt', 'mediaType=HoldMusic'), '')).statusCode).toBe(403)
    expect(
      (
        await get(
          url.replace(/expires=(\d+)/, (_text, ms: string) => `expires=${Number(ms) + 1}`),
          '',
        )
      ).statusCode,
    ).toBe(403)
    platform.time.advance(901_000)
    expect((await get(url, '')).json()).toMatchObject({ errorCode: 'UrlExpired' })
  })

  it('has to be a WAV file', async () => {
    expect(await upload(Buffer.from('ID3 music'))).toMatchObject({ status: 400, body: { errorCode: 'InvalidFile', details: [{ field: 'file' }] } })
    expect((await platform.call('POST', `${base}/media_2`, {})).body['errorCode']).toBe('FileRequired')
  })

  it('stays while a menu plays it, and goes when none does', async () => {
    const id = String((await upload(SOUND)).body['id'])
    const menu = await platform.call('POST', `${base}/ivr`, ivr('Plays it', id))
    expect(menu.status, JSON.stringify(menu.body)).toBe(200)
    expect((await platform.call('POST', `${otherBase}/ivr`, ivr('Steals it', id))).status).toBe(404)
    expect((await platform.call('DELETE', `${base}/media/${id}`)).body).toMatchObject({
      errorCode: 'MediaInUse',
      data: { usedBy: [{ type: 'IVR', name: 'Plays it', role: 'prompt' }] },
    })
    expect((await platform.call('DELETE', `${base}/ivr/${String(menu.body['id'])}`)).status).toBe(200)
    expect((await platform.call('DELETE', `${base}/media/${id}`)).status).toBe(204)
    expect((await get(`${base}/media/${id}?mediaType=IvrPrompt`)).statusCode).toBe(404)
  })
})

describe('hold music', () => {
  it('is the platform’s until the account uploads its own, which is then chosen', async () => {
    expect((await platform.call('GET', `${base}/media_2/type/holdmusic`)).body['storageId']).toBe(ARPEGGIO)
    expect((await platform.call('GET', `${base}/media_2/type/holdmusic?custom=true`)).status).toBe(404)
    expect(await uploadMusic(SOUND)).toMatchObject({ status: 'DONE', errors: [] })
    const { body } = await platform.call('GET', `${base}/media_2/type/holdmusic`)
    const id = String(body['storageId'])
    expect(id).not.toBe(ARPEGGIO)
    expect((await get(String(body['url']), '')).rawPayload.equals(SOUND)).toBe(true)
    expect((await platform.call('GET', base)).body).toMatchObject({ holdMusicMediaId: id, customHoldMusicMediaId: id })
    expect((await platform.call('DELETE', `${base}/media/${id}`)).body).toMatchObject({ errorCode: 'MediaInUse', data: { usedBy: [{ type: 'ACCOUNT' }] } })
  })

  it('is chosen and no longer chosen; the file stays', async () => {
    const { storageId } = (await platform.call('GET', `${base}/media_2/type/holdmusic?custom=true`)).body
    const custom = String(storageId)
    expect((await platform.call('PUT', `${base}/media_2/type/holdmusic/${ARPEGGIO}`)).body).toMatchObject({ storageId: ARPEGGIO })
    expect((await platform.call('DELETE', `${base}/media_2/${custom}`)).status).toBe(200)
    expect((await platform.call('GET', base)).body['holdMusicMediaId']).toBe(ARPEGGIO)
    expect((await platform.call('PUT', `${base}/media_2/${custom}`)).body).toMatchObject({ storageId: custom })
    expect((await platform.call('DELETE', `${base}/media_2/${custom}`)).status).toBe(200)
    const beep = (await platform.call('GET', `${base}/media_2/type/holdmusic`)).body
    expect([custom, ARPEGGIO]).not.toContain(beep['storageId'])
    expect((await get(String(beep['url']), '')).statusCode).toBe(200)
    expect((await get(`${base}/media/${custom}?mediaType=HoldMusic`)).statusCode).toBe(200)
    await platform.call('PUT', `${base}/media_2/type/holdmusic/${custom}`)
    expect((await platform.call('DELETE', `${base}/media_2/type/holdmusic`)).status).toBe(200)
    expect((await platform.call('DELETE', `${base}/media/${custom}`)).status).toBe(204)
    expect((await platform.call('GET', base)).body['customHoldMusicMediaId']).toBeUndefined()
  })

  it('is no prompt, nobody else’s and no text file', async () => {
    const prompt = String((await upload(SOUND)).body['id'])
    expect((await platform.call('PUT', `${base}/media_2/type/holdmusic/${prompt}`)).body['errorCode']).toBe('InvalidMediaType')
    expect((await platform.call('PUT', `${otherBase}/media_2/type/holdmusic/${prompt}`)).status).toBe(404)
    expect((await platform.call('PUT', `${base}/media_2/type/holdmusic/nothing`)).status).toBe(404)
    expect((await platform.call('POST', `${base}/media_2?jobUploadKey=nothing`)).status).toBe(404)
    const failed = await uploadMusic(Buffer.from('not a sound'))
    expect(failed).toMatchObject({ status: 'FAILED', errors: [{ error: expect.stringContaining('InvalidFile') as string }] })
  })

  it('leaves its history', async () => {
    const { rows } = await historyOf()
    expect(rows).toContainEqual(expect.objectContaining({ newValue: { holdMusicMediaId: ARPEGGIO } }))
  })
})

async function historyOf() {
  const rows = await platform.plane.context.database.sql
    .selectFrom('account_history')
    .select(['new_value as newValue', 'action'])
    .where('type', '=', 'MEDIA_MANAGEMENT')
    .execute()
  return { rows }
}
