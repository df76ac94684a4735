import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { firstStart, isOperatorPassword, openDatabase } from '@dialtone/control-plane'
import { silentLogger } from '@dialtone/foundation'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runUntilLine } from '../../test/child-program.ts'
import { startEmbeddedPostgres } from '../embedded-database/index.ts'

const PROGRAM = fileURLToPath(new URL('../dialtone.ts', import.meta.url))
const FREE_PORTS = { DIALTONE_HTTP_PORT: '0', DIALTONE_SIP_PORT: '0' }

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dialtone-cli-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function dialtone(parameters: readonly string[], environment: Record<string, string> = {}): Promise<Outcome> {
  const env = { PATH: process.env['PATH'] ?? '', DIALTONE_DATA_DIR: join(folder, 'data'), ...environment }
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...parameters], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr })
    })
  })
}

describe('dialtone', () => {
  it('--help names the commands', async () => {
    const { code, stdout } = await dialtone(['--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}start .*\n {2}doctor /m)
  })

  it('--version prints the version of the package', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
    expect(await dialtone(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })

  it('refuses a command it does not know', async () => {
    const { code, stderr } = await dialtone(['strat'])
    expect(code).not.toBe(0)
    expect(stderr).toContain('start')
  })
})

describe('dialtone start', () => {
  it('with wrong settings says all of them in one message, touches nothing and fails', async () => {
    const { code, stdout, stderr } = await dialtone(['start'], { DIALTONE_HTTP_PORT: 'eighty', DIALTONE_ROLES: 'banana' })
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr.split('\n').slice(0, 3)).toEqual([
      'Dialtone did not start. 2 settings need a change (docs/operations/configuration.md):',
      '  - DIALTONE_HTTP_PORT is "eighty", but it must be a port number from 0 (any free port) to 65535.',
      '  - DIALTONE_ROLES is "banana", but it must be a comma list of all, api, switch, worker, provisioning, each at most once.',
    ])
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('stops cleanly on %s, even when it comes twice at once', async (signal) => {
    const child = await runUntilLine('run-small-server.ts', [], 'started')
    const exited = once(child, 'exit')
    child.kill(signal)
    child.kill(signal)
    expect(await exited).toEqual([0, null])
  })

  it('fails when it could not stop cleanly', async () => {
    const child = await runUntilLine('run-small-server.ts', ['stop-fails'], 'started')
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exited).toEqual([1, null])
  })

  it('stops and fails after an error nobody handled', async () => {
    const child = await runUntilLine('run-small-server.ts', ['rejects'], 'stopped')
    if (child.exitCode === null) await once(child, 'exit')
    expect(child.exitCode).toBe(1)
  })
})

describe('dialtone doctor', () => {
  it('finds a machine ready, and leaves no database behind', async () => {
    const { code, stdout } = await dialtone(['doctor'], FREE_PORTS)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('Dialtone can start here.')
    expect(stdout).toContain('ok    an embedded database can be made and started')
    expect(stdout).not.toContain('FAIL')
    expect(code).toBe(0)
    expect(existsSync(join(folder, 'data', 'postgres'))).toBe(false)
  })

  it('tries the ports of a machine that has IPv6 alone', async () => {
    const { code, stdout } = await dialtone(['doctor'], { ...FREE_PORTS, DIALTONE_SIP_HOST: '::1', DIALTONE_HTTP_HOST: '::1', DIALTONE_EMBEDDED_DATABASE: 'pglite' }) // prettier-ignore
    expect([code, stdout.match(/FAIL.*/g)]).toEqual([0, null])
  })

  it('names a port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const port = String((server.address() as AddressInfo).port)
    const { code, stdout } = await dialtone(['doctor'], {
      ...FREE_PORTS,
      DIALTONE_HTTP_HOST: '127.0.0.1',
      DIALTONE_HTTP_PORT: port,
      DIALTONE_EMBEDDED_DATABASE: 'pglite',
    })
    server.close()
    expect(stdout).toContain(`FAIL  DIALTONE_HTTP_PORT 127.0.0.1:${port} over TCP cannot be used (it is in use)`)
    expect(code).toBe(1)
  })

  it('names a data directory that cannot be written, a database that does not answer, and wrong settings', async () => {
    writeFileSync(join(folder, 'data'), 'a file')
    const directory = await dialtone(['doctor'], FREE_PORTS)
    expect(directory.stdout).toContain(`FAIL  ${join(folder, 'data')} cannot be written`)
    const database = await dialtone(['doctor'], { ...FREE_PORTS, DIALTONE_DATA_DIR: folder, DATABASE_URL: 'postgres://127.0.0.1:1/none' })
    expect(database.stdout).toContain('FAIL  DATABASE_URL does not answer')
    const junk = join(folder, 'junk.pem')
    writeFileSync(junk, 'junk')
    const files = { DIALTONE_TLS_CERT: junk, DIALTONE_TLS_KEY: junk, DIALTONE_EMBEDDED_DATABASE: 'pglite' }
    const certificate = await dialtone(['doctor'], { ...FREE_PORTS, ...files, DIALTONE_DATA_DIR: folder })
    expect(certificate.stdout).toContain(`FAIL  The file of DIALTONE_TLS_CERT, ${junk}, holds no certificate in PEM.`)
    const settings = await dialtone(['doctor'], { DIALTONE_SIP_PORT: 'x' })
    expect(settings.stdout).toContain('DIALTONE_SIP_PORT is "x"')
    expect([directory.code, database.code, settings.code]).toEqual([1, 1, 1])
  })
})

describe('dialtone renew-password', () => {
  it('gives the first operator a password beside a database that runs, and one it starts for the moment', async () => {
    const dataDir = join(folder, 'data')
    const database = await startEmbeddedPostgres({ dataDir, logger: silentLogger })
    if (!database.ok) throw new Error(database.error.message)
    const tables = await openDatabase(database.value.url)
    const username = 'operator@example.com'
    await firstStart({ database: tables, now: new Date(), environment: 'development', partitionId: undefined, username, password: 'Correct-horse-1' })
    const beside = await dialtone(['renew-password'])
    expect(beside).toMatchObject({ code: 0, stderr: '' })
    const shown = /^user {6}(\S+)\npassword {2}(\S+)\n$/.exec(beside.stdout)
    expect(shown?.[1]).toBe(username)
    expect(await isOperatorPassword(tables, username, shown?.[2] ?? '')).toBe(true)
    await tables.close()
    await database.value.stop()
    const alone = await dialtone(['renew-password', username])
    expect(alone).toMatchObject({ code: 0, stdout: expect.stringContaining(username) })
    expect(existsSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'))).toBe(false)
    expect(await dialtone(['renew-password', 'nobody'])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('called nobody') })
  })

  it('says so when there is no database', async () => {
    expect(await dialtone(['renew-password'])).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no database in') })
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })
})
