import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import type { CallRecord } from '@dialtone/softswitch'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { storeCallRecords } from '../call-records/index.ts'
import { reportEmergencyCall } from './index.ts'

let platform: TestControlPlane
let account: { id: string; base: string }
let sequence = 0
const receivers: Server[] = []

beforeAll(async () => {
  platform = await startTestControlPlane()
})
afterAll(() => platform.stop())
beforeEach(async () => {
  account = await newAccount()
})
afterEach(() => {
  for (const server of receivers.splice(0)) server.close()
})

async function newAccount(): Promise<typeof account> {
  sequence++
  const accounts = `/v2/partition/${platform.partitionId}/account`
  const created = await platform.call('POST', accounts, { accountNumber: `EMG-${sequence}`, accountName: 'Front Desk', timeZone: 'US/Mountain' })
  return { id: String(created.body['id']), base: `${accounts}/${String(created.body['id'])}` }
}

const SINGULAR = () => `${account.base}/emergency-notification`
const GROUP = () => `${account.base}/emergency-notifications/groups/ACCOUNT/${account.id}`
const events = async () => (await platform.call('GET', `${account.base}/emergency-notifications/events`)).list
const mailbox = () =>
  platform.plane.context.database.sql.selectFrom('outgoing_message').selectAll().where('account_id', '=', account.id).orderBy('id').execute()

/** A receiver that answers with these statuses, one after the other, the last one for ever. */
async function receiver(...statuses: readonly number[]) {
  const received: { headers: Record<string, unknown>; body: string }[] = []
  let next = Promise.withResolvers<string>()
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      response.writeHead(statuses[Math.min(received.length, statuses.length - 1)] ?? 200).end()
      received.push({ headers: request.headers, body })
      next.resolve(body)
    })
  })
  receivers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    /** Resolves with the next body. */
    told: () => (next = Promise.withResolvers()).promise,
  }
}

/** A receiver that takes requests and says nothing. */
async function silentReceiver() {
  let [count, givenUp, news] = [0, 0, Promise.withResolvers<void>()]
  const answers: (() => void)[] = []
  const server = createServer((request, response) => {
    request.resume()
    answers.push(() => response.end())
    response.on('close', () => (givenUp += response.writableEnded ? 0 : 1))
    count++
    news.resolve()
  })
  receivers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: async (times: number) => {
      for (; count < times; await news.promise) news = Promise.withResolvers()
    },
    givenUp: () => givenUp,
    answer: () => answers.forEach((answer) => answer()),
  }
}

/** Waits for what happens beside the requests. */
async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    await platform.plane.context.dueWork.runNow()
    if (await condition()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('it did not happen')
}

const LOCATION = {
  streetNumber: '333',
  preDirectional: 'S',
  streetName: '520',
  streetSuffix: '',
  postDirectional: 'W',
  unit: 'SUITE 500',
  city: 'Lindon',
  state: 'UT',
  postalCode: '84042',
}

function aCall(callId: string, service: '911' | '933' = '911') {
  return {
    ...({
      partitionId: platform.partitionId,
      accountId: account.id,
      callId,
      triggerType: service === '911' ? 'EMERGENCY_CALL' : 'EMERGENCY_TEST_CALL',
    } as const),
    ...{ callerNumber: '4001', callerName: 'Ann Desk', lineId: 'line-1', callbackNumber: '18015550123', location: LOCATION, atMs: platform.time.nowMs() },
  }
}

function aRecord(id: string, changes: Partial<CallRecord> = {}): CallRecord {
  const startedAtMs = platform.time.nowMs()
  return {
    ...{ id, sessionId: id, partitionId: platform.partitionId, accountId: account.id, legType: 'Origination', direction: 'OUTBOUND', startedAtMs },
    ...{
      ringingAtMs: startedAtMs,
      answeredAtMs: startedAtMs,
      endedAtMs: startedAtMs + 1_000,
      dialedNumber: '911',
      callingNumber: '4001',
      callingName: 'Ann Desk',
    },
    ...{
      calledNumber: '911',
      origCategory: 'OnNet',
      termCategory: 'Emergency',
      disposition: 'ANSWERED',
      hangupBy: 'caller',
      sipStatusCode: 200,
      sipCallIds: [],
    },
    emergency: { callbackNumber: '18015550123', location: LOCATION },
    ...changes,
  } as CallRecord
}

