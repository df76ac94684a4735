import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { silentLogger } from '@dialtone/foundation'
import { startEmbeddedPostgres } from '@dialtone/server'
import { httpCall } from './measuring/http-call.ts'
import { cpuSecondsOf, descendantsOf } from './measuring/process-cpu.ts'
import { startOurSubject } from './measuring/our-subject.ts'
import type { Bench, BenchContext, BenchTable, MeasuredSubject, Quantity, Sample } from './measuring/report.ts'
import { connectSeeder, type Seeder } from './measuring/seeder.ts'
import type { ControlPlaneFacts } from './subjects/control-plane.ts'

const ROUNDS = 3
const REQUESTS = 100
const BULK_USERS = 10_000
const USERS_OF_CHANGED = 1_000
const ROWS_A_STATEMENT = 50_000
const LINES_AN_EXCHANGE = 1_000

interface Search {
  readonly title: string
  readonly path: (count: number) => string
}

interface Growing {
  readonly noun: string
  readonly sizes: readonly number[]
  /** Rows from one number to another, exclusive. */
  readonly seed: string
  readonly searches: readonly Search[]
}

/** The place of row `i` in a list of so many: the same in every run, and spread over all of it. */
const spread = (step: number, size: number): number => (step * 7_919) % size

const ACCOUNTS: Growing = {
  noun: 'accounts',
  sizes: [10_000, 100_000],
  // As the account that is there, under other names; the trigger of the table writes what a search goes by.
  seed: `INSERT INTO account SELECT made.* FROM (SELECT to_jsonb(account) AS row FROM account WHERE account_number = 'BENCH-1') AS template,
    generate_series($1::int, $2::int - 1) AS i, LATERAL jsonb_populate_record(NULL::account, template.row || jsonb_build_object(
      'id', 'growth-' || i, 'account_number', 'G' || i,
      'account_name', (ARRAY['Harbor', 'Juniper', 'Meadow', 'Quarry', 'Willow'])[1 + i % 5] || ' ' || md5(i::text))) AS made`,
  searches: [
    { title: 'accounts by the middle of a name', path: (step) => `account/search?q=${middleOf(step)}` },
    { title: 'accounts by the beginning of a name that a fifth of all share', path: () => 'account/search?q=willow' },
  ],
}

const NUMBERS: Growing = {
  noun: 'numbers',
  sizes: [10_000, 100_000, 1_000_000],
  seed: `INSERT INTO telephone_number (phone_number, partition_id, inventory_partition_id, carrier_id, function_type, rate_center, rate_center_reorder_name,
      state, country, prefix, lata, latitude, longitude, carrier_status, operational_status, created_at, updated_at)
    SELECT '1' || prefix || lpad((i % 1000 * 10)::text, 4, '0'), $3, $3, 'growth', 'ELS', 'PLACE ' || e, 'PLACE ' || e,
      (ARRAY['UT', 'NY', 'TX', 'CA', 'OH'])[1 + e % 5], 'USA', '1' || prefix, '660', 25 + e * 37 % 240 / 10.0, -(70 + e * 53 % 500 / 10.0),
      'INVENTORY', 'ACTIVE', now(), now()
    FROM (SELECT i, i / ${LINES_AN_EXCHANGE} AS e, (212 + i / ${LINES_AN_EXCHANGE} / 100)::text || (220 + i / ${LINES_AN_EXCHANGE} % 100 * 7)::text AS prefix
      FROM generate_series($1::int, $2::int - 1) AS i) AS row`,
  searches: [
    { title: 'numbers near a place', path: (step) => `telephonenumber/search?type=LAT_LONG&lat=${25 + (step % 24)}&long=-${70 + (step % 50)}&maxResults=20` },
    {
      title: 'numbers by their last digits',
      path: (step) => `telephonenumber/search?pattern=*${String((step * 370) % 10_000).padStart(4, '0')}&maxResults=20`,
    },
    { title: 'numbers by digits anywhere', path: (step) => `telephonenumber/search?pattern=*${String(220 + (step % 100) * 7)}0*&maxResults=20` },
  ],
}

const QUANTITIES: readonly Quantity[] = [
  { key: 'p50', label: 'p50 ms', digits: 1 },
  { key: 'p95', label: 'p95 ms', digits: 1, better: 'lower' },
  { key: 'cpu', label: 'CPU ms per search', digits: 2 },
  { key: 'cpuWithDatabase', label: 'CPU ms with the database', digits: 2, better: 'lower' },
]

