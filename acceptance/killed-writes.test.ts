import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { type HttpAnswer, HttpClient } from './http-client.ts'
import { Platform } from './platform.ts'
import { Account, done, type Identified, Tenant, unique } from './tenant.ts'

const EACH = 2
/** From the first writes under way to all of them answered. */
const MOMENTS_MS = [15, 60, 150]
const PASSWORDS = ['Correct-horse-7', 'Battery-staple-8'] as const
const PLACE = { streetNumber: '1', streetName: 'Main', city: 'Lindon', state: 'UT', postalCode: '84042' }

let platform: Platform
let tenant: Tenant
let account: Account
let userId: string
let portNumber = 1_607_556_0000 + (Date.now() % 9_000)

// A platform of its own: it is killed.
beforeAll(async () => {
  platform = await Platform.start()
  tenant = await Tenant.logIn(platform.address)
  account = await tenant.createAccount()
  userId = (await account.createUser('4001')).userId
})
afterAll(() => platform.discard())

/** A request that is sent until it is answered, under one key. */
interface Sent {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly key: string
  /** What shows all of them, and the name that stands in it once. */
  readonly listed?: readonly [path: string, name: string]
}

type Issued = { readonly id: string; readonly key: string }

const send = (one: Sent): Promise<HttpAnswer | undefined> =>
  tenant.http.send(one.method, one.path, one.body, { headers: { 'idempotency-key': one.key, ...one.headers } }).catch(() => undefined)

const issue = async (more: object = {}) =>
  done(await tenant.http.post<Issued>(`${tenant.path}/apikey`, { name: unique('Key '), permissions: { Account: 'READ' }, ...more }))

function creations(): readonly Sent[] {
  const [name, keys, ports] = [unique('made-'), `${tenant.path}/apikey`, `${tenant.path}/telephone-number/port`]
  const ported = `+${String(portNumber++)}`
  const day = new Date(Date.now() + 21 * 86_400_000)
  while (day.getUTCDay() !== 3) day.setUTCDate(day.getUTCDate() + 1)
  const port = {
    ...{ telephoneNumbers: [ported], accountId: account.id, billingTelephoneNumber: ported, accountNumber: '123456789', pin: '1234' },
    subscriber: { firstName: 'John', lastName: 'Doe', companyName: 'Acme Corporation', authorizedName: 'John Doe' },
    serviceAddress: { street: '135 Front St', city: 'Binghamton', state: 'NY', zipCode: '13905' },
    ...{ requestedDate: day.toISOString().slice(0, 10), currentProvider: 'AT&T' },
  }
  const customer = {
    account: { accountNumber: name.slice(0, 25), accountName: name },
    users: [
      { as: 'ann', firstName: 'Ann', lastName: 'Baker', extension: '4000' },
      { as: 'bob', firstName: 'Bob', lastName: 'Baker', extension: '4001' },
    ],
    devices: [{ userId: '$ann', deviceName: 'Till', deviceTypeId: 'GENERIC_SIP', lineNumber: 1 }],
    callGroups: [{ as: 'all', name: 'All', type: 'USER', memberIds: ['$ann', '$bob'] }],
  }
  const made = (what: string, path: string, body: object, listed: Sent['listed']): Sent =>
    ({ what, method: 'POST', path, body, key: unique('key-'), ...(listed === undefined ? {} : { listed }) }) // prettier-ignore
  return [
    made('an API key', keys, { name, permissions: { Account: 'READ' } }, [keys, `"name":"${name}"`]),
    made('an OAuth client', keys, { name: `${name}-o`, kind: 'OAUTH_CLIENT', permissions: { Account: 'READ' } }, [keys, `"name":"${name}-o"`]),
    made('a customer', `${tenant.path}/onboarding`, customer, [`${tenant.path}/account/search?q=${name}`, `"accountName":"${name}"`]),
    made('a port', ports, port, [`${account.path}/telephonenumber`, `"phoneNumber":"${ported.slice(1)}"`]),
    made('a webhook', `${tenant.path}/webhook`, { url: `https://example.com/${name}`, events: [] }, [`${tenant.path}/webhook`, `/${name}"`]),
  ]
}