describe('who is told', () => {
  it('C-59: every account has one group, which begins empty and not in compliance', async () => {
    const { list } = await platform.call('GET', `${account.base}/emergency-notifications/groups`)
    expect(list).toEqual([
      {
        ...{ id: account.id, type: 'ACCOUNT', name: 'Front Desk', timeZoneId: 'US/Mountain' },
        compliance: {
          installDate: expect.any(String),
          usingAlternativeSolution: false,
          emailRecipients: [],
          smsRecipients: [],
          webhookUrls: [],
          inCompliance: false,
        },
      },
    ])
  })

  it('S0-79: SMS, e-mail and webhooks in one request; the other interface shows the same group and keeps the webhooks', async () => {
    const body = { smsRecipients: ['+1 (801) 555-0100'], emailRecipients: ['desk@example.com', 'desk@example.com'], webhookUrls: ['https://example.com/911'] }
    const stored = await platform.call('POST', SINGULAR(), body)
    expect(stored).toMatchObject({
      status: 200,
      body: { smsRecipients: ['18015550100'], emailRecipients: ['desk@example.com'], webhookUrls: ['https://example.com/911'], inCompliance: true },
    })
    expect(stored.body['webhookSecret']).toMatch(/^whsec_/)
    const put = await platform.call('PUT', GROUP(), { compliance: { emailRecipients: ['new@example.com'] } })
    expect(put.body['compliance']).toMatchObject({ emailRecipients: ['new@example.com'], smsRecipients: [], webhookUrls: ['https://example.com/911'] })
    expect((await platform.call('GET', SINGULAR())).body).not.toHaveProperty('webhookSecret')
    // POST changes what it names, PUT is the whole.
    expect((await platform.call('POST', SINGULAR(), { sms: ['8015550101'] })).body).toMatchObject({
      smsRecipients: ['18015550101'],
      emailRecipients: ['new@example.com'],
    })
    expect((await platform.call('PUT', SINGULAR(), { emails: ['a@example.com'] })).body).toMatchObject({
      smsRecipients: [],
      webhookUrls: [],
      emailRecipients: ['a@example.com'],
    })
  })

  it.each([
    ['an address that is none', { emailRecipients: ['desk'] }, 'InvalidEmailRecipients'],
    ['an address with a line end', { emailRecipients: ['a@example.com\r\nBcc: b@example.com'] }, 'InvalidEmailRecipients'],
    ['a number that is none', { smsRecipients: ['911'] }, 'InvalidSmsRecipients'],
    ['another protocol', { webhookUrls: ['file:///etc/passwd'] }, 'InvalidWebhookUrls'],
    ['a URL with a password', { webhookUrls: ['https://a:b@example.com/'] }, 'InvalidWebhookUrls'],
    ['too many', { emailRecipients: Array.from({ length: 51 }, (_, index) => `a${index}@example.com`) }, 'InvalidEmailRecipients'],
  ])('%s is refused, and nothing changes', async (_case, body, code) => {
    expect((await platform.call('POST', SINGULAR(), body)).body).toMatchObject({ status: 400, errorCode: code })
    expect((await platform.call('GET', SINGULAR())).body).toMatchObject({ emailRecipients: [], smsRecipients: [], webhookUrls: [] })
  })

  it('somebody else’s group is not there, and a group of another kind neither', async () => {
    const other = await newAccount()
    expect((await platform.call('GET', `${account.base}/emergency-notifications/groups/ACCOUNT/${other.id}`)).status).toBe(404)
    expect((await platform.call('PUT', `${account.base}/emergency-notifications/groups/ACCOUNT/${other.id}`, {})).status).toBe(404)
    expect((await platform.call('GET', `${account.base}/emergency-notifications/groups/TEAM/${account.id}`)).status).toBe(400)
  })

  it('two changes at once both count', async () => {
    await Promise.all([platform.call('POST', SINGULAR(), { emails: ['a@example.com'] }), platform.call('POST', SINGULAR(), { sms: ['8015550101'] })])
    expect((await platform.call('GET', SINGULAR())).body).toMatchObject({ emailRecipients: ['a@example.com'], smsRecipients: ['18015550101'] })
  })
})

