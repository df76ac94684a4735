import { deepStrictEqual } from 'node:assert/strict'
import { join } from 'node:path'
import { silentLogger } from '@dialtone/foundation'
import { startEmbeddedPostgres } from '@dialtone/server'
import { missingPrograms, versionOf } from './measuring/machine.ts'
import { startOurSubject } from './measuring/our-subject.ts'
import type { ProcessGroup } from './measuring/process-group.ts'
import { type Bench, type BenchContext, type BenchTable, interleave, type Quantity, type Sample } from './measuring/report.ts'
import { runWrk } from './measuring/wrk.ts'
import type { ControlPlaneFacts } from './subjects/control-plane.ts'

const ROUNDS = 4
const CONNECTIONS = 32

interface HttpServer {
  readonly name: string
  readonly isOurs: boolean
  readonly url: string
  readonly headers: readonly string[]
  readonly cpuSeconds: () => number
}

const QUANTITIES: readonly Quantity[] = [
  { key: 'rate', label: 'requests/s', digits: 0, better: 'higher' },
  { key: 'cpu', label: 'CPU µs per request', digits: 0, better: 'lower' },
  { key: 'p99', label: 'latency p99 ms', digits: 1 },
  { key: 'failed', label: 'failed', digits: 0 },
]

export const http: Bench = {
  name: 'http',
  title: 'HTTP requests',
  run: async (context) => {
    const notMeasured = missingPrograms('HTTP requests', ['wrk'])
    if (notMeasured.length > 0) return { tables: [], notMeasured, versions: [] }
    const started = await startEmbeddedPostgres({ dataDir: join(context.workFolder, 'data'), logger: silentLogger })
    if (!started.ok) throw new Error(started.error.message)
    try {
      const tables = await measure(context, started.value.url)
      return { tables, notMeasured, versions: ['embedded PostgreSQL 18', versionOf('wrk', ['-v'], /wrk \S*?([\d.]+)/)] }
    } finally {
      await context.processes.stopAll()
      await started.value.stop()
    }
  },
}

async function measure({ quick, processes }: BenchContext, databaseUrl: string): Promise<readonly BenchTable[]> {
  const seconds = quick ? 1 : 5
  const ours = await startOurSubject<ControlPlaneFacts>(processes, new URL('subjects/control-plane.ts', import.meta.url), [databaseUrl])
  const bare = await startOurSubject<{ port: number }>(processes, new URL('subjects/bare-fastify.ts', import.meta.url), [databaseUrl])
  const { token, partitionId, accountId, port } = ours.facts
  const collection = `/v2/partition/${partitionId}/account`
  const tables: BenchTable[] = []
  for (const { path, title, does } of [
    { path: `${collection}/${accountId}`, title: 'GET of one account', does: 'the account (one prepared select)' },
    { path: collection, title: 'GET of a list of 50 accounts', does: 'the accounts (one select, built by the query builder)' },
  ]) {
    const servers: readonly HttpServer[] = [
      { name: 'bare Fastify + pg', isOurs: false, url: `http://127.0.0.1:${bare.facts.port}${path}`, headers: [], cpuSeconds: () => bare.cpuSeconds() },
      { name: 'Dialtone', isOurs: true, url: `http://127.0.0.1:${port}${path}`, headers: [`X-AUTH-TOKEN: ${token}`], cpuSeconds: () => ours.cpuSeconds() },
    ]
    const bodies = await Promise.all(servers.map(bodyOf))
    deepStrictEqual(bodies[1], bodies[0])
    const subjects = servers.map((server) => ({ name: server.name, isOurs: server.isOurs, measure: () => requestFor(processes, server, seconds) }))
    // The first round is for the compiler and the connections of the pool.
    await interleave(subjects, 1)
    tables.push({
      title,
      conditions: [
        `wrk keeps ${CONNECTIONS} connections busy for ${seconds} s a round; both answer the same body from the same database over a unix socket; the database is not pinned.`,
        `Dialtone is the real control plane: token, access rules, partition and account scope, permission, input, ${does}, response schema, entity tag. The peer runs the same select alone, prepared, and asks nobody who is calling.`,
      ],
      quantities: QUANTITIES,
      subjects: await interleave(subjects, quick ? 1 : ROUNDS),
    })
  }
  return tables
}

async function bodyOf({ url, headers }: HttpServer): Promise<unknown> {
  const response = await fetch(url, { headers: Object.fromEntries(headers.map((header) => header.split(': ') as [string, string])) })
  if (response.status !== 200) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`)
  return response.json()
}

async function requestFor(processes: ProcessGroup, { url, headers, cpuSeconds }: HttpServer, seconds: number): Promise<Sample> {
  const before = cpuSeconds()
  const { requests, requestsPerSecond, failed, p99Ms } = await runWrk(processes, { url, headers, connections: CONNECTIONS, seconds })
  return { rate: requestsPerSecond, cpu: ((cpuSeconds() - before) * 1e6) / requests, p99: p99Ms, failed }
}
