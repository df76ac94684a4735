import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@dialtone/foundation'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { killWithoutWarning, runUntilLine } from '../../test/child-program.ts'
import { endsWithin } from './postmaster.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from './index.ts'

/** A database that was made and stopped: making one is the slowest thing here. */
let made = ''
let folder = ''
const running: EmbeddedPostgres[] = []

beforeAll(async () => {
  made = newFolder()
  await (await start(join(made, 'data'))).stop()
})

afterAll(() => {
  rmSync(made, { recursive: true, force: true })
})

beforeEach(() => {
  folder = newFolder()
})

afterEach(async () => {
  for (const database of running.splice(0)) await database.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A disk with little room needs root, and a machine that lets it. */
const canMount = ((): boolean => {
  const place = mkdtempSync(join(tmpdir(), 'dialtone-mount-'))
  try {
    if (process.getuid?.() !== 0 || process.platform !== 'linux') return false
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', place], { stdio: 'ignore' })
    execFileSync('umount', [place])
    return true
  } catch {
    return false
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})()

function newFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'dialtone-db-'))
  // A database started by root runs as nobody, who has to pass.
  chmodSync(path, 0o711)
  return path
}

/** With its owners: files of the database belong to nobody when root started it. */
function copyMadeDatabase(): void {
  execFileSync('cp', ['-a', join(made, 'data'), join(folder, 'data')])
}

async function start(dataDir = join(folder, 'data')): Promise<EmbeddedPostgres> {
  const started = await startEmbeddedPostgres({ dataDir, logger: silentLogger })
  if (!started.ok) throw new Error(started.error.message)
  running.push(started.value)
  return started.value
}

async function failureOf(dataDir = join(folder, 'data')): Promise<string> {
  const started = await startEmbeddedPostgres({ dataDir, logger: silentLogger })
  if (!started.ok) return started.error.message
  running.push(started.value)
  return ''
}

async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, statement_timeout: 5000 })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

const cluster = (): string => join(folder, 'data', 'postgres', 'cluster')
const postmasterId = (): number => Number(readFileSync(join(cluster(), 'postmaster.pid'), 'utf8').split('\n')[0])

