import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { createSocket } from 'node:dgram'
import { join } from 'node:path'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { eventually } from './eventually.ts'
import { HttpClient } from './http-client.ts'
import { Platform, WORK_FOLDER } from './platform.ts'
import { Tenant } from './tenant.ts'

const platform = inject('platform')
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** What a start needs of the caller's own environment. */
function ofThisRun(): Readonly<Record<string, string>> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
  return { PATH, HOME, NODE_COMPILE_CACHE }
}

/** Runs the program until it gives up. */
function failedStart(environment: Readonly<Record<string, string>>): Promise<{ readonly status: number | null; readonly output: string }> {
  mkdirSync(WORK_FOLDER, { recursive: true })
  const folder = mkdtempSync(join(WORK_FOLDER, 'refused-'))
  folders.push(folder)
  const settings = {
    DIALTONE_DATA_DIR: folder,
    DIALTONE_HTTP_PORT: '0',
    DIALTONE_SIP_PORT: '0',
    DIALTONE_SIP_TLS_PORT: '0',
    DIALTONE_RTP_PORTS: '20000-20099',
    ...environment,
  }
  const options = { cwd: join(WORK_FOLDER, '..', '..'), env: { ...ofThisRun(), ...settings }, timeout: 80_000 }
  return new Promise((resolve) => {
    execFile(process.execPath, ['apps/server/src/dialtone.ts', 'start'], options, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : null, output: `${stdout}${stderr}` }),
    )
  })
}

describe('a start that cannot work', () => {
  it('lists every wrong setting in one message and ends', async () => {
    const { status, output } = await failedStart({ DIALTONE_HTTP_PORT: 'eighty', DIALTONE_RTP_PORTS: '5-1', DIALTONE_ENVIRONMENT: 'moon' })
    expect(status).not.toBe(0)
    expect(status).not.toBeNull()
    for (const name of ['DIALTONE_HTTP_PORT', 'DIALTONE_RTP_PORTS', 'DIALTONE_ENVIRONMENT']) expect(output).toContain(name)
    expect(output).not.toMatch(/\n\s+at .*:\d+:\d+/)
  })

  it('says which HTTP port is in use and which setting changes it', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '0.0.0.0', () => resolve((server.address() as { port: number }).port))
    })
    const { status, output } = await failedStart({ DIALTONE_HTTP_PORT: String(port) })
    server.close()
    expect(status).not.toBe(0)
    expect(status).not.toBeNull()
    expect(output).toContain(String(port))
    expect(output).toContain('DIALTONE_HTTP_PORT')
  })

  it('keeps the password of the first operator for the start that works', { timeout: 120_000 }, async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '0.0.0.0', () => resolve((server.address() as { port: number }).port))
    })
    const dataDirectory = mkdtempSync(join(WORK_FOLDER, 'refused-'))
    const { status } = await failedStart({ DIALTONE_DATA_DIR: dataDirectory, DIALTONE_HTTP_PORT: String(port) })
    server.close()
    expect(status).toBe(1)
    const second = await Platform.start({ dataDirectory })
    expect(second.log).toMatch(/operator {3}admin@dialtone\.local {2}password \S{10,}/)
    expect(await Tenant.logIn(second.address)).toBeDefined()
    await second.discard()
  })

  it('says which SIP port is in use and which setting changes it', async () => {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => {
      socket.bind(0, '0.0.0.0', resolve)
    })
    const { port } = socket.address()
    const { status, output } = await failedStart({ DIALTONE_SIP_PORT: String(port) })
    socket.close()
    expect(status).not.toBe(0)
    expect(status).not.toBeNull()
    expect(output).toContain(String(port))
    expect(output).toContain('DIALTONE_SIP_PORT')
  })

  it('says which port of SIP over TLS is in use and which setting changes it', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '0.0.0.0', () => resolve((server.address() as { port: number }).port))
    })
    const { status, output } = await failedStart({ DIALTONE_SIP_TLS_PORT: String(port) })
    server.close()
    expect([status === 0 || status === null, output.includes(String(port)), output.includes('DIALTONE_SIP_TLS_PORT')]).toEqual([false, true, true])
  })

  it('says which ports of HTTPS and TFTP are in use and which settings change them', { timeout: 120_000 }, async () => {
    const server = createServer()
    const httpsPort = await new Promise<number>((resolve) => {
      server.listen(0, '0.0.0.0', () => resolve((server.address() as { port: number }).port))
    })
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => {
      socket.bind(0, '0.0.0.0', resolve)
    })
    const tftpPort = socket.address().port
    const [https, tftp] = await Promise.all([failedStart({ DIALTONE_HTTPS_PORT: String(httpsPort) }), failedStart({ DIALTONE_TFTP_PORT: String(tftpPort) })])
    server.close()
    socket.close()
    expect([https.status, tftp.status]).toEqual([1, 1])
    expect(https.output).toContain(`HTTPS cannot listen on 0.0.0.0:${httpsPort}: the port is in use. Set DIALTONE_HTTPS_PORT`)
    expect(tftp.output).toContain(`TFTP cannot listen on 0.0.0.0:${tftpPort}: the port is in use. Set DIALTONE_TFTP_PORT`)
  })

  it.each(['/proc/dialtone', '/dev/null/data'])('says that the data directory %s cannot be written, and ends', async (directory) => {
    const { status, output } = await failedStart({ DIALTONE_DATA_DIR: directory })
    expect([status, output.includes(`${directory} cannot be written`), output.includes('DIALTONE_DATA_DIR')]).toEqual([1, true, true])
  })

  it('says that the certificate files cannot be read', async () => {
    const { status, output } = await failedStart({ DIALTONE_TLS_CERT: '/nowhere/chain.pem', DIALTONE_TLS_KEY: '/nowhere/key.pem' })
    expect(status === 0 || status === null).toBe(false)
    expect(output).toMatch(/DIALTONE_TLS_CERT and DIALTONE_TLS_KEY cannot be read: .*nowhere/)
  })
})

