import type { Worker } from 'node:worker_threads'
import { silentLogger, systemClock } from '@dialtone/foundation'
import { placeOfKey, type RemoteAddress } from '@dialtone/sip'
import { EVERYTHING_ALLOWED, type QueueNow, type RememberedFact, type SwitchMemory } from '@dialtone/softswitch'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LinePhone, PASSWORD, type PlacedCall, REALM } from '../../test/line-phone.ts'
import { accountOf, lineOf, numberOf, plainTenants, type PlainTenants, QUEUE } from '../../test/plain-tenants.ts'
import { SwitchWorkers } from './switch-workers.ts'
import { spawnSwitchWorker } from './worker-thread.ts'

const ACCOUNTS = 8
/** The account with the queue, one in the other worker, and one in the same. */
const NEAR = 0
const placeOf = (account: number): number => placeOfKey(accountOf(account), 2)
const others = Array.from({ length: ACCOUNTS - 1 }, (_, index) => index + 1)
const FAR = others.find((account) => placeOf(account) !== placeOf(NEAR)) ?? NEAR
const BESIDE = others.find((account) => placeOf(account) === placeOf(NEAR)) ?? NEAR
const AGENT = lineOf(NEAR, 2)
const QUEUE_NUMBER = numberOf(NEAR, 1)
const WAIT = { timeout: 20_000, interval: 50 }
const LIMIT_MS = 60_000
const REST_MS = 5_000
/** The phone hears of the end of its call a moment behind the switch. */
const EARLY_MS = 500

let tenants: PlainTenants
let workers: Worker[]
let callPlane: SwitchWorkers
let server: RemoteAddress
let phones: LinePhone[]
let facts: Map<string, RememberedFact>

beforeEach(async () => {
  ;[tenants, workers, phones, facts] = [plainTenants(ACCOUNTS), [], [], new Map()]
  const memory: SwitchMemory = {
    load: () => Promise.resolve([...facts.values()]),
    save: (change) => {
      if (change.type === 'remember') facts.set(`${change.fact.kind} ${change.fact.key}`, change.fact)
      else facts.delete(`${change.kind} ${change.key}`)
    },
  }
  tenants.makeQueue(NEAR)
  callPlane = new SwitchWorkers({
    settings: {
      sip: {
        ...{ host: '127.0.0.1', port: 0, tlsPort: 0, domain: REALM, digestAlgorithms: ['MD5'] },
        ...{ scanners: 'serve', wrongPasswords: 0, inviteRate: 0, requestRate: 0 },
      },
      publicAddress: '127.0.0.1',
      rtpPorts: { first: 24_001, last: 25_000 },
    },
    count: 2,
    view: tenants,
    authorizer: EVERYTHING_ALLOWED,
    memory,
    registrations: { load: () => Promise.resolve([]), save: () => undefined },
    records: { checkpoint: () => undefined, close: () => undefined },
    services: { ask: () => Promise.resolve({ kind: 'done', ok: true }), clipsOf: () => Promise.resolve([]) },
    events: { registrationChanged: () => undefined, emergencyCall: () => undefined },
    logger: silentLogger,
    logLevel: 'silent',
    spawnWorker: (data) => {
      const worker = spawnSwitchWorker(data)
      workers[data.place] = worker
      return worker
    },
  })
  const started = await callPlane.start()
  if (!started.ok) throw new Error(started.error.message)
  server = { transport: 'udp', address: '127.0.0.1', port: started.value.udpPort }
})
afterEach(async () => {
  await callPlane.stop(0)
  await Promise.all(phones.map(({ stack }) => stack.stop()))
})

async function phoneOf(account: number, user: 1 | 2): Promise<LinePhone> {
  const phone = await LinePhone.start({ username: lineOf(account, user), password: PASSWORD, realm: REALM }, server)
  phones.push(phone)
  expect(await phone.register()).toBe(200)
  return phone
}

const queueNow = async (): Promise<QueueNow | undefined> => callPlane.calls.queueNow(QUEUE, [AGENT])

async function showsAtLast(expected: Partial<QueueNow>): Promise<void> {
  await vi.waitFor(async () => expect(await queueNow()).toMatchObject(expected), WAIT)
}

async function inQueue(phone: LinePhone): Promise<PlacedCall> {
  const call = phone.call(QUEUE_NUMBER)
  expect(await call.final).toBe(200)
  return call
}

/** That worker, and the one that comes after it. */
async function die(account: number): Promise<void> {
  await workers[placeOf(account)]?.terminate()
  await vi.waitFor(() => expect(callPlane.statistics.switches).toBe(2), WAIT)
}

