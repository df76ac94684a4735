import { createHmac } from 'node:crypto'
import { createServer as createHttp, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newId, ok } from '@dialtone/foundation'
import { MailServer, startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_ACTOR } from '../access/index.ts'
import { write } from '../events/index.ts'
import { queueMessage, smsWebhookCarrier, smtpCarrier } from './index.ts'

const mail = new MailServer()
const texts: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = []
let gatewayStatus = 200
let holding = Promise.withResolvers<void>()
let platform: TestControlPlane
const gateway = createHttp((request, response) => {
  let body = ''
  request.on('data', (piece: Buffer) => (body += piece.toString('utf8')))
  request.on('end', () => {
    texts.push({ headers: request.headers, body })
    void holding.promise.then(() => response.writeHead(gatewayStatus).end())
  })
})

beforeAll(async () => {
  const port = await mail.listen()
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/sms`
  platform = await startTestControlPlane({
    messageCarriers: {
      email: smtpCarrier({ url: `smtp://127.0.0.1:${port}`, from: 'Voice <voice@example.com>' }),
      sms: smsWebhookCarrier({ url, secret: 'gateway-secret' }),
    },
  })
})
afterAll(async () => {
  await platform.stop()
  mail.close()
  gateway.close()
})
beforeEach(() => {
  mail.letGo()
  mail.mails.length = 0
  texts.length = 0
  mail.refusals = []
  gatewayStatus = 200
  holding.resolve()
})

async function queue(kind: 'EMAIL' | 'SMS', recipient: string, subject = 'Hello', isUrgent = false, partitionId = platform.partitionId): Promise<string> {
  const queued = await write(platform.plane.context, SYSTEM_ACTOR, async (change) =>
    ok(await queueMessage(change.sql, { partitionId, accountId: undefined, kind, recipient, subject, body: 'The text', isUrgent }, change.now)),
  )
  return queued.ok ? queued.value : ''
}

async function newPartition(name: string): Promise<string> {
  const now = new Date(platform.time.nowMs())
  const row = { id: newId(), name, parent_id: platform.partitionId, environment: 'development', settings: '{}', created_at: now, updated_at: now }
  await platform.plane.context.database.sql.insertInto('partition').values(row).execute()
  return row.id
}

async function stateOf(id: string): Promise<Record<string, unknown> | undefined> {
  await platform.plane.context.dueWork.runNow()
  const { items } = (await platform.call('GET', `/v2/partition/${platform.partitionId}/message`)).body as { items: Record<string, unknown>[] }
  return items.find((item) => item['id'] === id)
}

