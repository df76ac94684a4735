import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@dialtone/foundation'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LinePhone } from '../test/line-phone.ts'
import { toConfig } from './configuration/index.ts'
import { readFirstRunFile } from './first-run.ts'
import type { RunningServer } from './running-server.ts'
import { startServer } from './start.ts'

const WAIT_MS = 20_000

let folder: string
let server: RunningServer
let printed = ''
let phones: LinePhone[]
let token = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dialtone-outage-'))
  // A database started by root runs as nobody, who has to pass.
  chmodSync(folder, 0o711)
  const texts = {
    dataDirectory: join(folder, 'data'),
    httpHost: '127.0.0.1',
    httpPort: '0',
    sipHost: '127.0.0.1',
    sipPort: '0',
    sipTlsPort: '0',
    rtpPorts: '23000-23199',
    publicAddress: '127.0.0.1',
    logLevel: 'silent',
  }
  const config = toConfig({ texts, unknownNames: [] })
  if (!config.ok) throw new Error(JSON.stringify(config.error))
  const logger = { ...silentLogger, flush: () => undefined }
  const started = await startServer({ config: config.value, logger, print: (text) => (printed += text) })
  if (!started.ok) throw new Error(started.error.message)
  server = started.value
  const sipServer = { transport: 'udp', address: '127.0.0.1', port: firstRun().sipPort } as const
  const logins = [...printed.matchAll(/SIP user (\S+), password (\S+)/g)].map(([, username = '', password = '']) => ({
    username,
    password,
    realm: 'dialtone.local',
  }))
  phones = await Promise.all(logins.map((login) => LinePhone.start(login, sipServer)))
})

afterAll(async () => {
  await Promise.all(phones.map((phone) => phone.stack.stop()))
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

function firstRun() {
  const written = readFirstRunFile(join(folder, 'data'))
  if (written?.password === undefined) throw new Error('no first-run file')
  return { ...written, password: written.password }
}

function postmasterId(): number {
  return Number(readFileSync(join(folder, 'data/postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0])
}

async function request(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }> {
  const headers = { 'content-type': 'application/json', ...(token === '' ? {} : { 'x-auth-token': token }) }
  const answer = await fetch(firstRun().httpUrl + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  return { status: answer.status, body: await answer.json() }
}

/** Asks until the answer passes. */
async function eventually(path: string, passes: (answer: { readonly status: number; readonly body: unknown }) => boolean): Promise<unknown> {
  const untilMs = performance.now() + WAIT_MS
  for (;;) {
    const answer = await request('GET', path)
    if (passes(answer)) return answer.body
    if (performance.now() > untilMs) throw new Error(`${path}: ${JSON.stringify(answer)}`)
  }
}

describe('when the embedded database dies', () => {
  it('the API answers 503, phones register and call, and it comes back with the record of the call (S0-52)', async () => {
    const [alice, bob] = phones
    if (alice === undefined || bob === undefined) throw new Error('no demo phones')
    const { username, password, partitionId } = firstRun()
    const accounts = `/v2/partition/${partitionId}/account`
    token = ((await request('POST', '/v2/authorize', { username, password })).body as { authToken: string }).authToken
    const [account] = (await request('GET', accounts)).body as readonly { id: string }[]
    process.kill(postmasterId(), 'SIGKILL')
    // Its children see a moment later that it is gone, and may answer until then.
    expect(await eventually(accounts, (answer) => answer.status !== 200)).toMatchObject({ status: 503, errorCode: 'DatabaseUnavailable' })
    expect([await alice.register(), await bob.register()]).toEqual([200, 200])
    const call = alice.call('2002')
    expect(await call.final).toBe(200)
    call.leg.bye()
    await eventually(accounts, (answer) => answer.status === 200)
    const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
    const records = `${accounts}/${account?.id}/cdrsearch?startDate=${day(-1)}&endDate=${day(1)}`
    const found = await eventually(records, ({ status, body }) => status === 200 && (body as { results: readonly unknown[] }).results.length > 0)
    expect(found).toMatchObject({ results: [{ callFlagType: 'ANSWERED' }] })
  })
})
