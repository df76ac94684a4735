import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, isIPv6 } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger, systemClock } from '@dialtone/foundation'
import { Client } from 'pg'
import { openCertificate } from '../certificate/index.ts'
import type { Config } from '../configuration/index.ts'
import { startEmbeddedPostgres } from '../embedded-database/index.ts'
import { LITTLE_ROOM_BYTES, MEBIBYTE, prepareDataDirectory } from '../processes/data-directory.ts'
import { fewOpenFiles } from '../processes/open-files.ts'

export interface Verdict {
  readonly ok: boolean
  /** One sentence: what was found, and what to do when it is wrong. */
  readonly text: string
}

const OLDEST_NODE_MAJOR = 26
const OLDEST_POSTGRES = 150_000
const CONNECT_LIMIT_MS = 5000

const good = (text: string): Verdict => ({ ok: true, text })
const bad = (text: string): Verdict => ({ ok: false, text })

export function checkNode(version = process.versions.node): Verdict {
  const major = Number(version.split('.')[0])
  return major >= OLDEST_NODE_MAJOR
    ? good(`Node.js ${version}`)
    : bad(`Node.js ${version} is too old: start by "npm start", which brings ${OLDEST_NODE_MAJOR}.`)
}

export function checkOpenFiles(): Verdict {
  const problem = fewOpenFiles()
  return problem === undefined ? good('enough files may be open at a time') : bad(`${problem}.`)
}

export function checkDataDirectory(directory: string): Verdict {
  const prepared = prepareDataDirectory(directory)
  if (!prepared.ok) return bad(prepared.error.message)
  const { freeBytes } = prepared.value
  return freeBytes < LITTLE_ROOM_BYTES
    ? bad(`${directory} has only ${Math.floor(freeBytes / MEBIBYTE)} MiB free: make room or choose another DIALTONE_DATA_DIR.`)
    : good(`${directory} can be written`)
}

export async function checkTcpPort(name: string, host: string, port: number): Promise<Verdict> {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return good(`${name} ${host}:${port} over TCP is free`)
  } catch (error) {
    return bad(`${name} ${host}:${port} over TCP cannot be used (${messageOf(error)}): stop what uses it or choose another.`)
  } finally {
    server.close()
  }
}

export async function checkUdpPort(name: string, host: string, port: number): Promise<Verdict> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  try {
    socket.bind({ address: host, port, exclusive: true })
    await once(socket, 'listening')
    return good(`${name} ${host}:${port} over UDP is free`)
  } catch (error) {
    return bad(`${name} ${host}:${port} over UDP cannot be used (${messageOf(error)}): stop what uses it or choose another.`)
  } finally {
    socket.close()
  }
}

/** The files that were named: what a start would refuse, and dates it would only warn of. */
export async function checkCertificate(config: Config): Promise<Verdict> {
  const warnings: string[] = []
  const opened = await openCertificate(config, systemClock.nowMs(), { ...silentLogger, warn: (message) => void warnings.push(message) })
  if (!opened.ok) return bad(opened.error.message)
  const [warning] = warnings
  return warning === undefined ? good('the certificate of DIALTONE_TLS_CERT can be used') : bad(`${warning}: ${config.tls?.certificateFile ?? ''}`)
}

export function checkDatabase(config: Config): Promise<Verdict> {
  if (config.databaseUrl !== undefined) return checkDatabaseUrl(config.databaseUrl)
  return config.embeddedDatabase === 'pglite'
    ? Promise.resolve(good('pglite is used: committed data survives a crash of the server, but not a power cut'))
    : checkEmbeddedDatabase(config.dataDirectory)
}

/** The database there is, or a trial one somewhere else when there is none yet: looking changes nothing. */
async function checkEmbeddedDatabase(dataDirectory: string): Promise<Verdict> {
  const exists = existsSync(join(dataDirectory, 'postgres', 'cluster'))
  const directory = exists ? dataDirectory : mkdtempSync(join(tmpdir(), 'dialtone-doctor-'))
  try {
    const started = await startEmbeddedPostgres({ dataDir: directory, logger: silentLogger })
    if (!started.ok) return bad(started.error.message)
    await started.value.stop()
    return good(exists ? 'the embedded database starts' : 'an embedded database can be made and started')
  } finally {
    if (!exists) rmSync(directory, { recursive: true, force: true })
  }
}

async function checkDatabaseUrl(connectionString: string): Promise<Verdict> {
  const client = new Client({ connectionString, connectionTimeoutMillis: CONNECT_LIMIT_MS })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ readonly number: number; readonly name: string }>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as name`,
    )
    const version = rows[0] ?? { number: 0, name: 'unknown' }
    return version.number >= OLDEST_POSTGRES
      ? good(`DATABASE_URL answers: PostgreSQL ${version.name}`)
      : bad(`DATABASE_URL is PostgreSQL ${version.name}; 15 or newer is needed.`)
  } catch (error) {
    return bad(`DATABASE_URL does not answer: ${messageOf(error)}`)
  } finally {
    await client.end().catch(() => undefined)
  }
}

function messageOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'EADDRINUSE' ? 'it is in use' : error instanceof Error ? error.message : String(error)
}
