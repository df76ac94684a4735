import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { makeTwoParties } from './phones/two-parties.ts'
import { type Account, done, Tenant } from './tenant.ts'

interface Configuration {
  readonly smsRecipients: readonly string[]
  readonly emailRecipients: readonly string[]
  readonly webhookUrls: readonly string[]
}

interface NotificationEvent {
  readonly triggerType: string
  readonly triggeringPhoneNumber?: string
  readonly status: string
  readonly emailNotificationRecipients: readonly { readonly recipient: string; readonly status: string }[]
  readonly smsNotificationRecipients: readonly { readonly recipient: string; readonly status: string }[]
}

interface Message {
  readonly kind: string
  readonly to: string
  readonly subject: string
  readonly body: string
  readonly accountId: string
}

let tenant: Tenant
const phones: ScriptedPhone[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
})

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close()
})

const RECIPIENTS = { smsRecipients: ['+18015550100'], emailRecipients: ['frontdesk@example.com'], webhookUrls: ['https://hooks.example.com/911'] }

async function messagesOf(account: Account): Promise<readonly Message[]> {
  return done(await tenant.http.get<readonly Message[]>('/v2/sandbox/messages')).filter(
    (message) => message.accountId === account.id && message.subject.includes('911'),
  )
}

const eventsOf = async (account: Account) => done(await tenant.http.get<readonly NotificationEvent[]>(`${account.path}/emergency-notifications/events`))

describe('emergency notification', () => {
  it('S0-73 S0-97: the webhook is told of a call to 911, signed with the secret of the group', async () => {
    const received: { signed: string; signature: string; body: string }[] = []
    const receiver = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += String(chunk)))
      request.on('end', () => {
        const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request.headers
        received.push({ signed: `${String(id)}.${String(timestamp)}.${body}`, signature: String(signature), body })
        response.writeHead(204).end()
      })
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const parties = await makeTwoParties(tenant)
    const number = await parties.account.addNumber()
    await parties.account.assignNumber(number, parties.caller.userId)
    const webhookUrls = [`http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/911`]
    const { webhookSecret = '' } = done(await tenant.http.post<{ webhookSecret?: string }>(`${parties.account.path}/emergency-notification`, { webhookUrls }))
    const phone = await ScriptedPhone.open(parties.server, parties.caller.login)
    phones.push(phone)
    const call = await phone.call('911')
    expect(await call.finalStatus()).toBe(200)
    expect(await call.hangUp()).toBe(200)
    const [told] = await eventually('the webhook', 10_000, async () => Promise.resolve(received.length > 0 ? received : undefined))
    receiver.close()
    expect(JSON.parse(told?.body ?? '{}')).toMatchObject({ event: 'emergency.call', data: { accountId: parties.account.id, triggeringPhoneNumber: number } })
    const key = Buffer.from(webhookSecret.replace('whsec_', ''), 'base64')
    expect(told?.signature).toBe(
      `v1,${createHmac('sha256', key)
        .update(told?.signed ?? '')
        .digest('base64')}`,
    )
  })

  it('S0-79 S0-30: SMS, e-mail and webhooks are configured in one request, and seen on both interfaces', async () => {
    const account = await tenant.createAccount()
    const stored = done(await tenant.http.post<Configuration>(`${account.path}/emergency-notification`, RECIPIENTS))
    expect(stored).toMatchObject({ smsRecipients: ['18015550100'], emailRecipients: RECIPIENTS.emailRecipients, webhookUrls: RECIPIENTS.webhookUrls })
    const [group] = done(
      await tenant.http.get<readonly { compliance: Configuration & { inCompliance: boolean } }[]>(`${account.path}/emergency-notifications/groups`),
    )
    expect(group?.compliance).toMatchObject({
      smsRecipients: stored.smsRecipients,
      emailRecipients: stored.emailRecipients,
      webhookUrls: stored.webhookUrls,
      inCompliance: true,
    })
  })

  it('S0-80: can be tried without a call', async () => {
    const account = await tenant.createAccount()
    done(await tenant.http.post(`${account.path}/emergency-notification`, { ...RECIPIENTS, webhookUrls: [] }))
    const event = done(await tenant.http.post<NotificationEvent>(`${account.path}/emergency-notifications/groups/ACCOUNT/${account.id}/execute-test`))
    expect(event).toMatchObject({
      triggerType: 'NOTIFICATION_TEST',
      status: 'SENT',
      emailNotificationRecipients: [{ recipient: 'frontdesk@example.com', status: 'SENT' }],
    })
    expect((await messagesOf(account)).map((message) => [message.kind, message.to]).toSorted(([one = ''], [other = '']) => one.localeCompare(other))).toEqual([
      ['EMAIL', 'frontdesk@example.com'],
      ['SMS', '18015550100'],
    ])
  })

  it('S0-71 S0-73 S0-74 S0-77: a call to 911 tells the contacts who, where and the number to call back, once; 933 is told as a test', async () => {
    const parties = await makeTwoParties(tenant)
    const { account } = parties
    const number = await account.addNumber()
    await account.assignNumber(number, parties.caller.userId)
    done(await tenant.http.post(`${account.path}/emergency-notification`, { ...RECIPIENTS, webhookUrls: [] }))
    const phone = await ScriptedPhone.open(parties.server, parties.caller.login)
    phones.push(phone)
    const call = await phone.call('911')
    expect(await call.finalStatus()).toBe(200)
    // Told while the call is on: nobody has hung up yet.
    const told = await eventually('the notification', 5000, async () => {
      const messages = await messagesOf(account)
      return messages.length >= 2 ? messages : undefined
    })
    expect(told).toHaveLength(2)
    const national = `(${number.slice(1, 4)}) ${number.slice(4, 7)}-${number.slice(7)}`
    for (const message of told) for (const fact of [national, '333 S 520 W', 'Lindon']) expect(message.body).toContain(fact)
    expect(await call.hangUp()).toBe(200)
    const test = await phone.call('933')
    expect(await test.finalStatus()).toBe(200)
    expect(await test.hangUp()).toBe(200)
    const events = await eventually('both events', 5000, async () => {
      const found = await eventsOf(account)
      return found.length >= 2 && (await account.callRecords()).length >= 2 ? found : undefined
    })
    expect(events.map((event) => event.triggerType)).toEqual(['EMERGENCY_TEST_CALL', 'EMERGENCY_CALL'])
    expect(events[1]).toMatchObject({ triggeringPhoneNumber: number, status: 'SENT' })
    expect(await eventsOf(account)).toHaveLength(2)
  })
})