export const growth: Bench = {
  name: 'growth',
  title: 'How searches grow, and bulk work',
  run: async (context) => {
    const started = await startEmbeddedPostgres({ dataDir: join(context.workFolder, 'data'), logger: silentLogger })
    if (!started.ok) throw new Error(started.error.message)
    const seeder = await connectSeeder(started.value.url)
    try {
      const program = new URL('subjects/control-plane.ts', import.meta.url)
      const subject = await startOurSubject<ControlPlaneFacts>(context.processes, program, [started.value.url], 'any')
      const postmaster = parentOf(Number((await seeder.query('SELECT pg_backend_pid() AS pid')).rows[0]?.['pid']))
      const ours: Measured = { facts: subject.facts, cpuSeconds: () => subject.cpuSeconds(), databaseSeconds: () => livingSeconds(postmaster) }
      const bulk = await bulkOfUsers(context, ours, context.quick ? 200 : BULK_USERS)
      const change = await changesOfAccount(context, ours)
      return {
        tables: [...(await grow(context, ours, seeder, ACCOUNTS)), ...(await grow(context, ours, seeder, NUMBERS)), bulk, change],
        notMeasured: [],
        versions: ['embedded PostgreSQL 18'],
      }
    } finally {
      await seeder.end()
      await context.processes.stopAll()
      await started.value.stop()
    }
  },
}

/** A server, and the processor time of its database beside its own. */
interface Measured {
  readonly facts: ControlPlaneFacts
  readonly cpuSeconds: () => number
  readonly databaseSeconds: () => number
}

/** Of each process of a tree the most that was ever read: one that ends, such as a worker of the vacuum, takes nothing back. */
const readOnce = new Map<number, number>()

function livingSeconds(root: number): number {
  for (const id of descendantsOf(root)) readOnce.set(id, Math.max(readOnce.get(id) ?? 0, cpuSecondsOf(id)))
  return [...readOnce.values()].reduce((sum, seconds) => sum + seconds, 0)
}

