import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pause } from './eventually.ts'
import type { ErrorBody, HttpAnswer } from './http-client.ts'
import { Platform } from './platform.ts'
import { type Account, done, type Identified, type InventoryNumber, Tenant, unique } from './tenant.ts'

const WRITERS = 50
const writers = Array.from({ length: WRITERS }, (_, index) => index)

let platform: Platform
let tenant: Tenant

// A platform of its own: it is killed.
beforeAll(async () => {
  platform = await Platform.start()
  tenant = await Tenant.logIn(platform.address)
})

afterAll(() => platform.discard())

interface ListedAccount extends Identified {
  readonly accountNumber: string
}

const named = async (accountNumber: string) =>
  done(await tenant.http.get<{ accounts?: readonly ListedAccount[] } & readonly ListedAccount[]>(`${tenant.path}/account/search?q=${accountNumber}`))

const statuses = (answers: readonly (HttpAnswer | undefined)[]) =>
  Object.fromEntries([...Map.groupBy(answers, (answer) => answer?.status ?? 'none')].map(([status, all]) => [status, all.length]))

describe('many at once', () => {
  it('two accounts order one number: one of them has it, the other is told so, twenty times', { timeout: 60_000 }, async () => {
    const [one, other] = [await tenant.createAccount(), await tenant.createAccount()]
    const found = done(
      await tenant.http.get<readonly InventoryNumber[]>(`${tenant.path}/telephonenumber/search?type=LAT_LONG&lat=40.33&long=-111.72&maxResults=20`),
    )
    const order = (account: Account, phoneNumber: string) =>
      tenant.http.post<ErrorBody>(`${tenant.path}/telephone-number/order`, { telephoneNumbers: [`+${phoneNumber}`], accountId: account.id })
    for (const { phoneNumber } of found) {
      const answers = await Promise.all([order(one, phoneNumber), order(other, phoneNumber)])
      const held = await Promise.all([one, other].map((account) => tenant.http.get(`${account.path}/telephonenumber/${phoneNumber}`)))
      // An order whose number was taken says so at once, or in its lines.
      expect([phoneNumber, held.filter(({ status }) => status === 200).length], answers.map(({ text }) => text).join('\n')).toEqual([phoneNumber, 1])
      expect(answers.every(({ status }) => status < 500)).toBe(true)
    }
    expect(found.length).toBe(20)
  })

  it('50 writers on one object: all are written one after the other; of those that name the version they saw one is', { timeout: 60_000 }, async () => {
    const account = await tenant.createAccount()
    const all = await Promise.all(writers.map((index) => tenant.http.patch<{ accountName: string }>(account.path, { accountName: `Writer ${index}` })))
    expect(statuses(all)).toEqual({ 200: WRITERS })
    const read = await tenant.http.get<{ accountName: string }>(account.path)
    expect(writers.map((index) => `Writer ${index}`)).toContain(done(read).accountName)
    // Its creation, and each of them: nobody wrote over a state he had not read.
    const history = done(await tenant.http.get<{ totalRecords: number }>(`${account.path}/accounthistorysearch`))
    expect(history.totalRecords).toBe(1 + WRITERS)
    const headers = { 'if-match': read.headers.get('etag') ?? '' }
    const seen = await Promise.all(writers.map((index) => tenant.http.patch(account.path, { accountName: `Second ${index}` }, { headers })))
    expect(statuses(seen)).toEqual({ 200: 1, 412: WRITERS - 1 })
  })

  it('the same Idempotency-Key 50 times: one account, and everybody is told of the same one', { timeout: 60_000 }, async () => {
    const body = { accountNumber: unique('SAME-').slice(0, 25), accountName: 'Once' }
    const headers = { 'idempotency-key': unique('same-') }
    const answers = await Promise.all(writers.map(() => tenant.http.post<Identified>(`${tenant.path}/account`, body, { headers })))
    expect(statuses(answers)).toEqual({ 200: WRITERS })
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
  })

  it('and over kill -9: whatever was answered stands, and the key leads to one account', { timeout: 90_000 }, async () => {
    const body = { accountNumber: unique('KILL-').slice(0, 25), accountName: 'Once' }
    const headers = { 'idempotency-key': unique('kill-') }
    const send = () => tenant.http.post<Identified>(`${tenant.path}/account`, body, { headers }).catch(() => undefined)
    const sent = Promise.all(writers.map(send))
    await pause(20)
    await platform.kill9()
    const before = await sent
    await platform.start()
    tenant = await Tenant.logIn(platform.address)
    const after = await Promise.all(writers.map(send))
    expect(statuses(after)).toEqual({ 200: WRITERS })
    const answered = [...before, ...after].filter((answer) => answer !== undefined)
    expect(new Set(answered.map((answer) => answer.text)).size).toBe(1)
    expect(JSON.stringify(await named(body.accountNumber)).split(`"accountNumber":"${body.accountNumber}"`).length - 1).toBe(1)
  })
})
