import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { silentLogger } from '@dialtone/foundation'
import { startEmbeddedPostgres } from '@dialtone/server'
import { type Carriers, startCarriers } from './measuring/carriers.ts'
import { startOurSubject } from './measuring/our-subject.ts'
import { type DarkPhone, type PowerCut, powerReturns } from './measuring/power-cut.ts'
import { httpCall } from './measuring/http-call.ts'
import { cpuSecondsOf } from './measuring/process-cpu.ts'
import { type Bench, type BenchContext, type BenchTable, interleave, type Quantity, type Sample } from './measuring/report.ts'
import { seedPhones } from './measuring/seed-phones.ts'
import { connectSeeder, type Seeder } from './measuring/seeder.ts'
import { startWholeServer, type WholeServer } from './measuring/whole-server.ts'

const PHONES_EACH = 100
const TRUNKS = 100
const PROBE_EVERY_SECONDS = 5
const ROUNDS_OF_FILES = 3
/** Phones do not start in the same millisecond, even when the power comes back for all of them. */
const START_WITHIN_MS = 3_000
const LOGIN = { username: 'storm@example.com', password: 'Correct-horse-1' }

const STORM: readonly Quantity[] = [
  { key: 'seconds', label: 's until all are registered', digits: 1 },
  { key: 'half', label: 's until half are', digits: 1 },
  { key: 'p99', label: 'file p99 ms', digits: 0 },
  { key: 'refusedFiles', label: 'files refused (503)', digits: 0 },
  { key: 'refusedRegistrations', label: 'REGISTER refused (503)', digits: 0 },
  { key: 'retransmitted', label: 'retransmitted', digits: 0 },
  { key: 'withoutRetryAfter', label: 'refused without Retry-After', digits: 0 },
  { key: 'failed', label: 'never up', digits: 0 },
  { key: 'operator', label: 'API p99 ms meanwhile', digits: 0 },
  { key: 'memory', label: 'highest memory MiB', digits: 0 },
  { key: 'cpu', label: 'CPU s', digits: 1 },
]

/** What a provider lives through: all phones at once after a power cut, beside the trunks it watches. */
export const deviceStorm: Bench = {
  name: 'device-storm',
  title: 'Phones after a power cut, and trunks',
  run: async (context) => {
    const database = await startEmbeddedPostgres({ dataDir: join(context.workFolder, 'database'), logger: silentLogger })
    if (!database.ok) throw new Error(database.error.message)
    const [seeder, carriers] = [await connectSeeder(database.value.url), await startCarriers(TRUNKS)]
    try {
      return { tables: await measure(context, database.value.url, seeder, carriers), notMeasured: [], versions: ['embedded PostgreSQL 18'] }
    } finally {
      carriers.close()
      await seeder.end()
      await context.processes.stopAll()
      await database.value.stop()
    }
  },
}

async function measure(context: BenchContext, databaseUrl: string, seeder: Seeder, carriers: Carriers): Promise<readonly BenchTable[]> {
  const { quick, workFolder, processes } = context
  const dataDirectory = join(workFolder, 'data')
  const environment = {
    ...{ DATABASE_URL: databaseUrl, DIALTONE_SANDBOX: 'off', DIALTONE_RATE_LIMIT: '0', DIALTONE_PARTITION_ID: 'storm' },
    ...{ DIALTONE_ADMIN_USERNAME: LOGIN.username, DIALTONE_ADMIN_PASSWORD: LOGIN.password },
  }
  const first = await startWholeServer(processes, dataDirectory, environment)
  const template = await makeTemplate(await logIn(first))
  const quiet = await watchTrunks(first, carriers, quick)
  await makeTrunks(await logIn(first), carriers)
  const watching = await watchTrunks(first, carriers, quick)
  first.running.child.kill('SIGTERM')
  await first.running.exited
  const key = readFileSync(join(dataDirectory, 'secret.key'))
  const phones = await seedPhones(seeder, { accounts: quick ? 2 : 100, phonesEach: PHONES_EACH, template, key })
  const server = await startWholeServer(processes, dataDirectory, environment)
  const peer = await startOurSubject<{ port: number }>(processes, new URL('subjects/bare-fastify.ts', import.meta.url), [databaseUrl], 'any')
  // Once: the second time everything would be warm, and no power cut is.
  const samples = [await storm(server, dataDirectory, phones)]
  return [
    stormTable(phones.length, samples),
    await filesTable(context, server, phones, {
      port: peer.facts.port,
      path: `/v2/partition/storm/account/${template.accountId}`,
      cpu: () => peer.cpuSeconds(),
    }),
    trunksTable(quiet, watching),
  ]
}

