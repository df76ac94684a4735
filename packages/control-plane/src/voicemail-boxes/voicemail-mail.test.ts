import { ok } from '@dialtone/foundation'
import { MailServer, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_ACTOR, systemScope } from '../access/index.ts'
import { smtpCarrier } from '../messages/index.ts'
import { depositMessage, messageFile } from './index.ts'

const mail = new MailServer()
let platform: TestControlPlane
let base: string
let accountId: string
let sequence = 0

beforeAll(async () => {
  const port = await mail.listen()
  platform = await startTestControlPlane({
    messageCarriers: { email: smtpCarrier({ url: `smtp://127.0.0.1:${port}`, from: 'Voice <voice@example.com>' }) },
  })
})
afterAll(async () => {
  await platform.stop()
  mail.close()
})
beforeEach(async () => {
  mail.mails.length = 0
  mail.refusals = []
  const accounts = `/v2/partition/${platform.partitionId}/account`
  accountId = String((await platform.call('POST', accounts, { accountNumber: `MAIL-${++sequence}`, accountName: 'Mails' })).body['id'])
  base = `${accounts}/${accountId}/voicemailbox`
})

const SOUND = Buffer.from(`RIFF${'sound of a voice '.repeat(200)}`)

async function* pieces(bytes: Buffer): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes)
}

async function boxWith(changes: object): Promise<string> {
  const made = await platform.call('POST', base, { name: 'Desk', voicemailToEmailEnabled: true, voicemailToEmailAddresses: ['desk@example.com'], ...changes })
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  return String(made.body['id'])
}

async function leave(boxId: string, fromName = 'Grandma', sound = SOUND): Promise<string> {
  const message = { messageType: 'VOICE', fromName, fromNumber: '18015550199', toNumber: '18015550100', lengthSeconds: 12, lengthPages: undefined, mediaType: 'audio/wav' } as const // prettier-ignore
  const kept = await depositMessage(platform.plane.context, SYSTEM_ACTOR, systemScope(platform.partitionId, accountId), boxId, message, pieces(sound))
  return kept.ok ? kept.value.id : ''
}

const messages = async (boxId: string) => {
  await platform.plane.context.dueWork.runNow()
  return (await platform.call('GET', `${base}/${boxId}/voicemailmessage`)).list
}

/** The sound in a mail: base64 between the head of its part and the next boundary. */
function attachmentOf(text = ''): { readonly head: string; readonly bytes: Buffer } {
  const part = /(Content-Type: audio\/wav[\s\S]*?)\n\n([A-Za-z0-9+/=\n]+)\n/.exec(text)
  return { head: part?.[1] ?? '', bytes: Buffer.from(part?.[2] ?? '', 'base64') }
}

