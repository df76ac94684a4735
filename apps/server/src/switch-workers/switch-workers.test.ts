import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import { silentLogger, systemClock } from '@dialtone/foundation'
import type { RemoteAddress } from '@dialtone/sip'
import { EVERYTHING_ALLOWED } from '@dialtone/softswitch'
import type { BindingChange, CallRecord, MemoryChange, RegistrationChange, RememberedFact, ServiceQuestion } from '@dialtone/softswitch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LinePhone, PASSWORD, REALM } from '../../test/line-phone.ts'
import { accountOf, lineOf, numberOf, plainTenants, type PlainTenants } from '../../test/plain-tenants.ts'
import { makeSelfSignedCertificate } from '../certificate/self-signed-certificate.ts'
import { SwitchWorkers, type SwitchWorkersOptions } from './switch-workers.ts'
import { spawnSwitchWorker } from './worker-thread.ts'

/** With so many, each of the two workers has some. */
const ACCOUNTS = 8
const accounts = Array.from({ length: ACCOUNTS }, (_, index) => index)

const certificate = makeSelfSignedCertificate({
  address: '127.0.0.1',
  domain: REALM,
  notBefore: new Date(systemClock.nowMs() - 3_600_000),
  notAfter: new Date(systemClock.nowMs() + 3_600_000),
})

let tenants: PlainTenants
let workers: Worker[]
let callPlane: SwitchWorkers
let server: RemoteAddress
let phones: LinePhone[]
let closed: CallRecord[]
/** Calls that were written down before they ended. */
let rung: Set<string>
let told: RegistrationChange[]
let saved: BindingChange[]
let remembered: MemoryChange[]
let memoryLoads: number
let onClosed: () => void
let onSpawn: () => void
let asked: ServiceQuestion[]

beforeEach(async () => {
  tenants = plainTenants(ACCOUNTS)
  ;[workers, phones, closed, told, saved, remembered, asked] = [[], [], [], [], [], [], []]
  rung = new Set()
  memoryLoads = 0
  onClosed = () => undefined
  onSpawn = () => undefined
  callPlane = new SwitchWorkers(
    optionsWith((data) => {
      const worker = spawnSwitchWorker(data)
      workers.push(worker)
      onSpawn()
      return worker
    }),
  )
  const started = await callPlane.start()
  if (!started.ok) throw new Error(started.error.message)
  server = { transport: 'udp', address: '127.0.0.1', port: started.value.udpPort }
})
afterEach(async () => {
  await callPlane.stop(0)
  await Promise.all(phones.map((phone) => phone.stack.stop()))
})

function loadMemory(): Promise<readonly RememberedFact[]> {
  memoryLoads++
  return Promise.resolve([])
}

function optionsWith(spawnWorker: SwitchWorkersOptions['spawnWorker'] & object): SwitchWorkersOptions {
  return {
    settings: {
      sip: {
        host: '127.0.0.1',
        port: 0,
        tlsPort: 0,
        domain: REALM,
        digestAlgorithms: ['MD5'],
        scanners: 'serve',
        wrongPasswords: 0,
        inviteRate: 0,
        requestRate: 0,
      },
      tls: { key: certificate, cert: certificate },
      publicAddress: '127.0.0.1',
      rtpPorts: { first: 21_001, last: 22_000 },
    },
    count: 2,
    view: tenants,
    authorizer: EVERYTHING_ALLOWED,
    memory: { load: loadMemory, save: (change) => void remembered.push(change) },
    registrations: { load: () => Promise.resolve([]), save: (change) => void saved.push(change) },
    records: {
      checkpoint: ({ sessionId }) => void rung.add(sessionId),
      close: (record) => {
        closed.push(record)
        onClosed()
      },
    },
    services: {
      ask: (_tenant, question) => {
        asked.push(question)
        return Promise.resolve({ kind: 'done', ok: true })
      },
      clipsOf: () => Promise.resolve([]),
    },
    events: { registrationChanged: (change) => void told.push(change), emergencyCall: () => undefined },
    logger: silentLogger,
    logLevel: 'silent',
    spawnWorker,
  }
}

async function phoneOf(account: number, user: 1 | 2): Promise<LinePhone> {
  const phone = await LinePhone.start({ username: lineOf(account, user), password: PASSWORD, realm: REALM }, server)
  phones.push(phone)
  return phone
}