async function storm(server: WholeServer, dataDirectory: string, phones: readonly DarkPhone[]): Promise<Sample> {
  const api = await logIn(server)
  const { sipPort } = JSON.parse(readFileSync(join(dataDirectory, 'first-run.json'), 'utf8')) as { sipPort: number }
  const before = cpuSecondsOf(server.running.processId)
  const operator = watchApi(api)
  const cut = await powerReturns(phones, { httpPort: server.httpPort, sipPort, withinMs: START_WITHIN_MS, registers: true })
  const apiMs = await operator.stop()
  return {
    ...{ seconds: percentile(cut.upMs, 1) / 1000, half: percentile(cut.upMs, 0.5) / 1000, p99: percentile(cut.fileMs, 0.99) },
    ...figuresOf(cut),
    operator: percentile(apiMs, 0.99),
    memory: highestMemoryMiB(server.running.processId),
    cpu: cpuSecondsOf(server.running.processId) - before,
  }
}

function figuresOf({ fileMs: _files, upMs: _up, ...counts }: PowerCut): Sample {
  return counts
}

function stormTable(phones: number, samples: readonly Sample[]): BenchTable {
  return {
    title: `${phones.toLocaleString('en')} phones come up`,
    conditions: [
      `Within ${START_WITHIN_MS / 1000} s each asks for its two files over HTTP with its token, over at most 2,000 connections at a time, reads its login there and registers over UDP with digest; who is refused comes again after Retry-After. 100 phones an account, a line each.`,
      'The whole server with one switch worker, its database and the phones share all processors; nothing is pinned. Memory is the most the process ever had, with the modules it loads at the start.',
      `Meanwhile an operator reads his account every 50 ms, and ${TRUNKS} trunks are probed.`,
    ],
    quantities: STORM,
    subjects: [{ name: 'Dialtone', isOurs: true, samples }],
  }
}

interface Peer {
  readonly port: number
  readonly path: string
  readonly cpu: () => number
}

/** The same phones without registering, beside a server that does nothing but one select for each request. */
async function filesTable({ quick }: BenchContext, server: WholeServer, phones: readonly DarkPhone[], peer: Peer): Promise<BenchTable> {
  const some = phones.slice(0, 2_000)
  const fetched = async (cpuSeconds: () => number, fetchAll: () => Promise<{ fileMs: readonly number[]; seconds: number }>): Promise<Sample> => {
    const before = cpuSeconds()
    const { fileMs, seconds } = await fetchAll()
    return { rate: fileMs.length / seconds, cpu: ((cpuSeconds() - before) * 1e6) / fileMs.length, p99: percentile(fileMs, 0.99) }
  }
  const allOf = async (phonesOf: readonly DarkPhone[], httpPort: number, answers: (cut: PowerCut) => boolean) => {
    const startedMs = performance.now()
    const cut = await powerReturns(phonesOf, { httpPort, sipPort: 0, withinMs: 0, registers: false })
    if (!answers(cut)) throw new Error(`files were not given out: ${JSON.stringify(figuresOf(cut))}`)
    return { fileMs: cut.fileMs, seconds: (performance.now() - startedMs) / 1000 }
  }
  // Its answers are no files, so that no phone comes up by them: they count all the same.
  const plain = some.map((phone): DarkPhone => ({ ...phone, path: `${peer.path}?` }))
  const subjects = [
    { name: 'bare Fastify + pg', isOurs: false, measure: () => fetched(peer.cpu, () => allOf(plain, peer.port, (cut) => cut.fileMs.length === 2 * plain.length)) },
    {
      ...{ name: 'Dialtone', isOurs: true },
      measure: () => fetched(() => cpuSecondsOf(server.running.processId), () => allOf(some, server.httpPort, (cut) => cut.failed === 0)),
    },
  ] // prettier-ignore
  await interleave(subjects, 1)
  return {
    title: 'Files alone, all at once',
    conditions: [
      `${some.length.toLocaleString('en')} phones ask for their two files in the same moment. The peer answers each with one prepared select of an account; Dialtone proves the token, reads the device, its lines, people and template, renders, and writes down what was asked.`,
      'Nothing is pinned; the database serves both. What Dialtone refuses it gives out 3 to 20 s later: its rate is with these pauses, the processor time without them.',
    ],
    quantities: [
      { key: 'rate', label: 'files/s', digits: 0, better: 'higher' },
      { key: 'cpu', label: 'CPU µs per file', digits: 0, better: 'lower' },
      { key: 'p99', label: 'p99 ms', digits: 0 },
    ],
    subjects: await interleave(subjects, quick ? 1 : ROUNDS_OF_FILES),
  }
}