async function changes(): Promise<readonly Sent[]> {
  const [rotated, revoked, number] = [await issue(), await issue(), await account.addNumber()]
  // Afterwards: one that is free still.
  const [found] = done(
    await tenant.http.get<readonly { phoneNumber: string }[]>(`${tenant.path}/telephonenumber/search?type=LAT_LONG&lat=40.33&long=-111.72&maxResults=1`),
  )
  const read = await tenant.http.get(account.path)
  const e911Address = { businessName: unique('Shop '), ...PLACE, streetNumber: '333', preDirectional: 'S', streetName: '520', postDirectional: 'W' }
  return [
    { what: 'an order', method: 'POST', path: `${tenant.path}/telephone-number/order`, body: { telephoneNumbers: [`+${found?.phoneNumber}`], accountId: account.id }, key: unique('key-') },
    { what: 'a new secret', method: 'POST', path: `${tenant.path}/apikey/${rotated.id}/rotate`, body: { overlapSeconds: 0 }, key: unique('key-') },
    { what: 'a revocation', method: 'DELETE', path: `${tenant.path}/apikey/${revoked.id}`, key: unique('key-') },
    { what: 'an emergency address', method: 'PATCH', path: `${account.path}/telephonenumber/${number}`, body: { e911Address }, key: unique('key-') },
    { what: 'a calling plan', method: 'POST', path: `${account.path}/user/${userId}/callingplanswap`, body: { swapCallingPlanProductId: await newPlan() }, key: unique('key-') },
    { what: 'a change of the version that was read', method: 'PATCH', path: account.path, body: { accountName: unique('Name ') }, headers: { 'if-match': read.headers.get('etag') ?? '' }, key: unique('key-') },
  ] // prettier-ignore
}

async function newPlan(): Promise<string> {
  const body = { name: unique('Plan '), planMinutes: 100 }
  return done(await tenant.http.post<Identified>(`${tenant.path}/callingplanproduct`, body)).id
}

const statusAndText = (answer: HttpAnswer | undefined) => [answer?.status, answer?.text]

describe('kill -9 among writes of every kind', () => {
  it.each(MOMENTS_MS)(
    'after %i ms: what was answered stands, the same key gives the same answer, and nothing is there twice',
    { timeout: 180_000 },
    async (afterMs) => {
      const writes = [...Array.from({ length: EACH }, creations).flat(), ...(await changes())]
      const sending = Promise.all(writes.map(send))
      await pause(afterMs)
      await platform.kill9()
      const before = await sending
      await platform.start()
      tenant = await Tenant.logIn(platform.address)
      account = new Account(tenant, account.id)
      const after = await Promise.all(writes.map(send))
      for (const [index, one] of writes.entries()) {
        expect([one.what, Math.floor((after[index]?.status ?? 0) / 100)], after[index]?.text).toEqual([one.what, 2])
        if (before[index] !== undefined) expect([one.what, ...statusAndText(after[index])]).toEqual([one.what, ...statusAndText(before[index])])
        const again = await send(one)
        expect([one.what, ...statusAndText(again)]).toEqual([one.what, ...statusAndText(after[index])])
        expect([one.what, again?.headers.get('idempotency-replayed')]).toEqual([one.what, 'true'])
        if (one.listed === undefined) continue
        const [path, name] = one.listed
        expect([one.what, (await tenant.http.get(path)).text.split(name).length - 1]).toEqual([one.what, 1])
      }
      // In the feed of events each is told of once, as if nothing had happened.
      for (const [index, one] of writes.entries()) {
        if (one.what !== 'a webhook') continue
        const made = after[index]?.body as Identified | undefined
        const told = `"webhookId":"${made?.id}"`
        const times = await eventually('the event of a webhook', 10_000, async () => {
          const { text } = await tenant.http.get(`${tenant.path}/events?limit=1000&type=webhook.created`)
          return text.includes(told) ? text.split(told).length - 1 : undefined
        })
        expect(times).toBe(1)
      }
      const secret = writes.findIndex(({ what }) => what === 'a new secret')
      const rotated = after[secret]?.body as Issued | undefined
      expect((await new HttpClient(platform.address.httpUrl, rotated?.key).get(`${tenant.path}/account`)).status).toBe(200)
    },
  )

  it('a password that was changed stays changed; of one whose change was not answered one of the two opens', { timeout: 180_000 }, async () => {
    const manager = { username: `${unique('brand')}@example.com`, password: PASSWORDS[0], firstName: 'B', lastName: 'Operator' }
    done(await tenant.http.post(`${tenant.path}/partition`, { name: unique('Brand '), manager }))
    const client = await issue({ kind: 'OAUTH_CLIENT' })
    const { clientId = '', clientSecret = '' } = client as { clientId?: string; clientSecret?: string }
    const http = new HttpClient(platform.address.httpUrl)
    const changed = http.put('/v2/authorize', { username: manager.username, password: PASSWORDS[0], newPassword: PASSWORDS[1] }).catch(() => undefined)
    const asked = http
      .post<{ access_token: string }>('/v2/oauth/token', { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret })
      .catch(() => undefined)
    await pause(150)
    await platform.kill9()
    const [answer, token] = [await changed, await asked]
    await platform.start()
    const there = new HttpClient(platform.address.httpUrl)
    const opens = await Promise.all(
      PASSWORDS.map(async (password) => (await there.post('/v2/authorize', { username: manager.username, password })).status === 200),
    )
    if (answer?.status === 200) expect(opens).toEqual([false, true])
    else expect(opens.filter(Boolean)).toHaveLength(1)
    if (token?.status === 200) expect((await there.withToken(token.body.access_token).get(`${tenant.path}/account`)).status).toBe(200)
  })
})
