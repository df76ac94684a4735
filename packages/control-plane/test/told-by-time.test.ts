import { startTestControlPlane, type TestControlPlane } from '@dialtone/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FurnishedTenant, furnishTenant, strangerOf } from './tenants/furnished-tenant.ts'

/** Password tokens are mailed every two minutes, and guesses forgotten after one: each round finds nothing of the one before. */
const BETWEEN_ROUNDS_MS = 130_000
/** A hash takes its time each time; the others are many, and told apart the better. */
const ROUNDS = { hashed: 60, other: 200 } as const
/** No answer but that of a password takes that long. */
const HASH_MS = 5

let platform: TestControlPlane
let tenant: FurnishedTenant
let other: FurnishedTenant
let loginOfPhone: string
let asked = 0

beforeAll(async () => {
  platform = await startTestControlPlane()
  tenant = await furnishTenant(platform, 'Timely')
  other = await furnishTenant(platform, 'Elsewhere')
  const { partitionId, accountId, macAddress } = tenant.ids
  await platform.call('POST', `/v2/partition/${partitionId}/account/${accountId}/device/${macAddress}/configuration/password`, undefined, tenant.token)
  loginOfPhone = macAddress ?? ''
  const user = `/v2/partition/${partitionId}/account/${accountId}/user/${tenant.ids['userId']}`
  expect((await platform.call('PATCH', user, { allowPortalAccess: true }, tenant.token)).status).toBe(200)
})
afterAll(() => platform.stop())

interface Ask {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** Everybody asks from an address of his own: nobody waits for what somebody else tried. */
async function ask({ method, url, body, headers }: Ask) {
  asked++
  const remoteAddress = `10.${asked >> 16}.${(asked >> 8) & 255}.${asked & 255}`
  const begunAt = performance.now()
  const answer = await platform.plane.http.inject({
    ...{ method, url, remoteAddress, headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) } },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  })
  return { ms: performance.now() - begunAt, told: `${answer.statusCode} ${answer.body.replaceAll(/"(timestamp|requestId|traceId|path)":"[^"]*"/g, '')}` }
}

/** In turn, and each as often the first one of a round as the others. */
async function compared(kinds: Readonly<Record<string, () => Ask>>, rounds: number, betweenRoundsMs = BETWEEN_ROUNDS_MS) {
  const names = Object.keys(kinds)
  const found = new Map(names.map((name) => [name, { times: [] as number[], told: new Set<string>() }]))
  for (let round = 0; round < rounds; round++) {
    platform.time.advance(betweenRoundsMs)
    for (let place = 0; place < names.length; place++) {
      const name = names[(round + place) % names.length] ?? ''
      const made = kinds[name]?.() ?? { method: 'GET', url: '/' }
      const answer = await ask(made)
      found.get(name)?.times.push(answer.ms)
      // Without the name that was asked for.
      const words = [...made.url.split(/[/?=.]/), ...Object.values(made.body ?? {}).map(String)].filter((word) => word.length > 4)
      found.get(name)?.told.add(words.reduce((text, word) => text.replaceAll(word, '…'), answer.told))
    }
  }
  return [...found.values()].map(({ times, told }) => ({ ...spreadOf(times), told: [...told] }))
}

/** The middle of what was measured, and how far from the true one it may be by chance (four standard errors of a median). */
function spreadOf(times: readonly number[]) {
  const sorted = times.toSorted((one, two) => one - two)
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0
  return { median: at(0.5), doubt: (4 * 1.253 * (at(0.75) - at(0.25))) / 1.349 / Math.sqrt(sorted.length) }
}

/** The same words, and times that a stranger cannot tell from each other. */
function expectAlike(kinds: Awaited<ReturnType<typeof compared>>): void {
  const [first, ...others] = kinds
  for (const kind of others) {
    expect(kind.told).toEqual(first?.told)
    const apart = Math.abs(kind.median - (first?.median ?? 0))
    expect(apart, JSON.stringify(kinds)).toBeLessThan(Math.hypot(first?.doubt ?? 0, kind.doubt) + (first?.median ?? 0) * 0.1)
  }
}

