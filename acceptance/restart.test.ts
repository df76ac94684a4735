import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import { type HttpAnswer, HttpClient } from './http-client.ts'
import { isAlive, Platform } from './platform.ts'
import { ScriptedPhone } from './phones/scripted-phone.ts'
import { makeScriptedPhones, makeTwoParties, type TwoParties } from './phones/two-parties.ts'
import { Account, done, Tenant, unique } from './tenant.ts'

let platform: Platform
/** How often the server is killed while it is written to; every run does a few, `DIALTONE_ACCEPTANCE_KILLS=50` many. */
const KILLS = Number(process.env['DIALTONE_ACCEPTANCE_KILLS'] ?? 4)

beforeAll(async () => {
  platform = await Platform.start()
})

afterAll(async () => {
  await platform.discard()
})

interface ListedAccount {
  readonly id: string
  readonly accountNumber: string
  readonly accountName: string
}

/** All accounts of a partition, page by page as the Link headers lead. */
async function everyAccount(tenant: Tenant): Promise<readonly ListedAccount[]> {
  const accounts: ListedAccount[] = []
  for (let next: string | undefined = `${tenant.path}/account?pageSize=500`; next !== undefined;) {
    const page: HttpAnswer<readonly ListedAccount[]> = await tenant.http.get(next)
    accounts.push(...done(page))
    next = /<https?:\/\/[^/]+([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1]
  }
  return accounts
}

/** Everything that can be read about an account. */
async function pictureOf(parties: TwoParties, tenant: Tenant): Promise<readonly unknown[]> {
  const account = new Account(tenant, parties.account.id)
  const paths = ['', '/user', '/telephonenumber', '/deviceline', '/callingplan', `/user/${parties.caller.userId}`, `/deviceline/${parties.caller.login.lineId}`]
  return Promise.all(paths.map(async (path) => done(await account.http.get(`${account.path}${path}`))))
}

describe('a second start', () => {
  it('finds everything again: tenants, credentials, tokens, records, registrations', async () => {
    const tenant = await Tenant.logIn(platform.address)
    const parties = await makeTwoParties(tenant)
    const number = await parties.account.addNumber()
    await parties.account.assignNumber(number, parties.caller.userId)
    const [caller, callee] = await makeScriptedPhones(parties)
    const call = await caller.call(parties.callee.extension)
    await (await callee.nextCall()).answer()
    await call.finalStatus()
    await call.hangUp()
    const records = await eventually('the record', 5000, async () => {
      const found = await parties.account.callRecords()
      return found.length > 0 ? found : undefined
    })
    const before = await pictureOf(parties, tenant)
    caller.close()
    callee.close()

    await platform.stop()
    await platform.start()

    const { httpUrl } = platform.address
    const sameToken = new Tenant(platform.address, new HttpClient(httpUrl, tenant.http.token), tenant.partitionId)
    expect(await pictureOf(parties, sameToken)).toEqual(before)
    const again = await Tenant.logIn(platform.address)
    const account = new Account(again, parties.account.id)
    expect(await account.callRecords()).toEqual(records)
    expect(await account.loginOf(parties.caller.login.lineId)).toMatchObject({
      sipUsername: parties.caller.login.sipUsername,
      sipPassword: parties.caller.login.sipPassword,
    })
    expect(await account.isRegistered(parties.callee.login.lineId)).toBe(true)
    const phone = await ScriptedPhone.open(platform.address, parties.caller.login)
    expect((await phone.register()).startLine).toContain('200')
    phone.close()
  })

  it('S0-19: keeps of a token what opens nothing, and no page, script, cache or log of it keeps one', async () => {
    const tenant = await Tenant.logIn(platform.address)
    const { key } = done(await tenant.http.post<{ key: string }>(`${tenant.path}/apikey`, { name: 'Kept', permissions: { Account: 'READ' } }))
    const tokens = [tenant.http.token ?? '', key]
    expect(tokens.map((token) => token.length > 20)).toEqual([true, true])
    const http = new HttpClient(platform.address.httpUrl)
    for (const path of ['/', '/docs']) {
      const page = await http.get(path)
      const policy = page.headers.get('content-security-policy') ?? ''
      expect([path, policy.startsWith("default-src 'none'"), policy.includes('script-src'), /localStorage|<script/i.test(page.text)]).toEqual([
        path,
        true,
        false,
        false,
      ])
    }
    const { username, password } = platform.address
    expect((await http.post('/v2/authorize', { username, password })).headers.get('cache-control')).toBe('no-store')
    const stored = contentsBelow(platform.dataDirectory)
    expect(stored.length).toBeGreaterThan(100)
    for (const token of tokens) expect([stored.some((content) => content.includes(token)), platform.log.includes(token)]).toEqual([false, false])
  })

  it('writes first-run.json for its owner only, with the ports in use', () => {
    const path = join(platform.dataDirectory, 'first-run.json')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const firstRun = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    expect(firstRun).toMatchObject({
      httpUrl: expect.stringMatching(/^http:\/\//),
      sipUri: expect.stringMatching(/^sip:/),
      sipPort: expect.any(Number),
      username: 'admin@dialtone.local',
    })
  })
})

describe('another environment', () => {
  it('S0-70: does not accept the tokens of the first, on the very same data', async () => {
    const development = await Platform.start()
    const tenant = await Tenant.logIn(development.address)
    await development.stop()
    const { dataDirectory } = development
    const quality = await Platform.start({ dataDirectory, environment: { DIALTONE_ENVIRONMENT: 'qa' } })
    const answer = await new HttpClient(quality.address.httpUrl, tenant.http.token).get(`${tenant.path}/account`)
    expect(answer.status).toBe(401)
    await quality.discard()
  })
})

/** A running database takes files away meanwhile. */
function contentsBelow(folder: string): readonly Buffer[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    try {
      return [readFileSync(join(folder, name))]
    } catch {
      return []
    }
  })
}

