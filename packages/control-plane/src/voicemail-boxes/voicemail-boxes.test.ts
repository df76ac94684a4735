import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import { checkPin, depositMessage, findBox, greetingFile, messageFile, tryPin } from './index.ts'

let platform: TestControlPlane
let accountId: string
let base: string
let sequence = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())
beforeEach(async () => {
  const accounts = `/v2/partition/${platform.partitionId}/account`
  accountId = String((await platform.call('POST', accounts, { accountNumber: `VM-${++sequence}`, accountName: 'Voices' })).body['id'])
  base = `${accounts}/${accountId}`
})

const boxes = () => `${base}/voicemailbox`
const create = (more: object = {}) => platform.call('POST', boxes(), { name: 'Front desk', ...more })
async function* sound(text = 'RIFF of a voice'): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text))
}
const voice = { messageType: 'VOICE', fromName: 'Grandma', fromNumber: '18015550199', toNumber: '18015550100', lengthSeconds: 12, lengthPages: undefined, mediaType: 'audio/wav' } as const // prettier-ignore
const leave = (boxId: unknown, content = sound()) =>
  depositMessage(platform.plane.context, SYSTEM_ACTOR, systemScope(platform.partitionId, accountId), String(boxId), voice, content)
const raw = (method: 'DELETE' | 'GET' | 'PUT', url: string, payload?: string, type?: string) =>
  platform.plane.http.inject({ method, url, headers: { 'x-auth-token': platform.token, ...(type === undefined ? {} : { 'content-type': type }) }, ...(payload === undefined ? {} : { payload }) }) // prettier-ignore