/** Both phones of every account, registered. */
async function pairs(): Promise<readonly (readonly [LinePhone, LinePhone])[]> {
  return Promise.all(
    accounts.map(async (account) => {
      const pair = [await phoneOf(account, 1), await phoneOf(account, 2)] as const
      expect(await Promise.all(pair.map((phone) => phone.register()))).toEqual([200, 200])
      return pair
    }),
  )
}

async function untilClosed(count: number): Promise<void> {
  while (closed.length < count) await new Promise<void>((resolve) => (onClosed = resolve))
}

describe('a call plane in two worker threads', () => {
  it('carries calls of all accounts in both directions, and closes one record a call (S0-52)', async () => {
    const all = await pairs()
    for (const [extension, from] of [
      ['202', 0],
      ['201', 1],
    ] as const) {
      const calls = all.map((pair) => (pair[from] ?? pair[0]).call(extension))
      expect(await Promise.all(calls.map((call) => call.final))).toEqual(accounts.map(() => 200))
      // The called party hangs up the first half of them.
      for (const [index, call] of calls.entries()) {
        if (index % 2 === 0) call.leg.bye()
        else all[index]?.[1 - from]?.answered.at(-1)?.bye()
      }
      await untilClosed(ACCOUNTS * (from + 1))
    }
    // Who called last is told to the main thread, which keeps it over a restart.
    const facts = remembered.flatMap((change) => (change.type === 'remember' && change.fact.kind === 'last-caller' ? [change.fact.key] : []))
    expect(new Set(facts)).toEqual(new Set(accounts.flatMap((account) => [lineOf(account, 1), lineOf(account, 2)])))
    expect(closed.map((record) => record.disposition)).toEqual(closed.map(() => 'ANSWERED'))
    expect(new Set(closed.map((record) => record.sessionId)).size).toBe(2 * ACCOUNTS)
    expect([await callPlane.activeCalls(), callPlane.statistics.handOversLost]).toEqual([[], 0])
    const trace = await callPlane.traceOf(closed[0]?.sessionId ?? '')
    expect(trace?.at(0)?.type).toBe('started')
  })

  it('a phone that just registered is reached by calls of every worker, and told of once (S0-101)', async () => {
    const callers = await Promise.all(accounts.slice(1).map((account) => phoneOf(account, 1)))
    const called = await phoneOf(0, 1)
    expect(await called.register()).toBe(200)
    const calls = callers.map((phone) => phone.call(numberOf(0, 1)))
    expect(await Promise.all(calls.map((call) => call.final))).toEqual(calls.map(() => 200))
    expect([told.length, saved.filter((change) => change.kind === 'put').length, callPlane.isRegistered(lineOf(0, 1))]).toEqual([1, 1, true])
    expect(await called.register(0)).toBe(200)
    expect((await Promise.all(callers.map((phone) => phone.call(numberOf(0, 1)).final))).every((status) => status === 480)).toBe(true)
    expect([told.map((change) => change.registered), callPlane.isRegistered(lineOf(0, 1))]).toEqual([[true, false], false])
  })

  it('when a line is dropped, no worker calls it any more (S1-98)', async () => {
    const callers = await Promise.all(accounts.slice(1).map((account) => phoneOf(account, 1)))
    const called = await phoneOf(0, 1)
    await called.register()
    await callPlane.dropBindings(lineOf(0, 1))
    expect(await Promise.all(callers.map((phone) => phone.call(numberOf(0, 1)).final))).toEqual(callers.map(() => 480))
    // The drop may have overtaken the news of the registration: then nobody is told of either.
    expect([callPlane.isRegistered(lineOf(0, 1)), told.at(-1)?.registered ?? false]).toEqual([false, false])
  })

  it('a change that was shown is in effect in every worker (ADR 7)', async () => {
    const caller = await phoneOf(0, 1)
    for (const account of [ACCOUNTS, ACCOUNTS + 1]) {
      const phone = await phoneOf(account, 1)
      expect(await phone.register()).toBe(401)
      await callPlane.show(tenants.add(account))
      expect(await phone.register()).toBe(200)
      expect(await caller.call(numberOf(account, 1)).final).toBe(200)
    }
  })

  it('when a worker dies its calls are closed once and both parties hung up, the others go on, and its accounts are served again', async () => {
    const all = await pairs()
    expect(memoryLoads).toBe(1)
    const calls = all.map((pair) => pair[0].call('202'))
    await Promise.all(calls.map((call) => call.final))
    const before = (await callPlane.activeCalls()).length
    await workers[0]?.terminate()
    const lost = closed.length
    expect([before, lost > 0, lost < ACCOUNTS]).toEqual([ACCOUNTS, true, true])
    expect(closed.every((record) => record.hangupBy === 'system' && record.disposition === 'ANSWERED')).toBe(true)
    expect((await callPlane.activeCalls()).length).toBe(ACCOUNTS - lost)
    const legs = [...calls.map(({ leg }) => leg), ...all.flatMap(([, callee]) => callee.answered)]
    await expect.poll(() => legs.filter(({ state }) => state === 'terminated').length).toBe(2 * lost)
    for (const call of calls) call.leg.bye()
    await untilClosed(ACCOUNTS)
    // An INVITE that comes before the worker does is repeated by its phone (RFC 3261 17.1.1.2), and its line is still registered.
    expect(await Promise.all(all.map((pair) => pair[0].call('202').final))).toEqual(accounts.map(() => 200))
    expect(memoryLoads, 'the new worker begins with what the old one remembered').toBe(2)
    expect([new Set(closed.map((record) => record.id)).size, workers.length, told.length]).toEqual([closed.length, 3, 2 * ACCOUNTS])
  })

  it('when a worker dies, phones that ring for its calls are cancelled, and their callers hear it (RFC 3261 9.1, 21.5.1)', async () => {
    const all = await pairs()
    for (const [, called] of all) called.answers = false
    const calls = all.map((pair) => pair[0].call('202'))
    await expect.poll(() => all.filter(([, called]) => called.ringing.length === 1).length).toBe(ACCOUNTS)
    await expect.poll(() => rung.size).toBe(ACCOUNTS)
    const before = all.map(([, called]) => called.stack.statistics.received)
    await workers[0]?.terminate()
    const lost = accounts.filter((account) => closed.some(({ accountId }) => accountId === accountOf(account)))
    expect([lost.length > 0, lost.length < ACCOUNTS]).toEqual([true, true])
    expect(closed.map(({ disposition, sipStatusCode }) => [disposition, sipStatusCode])).toEqual(lost.map(() => ['FAILED', 500]))
    expect(await Promise.all(lost.map(async (account) => calls[account]?.final))).toEqual(lost.map(() => 500))
    await expect.poll(() => accounts.filter((account) => all[account]?.[1].ringing[0]?.leg.state === 'terminated')).toEqual(lost)
    for (const account of accounts) if (!lost.includes(account)) all[account]?.[1].ringing[0]?.reject(486)
    await untilClosed(ACCOUNTS)
    // CANCEL, and the ACK of what is answered to the INVITE (17.1.1.3): nobody has to say anything again.
    const heard = (account: number): number => (all[account]?.[1].stack.statistics.received ?? 0) - (before[account] ?? 0)
    await expect.poll(() => lost.map(heard)).toEqual(lost.map(() => 2))
    expect(all.map(([, called]) => called.stack.statistics.retransmitted)).toEqual(accounts.map(() => 0))
  })

  it('when a worker dies, phones behind a NAT are hung up over the connections that others have', async () => {
    const callers = await Promise.all(accounts.map((account) => phoneOf(account, 1)))
    server = { ...server, transport: 'tcp' }
    const called = await Promise.all(accounts.map((account) => phoneOf(account, 2)))
    const cut = new Set<LinePhone>()
    for (const phone of called) phone.stack.onFlowClosed(() => void cut.add(phone))
    expect(await Promise.all(called.map((phone) => phone.register(600, 'phone.invalid')))).toEqual(accounts.map(() => 200))
    // Of each called phone, several are in the worker that is lost.
    const calls = called.flatMap((_, account) => callers.map((phone) => phone.call(numberOf(account, 2))))
    expect(await Promise.all(calls.map((call) => call.final))).toEqual(calls.map(() => 200))
    await workers[0]?.terminate()
    const lostOfEach = new Set(closed.map(({ sessionId }) => sessionId)).size / ACCOUNTS
    expect(lostOfEach).toBeGreaterThan(0)
    const ended = ({ answered }: LinePhone): number => answered.filter(({ state }) => state === 'terminated').length
    await expect.poll(() => called.every((phone) => cut.has(phone) || ended(phone) === lostOfEach)).toBe(true)
  })

  it("when a worker dies, browsers are hung up too: their WebSockets are the HTTP server's (RFC 7118)", async () => {
    const callers = await Promise.all(accounts.map((account) => phoneOf(account, 1)))
    const http = await openHttpServer()
    try {
      server = { transport: 'ws', address: '127.0.0.1', port: (http.address() as AddressInfo).port }
      const browser = await phoneOf(0, 2)
      expect(await browser.register(600, 'browser.invalid')).toBe(200)
      expect(await Promise.all(callers.map((phone) => phone.call(numberOf(0, 2)).final))).toEqual(accounts.map(() => 200))
      await workers[0]?.terminate()
      const lost = new Set(closed.map(({ sessionId }) => sessionId)).size
      expect(lost).toBeGreaterThan(0)
      await expect.poll(() => browser.answered.filter(({ state }) => state === 'terminated').length).toBe(lost)
    } finally {
      http.closeAllConnections()
      http.close()
    }
  })

  it('when the only worker dies, the next one hangs up who was in its calls', async () => {
    await callPlane.stop(0)
    callPlane = new SwitchWorkers({ ...optionsWith((data) => workers[workers.push(spawnSwitchWorker(data)) - 1] ?? spawnSwitchWorker(data)), count: 1 })
    const started = await callPlane.start()
    if (!started.ok) throw new Error(started.error.message)
    server = { ...server, port: started.value.udpPort }
    const [caller, callee] = [await phoneOf(0, 1), await phoneOf(0, 2)]
    expect([await caller.register(), await callee.register()]).toEqual([200, 200])
    const call = caller.call(numberOf(0, 2))
    expect(await call.final).toBe(200)
    expect((await callPlane.activeCalls()).length).toBe(1)
    await workers.at(-1)?.terminate()
    await call.over
    await expect.poll(() => callee.answered[0]?.state).toBe('terminated')
    expect(closed.map(({ hangupBy }) => hangupBy)).toEqual(['system'])
  })

  it('while a worker begins anew, phones sign off and register with the others: it knows', async () => {
    const callers = await Promise.all(accounts.map((account) => phoneOf(account, 1)))
    const called = await Promise.all(accounts.map((account) => phoneOf(account, 2)))
    expect(await Promise.all(callers.map((phone) => phone.register()))).toEqual(accounts.map(() => 200))
    const leaving = accounts.filter((account) => account % 2 === 0)
    expect(await Promise.all(leaving.map(async (account) => called[account]?.register()))).toEqual(leaving.map(() => 200))
    // Whose calls are in the worker that is lost.
    const calls = callers.map((phone, index) => phone.call(numberOf((index + 1) % ACCOUNTS, 1)))
    expect(await Promise.all(calls.map((call) => call.final))).toEqual(accounts.map(() => 200))
    expect((await callPlane.activeCalls()).length).toBe(2 * ACCOUNTS)
    const { promise: began, resolve } = Promise.withResolvers<void>()
    onSpawn = resolve
    await workers[0]?.terminate()
    const lost = new Set(closed.map(({ accountId }) => accounts.find((account) => accountOf(account) === accountId)))
    const [ofLost, ofOthers] = [accounts.filter((account) => lost.has(account)), accounts.filter((account) => !lost.has(account))]
    expect([ofLost.length > 0, ofOthers.length > 0]).toEqual([true, true])
    await began
    expect(await Promise.all(ofOthers.map(async (account) => called[account]?.register(leaving.includes(account) ? 0 : 600)))).toEqual(ofOthers.map(() => 200))
    for (const account of ofOthers) {
      const caller = callers[ofLost[account % ofLost.length] ?? 0]
      expect(await caller?.call(numberOf(account, 2)).final, `a phone of account ${account}`).toBe(leaving.includes(account) ? 480 : 200)
    }
    for (const call of calls) call.leg.bye()
  })

  it('when a worker dies, phones behind a NAT whose connections others have are called by the new one; those of its own come back', async () => {
    const callers = await Promise.all(accounts.map((account) => phoneOf(account, 1)))
    server = { ...server, transport: 'tcp' }
    const called = await Promise.all(accounts.map((account) => phoneOf(account, 2)))
    const cut = new Set<number>()
    for (const [account, phone] of called.entries()) phone.stack.onFlowClosed(() => void cut.add(account))
    expect(await Promise.all(called.map((phone) => phone.register(600, 'phone.invalid')))).toEqual(accounts.map(() => 200))
    const { promise: began, resolve } = Promise.withResolvers<void>()
    onSpawn = resolve
    const reports = told.length
    await workers[0]?.terminate()
    await began
    for (const account of cut) expect(await called[account]?.register(600, 'phone.invalid')).toBe(200)
    for (const account of accounts) {
      for (const caller of callers) {
        expect(await caller.call(numberOf(account, 2)).final, `a phone of account ${account}, which was cut off: ${cut.has(account)}`).toBe(200)
      }
    }
    expect(told.length, 'nobody was reported lost').toBe(reports)
  })

  it('when a worker dies, the faxes it had pages of are handed on as they are, and those that were over are not again', async () => {
    const [worker] = workers
    const tenant = { partitionId: 'p', accountId: 'a' }
    const caller = { number: '4000', name: '', anonymous: false }
    const page = { columns: 8, rows: 1, columnsPerMetre: 1, rowsPerMetre: 1, badRows: 0, isComplete: true, data: Uint8Array.of(0) }
    const question = { kind: 'fax.page', faxLineId: 'office', caller, calledNumber: '4001', page } as const
    const over = { kind: 'fax.deposit', faxId: 'over', isComplete: true, remoteIdent: '' } as const
    const questions = [{ ...question, faxId: 'broken off' }, { ...question, faxId: 'over' }, over]
    worker?.emit(
      'message',
      questions.map((one, ticket) => ({ kind: 'desk', ticket, tenant, question: one })),
    )
    await worker?.terminate()
    await expect.poll(() => asked.length).toBe(questions.length + 1)
    expect(asked.at(-1)).toEqual({ kind: 'fax.deposit', faxId: 'broken off', isComplete: false, remoteIdent: '' })
  })

  it('a phone over TCP is called by whichever worker, and a browser is served through the HTTP server (RFC 7118)', async () => {
    server = { ...server, transport: 'tcp' }
    const callers = await Promise.all(accounts.slice(1).map((account) => phoneOf(account, 1)))
    const called = await phoneOf(0, 1)
    expect(await called.register()).toBe(200)
    expect(await Promise.all(callers.map((phone) => phone.call(numberOf(0, 1)).final))).toEqual(callers.map(() => 200))
    const http = await openHttpServer()
    try {
      for (const account of accounts) expect(await registerStatusOver(http, lineOf(account, 1))).toBe('SIP/2.0 401 Unauthorized')
    } finally {
      http.closeAllConnections()
      http.close()
    }
  })

  it('a worker that hangs is replaced', async () => {
    let spawned = 0
    const { promise: replaced, resolve } = Promise.withResolvers<void>()
    const hanging = new SwitchWorkers({
      ...optionsWith(() => {
        if (++spawned === 2) resolve()
        return new Worker(SAYS_ONE_THING, { eval: true })
      }),
      count: 1,
      silenceLimitMs: 100,
    })
    expect((await hanging.start()).ok).toBe(true)
    await replaced
    await hanging.stop(0)
  })
})