async function watchTrunks(server: WholeServer, carriers: Carriers, quick: boolean): Promise<Sample> {
  const seconds = quick ? 2 : 2 * PROBE_EVERY_SECONDS
  // What is new registers at once, and is no part of the quiet time.
  await wait(quick ? 500 : 4_000)
  carriers.taken()
  const before = cpuSecondsOf(server.running.processId)
  await wait(seconds * 1000)
  const { probes, registrations } = carriers.taken()
  return { cpu: ((cpuSecondsOf(server.running.processId) - before) * 1000) / seconds, probes: probes / seconds, registrations: registrations / seconds }
}

function trunksTable(quiet: Sample, watching: Sample): BenchTable {
  return {
    title: `${TRUNKS} trunks`,
    conditions: [
      `Each registers at its carrier and is probed by OPTIONS every ${PROBE_EVERY_SECONDS} s; no calls. The peer is the same server before it had any trunk.`,
    ],
    quantities: [
      { key: 'cpu', label: 'CPU ms a second', digits: 1, better: 'lower' },
      { key: 'probes', label: 'probes/s', digits: 1 },
      { key: 'registrations', label: 'registrations/s', digits: 2 },
    ],
    subjects: [
      { name: 'Dialtone without trunks', isOurs: false, samples: [quiet] },
      { name: 'Dialtone', isOurs: true, samples: [watching] },
    ],
  }
}

type Call = (method: string, path: string, body?: object) => Promise<Readonly<Record<string, unknown>>>

async function logIn({ httpPort }: WholeServer): Promise<Call> {
  const { authToken } = await httpCall(httpPort, '', 'POST', '/v2/authorize', LOGIN)
  return (method, path, body) => httpCall(httpPort, String(authToken), method, path, body)
}

async function makeTemplate(call: Call) {
  const account = String((await call('POST', '/v2/partition/storm/account', { accountNumber: 'STORM', accountName: 'Storm' }))['id'])
  const base = `/v2/partition/storm/account/${account}`
  const user = String((await call('POST', `${base}/user`, { firstName: 'Stormy', lastName: 'Weather', extension: '4002' }))['id'])
  const line = { userId: user, deviceName: 'Desk', deviceTypeId: 'YEALINKT54W', macAddress: '805ec0000001', lineNumber: 1, emergencyNumber: '' }
  await call('POST', `${base}/deviceline`, line)
  const device = await call('GET', `${base}/device/805ec0000001/configuration`)
  return { accountId: account, userId: user, deviceId: String(device['deviceId']) }
}

async function makeTrunks(call: Call, carriers: Carriers): Promise<void> {
  for (const [index, port] of carriers.ports.entries()) {
    const login = { username: `trunk${index}`, password: 'secret', registrarDomain: '127.0.0.1' }
    await call('POST', '/v2/partition/storm/carrier-trunk', {
      name: `Carrier ${index}`,
      address: '127.0.0.1',
      port,
      keepAliveSeconds: PROBE_EVERY_SECONDS,
      ...login,
    })
  }
}

/** Somebody who works while the storm goes on. */
function watchApi(call: Call): { stop(): Promise<readonly number[]> } {
  const tookMs: number[] = []
  let isOver = false
  const working = (async () => {
    while (!isOver) {
      const startedMs = performance.now()
      await call('GET', '/v2/partition/storm/account/storm-0')
      tookMs.push(performance.now() - startedMs)
      await wait(50)
    }
  })()
  return {
    stop: async () => {
      isOver = true
      await working
      return tookMs
    },
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** proc(5): the peak of the resident set. */
function highestMemoryMiB(processId: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]) / 1024
}
