import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@dialtone/foundation'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded-database/index.ts'
import { backUp } from './back-up.ts'

const ROWS_BEFORE = 200
/** So that the log fills and is recycled while the copy is made. */
const ROW_BYTES = 20_000

let folder = ''
const running: EmbeddedPostgres[] = []
const data = (): string => join(folder, 'data')
const target = (): string => join(folder, 'copy')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dialtone-backup-'))
})

afterEach(async () => {
  for (const database of running.splice(0)) await database.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const started = await startEmbeddedPostgres({ dataDir, logger: silentLogger })
  if (!started.ok) throw new Error(started.error.message)
  running.push(started.value)
  return started.value
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
}

/** Writes one thing after the other, each in two tables at once. */
class Writer {
  readonly #client: Client
  readonly #written: Promise<void>
  #isOver = false
  acknowledged = 0

  constructor(client: Client) {
    this.#client = client
    this.#written = this.#write()
  }

  async end(): Promise<void> {
    this.#isOver = true
    await this.#written
    await this.#client.end()
  }

  async #write(): Promise<void> {
    while (!this.#isOver) {
      const filling = `repeat(md5(random()::text), ${ROW_BYTES / 32})`
      await this.#client.query(`with one as (insert into ones select ${this.acknowledged}, ${filling}) insert into others values (${this.acknowledged})`)
      this.acknowledged++
    }
  }
}

async function writing(url: string): Promise<Writer> {
  const client = await connected(url)
  // Compression would leave little of it.
  await client.query('create table ones (id int, filling text); alter table ones alter filling set storage external; create table others (id int)')
  return new Writer(client)
}

describe('a backup', () => {
  it('of a database that is written all the while has what was acknowledged before, nothing by half, and starts', async () => {
    const database = await start(data())
    writeFileSync(join(data(), 'secret.key'), 'k'.repeat(32), { mode: 0o600 })
    for (const [inFolder, name] of [
      ['call-journal', 'segment'],
      ['files/aa', 'voicemail'],
      ['spool', 'half a file'],
    ] as const) {
      mkdirSync(join(data(), inFolder), { recursive: true, mode: 0o700 })
      writeFileSync(join(data(), inFolder, name), name)
    }
    for (const name of ['first-run.json', 'server.lock', 'call-journal/server.lock']) writeFileSync(join(data(), name), '{}')
    const writer = await writing(database.url)
    await expect.poll(() => writer.acknowledged).toBeGreaterThan(ROWS_BEFORE)
    const before = writer.acknowledged
    // What begins a new log and lets go of old ones, again and again.
    const other = await connected(database.url)
    let isMade = false
    const recycling = (async () => {
      while (!isMade) await other.query('select pg_switch_wal()').then(() => other.query('checkpoint'))
    })()
    const made = await backUp(data(), target())
    isMade = true
    await recycling
    await other.end()
    await writer.end()
    expect(made).toMatchObject({ ok: true, value: { bytes: expect.any(Number) } })
    expect(writer.acknowledged, 'it was written meanwhile').toBeGreaterThan(before)
    expect(existsSync(`${target()}.part`)).toBe(false)
    expect(readdirSync(target()).toSorted()).toEqual(['call-journal', 'files', 'postgres', 'secret.key'])
    expect(readdirSync(join(target(), 'postgres'))).toEqual(['cluster'])
    expect(readdirSync(join(target(), 'call-journal'))).toEqual(['segment'])
    expect(readFileSync(join(target(), 'files/aa/voicemail'), 'utf8')).toBe('voicemail')
    for (const path of ['secret.key', 'files/aa', 'postgres', 'postgres/cluster', 'postgres/cluster/base', 'postgres/cluster/PG_VERSION']) {
      const [from, to] = [statSync(join(data(), path)), statSync(join(target(), path))]
      expect([path, to.mode, to.uid, to.gid]).toEqual([path, from.mode, from.uid, from.gid])
    }

    const copy = await connected((await start(target())).url)
    const { rows } = await copy.query<Record<'ones' | 'last' | 'others' | 'both', number>>(
      'select (select count(*)::int from ones) as ones, (select max(id) from ones) as last, (select count(*)::int from others) as others, (select count(*)::int from ones join others using (id)) as both',
    )
    await copy.end()
    const [found] = rows
    const ones = found?.ones ?? 0
    expect(ones).toBeGreaterThanOrEqual(before)
    expect(ones).toBeLessThanOrEqual(writer.acknowledged)
    expect([found?.last, found?.others, found?.both]).toEqual([ones - 1, ones, ones])
  })

  it('of a database that does not run starts it for the moment', async () => {
    const database = await start(data())
    const client = await connected(database.url)
    await client.query(`create table kept as select 'before' as note`)
    await client.end()
    await database.stop()
    // On another disk, as operators put what grows: the copy has it for itself.
    mkdirSync(join(folder, 'large'))
    writeFileSync(join(folder, 'large', 'recording'), 'sound')
    symlinkSync(join(folder, 'large'), join(data(), 'recordings'))
    symlinkSync(join(folder, 'large'), join(data(), 'files'))
    expect(await backUp(data(), target())).toMatchObject({ ok: true })
    for (const name of ['recordings', 'files']) {
      expect([name, lstatSync(join(target(), name)).isDirectory(), readFileSync(join(target(), name, 'recording'), 'utf8')]).toEqual([name, true, 'sound'])
    }
    expect(existsSync(join(data(), 'postgres/cluster/postmaster.pid'))).toBe(false)
    const copy = await connected((await start(target())).url)
    expect((await copy.query('select note from kept')).rows).toEqual([{ note: 'before' }])
    await copy.end()
  })

  it('is not made where it would be none, and leaves nothing behind', async () => {
    const refusal = async (to: string): Promise<string> => {
      const made = await backUp(data(), to)
      return made.ok ? 'made' : made.error.message
    }
    expect(await refusal(target())).toContain('There is no database in')
    await (await start(data())).stop()
    expect(await refusal(join(data(), 'copy'))).toContain('inside the data directory')
    expect(await refusal(join(folder, 'nowhere', 'copy'))).toContain('There is no folder')
    mkdirSync(target())
    writeFileSync(join(target(), 'yesterday'), '')
    expect(await refusal(target())).toContain('not empty')
    expect(readdirSync(folder).toSorted()).toEqual(['copy', 'data'])
    expect(readdirSync(target())).toEqual(['yesterday'])
  })
})