describe('a queue over two worker threads (S0-50)', () => {
  it(
    'when the worker dies in which somebody waits, nobody waits there any more, and the agent is given to who comes next',
    async () => {
      const [agent, near, far] = [await phoneOf(NEAR, 2), await phoneOf(NEAR, 1), await phoneOf(FAR, 1)]
      const first = near.call('202')
      expect(await first.final).toBe(200)
      const waiting = await inQueue(far)
      await showsAtLast({ waiting: 1 })
      await die(FAR)
      await waiting.over
      await showsAtLast({ waiting: 0, oldestSinceMs: undefined })
      const next = await inQueue(far)
      await showsAtLast({ waiting: 1 })
      expect(agent.answered.length).toBe(1)
      first.leg.bye()
      await vi.waitFor(() => expect(agent.answered.length).toBe(2), WAIT)
      await showsAtLast({ waiting: 0 })
      next.leg.bye()
    },
    LIMIT_MS,
  )

  it(
    'when the worker of the queue dies, its agent and callers are hung up, he is free, and the next call is his',
    async () => {
      const [agent, near, far] = [await phoneOf(NEAR, 2), await phoneOf(NEAR, 1), await phoneOf(FAR, 1)]
      const talking = await inQueue(near)
      await vi.waitFor(() => expect(agent.answered.length).toBe(1), WAIT)
      const waiting = await inQueue(far)
      await vi.waitFor(async () => expect(Object.keys((await queueNow())?.talking ?? {})).toEqual([AGENT]), WAIT)
      await die(NEAR)
      await talking.over
      await vi.waitFor(() => expect(agent.answered[0]?.state).toBe('terminated'), WAIT)
      // Who waits in another worker goes on waiting there, and is served.
      await vi.waitFor(() => expect(agent.answered.length).toBe(2), WAIT)
      await showsAtLast({ waiting: 0 })
      waiting.leg.bye()
      const next = await inQueue(near)
      await vi.waitFor(() => expect(agent.answered.length).toBe(3), WAIT)
      next.leg.bye()
      await showsAtLast({ waiting: 0, talking: {} })
    },
    LIMIT_MS,
  )

  it(
    'when a worker dies while it rings an agent, he is rung for who comes next',
    async () => {
      const [agent, near] = [await phoneOf(NEAR, 2), await phoneOf(NEAR, 1)]
      agent.answers = false
      const lost = await inQueue(near)
      await vi.waitFor(() => expect(agent.ringing.length).toBe(1), WAIT)
      await die(NEAR)
      await lost.over
      agent.answers = true
      const next = await inQueue(near)
      await vi.waitFor(() => expect(agent.answered.length).toBe(1), WAIT)
      next.leg.bye()
    },
    LIMIT_MS,
  )

  it.each([
    ['as it is', false],
    ['after the worker of the caller died', true],
  ])(
    'an agent has the time after a call to himself, whichever worker the next caller waits in: %s',
    async (_name, dies) => {
      await callPlane.show(tenants.makeQueue(NEAR, REST_MS))
      const [agent, near, far] = [await phoneOf(NEAR, 2), await phoneOf(NEAR, 1), await phoneOf(FAR, 1)]
      const first = await inQueue(near)
      await vi.waitFor(() => expect(agent.answered.length).toBe(1), WAIT)
      first.leg.bye()
      await vi.waitFor(() => expect(agent.answered[0]?.state).toBe('terminated'), WAIT)
      const freeAtMs = systemClock.nowMs()
      if (dies) await die(FAR)
      const next = await inQueue(far)
      await vi.waitFor(() => expect(agent.answered.length).toBe(2), WAIT)
      expect(systemClock.nowMs() - freeAtMs).toBeGreaterThanOrEqual(REST_MS - EARLY_MS)
      next.leg.bye()
    },
    LIMIT_MS,
  )

  it.each([
    ['his', FAR],
    ['that of the queue', NEAR],
  ])(
    'who keeps his place is called back, once, whichever worker dies meanwhile: %s',
    async (_name, dying) => {
      const [agent, near, far] = [await phoneOf(NEAR, 2), await phoneOf(NEAR, 1), await phoneOf(FAR, 1)]
      const first = near.call('202')
      expect(await first.final).toBe(200)
      const call = await inQueue(far)
      await showsAtLast({ waiting: 1 })
      call.leg.info('application/dtmf-relay', 'Signal=1\r\nDuration=160\r\n')
      await showsAtLast({ waiting: 0, callbacks: 1 })
      await call.over
      // Its calls end with that of the queue, and the agent is free.
      await die(dying)
      first.leg.bye()
      await vi.waitFor(() => expect([agent.answered.length, far.answered.length]).toEqual([2, 1]), WAIT)
      await showsAtLast({ callbacks: 0 })
      far.answered[0]?.bye()
      await vi.waitFor(async () => expect(await callPlane.activeCalls()).toEqual([]), WAIT)
      expect([agent.answered.length, far.answered.length]).toEqual([2, 1])
      expect([...facts.values()].filter(({ kind }) => kind === 'kept-place')).toEqual([])
    },
    LIMIT_MS,
  )
})

describe('a group over two worker threads (S0-55)', () => {
  it(
    'its members take turns whichever worker a call is in, and also after one of them died',
    async () => {
      await callPlane.show(tenants.makeGroup(NEAR))
      const members = [await phoneOf(NEAR, 1), await phoneOf(NEAR, 2)]
      const [beside, far] = [await phoneOf(BESIDE, 1), await phoneOf(FAR, 1)]
      const answered = async (phone: LinePhone): Promise<number[]> => {
        const call = phone.call(QUEUE_NUMBER)
        expect(await call.final).toBe(200)
        call.leg.bye()
        await vi.waitFor(async () => expect(await callPlane.activeCalls()).toEqual([]), WAIT)
        return members.map((member) => member.answered.length)
      }
      expect(await answered(beside)).toEqual([1, 0])
      expect(await answered(far)).toEqual([1, 1])
      expect(await answered(far)).toEqual([2, 1])
      expect(await answered(beside)).toEqual([2, 2])
      expect(await answered(far)).toEqual([3, 2])
      await die(FAR)
      expect(await answered(far), 'the worker began anew').toEqual([3, 3])
    },
    LIMIT_MS,
  )
})