describe('what somebody is told, and after what time', () => {
  const nobody = (): string => `nobody-${asked}@example.com`
  const named = (): Readonly<Record<string, () => string>> => ({
    operator: () => tenant.ids['manager'] ?? '',
    user: () => tenant.ids['username'] ?? '',
    nobody,
  })
  const withNames = (of: (name: string) => Ask) => Object.fromEntries(Object.entries(named()).map(([kind, name]) => [kind, () => of(name())]))

  it('of a login with a wrong password: nothing of whether there is such a name', { timeout: 60_000 }, async () => {
    const kinds = await compared(
      withNames((username) => ({ method: 'POST', url: '/v2/authorize', body: { username, password: 'Wrong-horse-9' } })),
      ROUNDS.hashed,
    )
    expectAlike(kinds)
    expect(Math.min(...kinds.map(({ median }) => median))).toBeGreaterThan(HASH_MS)
  })

  it('of a request for a password by mail: nothing of whether one is sent', { timeout: 60_000 }, async () => {
    const kinds = await compared(
      withNames((username) => ({ method: 'POST', url: '/v2/authorize/resetpassword', body: { username } })),
      ROUNDS.hashed,
    )
    expectAlike(kinds)
    // It hides what a mail takes, which is less.
    expect(Math.min(...kinds.map(({ median }) => median))).toBeGreaterThan(HASH_MS)
    const mails = await platform.plane.context.database.sql.selectFrom('password_token').select('user_id').where('purpose', '=', 'RESET').execute()
    expect(new Set(mails.map((mail) => mail.user_id)).size, 'who was mailed').toBe(2)
  })

  it('of the file of a phone, without and with a password: nothing of whether there is such a phone, or has one', { timeout: 60_000 }, async () => {
    const fileOf = (macAddress: string, isTried: boolean) => (): Ask => {
      const headers = { authorization: `Basic ${Buffer.from(`${macAddress}:wrong`).toString('base64')}` }
      return { method: 'GET', url: `/provision/${macAddress}.cfg`, ...(isTried ? { headers } : {}) }
    }
    const stranger = '0200f0ffaabb'
    const challenges = /401/
    for (const isTried of [false, true]) {
      const kinds = await compared(
        {
          'with a password': fileOf(loginOfPhone, isTried),
          'without one': fileOf(other.ids['macAddress'] ?? '', isTried),
          nobody: fileOf(stranger, isTried),
        },
        ROUNDS.other,
      )
      expectAlike(kinds)
      expect(kinds.every(({ told }) => told.length === 1 && challenges.test(told[0] ?? ''))).toBe(true)
    }
  })

  it('of the ids, numbers and addresses of another tenant: what is told of those that nobody has', { timeout: 60_000 }, async () => {
    const { username, password } = { username: tenant.ids['manager'] ?? '', password: 'Another-horse-2' }
    const token = String((await platform.logIn(username, password)).body['authToken'])
    const partition = `/v2/partition/${tenant.ids['partitionId']}`
    const account = `${partition}/account/${tenant.ids['accountId']}`
    const strange = strangerOf(other.ids)
    const paths: Readonly<Record<string, string>> = {
      partitionId: '/v2/partition/…',
      accountId: `${partition}/account/…`,
      accountNumber: `${partition}/account/…?accountIdType=AccountNumber`,
      number: `${account}/telephonenumber/…`,
      userId: `${account}/user/…`,
      macAddress: `${account}/device/…`,
      sipTrunkId: `${account}/siptrunk_2/…`,
      voicemailBoxId: `${account}/voicemailbox/…`,
      templateId: `${partition}/devicetemplate/…`,
      webhookId: `${partition}/webhook/…`,
    }
    for (const [name, path] of Object.entries(paths)) {
      const of = (ids: Readonly<Record<string, string>>) => (): Ask => ({
        method: 'GET',
        url: path.replace('…', encodeURIComponent(ids[name] ?? '')),
        headers: { 'x-auth-token': token },
      })
      const kinds = await compared({ foreign: of(other.ids), nobodys: of(strange) }, ROUNDS.other, 0)
      expectAlike(kinds)
      expect(kinds[0]?.told[0], name).toMatch(/^40[34] /)
    }
  })
})