describe('telling them', () => {
  it('S0-80: a test reaches everybody without a call, and needs somebody to reach', async () => {
    expect((await platform.call('POST', `${GROUP()}/execute-test`)).body).toMatchObject({ status: 400, errorCode: 'NotificationRecipientsRequired' })
    await platform.call('POST', SINGULAR(), { emailRecipients: ['desk@example.com'], smsRecipients: ['18015550100'] })
    const event = await platform.call('POST', `${GROUP()}/execute-test`)
    expect(event.body).toMatchObject({
      ...{ groupId: account.id, groupType: 'ACCOUNT', triggerType: 'NOTIFICATION_TEST', status: 'SENT', timeZoneId: 'US/Mountain' },
      emailNotificationRecipients: [{ recipient: 'desk@example.com', status: 'SENT' }],
      smsNotificationRecipients: [{ recipient: '18015550100', status: 'SENT' }],
    })
    expect(event.body).not.toHaveProperty('triggeringPhoneNumber')
    expect((await mailbox()).map((message) => [message.kind, message.recipient])).toEqual([
      ['EMAIL', 'desk@example.com'],
      ['SMS', '18015550100'],
    ])
    expect((await platform.call('POST', `${SINGULAR()}/test`)).status).toBe(200)
    expect(await events()).toHaveLength(2)
  })

  it('S0-73 S0-74 S0-77: a 911 call tells everybody who, where, when and the number to call back', async () => {
    await platform.call('POST', SINGULAR(), { emailRecipients: ['desk@example.com'], smsRecipients: ['18015550100'] })
    await reportEmergencyCall(platform.plane.context, aCall('call-1'))
    const [email] = await mailbox()
    expect(email?.subject).toBe('911 call at Front Desk')
    for (const fact of ['Ann Desk', '4001', '(801) 555-0123', '333 S 520 W, SUITE 500, Lindon, UT 84042']) expect(email?.body).toContain(fact)
    expect(await events()).toMatchObject([{ triggerType: 'EMERGENCY_CALL', triggeringPhoneNumber: '18015550123', status: 'SENT' }])
  })

  it('the call and its record tell once; a record alone tells too; other calls tell nobody', async () => {
    await platform.call('POST', SINGULAR(), { emailRecipients: ['desk@example.com'] })
    const { context } = platform.plane
    const ids = Array.from({ length: 3 }, () => crypto.randomUUID())
    await Promise.all([reportEmergencyCall(context, aCall(ids[0] ?? '')), reportEmergencyCall(context, aCall(ids[0] ?? ''))])
    await storeCallRecords(context, [aRecord(ids[0] ?? ''), aRecord(ids[1] ?? '', { termCategory: 'EmergencyServicesVerification', dialedNumber: '933' })])
    await storeCallRecords(context, [
      aRecord(ids[2] ?? '', { termCategory: 'OffNet' }),
      aRecord(ids[1] ?? '', { termCategory: 'EmergencyServicesVerification' }),
    ])
    expect((await events()).map((event) => event['triggerType'])).toEqual(['EMERGENCY_TEST_CALL', 'EMERGENCY_CALL'])
    expect(await mailbox()).toHaveLength(2)
  })

  it('a message that could not be brought is a recipient who was not told', async () => {
    await platform.call('POST', SINGULAR(), { emailRecipients: ['desk@example.com'], smsRecipients: ['18015550100'] })
    await reportEmergencyCall(platform.plane.context, aCall('undelivered'))
    const { sql } = platform.plane.context.database
    await until(async () => (await mailbox()).every(({ status }) => status === 'MAILBOX'))
    await sql.updateTable('outgoing_message').set({ status: 'FAILED' }).where('account_id', '=', account.id).where('kind', '=', 'SMS').execute()
    expect(await events()).toMatchObject([
      { status: 'PARTIAL', emailNotificationRecipients: [{ status: 'SENT' }], smsNotificationRecipients: [{ recipient: '18015550100', status: 'FAILED' }] },
    ])
  })

  it('a call of an account nobody configured is recorded as told to nobody', async () => {
    await reportEmergencyCall(platform.plane.context, aCall('alone'))
    expect(await events()).toMatchObject([{ status: 'FAILED', emailNotificationRecipients: [] }])
    await reportEmergencyCall(platform.plane.context, { ...aCall('gone'), accountId: 'nobody' })
  })
})

