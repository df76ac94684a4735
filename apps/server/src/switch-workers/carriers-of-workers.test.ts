import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { silentLogger, systemClock, systemTimers } from '@dialtone/foundation'
import { createSipStack, type IncomingInvite, type IncomingRequest, placeOfKey, type RemoteAddress, type SipStack } from '@dialtone/sip'
import { type CarrierChange, type CarrierPeer, EVERYTHING_ALLOWED, FORGETFUL } from '@dialtone/softswitch'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LinePhone, PASSWORD, REALM } from '../../test/line-phone.ts'
import { accountOf, lineOf, numberOf, plainTenants, type PlainTenants } from '../../test/plain-tenants.ts'
import { SwitchWorkers } from './switch-workers.ts'
import { spawnSwitchWorker } from './worker-thread.ts'

const ACCOUNTS = 8
/** Two accounts, each in a worker of its own. */
const HERE = 0
const THERE = Array.from({ length: ACCOUNTS }, (_, index) => index).find((index) => placeOf(index) !== placeOf(HERE)) ?? HERE
const WAIT = { timeout: 30_000, interval: 50 }
const LIMIT_MS = 60_000

function placeOf(account: number): number {
  return placeOfKey(accountOf(account), 2)
}

/** A carrier that notes what it is asked and answers as it is told. */
class FakeCarrier {
  statusOfOptions = 200
  options = 0
  calls = 0
  /** Its calls ring until they are told otherwise. */
  rings = false
  readonly ringing: IncomingInvite[] = []
  readonly registrations = new Set<string>()
  readonly stack: SipStack
  port = 0

  constructor() {
    this.stack = createSipStack({
      listen: { host: '127.0.0.1', udpPort: 0, tcpPort: 0 },
      publicAddress: '127.0.0.1',
      clock: systemClock,
      timers: systemTimers,
      logger: silentLogger,
    })
    this.stack.onRequest('OPTIONS', (request) => {
      this.options++
      request.respond(this.statusOfOptions)
    })
    this.stack.onRequest('REGISTER', (request) => this.#register(request))
    this.stack.onInvite((invite) => {
      this.calls++
      if (!this.rings) return invite.reject(486)
      this.ringing.push(invite)
      invite.progress(180)
    })
  }

  async start(): Promise<this> {
    const started = await this.stack.start()
    if (!started.ok) throw new Error(started.error.message)
    this.port = started.value.udpPort
    return this
  }

  peer(more: Partial<CarrierPeer> = {}): CarrierPeer {
    const id = `carrier-${this.port}`
    return { id, name: id, partitionId: undefined, address: '127.0.0.1', port: this.port, transport: 'udp', emergency: false, keepAliveSeconds: 1, ...more }
  }

  #register(request: IncomingRequest): void {
    this.registrations.add(request.request.callId)
    request.respond(200, { headers: [['Contact', request.request.header('contact') ?? '']] })
  }
}

let tenants: PlainTenants
let workers: Worker[]
let callPlane: SwitchWorkers
let server: RemoteAddress
let changes: CarrierChange[]
let first: FakeCarrier
let second: FakeCarrier
let phones: LinePhone[]
/** Who pays is asked, and says nothing before it is told to. */
let held: (() => void)[] | undefined

beforeEach(async () => {
  ;[tenants, workers, changes, phones] = [plainTenants(ACCOUNTS), [], [], []]
  held = undefined
  ;[first, second] = [await new FakeCarrier().start(), await new FakeCarrier().start()]
  callPlane = new SwitchWorkers({
    settings: {
      sip: {
        ...{ host: '127.0.0.1', port: 0, tlsPort: 0, domain: REALM, digestAlgorithms: ['MD5'] },
        ...{ scanners: 'serve', wrongPasswords: 0, inviteRate: 0, requestRate: 0 },
      },
      publicAddress: '127.0.0.1',
      rtpPorts: { first: 22_001, last: 23_000 },
    },
    count: 2,
    view: tenants,
    authorizer: {
      ...EVERYTHING_ALLOWED,
      authorize: (request, answer) => {
        const allow = (): void => EVERYTHING_ALLOWED.authorize(request, answer)
        if (held === undefined) allow()
        else held.push(allow)
      },
    },
    memory: FORGETFUL,
    registrations: { load: () => Promise.resolve([]), save: () => undefined },
    records: { checkpoint: () => undefined, close: () => undefined },
    events: { registrationChanged: () => undefined, emergencyCall: () => undefined, carrierChanged: (change) => void changes.push(change) },
    logger: silentLogger,
    logLevel: 'silent',
    spawnWorker: (data) => {
      const worker = spawnSwitchWorker(data)
      workers.push(worker)
      return worker
    },
  })
  const started = await callPlane.start()
  if (!started.ok) throw new Error(started.error.message)
  server = { transport: 'udp', address: '127.0.0.1', port: started.value.udpPort }
})
afterEach(async () => {
  await callPlane.stop(0)
  await Promise.all([first.stack, second.stack, ...phones.map(({ stack }) => stack)].map((stack) => stack.stop()))
})

async function useCarriers(carriers: readonly CarrierPeer[], maxConcurrentCalls?: number): Promise<void> {
  for (const change of tenants.useCarriers(carriers, maxConcurrentCalls)) await callPlane.show(change)
}

async function phoneOf(account: number, user: 1 | 2): Promise<LinePhone> {
  const phone = await LinePhone.start({ username: lineOf(account, user), password: PASSWORD, realm: REALM }, server)
  phones.push(phone)
  return phone
}

/** What was told of the first carrier. */
const healthTold = () => changes.filter(({ carrierId }) => carrierId === first.peer().id).map(({ health }) => health)