/** proc(5): the fourth field of /proc/PID/stat. */
function parentOf(processId: number): number {
  const stat = readFileSync(`/proc/${processId}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

async function grow({ quick }: BenchContext, ours: Measured, seeder: Seeder, growing: Growing): Promise<readonly BenchTable[]> {
  const sizes = quick ? growing.sizes.slice(0, 1) : growing.sizes
  const measured = growing.searches.map((): MeasuredSubject[] => [])
  let seeded = 0
  for (const size of sizes) {
    for (; seeded < size; seeded += ROWS_A_STATEMENT) {
      const until = Math.min(size, seeded + ROWS_A_STATEMENT)
      await seeder.query(growing.seed, growing.noun === 'numbers' ? [seeded, until, ours.facts.partitionId] : [seeded, until])
      if (until === size) {
        seeded = size
        break
      }
    }
    await seeder.query('ANALYZE')
    for (const [index, search] of growing.searches.entries()) {
      const samples: Sample[] = []
      // The first round is for the compiler and the pages of the index.
      for (let round = 0; round <= (quick ? 1 : ROUNDS); round++) samples.push(await searchMany(ours, search, size, quick ? 10 : REQUESTS))
      measured[index]?.push({ name: `${size.toLocaleString('en')} ${growing.noun}`, isOurs: size === sizes.at(-1), samples: samples.slice(1) })
    }
  }
  return growing.searches.map((search, index) => ({
    title: `Search: ${search.title}`,
    conditions: [
      `${REQUESTS} searches over HTTP, one after the other, all different, in one partition; nothing is pinned, the database runs beside it. Ratios: the largest to the smaller ones.`,
    ],
    quantities: QUANTITIES,
    subjects: measured[index] ?? [],
  }))
}

async function searchMany(ours: Measured, search: Search, size: number, requests: number): Promise<Sample> {
  const [cpuBefore, databaseBefore] = [ours.cpuSeconds(), ours.databaseSeconds()]
  const tookMs: number[] = []
  for (let step = 0; step < requests; step++) {
    const startedMs = performance.now()
    await call(ours.facts, 'GET', `/v2/partition/${ours.facts.partitionId}/${search.path(spread(step + 1, size))}`)
    tookMs.push(performance.now() - startedMs)
  }
  const [own, database] = [ours.cpuSeconds() - cpuBefore, ours.databaseSeconds() - databaseBefore]
  return { ...percentilesOf(tookMs), cpu: (own * 1000) / requests, cpuWithDatabase: ((own + database) * 1000) / requests }
}

/** One bulk job that creates users, from the request to its end. */
async function bulkOfUsers(context: BenchContext, ours: Measured, users: number): Promise<BenchTable> {
  const [sample] = await createUsers(ours, users)
  return {
    title: `A bulk job that creates ${users.toLocaleString('en')} users`,
    conditions: ['From the request that starts it to its end, in one account; each user with its extension, voicemail box, events and history, as one by one.'],
    quantities: [
      { key: 'seconds', label: 'seconds', digits: 1 },
      { key: 'cpu', label: 'CPU seconds', digits: 1 },
      { key: 'database', label: 'CPU seconds of the database', digits: 1 },
    ],
    subjects: [{ name: 'Dialtone', isOurs: true, samples: [sample] }],
  }
}

/** Every write answers when the switch goes by it. */
async function changesOfAccount({ quick }: BenchContext, ours: Measured): Promise<BenchTable> {
  const users = quick ? 50 : USERS_OF_CHANGED
  const [, account] = await createUsers(ours, users)
  const tookMs: number[] = []
  for (let change = 0; change < (quick ? 5 : REQUESTS); change++) {
    const startedMs = performance.now()
    await call(ours.facts, 'PATCH', account, { accountName: `Changed ${change}` })
    tookMs.push(performance.now() - startedMs)
  }
  return {
    title: `A change of an account of ${users.toLocaleString('en')} users`,
    conditions: [
      'From the request to its answer, which comes when the switch has the new picture of the account; one after the other. The goal is below 50 ms.',
    ],
    quantities: QUANTITIES.slice(0, 2),
    subjects: [{ name: 'Dialtone', isOurs: true, samples: [percentilesOf(tookMs)] }],
  }
}

function percentilesOf(tookMs: number[]): { readonly p50: number; readonly p95: number } {
  tookMs.sort((one, other) => one - other)
  const at = (share: number): number => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? 0
  return { p50: at(0.5), p95: at(0.95) }
}

/** In an account of their own. @returns what it took, and the path of the account */
async function createUsers(ours: Measured, users: number): Promise<readonly [Sample, string]> {
  const { partitionId } = ours.facts
  const body = { accountNumber: `BULK-${users}`, accountName: 'Bulk', extensionLength: 6 }
  const account = await call(ours.facts, 'POST', `/v2/partition/${partitionId}/account`, body)
  const rows = Array.from({ length: users }, (_, row) => ({
    'First Name': 'Row',
    'Last Name': String(row),
    'Extension Number': 200_000 + row,
    Username: `bulk.${users}.${row}`,
  }))
  const collection = await call(ours.facts, 'POST', `${BULK}/collection`, { transformObjectType: 'CreateUserInput', transformObjects: rows })
  const [startedMs, cpuBefore, databaseBefore] = [performance.now(), ours.cpuSeconds(), ours.databaseSeconds()]
  const { id } = await call(ours.facts, 'POST', `${BULK}/job`, {
    jobTypeId: 'create users',
    targetAccountId: account['id'],
    inputCollectionId: collection['id'],
  })
  for (;;) {
    const job = await call(ours.facts, 'GET', `${BULK}/job/${String(id)}`)
    if (job['executionStatus'] === 'COMPLETED') {
      if (job['successful'] !== users) throw new Error(`only ${String(job['successful'])} of ${users} users were created`)
      break
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const sample = { seconds: (performance.now() - startedMs) / 1000, cpu: ours.cpuSeconds() - cpuBefore, database: ours.databaseSeconds() - databaseBefore }
  return [sample, `/v2/partition/${partitionId}/account/${String(account['id'])}`]
}

const BULK = '/v2/bulk-user-operation'

function call({ port, token }: ControlPlaneFacts, method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
  return httpCall(port, token, method, path, body)
}

/** Some digits out of the middle of the name of an account, as its row has it. */
function middleOf(step: number): string {
  return createHash('md5').update(String(step)).digest('hex').slice(6, 14)
}