describe('webhooks', () => {
  it('S0-73 S0-97: the URL is told, signed with both signatures', async () => {
    const { url, received } = await receiver(200)
    const secret = String((await platform.call('POST', SINGULAR(), { webhookUrls: [url] })).body['webhookSecret'])
    await reportEmergencyCall(platform.plane.context, aCall('hooked'))
    await until(() => received.length === 1)
    const [{ headers, body }] = received as [{ headers: Record<string, unknown>; body: string }]
    expect(JSON.parse(body)).toMatchObject({
      event: 'emergency.call',
      data: { accountId: account.id, triggeringPhoneNumber: '18015550123', location: LOCATION },
    })
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
    expect(headers['x-alianza-signature']).toBe(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
    await until(async () => (await events())[0]?.['status'] === 'SENT')
  })

  it('911 is told at once, whoever does not answer: another account, or this one asked about its tests', async () => {
    const silent = await silentReceiver()
    const { url, told } = await receiver(200)
    const [mine, other] = [account, await newAccount()]
    await platform.call('POST', SINGULAR(), { webhookUrls: [url] })
    account = other
    await platform.call('POST', SINGULAR(), { webhookUrls: Array.from({ length: 40 }, (_, index) => `${silent.url}/${index}`) })
    for (const id of ['one', 'two']) await reportEmergencyCall(platform.plane.context, { ...aCall(id), triggerType: 'EMERGENCY_TEST_CALL' })
    await platform.plane.context.dueWork.runNow()
    await silent.asked(40)
    await platform.call('PUT', SINGULAR(), { webhookUrls: [url] })
    for (const [index, whose] of [mine, other, mine, other].entries()) {
      account = whose
      const heard = told()
      await reportEmergencyCall(platform.plane.context, aCall(`real-${index}`))
      expect(JSON.parse(await heard)).toMatchObject({ event: 'emergency.call', data: { accountId: account.id } })
    }
    // All within the five seconds one of them is waited for: the calls themselves sent it on its way, for looks are five seconds apart.
    expect(silent.givenUp()).toBe(0)
    silent.answer()
  })

  it('911 is told at once also when the tests of as many accounts as are told at a time hang', async () => {
    const silent = await silentReceiver()
    const { url, told } = await receiver(200)
    await platform.call('POST', SINGULAR(), { webhookUrls: [url] })
    const mine = account
    const others = []
    for (let count = 0; count < 33; count++) {
      account = await newAccount()
      others.push(account)
      await platform.call('POST', SINGULAR(), { webhookUrls: [`${silent.url}/${count}`] })
    }
    // Each is given up five seconds after it was asked.
    for (account of others) await reportEmergencyCall(platform.plane.context, { ...aCall(`test ${account.id}`), triggerType: 'EMERGENCY_TEST_CALL' })
    await platform.plane.context.dueWork.runNow()
    await silent.asked(32)
    account = mine
    const heard = told()
    await reportEmergencyCall(platform.plane.context, aCall('real'))
    expect(JSON.parse(await heard)).toMatchObject({ event: 'emergency.call', data: { accountId: mine.id } })
    expect(silent.givenUp()).toBe(0)
    silent.answer()
  })

  it('is tried again after a failure, and given up after five times', async () => {
    const { url, received } = await receiver(500, 500, 200)
    const broken = await receiver(500)
    await platform.call('POST', SINGULAR(), { webhookUrls: [url, broken.url] })
    await reportEmergencyCall(platform.plane.context, aCall('retried'))
    const hooks = async () => (await events())[0]?.['webhookNotificationRecipients'] as { status: string; attempts: number }[]
    for (const attempts of [1, 2, 3, 4, 5]) {
      await until(async () => (await hooks())[1]?.attempts === attempts && (await hooks())[1]?.status !== 'SENT' && broken.received.length === attempts)
      await until(
        async () =>
          (
            await platform.plane.context.database.sql
              .selectFrom('emergency_delivery')
              .select('id')
              .where('last_error', 'is', null)
              .where('status', '=', 'PENDING')
              .execute()
          ).length === 0,
      )
      platform.time.advance(3_600_000)
    }
    expect(await hooks()).toMatchObject([
      { status: 'SENT', attempts: 3 },
      { status: 'FAILED', attempts: 5 },
    ])
    expect(received).toHaveLength(3)
    expect((await events())[0]?.['status']).toBe('PARTIAL')
  })
})