describe('a message', () => {
  it('goes out by SMTP when it was committed, with an id that is the same over attempts', async () => {
    const id = await queue('EMAIL', 'ann@example.com', 'Welcome, Zoë')
    await expect.poll(() => stateOf(id)).toMatchObject({ status: 'SENT', to: 'ann@example.com', attempts: 1 })
    expect(mail.mails).toHaveLength(1)
    expect(mail.mails[0]).toContain(`Message-ID: <${id}@example.com>`)
    expect(mail.mails[0]).toContain('From: Voice <voice@example.com>')
    expect(mail.mails[0]).toContain('The text')
  })

  it('a line end in a subject makes no header of its own', async () => {
    const id = await queue('EMAIL', 'ann@example.com', 'Hi\r\nBcc: everybody@example.com')
    await expect.poll(() => stateOf(id)).toMatchObject({ status: 'SENT' })
    expect(mail.mails[0]).not.toMatch(/^Bcc:/im)
  })

  it('refused for the moment it is tried again later; refused for good it is not', async () => {
    mail.refusals = ['451 try later']
    const later = await queue('EMAIL', 'later@example.com')
    await expect.poll(() => stateOf(later)).toMatchObject({ status: 'QUEUED', attempts: 1, error: expect.stringContaining('451') })
    platform.time.advance(60_000)
    await expect.poll(() => stateOf(later)).toMatchObject({ status: 'SENT', attempts: 2 })
    mail.refusals = ['550 nobody of that name']
    const id = await queue('EMAIL', 'never@example.com')
    await expect.poll(() => stateOf(id)).toMatchObject({ status: 'FAILED', attempts: 1, error: expect.stringContaining('550') })
  })

  it('of a call to 911 waits for no other, however many the mail server takes its time for; and says that it is urgent', async () => {
    mail.holds = /slow/
    for (let count = 0; count < 25; count++) await queue('EMAIL', `slow${count}@example.com`)
    await platform.plane.context.dueWork.runNow()
    await expect.poll(() => mail.held).toBe(3)
    const id = await queue('EMAIL', 'desk@example.com', '911 call at Front Desk', true)
    await expect.poll(() => stateOf(id)).toMatchObject({ status: 'SENT', attempts: 1 })
    expect(mail.mails).toHaveLength(1)
    expect(mail.mails[0]).toMatch(/^Importance: High$/im)
    mail.letGo()
    await expect.poll(() => mail.mails.length).toBe(26)
    expect(mail.mails[25]).not.toMatch(/^Importance:/im)
  })

  it('that is slow keeps one place, and nobody else waiting', async () => {
    mail.holds = /slow/
    await queue('EMAIL', 'slow@example.com')
    await platform.plane.context.dueWork.runNow()
    await expect.poll(() => mail.held).toBe(1)
    const ids = await Promise.all(Array.from({ length: 30 }, (_, index) => queue('EMAIL', `ann${index}@example.com`)))
    for (const id of ids) await expect.poll(() => stateOf(id), { timeout: 10_000 }).toMatchObject({ status: 'SENT' })
    mail.letGo()
    await expect.poll(() => mail.mails.length).toBe(31)
  })

  it('of a partition that has thousands waiting keeps none of another partition waiting: each gets a place in turn', async () => {
    const [few, fewer] = [await newPartition('few'), await newPartition('fewer')]
    for (let count = 0; count < 120; count++) await queue('EMAIL', `many${count}@example.com`, 'In turn: many')
    for (const partitionId of [few, few, fewer]) await queue('EMAIL', 'ann@example.com', 'In turn: few', false, partitionId)
    await platform.plane.context.dueWork.runNow()
    const inTurn = () => mail.mails.flatMap((text) => /^Subject: In turn: (.+)$/m.exec(text)?.[1] ?? [])
    await expect.poll(() => inTurn().length, { timeout: 20_000 }).toBe(123)
    const places = inTurn().flatMap((whose, place) => (whose === 'few' ? [place] : []))
    expect(places).toHaveLength(3)
    expect(places.at(-1)).toBeLessThan(60)
  })

  it('of a partition whose gateway takes its time for all of them leaves places for the others', async () => {
    holding = Promise.withResolvers()
    for (let count = 0; count < 40; count++) await queue('SMS', `+1801555${1000 + count}`)
    await platform.plane.context.dueWork.runNow()
    await expect.poll(() => texts.length).toBe(15)
    const other = await newPartition('other')
    await queue('SMS', '+18015559999', '', false, other)
    await platform.plane.context.dueWork.runNow()
    await expect.poll(() => texts.some(({ body }) => body.includes('+18015559999'))).toBe(true)
    holding.resolve()
    await expect.poll(() => texts.length).toBe(41)
  })

  it('text messages are posted to the gateway, signed; each recipient has a state of his own', async () => {
    const one = await queue('SMS', '+18015550123')
    await expect.poll(() => stateOf(one)).toMatchObject({ status: 'SENT' })
    expect(JSON.parse(texts[0]?.body ?? '{}')).toEqual({ id: one, to: '+18015550123', text: 'The text' })
    expect(texts[0]?.headers).toMatchObject({
      'idempotency-key': one,
      'x-dialtone-signature': `sha256=${createHmac('sha256', 'gateway-secret')
        .update(texts[0]?.body ?? '')
        .digest('hex')}`,
    })
    gatewayStatus = 422
    const other = await queue('SMS', '+18015550199')
    await expect.poll(() => stateOf(other)).toMatchObject({ status: 'FAILED', error: 'HTTP 422' })
    expect(await stateOf(one)).toMatchObject({ status: 'SENT' })
  })

  it('without a carrier it stays in the mailbox, and is not sent when there is one later', async () => {
    const still = await startTestControlPlane()
    try {
      const { context } = still.plane
      await write(context, SYSTEM_ACTOR, async (change) =>
        ok(
          await queueMessage(
            change.sql,
            { partitionId: still.partitionId, accountId: undefined, kind: 'EMAIL', recipient: 'a@example.com', subject: 's', body: 'b' },
            change.now,
          ),
        ),
      )
      await expect
        .poll(async () => {
          await context.dueWork.runNow()
          return (await still.call('GET', `/v2/partition/${still.partitionId}/message?status=MAILBOX`)).body
        })
        .toMatchObject({ items: [{ to: 'a@example.com', status: 'MAILBOX' }] })
    } finally {
      await still.stop()
    }
  })
})
