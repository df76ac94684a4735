// The peer of http.ts: Fastify and pg with nothing between them. One route, one prepared select, one response schema.
// Parameter: URL of the database the control plane has filled.
import { createRequire } from 'node:module'
import { tellReady } from './serve-subject.ts'

interface AccountRow {
  readonly [column: string]: unknown
  readonly created_at: Date
}

interface Pool {
  query(statement: object): Promise<{ readonly rows: readonly AccountRow[] }>
}

interface Request {
  readonly params: { readonly partitionId: string; readonly accountId: string }
}

interface Reply {
  code(status: number): { send(body: object): Reply }
}

interface FastifyServer {
  get(path: string, options: object, handle: (request: Request, reply: Reply) => Promise<object>): void
  listen(options: { host: string; port: number }): Promise<string>
  readonly server: { address(): { readonly port: number } }
}

// The very copies the control plane uses.
const require = createRequire(new URL('../../packages/control-plane/package.json', import.meta.url))
const fastify = require('fastify') as (options: object) => FastifyServer
const pg = require('pg') as { readonly Pool: new (options: object) => Pool }

/** As many as the control plane opens. */
const POOL_SIZE = 16
/** The very selects of the control plane. */
const SHOWN = `
  select account.*, (select count(*) from end_user where end_user.account_id = account.id) as end_user_count,
    (select count(*) from calling_plan_use where calling_plan_use.account_id = account.id and reference_type = 'ACCOUNT') as plan_use_count
  from account where account.partition_id = $1 and account.status <> 'DELETED'`
const SELECT = `${SHOWN} and account.id = $2`
const LIST = `${SHOWN} order by account.created_at, account.id limit 1001`

const string = { type: 'string' }
const integer = { type: 'integer' }
const boolean = { type: 'boolean' }
const properties = {
  ...{ id: string, accountId: string, partitionId: string, accountNumber: string, accountName: string, name: string, billingCycleDay: integer },
  ...{ status: string, timeZone: string, accountType: string, platformType: string, extensionLength: integer, dialingBehaviorType: string },
  ...{ routePlanId: string, holdMusicMediaId: string, holdTimeoutSeconds: integer, allowDangerousExtensions: boolean, sendWelcomeEmail: boolean },
  ...{
    regulatoryType: string,
    languageTag: string,
    products: { type: 'array', items: string },
    customField: string,
    endUserCount: integer,
    callingPlans: { type: 'array', items: {} },
    createdDate: string,
  },
}

const pool = new pg.Pool({ connectionString: process.argv[2], max: POOL_SIZE })
const http = fastify({ logger: false })
http.get('/v2/partition/:partitionId/account/:accountId', { schema: { response: { 200: { type: 'object', properties } } } }, async (request, reply) => {
  const { rows } = await pool.query({ name: 'account', text: SELECT, values: [request.params.partitionId, request.params.accountId] })
  const row = rows[0]
  return row === undefined ? reply.code(404).send({}) : viewOf(row)
})
const listed = { type: 'array', items: { type: 'object', properties } }
http.get('/v2/partition/:partitionId/account', { schema: { response: { 200: listed } } }, (request) =>
  pool.query({ name: 'accounts', text: LIST, values: [request.params.partitionId] }).then(({ rows }) => rows.map(viewOf)),
)
await http.listen({ host: '127.0.0.1', port: 0 })
tellReady({ port: http.server.address().port })

function viewOf(row: AccountRow): object {
  return {
    id: row['id'],
    accountId: row['id'],
    partitionId: row['partition_id'],
    accountNumber: row['account_number'],
    accountName: row['account_name'],
    name: row['account_name'],
    billingCycleDay: row['billing_cycle_day'],
    status: row['status'],
    timeZone: row['time_zone'],
    accountType: row['account_type'],
    platformType: row['platform_type'],
    extensionLength: row['extension_length'],
    dialingBehaviorType: row['dialing_behavior_type'],
    routePlanId: row['route_plan_id'],
    holdMusicMediaId: row['hold_music_media_id'],
    holdTimeoutSeconds: row['hold_timeout_seconds'] ?? undefined,
    allowDangerousExtensions: row['allow_dangerous_extensions'],
    sendWelcomeEmail: row['send_welcome_email'],
    regulatoryType: row['regulatory_type'],
    languageTag: row['language_tag'],
    products: row['products'],
    customField: row['custom_field'] ?? undefined,
    endUserCount: Number(row['end_user_count']),
    callingPlans: [],
    createdDate: row.created_at.toISOString(),
  }
}