describe('voicemail boxes', () => {
  it('are created, changed and deleted; one that calls end in stays', async () => {
    const made = await create({ voicemailToEmailEnabled: true, voicemailToEmailAddresses: ['desk@example.com'] })
    expect(made).toMatchObject({
      status: 200,
      body: { name: 'Front desk', type: 'Normal', locale: 'en-US', pinLockedOut: false, totalVoicemails: 0, referencedBy: [] },
    })
    const item = `${boxes()}/${String(made.body['id'])}`
    expect((await platform.call('PATCH', item, { locale: 'fr-CA' })).body).toMatchObject({ locale: 'fr-CA', voicemailToEmailAddresses: ['desk@example.com'] })
    expect((await platform.call('PATCH', item, { voicemailToEmailAddresses: [] })).body['errorCode']).toBe('VoicemailToEmailAddressesRequired')
    const user = await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'V', extension: '4000' })
    const ofUser = `${boxes()}/${String(user.body['voicemailBoxId'])}`
    expect((await platform.call('GET', ofUser)).body['referencedBy']).toEqual([{ type: 'END_USER', id: user.body['id'] }])
    expect((await platform.call('DELETE', ofUser)).body['errorCode']).toBe('VoicemailBoxInUse')
    expect((await platform.call('DELETE', item)).status).toBe(204)
    expect((await platform.call('GET', item)).status).toBe(404)
  })

  it('of a household: a Primary one with choices 2 to 8, each once; it stays while it has any', async () => {
    const primary = await create({ name: 'Family', type: 'Primary' })
    const sub = (dtmfOption: string, parentId = primary.body['id']) => create({ name: `Kid ${dtmfOption}`, type: 'Sub', parentId, dtmfOption })
    const first = await sub('2')
    expect(first).toMatchObject({ status: 200, body: { parentId: primary.body['id'], dtmfOption: '2' } })
    expect((await sub('2')).body['errorCode']).toBe('DuplicateDtmfOption')
    expect((await sub('9')).body['errorCode']).toBe('InvalidDtmfOption')
    expect((await sub('3', first.body['id'])).body['errorCode']).toBe('InvalidParentId')
    expect((await create({ type: 'Sub', dtmfOption: '4' })).body['errorCode']).toBe('ParentIdRequired')
    const item = `${boxes()}/${String(primary.body['id'])}`
    expect((await platform.call('GET', item)).body).toMatchObject({ subIds: [first.body['id']], dtmfOption: '1' })
    expect((await platform.call('DELETE', item)).body['errorCode']).toBe('VoicemailBoxInUse')
    expect((await platform.call('GET', `${boxes()}?parentId=${String(primary.body['id'])}`)).list).toHaveLength(1)
  })

  it('greetings are WAV files that come back byte for byte', async () => {
    const box = await create()
    const url = `${boxes()}/${String(box.body['id'])}/greetings/Personal/media`
    const wav = `RIFF\u0024\u0000\u0000\u0000WAVE${'x'.repeat(60)}`
    const form = (content: string) =>
      `--b\r\nContent-Disposition: form-data; name="file"; filename="g.wav"\r\nContent-Type: audio/wav\r\n\r\n${content}\r\n--b--\r\n`
    expect((await raw('PUT', url, form('MZ not a sound at all, though long enough to hold a header of 44'), 'multipart/form-data; boundary=b')).json()).toMatchObject({ errorCode: 'InvalidFile' }) // prettier-ignore
    expect((await raw('PUT', url, form(wav), 'multipart/form-data; boundary=b')).statusCode).toBe(202)
    expect((await raw('GET', url)).body).toBe(wav)
    expect((await platform.call('GET', `${boxes()}/${String(box.body['id'])}`)).body['greetings']).toMatchObject({ Personal: { mediaType: 'audio/wav' } })
    expect((await platform.call('DELETE', url)).status).toBe(200)
    expect((await raw('GET', url)).statusCode).toBe(404)
  })

  it('a greeting recorded again has another file, so that nobody plays the one he kept; files that nobody hears any more are removed', async () => {
    const { files, database } = platform.plane.context
    const box = String((await create()).body['id'])
    const url = `${boxes()}/${box}/greetings/Personal/media`
    const record = (letter: string) =>
      raw(
        'PUT',
        url,
        `--b\r\nContent-Disposition: form-data; name="file"; filename="g.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF\u0024\u0000\u0000\u0000WAVE${letter.repeat(60)}\r\n--b--\r\n`,
        'multipart/form-data; boundary=b',
      )
    const nameNow = async () => {
      const row = await findBox(database.sql, systemScope(platform.partitionId, accountId), box)
      return (row === undefined ? undefined : greetingFile(row, 'Personal')) ?? ''
    }
    await record('x')
    const first = await nameNow()
    await record('y')
    const second = await nameNow()
    expect(second).not.toBe(first)
    expect((await raw('GET', url)).body.at(-1)).toBe('y')
    expect([await files.open(first), await files.open(second)]).toEqual([undefined, expect.anything()])
    expect((await platform.call('GET', `${boxes()}/${box}`)).body['greetings']).not.toHaveProperty('Personal.file')
    expect((await platform.call('DELETE', `${boxes()}/${box}`)).status).toBe(204)
    expect(await files.open(second)).toBeUndefined()
  })

  it('a greeting recorded before files had names of their own is still heard, and replaced', async () => {
    const row = { id: 'box', greetings: { Personal: { mediaType: 'audio/wav', sizeBytes: 1, createdDate: '2026-01-01T00:00:00.000Z' } } }
    expect(greetingFile(row, 'Personal')).toBe('greeting/box-Personal')
    expect(greetingFile(row, 'PersonalBusy')).toBeUndefined()
  })
})