describe('a server that starts', () => {
  it('is ready only when the first login is written down', async () => {
    const folder = mkdtempSync(join(WORK_FOLDER, 'ready-'))
    folders.push(folder)
    const port = await freePort()
    const settings = { DIALTONE_DATA_DIR: folder, DIALTONE_HTTP_PORT: String(port), DIALTONE_SIP_PORT: '0', DIALTONE_SIP_TLS_PORT: '0', DIALTONE_RTP_PORTS: '20100-20199' } // prettier-ignore
    const server = spawn(process.execPath, ['apps/server/src/dialtone.ts', 'start'], {
      cwd: join(WORK_FOLDER, '..', '..'),
      env: { ...ofThisRun(), ...settings },
      stdio: 'ignore',
    })
    const gone = new Promise((resolve) => server.once('exit', resolve))
    const seen: number[] = []
    const isWritten = await eventually('readiness', 60_000, async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined)
      if (answer !== undefined) seen.push(answer.status)
      return answer?.status === 200 ? existsSync(join(folder, 'first-run.json')) : undefined
    })
    server.kill('SIGTERM')
    await gone
    expect([isWritten, new Set(seen).difference(new Set([200, 503])).size]).toEqual([true, 0])
  })
})

describe('a server that runs', () => {
  const http = new HttpClient(platform.httpUrl)

  it('answers /health/live, /health/ready, /metrics and /openapi.json without a token', async () => {
    for (const path of ['/health/live', '/health/ready']) expect([path, (await http.get(path)).status]).toEqual([path, 200])
    expect((await http.get('/metrics')).text).toMatch(/^# (HELP|TYPE) /m)
    expect((await http.get('/openapi.json')).body).toMatchObject({ openapi: expect.stringMatching(/^3\./), paths: expect.any(Object) })
  })

  it('shows a browsable reference at /docs', async () => {
    const answer = await http.get('/docs', { headers: { accept: 'text/html' } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('text/html')
  })
})
