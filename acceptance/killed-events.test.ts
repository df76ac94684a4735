import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, pause } from './eventually.ts'
import type { HttpClient } from './http-client.ts'
import { Platform } from './platform.ts'
import { done, type Identified, Tenant, type ToldEvent, unique } from './tenant.ts'

let platform: Platform
let tenant: Tenant

// A platform of its own: it is killed.
beforeAll(async () => {
  platform = await Platform.start()
  tenant = await Tenant.logIn(platform.address)
  await tenant.createAccount()
})
afterAll(() => platform.discard())

/** A client of server-sent events as the standard has it: it knows the last id it was told, and comes back with it. */
class Listener {
  readonly ids: string[] = []
  readonly accountIds: string[] = []

  /** Resolves when the connection ends. */
  async listen(http: HttpClient, path: string, ending: AbortSignal): Promise<void> {
    const last = this.ids.at(-1)
    const headers = { 'x-auth-token': http.token ?? '', ...(last === undefined ? {} : { 'last-event-id': last }) }
    try {
      const answer = await fetch(`${http.baseUrl}${path}`, { headers, signal: ending })
      expect(answer.status).toBe(200)
      let text = ''
      const decoder = new TextDecoder()
      for await (const piece of answer.body ?? []) {
        text += decoder.decode(piece as Uint8Array, { stream: true })
        const frames = text.split('\n\n')
        text = frames.pop() ?? ''
        for (const frame of frames) this.#take(frame)
      }
    } catch (error) {
      // The connection broke, as it was to.
      if (!(error instanceof TypeError) && (error as Error).name !== 'AbortError') throw error
    }
  }

  #take(frame: string): void {
    const id = /^id: (.*)$/m.exec(frame)?.[1]
    const data = /^data: (.*)$/m.exec(frame)?.[1]
    if (id === undefined || data === undefined) return
    this.ids.push(id)
    this.accountIds.push((JSON.parse(data) as ToldEvent).accountId ?? '')
  }
}

describe('kill -9 under a stream of events', () => {
  it('who comes back with Last-Event-ID is told of everything once, in order', { timeout: 120_000 }, async () => {
    // Not of the feed: what was made a moment ago may not be in it yet.
    const before = new Set(done(await tenant.http.get<readonly Identified[]>(`${tenant.path}/account`)).map(({ id }) => id))
    const path = `${tenant.path}/events/stream?type=account.created&after=0`
    const listener = new Listener()
    const made = new Map<string, string>()
    const create = async (accountNumber: string): Promise<boolean> => {
      const options = { headers: { 'idempotency-key': accountNumber } }
      const answer = await tenant.http.post<Identified>(`${tenant.path}/account`, { accountNumber, accountName: accountNumber }, options).catch(() => undefined)
      if (answer !== undefined) made.set(accountNumber, done(answer).id)
      return answer !== undefined
    }
    const wanted: string[] = []
    const ending = new AbortController()
    for (const afterMs of [150, 400, 700]) {
      const listening = listener.listen(tenant.http, path, ending.signal)
      const writing = Promise.all(
        Array.from({ length: 4 }, async () => {
          for (let goesOn = true; goesOn;) {
            const name = unique('E-').slice(0, 25)
            wanted.push(name)
            goesOn = await create(name)
          }
        }),
      )
      await pause(afterMs)
      await platform.kill9()
      await Promise.all([listening, writing])
      await platform.start()
      tenant = await Tenant.logIn(platform.address)
      for (const name of wanted) if (!made.has(name)) expect(await create(name)).toBe(true)
    }
    const listening = listener.listen(tenant.http, path, ending.signal)
    const missing = () => [...made.values()].filter((id) => !listener.accountIds.includes(id))
    await eventually(
      () => `to be told of ${missing().length} of ${made.size} accounts`,
      15_000,
      () => (missing().length === 0 ? true : undefined),
    )
    ending.abort()
    await listening
    expect(listener.ids.map(Number)).toEqual(listener.ids.map(Number).toSorted((one, other) => one - other))
    expect(new Set(listener.ids).size).toBe(listener.ids.length)
    expect(listener.accountIds.filter((id) => !before.has(id)).toSorted()).toEqual([...made.values()].toSorted())
    expect(made.size).toBeGreaterThan(3)
  })
})