describe('PINs', () => {
  it('five wrong ones lock the box, also when they are tried at once; unlocking lets them be tried again', async () => {
    const box = await create()
    const id = String(box.body['id'])
    const scope = systemScope(platform.partitionId, accountId)
    const attempt = (pin: string) => checkPin(platform.plane.context.database.sql, scope, id, pin)
    expect(await attempt('1234')).toEqual({ ok: true, value: 'must change' })
    expect((await platform.call('PUT', `${boxes()}/${id}/pin`, { pin: '7391' })).status).toBe(200)
    expect((await attempt('7391')).ok && (await attempt('7391'))).toEqual({ ok: true, value: 'right' })
    const guesses = await Promise.all(Array.from({ length: 12 }, (_unused, index) => attempt(String(9000 + index))))
    expect(guesses.filter((guess) => guess.ok && guess.value === 'wrong')).toHaveLength(5)
    expect(await attempt('7391')).toEqual({ ok: true, value: 'locked' })
    expect((await platform.call('GET', `${boxes()}/${id}`)).body['pinLockedOut']).toBe(true)
    expect((await platform.call('PUT', `${boxes()}/${id}/unlock`)).body['pinLockedOut']).toBe(false)
    expect(await attempt('7391')).toEqual({ ok: true, value: 'right' })
    await platform.call('PUT', `${boxes()}/${id}/unlock?resetPin=true`)
    expect(await attempt('1234')).toEqual({ ok: true, value: 'must change' })
  })

  it('a box that callers have locked is shown as locked to its user and in the history, and opened through either', async () => {
    const user = await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'V', extension: '4000' })
    const [url, box] = [`${base}/user/${String(user.body['id'])}`, String(user.body['voicemailBoxId'])]
    const scope = systemScope(platform.partitionId, accountId)
    const attempt = (pin: string) => tryPin(platform.plane.context, SYSTEM_ACTOR, scope, box, pin)
    const lock = async () => {
      for (const pin of ['1111', '2222', '3333', '4444']) await attempt(pin)
      expect((await platform.call('GET', url)).body['pinLockedOut']).toBe(false)
      await attempt('5555')
      expect((await platform.call('GET', url)).body['pinLockedOut']).toBe(true)
      expect(await attempt('1234')).toEqual({ ok: true, value: 'locked' })
    }
    await lock()
    expect((await platform.call('PATCH', url, { pinLockedOut: false })).body['pinLockedOut']).toBe(false)
    expect(await attempt('1234')).toEqual({ ok: true, value: 'must change' })
    await lock()
    expect((await platform.call('PUT', `${url}/unlockvm`)).body['pinLockedOut']).toBe(false)
    await lock()
    expect((await platform.call('PUT', `${boxes()}/${box}/unlock?resetPin=true`)).body['pinLockedOut']).toBe(false)
    expect((await platform.call('GET', url)).body['pinLockedOut']).toBe(false)
    expect(await attempt('1234')).toEqual({ ok: true, value: 'must change' })
    const { sql } = platform.plane.context.database
    const history = await sql.selectFrom('account_history').select('new_value').where('account_id', '=', accountId).where('reference_id', '=', box).execute()
    expect(JSON.stringify(history).match(/PIN locked/g)).toHaveLength(3)
  })

  it.each(['12', '1111', '3456', 'abcd'])('%s is none', async (pin) => {
    const box = await create()
    expect((await platform.call('PUT', `${boxes()}/${String(box.body['id'])}/pin`, { pin })).status).toBe(400)
  })
})