/** A thread that listens, it says, and is never heard of again. */
const SAYS_ONE_THING = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', ({ kind, ticket, task }) => {
    if (kind !== 'task') return
    const answer = task.type === 'listen' ? { ok: true, value: { address: '127.0.0.1', udpPort: 1, tcpPort: 1, tlsPort: 0, wsPort: 0 } } : undefined
    parentPort.postMessage([{ kind: 'answer', ticket, answer }, { kind: 'statistics', statistics: {} }])
  })
`

async function openHttpServer(): Promise<Server> {
  const http = createServer()
  http.on('upgrade', (request, socket, head) => callPlane.acceptWebSocket(request, socket, head))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return http
}

/** The first line of the answer to a REGISTER in a WebSocket of its own. */
function registerStatusOver(http: Server, line: string): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/sip`, 'sip')
  const address = `<sip:${line}@${REALM}>`
  const lines = [
    `REGISTER sip:${REALM} SIP/2.0`,
    `Via: SIP/2.0/WS ${line}.invalid;branch=z9hG4bK${line}`,
    'Max-Forwards: 70',
    `From: ${address};tag=1`,
    `To: ${address}`,
    `Call-ID: ${line}`,
    'CSeq: 1 REGISTER',
    `Contact: <sip:${line}@${line}.invalid;transport=ws>`,
    'Content-Length: 0',
    '',
    '',
  ]
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => socket.send(lines.join('\r\n')))
    socket.addEventListener('error', () => reject(new Error('no WebSocket')))
    socket.addEventListener('message', (message) => {
      resolve(String(message.data).split('\r\n', 1)[0] ?? '')
      socket.close()
    })
  })
}
