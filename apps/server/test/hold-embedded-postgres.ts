// A server in miniature for tests that kill it: starts the database, commits a row, leaves a transaction open, says so, and waits.
import { silentLogger } from '@dialtone/foundation'
import { Client } from 'pg'
import { startEmbeddedPostgres } from '../src/embedded-database/index.ts'

const started = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '', logger: silentLogger })
if (!started.ok) throw new Error(started.error.message)
const client = new Client({ connectionString: started.value.url })
await client.connect()
await client.query('create table if not exists kept (note text)')
await client.query(`insert into kept values ('committed before the kill')`)
await client.query('begin')
await client.query('lock table kept in access exclusive mode')
process.stdout.write('holding\n')
setInterval(() => undefined, 60_000)
