import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './eventually.ts'
import { makeScriptedPhones, makeTwoParties } from './phones/two-parties.ts'
import { done, Tenant } from './tenant.ts'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: { readonly id: string; readonly event: string; readonly partitionId: string; readonly data: Readonly<Record<string, unknown>> }
}

const SECRET = 'a-shared-secret-of-the-receiver'

let tenant: Tenant
let server: Server
let receiver: string
const received: Received[] = []

beforeAll(async () => {
  tenant = await Tenant.logIn()
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (piece: Buffer) => (text += piece.toString('utf8')))
    request.on('end', () => {
      received.push({ headers: request.headers, text, body: JSON.parse(text) as Received['body'] })
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  receiver = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => server.close())

async function subscribe(events: readonly string[]): Promise<string> {
  return `${tenant.path}/webhook/${done(await tenant.http.post<{ id: string }>(`${tenant.path}/webhook`, { url: receiver, secret: SECRET, events })).id}`
}

const heard = (event: string, accountId: string): Promise<Received> =>
  eventually(`${event} of ${accountId}`, 10_000, () => received.find((one) => one.body.event === event && one.body.data['accountId'] === accountId))

describe('webhooks', () => {
  it('S0-94 S0-97: a call that is over is posted with its data, signed with the secret of the subscription', async () => {
    const path = await subscribe(['call.completed', 'user.created'])
    const parties = await makeTwoParties(tenant)
    const created = await heard('user.created', parties.account.id)
    expect(created.body.data).toMatchObject({ userType: 'END_USER', userId: expect.any(String), firstName: expect.any(String), createdBy: expect.any(String) })
    const [caller, callee] = await makeScriptedPhones(parties)
    const call = await caller.call(parties.callee.extension)
    await (await callee.nextCall()).answer()
    await call.finalStatus()
    await call.hangUp()
    const { headers, text, body } = await heard('call.completed', parties.account.id)
    expect(body).toMatchObject({
      partitionId: tenant.partitionId,
      data: { callId: expect.any(String), from: expect.any(String), to: expect.any(String), duration: expect.any(Number) },
    })
    expect(headers['x-alianza-signature']).toBe(`sha256=${createHmac('sha256', SECRET).update(text).digest('hex')}`)
    expect(headers).toMatchObject({
      'x-alianza-event': 'call.completed',
      'x-alianza-delivery-id': expect.any(String),
      'x-alianza-timestamp': expect.stringMatching(/^\d{10}$/),
    })
    const standard = createHmac('sha256', SECRET)
      .update(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`)
      .digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${standard}`)
    caller.close()
    callee.close()
    done(await tenant.http.delete(path))
  })

  it('S0-94: number status changes are posted; the log shows the delivery and its answer', async () => {
    const path = await subscribe(['number.*'])
    const account = await tenant.createAccount()
    const number = await account.addNumber()
    const { body } = await heard('number.assigned', account.id)
    expect(JSON.stringify(body.data)).toContain(number)
    interface Log {
      readonly items: readonly { readonly id: string; readonly event: string; readonly status: string }[]
    }
    const items = await eventually('the delivery in the log', 5000, async () => {
      const log = done(await tenant.http.get<Log>(`${path}/delivery?status=DELIVERED`)).items
      return log.length > 0 ? log : undefined
    })
    const details = done(await tenant.http.get<{ log: readonly { statusCode: number }[] }>(`${path}/delivery/${items[0]?.id ?? ''}`))
    expect(details.log).toMatchObject([{ statusCode: 204 }])
    done(await tenant.http.delete(path))
  })

  it('an address of our own network is not for webhooks, nor is plain http outside', async () => {
    for (const url of ['http://example.com/hook', 'ftp://example.com/', 'https://user:secret@example.com/'])
      expect((await tenant.http.post(`${tenant.path}/webhook`, { url })).status).toBe(400)
    const inside = done(await tenant.http.post<{ id: string }>(`${tenant.path}/webhook`, { url: 'https://10.255.255.1/hook' }))
    const path = `${tenant.path}/webhook/${inside.id}`
    const { id } = done(await tenant.http.post<{ id: string }>(`${path}/test`))
    const error = await eventually('the refused attempt', 10_000, async () => {
      const { log } = done(await tenant.http.get<{ log: readonly { error?: string }[] }>(`${path}/delivery/${id}`))
      return log[0]?.error
    })
    expect(error).toContain('private')
    done(await tenant.http.delete(path))
  })
})

describe('the feed of events', () => {
  it('S0-96: whoever was away reads what he missed, page by page', async () => {
    interface Page {
      readonly events: readonly { readonly event: string; readonly accountId?: string }[]
      readonly next: string
      readonly hasMore: boolean
    }
    const account = await tenant.createAccount()
    await account.createUser('4001')
    await account.createUser('4002')
    const events = await eventually('the events of the account', 10_000, async () => {
      const { events: found } = done(await tenant.http.get<Page>(`${tenant.path}/events?accountId=${account.id}&limit=1000`))
      return found.filter((event) => event.event === 'user.created').length === 2 ? found : undefined
    })
    expect(events.map((event) => event.event).slice(0, 1)).toEqual(['account.created'])
  })
})
