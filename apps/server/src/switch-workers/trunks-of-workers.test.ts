import type { Worker } from 'node:worker_threads'
import { silentLogger } from '@dialtone/foundation'
import { placeOfKey, type RemoteAddress } from '@dialtone/sip'
import { EVERYTHING_ALLOWED, FORGETFUL } from '@dialtone/softswitch'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LinePhone, PASSWORD, REALM } from '../../test/line-phone.ts'
import { accountOf, lineOf, numberOf, plainTenants, type PlainTenants } from '../../test/plain-tenants.ts'
import { SwitchWorkers } from './switch-workers.ts'
import { spawnSwitchWorker } from './worker-thread.ts'

const ACCOUNTS = 8
/** The account with the PBXs, another one in its worker, and one in the other worker. */
const PBX = 0
const placeOf = (account: number): number => placeOfKey(accountOf(account), 2)
const others = Array.from({ length: ACCOUNTS - 1 }, (_, index) => index + 1)
const NEAR = others.find((account) => placeOf(account) === placeOf(PBX)) ?? PBX
const FAR = others.find((account) => placeOf(account) !== placeOf(PBX)) ?? PBX
const WAIT = { timeout: 30_000, interval: 50 }
const LIMIT_MS = 60_000
const [PATHS, BURST] = [2, 1]
const CALLS = 12

let tenants: PlainTenants
let workers: Worker[]
let callPlane: SwitchWorkers
let server: RemoteAddress
let phones: LinePhone[]

beforeEach(async () => {
  ;[tenants, workers, phones] = [plainTenants(ACCOUNTS), [], []]
  callPlane = new SwitchWorkers({
    settings: {
      sip: {
        ...{ host: '127.0.0.1', port: 0, tlsPort: 0, domain: REALM, digestAlgorithms: ['MD5'] },
        ...{ scanners: 'serve', wrongPasswords: 0, inviteRate: 0, requestRate: 0 },
      },
      publicAddress: '127.0.0.1',
      rtpPorts: { first: 23_001, last: 24_000 },
    },
    count: 2,
    view: tenants,
    authorizer: EVERYTHING_ALLOWED,
    memory: FORGETFUL,
    registrations: { load: () => Promise.resolve([]), save: () => undefined },
    records: { checkpoint: () => undefined, close: () => undefined },
    events: { registrationChanged: () => undefined, emergencyCall: () => undefined },
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
  await Promise.all(phones.map(({ stack }) => stack.stop()))
})

async function phoneOf(account: number, user: 1 | 2): Promise<LinePhone> {
  const phone = await LinePhone.start({ username: lineOf(account, user), password: PASSWORD, realm: REALM }, server)
  phones.push(phone)
  return phone
}

async function pbxes(): Promise<readonly [LinePhone, LinePhone]> {
  await callPlane.show(tenants.makeTrunks(PBX, { concurrentCalls: PATHS, maxBurstCalls: BURST }))
  const both = [await phoneOf(PBX, 1), await phoneOf(PBX, 2)] as const
  expect(await Promise.all(both.map((pbx) => pbx.register()))).toEqual([200, 200])
  return both
}

/** Calls at once, each of the callers as often as the others. */
function callAtOnce(callers: readonly LinePhone[], target: string) {
  return Array.from({ length: CALLS }, (_, index) => callers[index % callers.length]?.call(target) ?? raise())
}
function raise(): never {
  throw new Error('no phone')
}
const finalsOf = async (calls: ReturnType<typeof callAtOnce>) => Promise.all(calls.map(({ final }) => final))
const count = (finals: readonly number[], status: number): number => finals.filter((final) => final === status).length

describe("call paths of customers' PBXs over two worker threads", () => {
  it(
    'S1-117: those of each trunk of a group are what all workers have together, and free again when calls end',
    async () => {
      const both = await pbxes()
      const callers = [await phoneOf(NEAR, 1), await phoneOf(FAR, 1)]
      const most = 2 * (PATHS + BURST)
      for (let round = 1; round <= 2; round++) {
        const calls = callAtOnce(callers, numberOf(PBX, 1))
        const finals = await finalsOf(calls)
        expect([count(finals, 200), count(finals, 486)]).toEqual([most, CALLS - most])
        expect(both.map(({ answered }) => answered.length)).toEqual([round * (PATHS + BURST), round * (PATHS + BURST)])
        for (const { leg } of calls) leg.bye()
        await vi.waitFor(async () => expect(await callPlane.activeCalls()).toEqual([]), WAIT)
      }
    },
    LIMIT_MS,
  )

  it(
    'S1-117: calls the PBX makes and gets, in whichever worker, take the same paths; those a dead worker had are free',
    async () => {
      const [pbx] = await pbxes()
      const [near, far] = [await phoneOf(NEAR, 1), await phoneOf(FAR, 1)]
      expect(await Promise.all([near, far].map((phone) => phone.register()))).toEqual([200, 200])
      const made = [...callAtOnce([pbx], numberOf(NEAR, 1)), ...callAtOnce([pbx], numberOf(FAR, 1))]
      const finals = await finalsOf(made)
      expect([count(finals, 200), count(finals, 503)]).toEqual([PATHS + BURST, 2 * CALLS - PATHS - BURST])
      const got = await finalsOf(callAtOnce([near, far], numberOf(PBX, 1)))
      expect(count(got, 200)).toBe(PATHS + BURST)
      expect(pbx.answered).toEqual([])
      for (const worker of [...workers]) await worker.terminate()
      await vi.waitFor(() => expect(callPlane.statistics.switches).toBe(2), WAIT)
      expect(await pbx.call(numberOf(FAR, 1)).final).toBe(200)
    },
    LIMIT_MS,
  )
})
