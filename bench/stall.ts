import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { missingPrograms, versionOf } from './measuring/machine.ts'
import { spreadOf } from './measuring/median.ts'
import type { Bench, BenchContext, BenchTable } from './measuring/report.ts'
import { runWrk } from './measuring/wrk.ts'

const READY_WITHIN_MS = 60_000
const CONNECTIONS = 16
const CALLS_A_SECOND = 10
const WRITES_A_SECOND = 20

/** The whole server as a person starts it: how late its loops are while the interface and the database have work. */
export const stall: Bench = {
  name: 'stall',
  title: 'Event loops under load',
  run: async (context) => {
    const notMeasured = missingPrograms('event loops', ['wrk'])
    if (notMeasured.length > 0) return { tables: [], notMeasured, versions: [] }
    return { tables: [await measure(context)], notMeasured, versions: ['embedded PostgreSQL 18', versionOf('wrk', ['-v'], /wrk \S*?([\d.]+)/)] }
  },
}

interface Api {
  readonly base: string
  readonly token: string
  send(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>>
}

async function measure({ quick, workFolder, processes }: BenchContext): Promise<BenchTable> {
  const seconds = quick ? 4 : 20
  const loops = join(workFolder, 'loops')
  mkdirSync(loops)
  const dataDirectory = join(workFolder, 'data')
  const server = processes.start({
    program: process.execPath,
    parameters: [
      '--import',
      new URL('measuring/write-loop-delay.ts', import.meta.url).href,
      fileURLToPath(new URL('../apps/server/src/dialtone.ts', import.meta.url)),
      'start',
    ],
    environment: { ...ports(), DIALTONE_DATA_DIR: dataDirectory, BENCH_LOOP_DELAY_FOLDER: loops, DIALTONE_RATE_LIMIT: '0', DIALTONE_LOG_LEVEL: 'error' },
  })
  const api = await signIn(dataDirectory)
  const account = await api.send('POST', '/account', { accountNumber: 'bench', accountName: 'Bench' })
  const path = `/account/${String(account['id'])}`
  await wait(3_000)
  const from = Date.now()
  const until = from + seconds * 1000
  const [wrk, writes] = await Promise.all([
    runWrk(processes, { url: `${api.base}${path}`, headers: [`X-AUTH-TOKEN: ${api.token}`], connections: CONNECTIONS, seconds }),
    every(1000 / WRITES_A_SECOND, until, (index) =>
      api.send('POST', `${path}/user`, { firstName: 'U', lastName: String(index), extension: String(2000 + index) }),
    ),
    every(1000 / CALLS_A_SECOND, until, () => api.send('POST', '/../../sandbox/inbound-call', { from: '+18015550199', to: '+18015550100', seconds: 1 })),
  ])
  await wait(1_500)
  await server.stop()
  return {
    title: 'The whole server',
    conditions: [
      `${CONNECTIONS} connections of wrk read one account as fast as they are answered (${wrk.requestsPerSecond.toFixed(0)} requests/s, ${wrk.failed} failed), ${WRITES_A_SECOND} users are created a second (${writes}), ${CALLS_A_SECOND} calls a second come from the sandbox over SIP, for ${seconds} s; embedded PostgreSQL on the same processors, nothing pinned but wrk.`,
      'How late each event loop came to its timers, 99th of 100 within each second: the median second and the worst one; and the latest of all. The loop of the calls is the switch worker.',
    ],
    quantities: [
      { key: 'p99', label: 'p99 ms, median second', digits: 2 },
      { key: 'worst', label: 'p99 ms, worst second', digits: 2 },
      { key: 'max', label: 'latest ms', digits: 1 },
    ],
    subjects: readdirSync(loops).toSorted().map((file) => ({ name: nameOf(file), isOurs: true, samples: [delaysIn(join(loops, file), from, until)] })), // prettier-ignore
  }
}

function nameOf(file: string): string {
  return file === 'thread-0.csv' ? 'main thread: HTTP and database' : `worker ${file.replaceAll(/\D/g, '')}`
}

function delaysIn(file: string, from: number, until: number): Readonly<Record<string, number>> {
  const rows = readFileSync(file, 'utf8').trim().split('\n').map((line) => line.split(',').map(Number)) // prettier-ignore
  const within = rows.filter(([at = 0]) => at > from && at <= until + 1000)
  const p99 = within.map(([, late = 0]) => late)
  return { p99: spreadOf(p99).median, worst: Math.max(...p99), max: Math.max(...within.map(([, , latest = 0]) => latest)) }
}

function ports(): Record<string, string> {
  return { DIALTONE_HTTP_HOST: '127.0.0.1', DIALTONE_HTTP_PORT: '0', DIALTONE_SIP_HOST: '127.0.0.1', DIALTONE_SIP_PORT: '0', DIALTONE_SIP_TLS_PORT: '0' }
}

async function signIn(dataDirectory: string): Promise<Api> {
  const path = join(dataDirectory, 'first-run.json')
  const deadline = Date.now() + READY_WITHIN_MS
  while (!existsSync(path)) {
    if (Date.now() > deadline) throw new Error('the server was not ready in time')
    await wait(200)
  }
  const { httpUrl, partitionId, username, password } = JSON.parse(readFileSync(path, 'utf8')) as Record<
    'httpUrl' | 'partitionId' | 'username' | 'password',
    string
  >
  const send = async (url: string, method: string, token: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> => {
    const headers = { 'content-type': 'application/json', ...(token === '' ? {} : { 'x-auth-token': token }) }
    const reply = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    return (await reply.json().catch(() => ({}))) as Record<string, unknown>
  }
  const token = String((await send(`${httpUrl}/v2/authorize`, 'POST', '', { username, password }))['authToken'])
  const base = `${httpUrl}/v2/partition/${partitionId}`
  return { base, token, send: (method, to, body) => send(to.startsWith('/../../') ? `${httpUrl}/v2${to.slice(6)}` : `${base}${to}`, method, token, body) }
}

/** Begins one after the other at an even rate, whatever the earlier ones take. @returns how many were answered */
async function every(intervalMs: number, until: number, act: (index: number) => Promise<unknown>): Promise<number> {
  const begun: Promise<unknown>[] = []
  for (let index = 0; Date.now() < until; index++) {
    begun.push(act(index))
    await wait(intervalMs)
  }
  return (await Promise.allSettled(begun)).filter((one) => one.status === 'fulfilled').length
}