/** How accounts of the stream of writes begin. */
const WRITTEN = 'K-'

describe('kill -9', () => {
  it('leaves a database behind that the next start adopts or stops, without losing anything', async () => {
    const tenant = await Tenant.logIn(platform.address)
    const parties = await makeTwoParties(tenant)
    const before = await pictureOf(parties, tenant)
    const orphan = platform.databaseProcessId()
    expect(orphan, 'a postmaster.pid below the data directory').toBeDefined()
    await platform.kill9()
    expect(isAlive(orphan ?? 0), 'the database child outlives kill -9').toBe(true)
    await platform.start()
    expect(await pictureOf(parties, await Tenant.logIn(platform.address))).toEqual(before)
  })

  it(
    `${KILLS} times during a stream of writes loses nothing that was acknowledged, and what is asked for again with its key is made once`,
    { timeout: KILLS * 60_000 },
    async () => {
      const acknowledged = new Map<string, string>()
      const unanswered = new Map<string, string>()
      const create = async (tenant: Tenant, accountNumber: string, key: string): Promise<void> => {
        const headers = { 'idempotency-key': key }
        const body = { accountNumber, accountName: accountNumber }
        const answer = await tenant.http.post<{ id: string }>(`${tenant.path}/account`, body, { headers }).catch(() => undefined)
        if (answer?.status === 200) acknowledged.set(accountNumber, answer.body.id)
        if (answer === undefined) unanswered.set(accountNumber, key)
        else unanswered.delete(accountNumber)
        // A key whose first request was cut off is asked for again: anything but the account is an answer too many.
        if (answer !== undefined && answer.status < 500)
          expect([accountNumber, answer.status, answer.text]).toMatchObject([accountNumber, 200, expect.any(String)])
      }
      for (let round = 0; round < KILLS; round++) {
        const tenant = await Tenant.logIn(platform.address)
        for (const [accountNumber, key] of [...unanswered]) await create(tenant, accountNumber, key)
        const stopping = new AbortController()
        const writers = Array.from({ length: 8 }, async () => {
          while (!stopping.signal.aborted) await create(tenant, unique(WRITTEN).slice(0, 25), unique('key-'))
        })
        await pause(300 + (round % 8) * 250)
        await platform.kill9()
        stopping.abort()
        await Promise.all(writers)
        await platform.start()
        const found = await everyAccount(await Tenant.logIn(platform.address))
        const lost = [...acknowledged].filter(([accountNumber, id]) => !found.some((account) => account.accountNumber === accountNumber && account.id === id))
        expect(lost, `lost of ${acknowledged.size} after round ${round}`).toEqual([])
        const written = found.map((account) => account.accountName).filter((accountName) => accountName.startsWith(WRITTEN))
        expect(new Set(written).size, `doubled after round ${round}`).toBe(written.length)
      }
      expect(acknowledged.size).toBeGreaterThan(50)
    },
  )

  it('during a call leaves exactly one record of it, answered, with what is known of its length', async () => {
    const tenant = await Tenant.logIn(platform.address)
    const parties = await makeTwoParties(tenant)
    const [caller, callee] = await makeScriptedPhones(parties)
    const call = await caller.call(parties.callee.extension)
    const ringing = await callee.nextCall()
    await ringing.answer()
    await call.finalStatus()
    await pause(1500)
    await platform.kill9()
    caller.close()
    callee.close()
    await platform.start()
    const account = new Account(await Tenant.logIn(platform.address), parties.account.id)
    const records = await eventually('the record of the cut call', 10_000, async () => {
      const found = await account.callRecords()
      return found.length > 0 ? found : undefined
    })
    expect(records).toHaveLength(1)
    expect(records[0]?.callFlagType).toBe('ANSWERED')
    // It talked for a second and a half before the server died; a second more or less is what a heartbeat can know.
    expect(records[0]?.actualCallLengthSeconds).toBeGreaterThanOrEqual(1)
    expect(records[0]?.actualCallLengthSeconds).toBeLessThanOrEqual(3)
    await pause(500)
    expect(await account.callRecords()).toHaveLength(1)
  })

  it('just after a call leaves its record, once', async () => {
    const tenant = await Tenant.logIn(platform.address)
    const parties = await makeTwoParties(tenant)
    const [caller, callee] = await makeScriptedPhones(parties)
    for (let count = 0; count < 3; count++) {
      const call = await caller.call(parties.callee.extension)
      await (await callee.nextCall()).answer()
      await call.finalStatus()
      await call.hangUp()
    }
    await platform.kill9()
    caller.close()
    callee.close()
    await platform.start()
    const account = new Account(await Tenant.logIn(platform.address), parties.account.id)
    const records = await eventually('three records', 10_000, async () => {
      const found = await account.callRecords()
      return found.length >= 3 ? found : undefined
    })
    expect(records).toHaveLength(3)
  })
})