describe('a copy of a message by e-mail (public-spec section 14)', () => {
  it('brings the sound, byte for byte, to each recipient once', async () => {
    const box = await boxWith({ voicemailToEmailAddresses: ['desk@example.com', 'boss@example.com'] })
    await leave(box)
    await expect.poll(async () => (await messages(box)).length + mail.mails.length).toBe(3)
    const { head, bytes } = attachmentOf(mail.mails[0])
    expect(bytes.equals(SOUND)).toBe(true)
    expect(head).toMatch(/filename=voicemail-2026-11-21-[0-9-]+\.wav/)
    await platform.plane.context.dueWork.runNow()
    expect(mail.mails).toHaveLength(2)
  })

  it('has a subject of one line, whatever a caller calls himself', async () => {
    const box = await boxWith({})
    await leave(box, 'Eve\r\nBcc: everybody@example.com')
    await expect.poll(async () => (await messages(box)) && mail.mails.length).toBe(1)
    expect(mail.mails[0]).not.toMatch(/^Bcc:/im)
    const { sql } = platform.plane.context.database
    const row = await sql.selectFrom('outgoing_message').select('subject').where('account_id', '=', accountId).executeTakeFirstOrThrow()
    expect(row.subject).toBe('New message from Eve Bcc: everybody@example.com')
  })

  it('is all that is left where the box keeps nothing, but only when every recipient has it: a mail is tried again, and not twice', async () => {
    const box = await boxWith({ voicemailKeepAfterEmail: false, voicemailToEmailAddresses: ['desk@example.com', 'boss@example.com'] })
    mail.refusals = ['250 ok', '451 try later']
    const id = await leave(box)
    await expect.poll(async () => (await messages(box)) && mail.mails.length).toBe(1)
    expect(await messages(box)).toHaveLength(1)
    platform.time.advance(60_000)
    await expect.poll(async () => (await messages(box)).length).toBe(0)
    expect(mail.mails).toHaveLength(2)
    expect(attachmentOf(mail.mails[1]).bytes.equals(SOUND)).toBe(true)
    // The file goes after the row, in the background.
    await expect.poll(() => platform.plane.context.files.open(messageFile(id))).toBeUndefined()
  })

  it('that failed for good, or was too large for a mail, leaves the message where it is', async () => {
    const box = await boxWith({ voicemailKeepAfterEmail: false })
    mail.refusals = ['550 nobody of that name']
    await leave(box)
    const { sql } = platform.plane.context.database
    const statusOfMail = async () => (await messages(box)) && (await sql.selectFrom('outgoing_message').select('status').where('account_id', '=', accountId).execute()) // prettier-ignore
    await expect.poll(statusOfMail).toEqual([{ status: 'FAILED' }])
    expect(await messages(box)).toHaveLength(1)
    await leave(box, 'Long', Buffer.alloc(10_000_001))
    await expect.poll(async () => (await messages(box)) && mail.mails.length).toBe(1)
    expect(mail.mails[0]).toContain('too large')
    expect(await messages(box)).toHaveLength(2)
  })

  it('whose sound was deleted before it went out says so', async () => {
    mail.refusals = ['451 try later']
    const box = await boxWith({})
    const id = await leave(box)
    await platform.plane.context.dueWork.runNow()
    await platform.call('DELETE', `${base}/${box}/voicemailmessage/${id}`)
    platform.time.advance(60_000)
    await expect.poll(async () => (await messages(box)) && mail.mails.length).toBe(1)
    expect(mail.mails[0]).toContain('deleted meanwhile')
  })
})

describe('transcription', () => {
  it('is honest about there being none', async () => {
    const [asks, quiet] = [await boxWith({ messageTranscriptionEnabled: true }), await boxWith({})]
    await leave(asks)
    await leave(quiet)
    await expect
      .poll(async () => (await messages(asks))[0])
      .toMatchObject({ transcriptionStatus: 'NOT_AVAILABLE', transcriptionInfo: expect.any(String) as string })
    expect((await messages(asks))[0]).not.toHaveProperty('transcriptionText')
    expect((await messages(quiet))[0]).not.toHaveProperty('transcriptionStatus')
  })

  it('is what a connected service wrote, in the language of the box', async () => {
    const heard: string[] = []
    const writing = await startTestControlPlane({
      transcriber: {
        transcribe: async (sound, language) => {
          const parts: Uint8Array[] = []
          for await (const piece of sound) parts.push(piece)
          heard.push(language)
          return ok({ text: Buffer.concat(parts).toString('latin1', 4, 20) })
        },
      },
    })
    try {
      const accounts = `/v2/partition/${writing.partitionId}/account`
      const account = String((await writing.call('POST', accounts, { accountNumber: 'T-1', accountName: 'Text' })).body['id'])
      const box = await writing.call('POST', `${accounts}/${account}/voicemailbox`, { name: 'Desk', locale: 'fr-CA', messageTranscriptionEnabled: true })
      const message = { messageType: 'VOICE', fromName: '', fromNumber: '', toNumber: '1', lengthSeconds: 1, lengthPages: undefined, mediaType: 'audio/wav' } as const // prettier-ignore
      await depositMessage(writing.plane.context, SYSTEM_ACTOR, systemScope(writing.partitionId, account), String(box.body['id']), message, pieces(SOUND))
      const read = async () => {
        await writing.plane.context.dueWork.runNow()
        return (await writing.call('GET', `${accounts}/${account}/voicemailbox/${String(box.body['id'])}/voicemailmessage`)).list[0]
      }
      await expect.poll(read).toMatchObject({ transcriptionStatus: 'COMPLETED', transcriptionText: 'sound of a voice' })
      expect(heard).toEqual(['fr-CA'])
    } finally {
      await writing.stop()
    }
  })
})