describe('messages', () => {
  it('are kept with their sound, told of by event and mail, heard, marked and deleted', async () => {
    const box = await create({ voicemailToEmailEnabled: true, voicemailToEmailAddresses: ['desk@example.com'] })
    const deposited = await leave(box.body['id'])
    const messages = `${boxes()}/${String(box.body['id'])}/voicemailmessage`
    const [message] = (await platform.call('GET', messages)).list
    expect(message).toMatchObject({
      id: deposited.ok && deposited.value.id,
      fromName: 'Grandma',
      fromNumber: '18015550199',
      lengthInSeconds: 12,
      read: false,
      messageType: 'VOICE',
    })
    expect((await raw('GET', `${messages}/${String(message?.['id'])}/content_2?mediatype=wav`)).body).toBe('RIFF of a voice')
    expect((await platform.call('PUT', `${messages}/${String(message?.['id'])}`, { read: true })).body['read']).toBe(true)
    expect((await platform.call('GET', `${boxes()}/${String(box.body['id'])}`)).body).toMatchObject({ totalVoicemails: 1, totalUnreadVoicemails: 0 })
    const { sql } = platform.plane.context.database
    expect(await sql.selectFrom('outgoing_message').select(['recipient', 'subject']).where('account_id', '=', accountId).execute()).toEqual([
      { recipient: 'desk@example.com', subject: 'New message from Grandma' },
    ])
    expect(
      (await sql.selectFrom('event_outbox').select('type').where('account_id', '=', accountId).where('type', '=', 'voicemail.received').execute()).length,
    ).toBe(1)
    expect((await platform.call('DELETE', messages, [message?.['id'], 'nobody'])).status).toBe(404)
    expect((await platform.call('GET', messages)).list).toHaveLength(1)
    expect((await platform.call('DELETE', messages, [message?.['id']])).status).toBe(200)
    expect((await platform.call('GET', messages)).list).toHaveLength(0)
    expect((await raw('GET', `${messages}/${String(message?.['id'])}/content`)).statusCode).toBe(404)
  })

  it('one by one are deleted by an answer that names it', async () => {
    const box = await create({})
    const message = await leave(box.body['id'])
    const id = message.ok ? message.value.id : ''
    expect((await raw('DELETE', `${boxes()}/${String(box.body['id'])}/voicemailmessage/${id}`)).body).toBe(JSON.stringify(id))
  })

  it('go with the user whose box they are in, and so does their sound', async () => {
    const user = await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'V', extension: '4000' })
    const message = await leave(user.body['voicemailBoxId'])
    const file = messageFile(message.ok ? message.value.id : '')
    expect(await platform.plane.context.files.open(file)).toBeDefined()
    expect((await platform.call('DELETE', `${base}/user/${String(user.body['id'])}`)).status).toBeLessThan(300)
    expect((await platform.call('GET', `${boxes()}/${String(user.body['voicemailBoxId'])}`)).status).toBe(404)
    expect(await platform.plane.context.files.open(file)).toBeUndefined()
  })

  it('a user hears his own and nobody else’s', async () => {
    const login = { username: `ann${sequence}`, emailAddress: 'ann@example.com', allowPortalAccess: true }
    const ann = await platform.call('POST', `${base}/user`, { firstName: 'Ann', lastName: 'V', extension: '4000', ...login })
    const bob = await platform.call('POST', `${base}/user`, { firstName: 'Bob', lastName: 'V', extension: '4001' })
    const { sql } = platform.plane.context.database
    const mail = await sql.selectFrom('outgoing_message').select('body').where('account_id', '=', accountId).executeTakeFirstOrThrow()
    const password = /(?:password|Password)\D*?:?\s+(\S+)/.exec(mail.body)?.[1] ?? ''
    const token = String((await platform.logIn(login.username, password)).body['authToken'])
    expect((await platform.call('GET', `${boxes()}/${String(ann.body['voicemailBoxId'])}`, undefined, token)).status).toBe(200)
    expect((await platform.call('GET', `${boxes()}/${String(bob.body['voicemailBoxId'])}`, undefined, token)).status).toBe(403)
    expect((await platform.call('GET', `${boxes()}/${String(bob.body['voicemailBoxId'])}/voicemailmessage`, undefined, token)).status).toBe(403)
  })

  it('of another account cannot be reached, by whatever ids', async () => {
    const box = await create()
    const message = await leave(box.body['id'])
    const other = String(
      (await platform.call('POST', `/v2/partition/${platform.partitionId}/account`, { accountNumber: `O-${sequence}`, accountName: 'Other' })).body['id'],
    )
    const theirs = `/v2/partition/${platform.partitionId}/account/${other}/voicemailbox/${String(box.body['id'])}`
    expect((await platform.call('GET', theirs)).status).toBe(404)
    expect((await platform.call('GET', `${theirs}/voicemailmessage`)).status).toBe(404)
    expect((await platform.call('DELETE', `${theirs}/voicemailmessage/${message.ok ? message.value.id : ''}`)).status).toBe(404)
  })
})
