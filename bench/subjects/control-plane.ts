// The real control plane on a PostgreSQL, listening: token check, partition and account scope, permission, select, response schema.
// Parameter: URL of an empty database.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createControlPlane, createSealer, directoryFileStore, firstStart, openDatabase } from '@dialtone/control-plane'
import { silentLogger, systemClock, systemTimers } from '@dialtone/foundation'
import { tellReady } from './serve-subject.ts'

export interface ControlPlaneFacts {
  readonly port: number
  readonly token: string
  readonly partitionId: string
  readonly accountId: string
}

const OPERATOR = { username: 'operator@example.com', password: 'Correct-horse-1' }
const SEAL_KEY_BYTES = 32
/** What a list shows. */
const LISTED_ACCOUNTS = 50
const EIGHT_HOURS_SECONDS = 28_800

const database = await openDatabase(process.argv[2] ?? '')
const environment = 'development'
const { partitionId } = await firstStart({ database, now: new Date(), environment, partitionId: undefined, ...OPERATOR })
const { http } = await createControlPlane({
  database,
  clock: systemClock,
  timers: systemTimers,
  logger: silentLogger,
  sealer: createSealer(Buffer.alloc(SEAL_KEY_BYTES, 7)),
  files: directoryFileStore(join(tmpdir(), 'dialtone-bench-files')),
  settings: {
    environment,
    sipDomain: 'dialtone.local',
    sipServer: () => ({ host: '127.0.0.1', port: 5060 }),
    tokenIdleSeconds: EIGHT_HOURS_SECONDS,
    rateLimitPerSecond: 0,
    compatibility: { authorizeCreated: false, loginInvalid400: false, notPermitted400: false },
  },
  registrations: { isRegistered: () => false, bindingsOf: () => [], linesAt: () => [], dropBindings: () => Promise.resolve() },
  furtherOperations: [],
  subscribers: [],
})
await http.listen({ host: '127.0.0.1', port: 0 })
const { authToken: token } = await post('/v2/authorize', OPERATOR)
const account = { accountNumber: 'BENCH-1', accountName: 'Bench account', customField: 'measured' }
const { id: accountId } = await post(`/v2/partition/${partitionId}/account`, account, token)
for (let count = 2; count <= LISTED_ACCOUNTS; count++)
  await post(`/v2/partition/${partitionId}/account`, { ...account, accountNumber: `BENCH-${count}` }, token)
tellReady({ port: portOf(http.server.address()), token: token ?? '', partitionId, accountId: accountId ?? '' } satisfies ControlPlaneFacts)

async function post(url: string, payload: object, authToken?: string): Promise<Readonly<Record<string, string>>> {
  const reply = await http.inject({ method: 'POST', url, payload, headers: authToken === undefined ? {} : { 'x-auth-token': authToken } })
  if (reply.statusCode >= 300) throw new Error(`POST ${url}: ${reply.statusCode} ${reply.body}`)
  return reply.json()
}

function portOf(address: ReturnType<typeof http.server.address>): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}