const callOutOfAll = async (from: readonly LinePhone[]): Promise<void> => {
  expect(await Promise.all(from.map((phone) => phone.call('12125550100').final))).toEqual(from.map(() => 486))
}

describe('carriers of a call plane in two worker threads', () => {
  it(
    'C-58: 911 is brought to the second route while the first says nothing, whichever worker has just died',
    async () => {
      const callers = [await phoneOf(HERE, 1), await phoneOf(THERE, 1)]
      await first.stack.stop()
      second.rings = true
      const psap = { emergency: true, keepAliveSeconds: undefined }
      await useCarriers([first.peer(psap), second.peer(psap)])
      await workers[0]?.terminate()
      for (const caller of callers) caller.call('911')
      await vi.waitFor(() => expect(second.ringing.length).toBe(2), WAIT)
      expect(second.ringing.map(({ request }) => request.header('from')).every((from) => from?.includes('1801555') === true)).toBe(true)
    },
    LIMIT_MS,
  )

  it(
    'one of them registers there and asks whether it is there, and the other takes over when it dies',
    async () => {
      await useCarriers([first.peer({ registrarDomain: 'carrier.example', credentials: { username: 'acme', password: 'secret' } })])
      await vi.waitFor(() => expect(first.options).toBeGreaterThan(3), WAIT)
      expect(first.registrations.size).toBe(1)
      const keeper = workers[0]
      if (keeper === undefined) throw new Error('no worker')
      await Promise.all([keeper.terminate(), once(keeper, 'exit')])
      await vi.waitFor(() => expect(first.registrations.size).toBe(2), WAIT)
      const asked = first.options
      await vi.waitFor(() => expect(first.options).toBeGreaterThan(asked + 2), WAIT)
      expect([first.registrations.size, workers.length]).toEqual([2, 3])
    },
    LIMIT_MS,
  )

  it(
    'what one finds out of a carrier all of them route by, also one that is started later; it is told once',
    async () => {
      const callers = [await phoneOf(HERE, 1), await phoneOf(THERE, 1)]
      first.statusOfOptions = 503
      await useCarriers([first.peer(), second.peer()])
      await vi.waitFor(() => expect(healthTold()).toEqual(['down']), WAIT)
      await callOutOfAll(callers)
      expect([first.calls, second.calls]).toEqual([0, 2])
      const [, other] = workers
      await other?.terminate()
      await vi.waitFor(() => expect(callPlane.statistics.switches).toBe(2), WAIT)
      await callOutOfAll(callers)
      expect([first.calls, second.calls]).toEqual([0, 4])
      first.statusOfOptions = 200
      await vi.waitFor(() => expect(healthTold()).toEqual(['down', 'up']), WAIT)
      await callOutOfAll(callers.slice(0, 1))
      expect(first.calls).toBe(1)
    },
    LIMIT_MS,
  )
})

describe('call paths of a carrier that several workers use', () => {
  const PATHS = 3

  /** Calls out of both workers at once, many more than there are paths. */
  async function callFromEverywhere(): Promise<Promise<number>[]> {
    const callers = [await phoneOf(HERE, 1), await phoneOf(THERE, 1)]
    return Array.from({ length: 12 }, (_, index) => callers[index % 2]?.call('12125550100').final ?? Promise.reject(new Error('no phone')))
  }
  const finalsOf = (calls: readonly Promise<number>[]): number[] => {
    const finals: number[] = []
    for (const call of calls) void call.then((status) => finals.push(status))
    return finals
  }

  it(
    'S3-12: max_channels is what all of them have together, and is free again when calls end',
    async () => {
      first.rings = true
      await useCarriers([first.peer()], PATHS)
      const finals = finalsOf(await callFromEverywhere())
      await vi.waitFor(() => expect([first.calls, finals.length]).toEqual([PATHS, 12 - PATHS]), WAIT)
      for (const invite of first.ringing.splice(0)) invite.reject(486)
      await vi.waitFor(() => expect(finals.filter((status) => status === 486)).toHaveLength(PATHS), WAIT)
      finalsOf(await callFromEverywhere())
      await vi.waitFor(() => expect(first.calls).toBe(2 * PATHS), WAIT)
      // What a dead worker had is free, too.
      for (const worker of [...workers]) await worker.terminate()
      await vi.waitFor(() => expect(callPlane.statistics.switches).toBe(2), WAIT)
      first.rings = false
      await callOutOfAll([await phoneOf(HERE, 1), await phoneOf(THERE, 1)])
    },
    LIMIT_MS,
  )

  it(
    'a call holds its path while whoever pays is asked',
    async () => {
      const asked: (() => void)[] = []
      held = asked
      await useCarriers([first.peer()], PATHS)
      const finals = finalsOf(await callFromEverywhere())
      await vi.waitFor(() => expect([asked.length, finals.length]).toEqual([PATHS, 12 - PATHS]), WAIT)
      for (const allow of asked) allow()
      await vi.waitFor(() => expect([first.calls, finals.length]).toEqual([PATHS, 12]), WAIT)
    },
    LIMIT_MS,
  )
})

describe('calls that land in the worker of another account', () => {
  it(
    '*69 calls back who called last, whichever worker had that call',
    async () => {
      const [called, caller] = [await phoneOf(HERE, 1), await phoneOf(THERE, 1)]
      expect(await Promise.all([called.register(), caller.register()])).toEqual([200, 200])
      const call = caller.call(numberOf(HERE, 1))
      expect(await call.final).toBe(200)
      call.leg.bye()
      // Who called last goes from worker to worker.
      await vi.waitFor(async () => {
        const back = called.call('*69')
        expect(await back.final).toBe(200)
        back.leg.bye()
        expect(caller.answered.length).toBe(1)
      }, WAIT)
    },
    LIMIT_MS,
  )
})