describe('an embedded database on a new data directory', () => {
  it('is PostgreSQL 18 with a database of its own, UTF-8 in code point order, on a private socket only, and keeps what was written', async () => {
    const first = await start()
    const [facts] = await query(
      first.url,
      `select current_database() as name, current_setting('server_version_num')::int / 10000 as major, current_setting('listen_addresses') as tcp,
       current_setting('fsync') as fsync, datlocale, datlocprovider from pg_database where datname = current_database()`,
    )
    expect(facts).toEqual({ name: 'dialtone', major: 18, tcp: '', fsync: 'on', datlocale: 'C.UTF-8', datlocprovider: 'b' })
    expect(statSync(join(folder, 'data', 'postgres', 'socket')).mode & 0o777).toBe(0o700)
    await query(first.url, `create table kept as select 'first boot' as note`)
    await first.stop()

    const second = await start()
    expect(second.adopted).toBe(false)
    expect(await query(second.url, 'select note from kept')).toEqual([{ note: 'first boot' }])
  })

  it('is made whole after a first start that was interrupted half way', async () => {
    mkdirSync(join(folder, 'data', 'postgres', 'cluster.new'), { recursive: true })
    writeFileSync(join(folder, 'data', 'postgres', 'cluster.new', 'PG_VERSION'), '18\n')
    const database = await start()
    expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('puts its socket under the temporary folder when the path is too long for a unix socket', async () => {
    const database = await start(join(folder, 'd'.repeat(90)))
    const socketFolder = decodeURIComponent(database.url.split('host=')[1] ?? '')
    expect(socketFolder.startsWith(tmpdir()) && socketFolder.length < 60).toBe(true)
    expect(statSync(socketFolder).mode & 0o777).toBe(0o700)
    expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
    rmSync(socketFolder, { recursive: true, force: true })
  })

  it.skipIf(process.getuid?.() !== 0)('starts for root inside a folder nobody else may enter', async () => {
    chmodSync(folder, 0o700)
    const database = await start()
    expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })
})

describe('an embedded database whose server was killed with -9', () => {
  it('is adopted with everything committed, and holds no lock of the dead', async () => {
    copyMadeDatabase()
    await killWithoutWarning(await runUntilLine('hold-embedded-postgres.ts', [join(folder, 'data')], 'holding'))
    const leftBehind = postmasterId()
    const database = await start()
    expect(database.adopted).toBe(true)
    expect(postmasterId()).toBe(leftBehind)
    expect(await query(database.url, 'select note from kept')).toEqual([{ note: 'committed before the kill' }])
    await database.stop()
    expect(existsSync(join(cluster(), 'postmaster.pid'))).toBe(false)
  })

  it('is replaced when it was started with other settings than today', async () => {
    copyMadeDatabase()
    await killWithoutWarning(await runUntilLine('hold-embedded-postgres.ts', [join(folder, 'data')], 'holding'))
    const leftBehind = postmasterId()
    writeFileSync(join(cluster(), 'postmaster.opts'), 'postgres "-D" "elsewhere"\n')
    const database = await start()
    expect(database.adopted).toBe(false)
    expect(postmasterId()).not.toBe(leftBehind)
    expect(await query(database.url, 'select note from kept')).toEqual([{ note: 'committed before the kill' }])
  })

  it('starts again from its log when the database server was killed too', async () => {
    copyMadeDatabase()
    const holder = await runUntilLine('hold-embedded-postgres.ts', [join(folder, 'data')], 'holding')
    const dead = postmasterId()
    process.kill(dead, 'SIGKILL')
    await killWithoutWarning(holder)
    await endsWithin(dead, 5000)
    expect(existsSync(join(cluster(), 'postmaster.pid'))).toBe(true)
    const database = await start()
    expect(database.adopted).toBe(false)
    expect(await query(database.url, 'select note from kept')).toEqual([{ note: 'committed before the kill' }])
  })

  it('starts although its process id now belongs to a stranger', async () => {
    copyMadeDatabase()
    writeFileSync(join(folder, 'data', 'postgres', 'socket', '.s.PGSQL.5432.lock'), `${process.pid}\n`)
    writeFileSync(join(cluster(), 'postmaster.pid'), `${process.pid}\n${cluster()}\n1700000000\n5432\n/nowhere\n\n  1 2\nready   \n`)
    expect((await start()).adopted).toBe(false)
  })
})

describe('an embedded database that cannot be started', () => {
  it('refuses a second server on the same data directory in one sentence', async () => {
    copyMadeDatabase()
    await start()
    expect(await failureOf()).toBe(
      `${join(folder, 'data', 'postgres')} is in use by another Dialtone server (process ${process.pid}); stop that one or choose another DIALTONE_DATA_DIR.`,
    )
  })

  it('says so when the files were made by another PostgreSQL', async () => {
    copyMadeDatabase()
    writeFileSync(join(cluster(), 'PG_VERSION'), '17\n')
    expect(await failureOf()).toContain('was made by PostgreSQL 17')
  })

  it('says what PostgreSQL said', async () => {
    copyMadeDatabase()
    writeFileSync(join(cluster(), 'postgresql.conf'), 'no_such_setting = 1\n')
    expect(await failureOf()).toContain('unrecognized configuration parameter "no_such_setting"')
  })

  it.skipIf(!canMount)('says in one sentence that the disk is full, and what to do', async () => {
    // Not enough to begin, to fill it, and to start what was made.
    for (const size of ['20m', '30m', '40m']) {
      const small = join(folder, size)
      mkdirSync(small)
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=711`, 'none', small])
      try {
        const failure = await failureOf(join(small, 'data'))
        expect(failure).toMatch(/: the disk is full: make room there, 512 MiB at least, or choose another DIALTONE_DATA_DIR\.$/)
      } finally {
        await Promise.all(running.splice(0).map((database) => database.stop()))
        execFileSync('umount', ['-l', small])
      }
    }
  })

  it('reports a data directory that is a file', async () => {
    writeFileSync(join(folder, 'data'), '')
    expect(await failureOf()).toContain(join(folder, 'data'))
  })
})
