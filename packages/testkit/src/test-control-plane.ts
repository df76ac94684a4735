import { rm } from 'node:fs/promises'
import { type ControlPlane, type ControlPlaneOptions, createControlPlane, createSealer, directoryFileStore, firstStart } from '@dialtone/control-plane'
import { ManualTime, silentLogger, systemTimers } from '@dialtone/foundation'
import { tiffPages } from '@dialtone/media'
import { makeFolderInMemory } from './folder-in-memory.ts'
import { createTestDatabase, joinTestDatabase } from './test-database.ts'

export interface Answer {
  readonly status: number
  // A test reads members of bodies whose schema it is about to assert.
  readonly body: Record<string, unknown>
  readonly list: readonly Record<string, unknown>[]
}

export interface TestControlPlane {
  readonly plane: ControlPlane
  readonly time: ManualTime
  readonly partitionId: string
  /** A token of the first operator. */
  readonly token: string
  /** The lines that count as registered. */
  readonly registered: Set<string>
  /** Which of them are at a tenant's domain. */
  readonly registeredAt: Map<string, readonly string[]>
  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, token?: string): Promise<Answer>
  logIn(username: string, password: string): Promise<Answer>
  readonly databaseUrl: string
  readonly filesFolder: string
  stop(): Promise<void>
}

export const OPERATOR = { username: 'operator@example.com', password: 'Correct-horse-1' }

export interface TestControlPlaneOptions extends Partial<
  Pick<
    ControlPlaneOptions,
    'calls' | 'domainNames' | 'resolveHost' | 'transcriber' | 'furtherJobWorkers' | 'messageCarriers' | 'furtherOperations' | 'subscribers' | 'timers'
  >
> {
  readonly rateLimitPerSecond?: number
  /** Another node of the same platform: one database, one set of files, one time. Stopped before it. */
  readonly beside?: TestControlPlane
  /** What makes the database as an earlier version left it. */
  readonly earlier?: string
  readonly compatibility?: Partial<ControlPlane['context']['settings']['compatibility']>
}

/** The control plane on a database of its own, with time under control, spoken to over its HTTP interface. */
export async function startTestControlPlane(o: TestControlPlaneOptions = {}): Promise<TestControlPlane> {
  const { database, drop, url } = o.beside === undefined ? await createTestDatabase(o.earlier) : await joinTestDatabase(o.beside.databaseUrl)
  const time = o.beside?.time ?? new ManualTime(Date.UTC(2026, 10, 21, 12))
  const registered = new Set<string>()
  const registeredAt = new Map<string, readonly string[]>()
  const first = o.beside ?? (await firstStart({ database, now: new Date(time.nowMs()), environment: 'development', partitionId: undefined, ...OPERATOR }))
  const folder = o.beside?.filesFolder ?? (await makeFolderInMemory('dialtone-files-'))
  const plane = await createControlPlane({
    database,
    clock: time,
    timers: o.timers ?? systemTimers,
    logger: silentLogger,
    sealer: createSealer(Buffer.alloc(32, 7)),
    files: directoryFileStore(folder),
    settings: {
      environment: 'development',
      sipDomain: 'dialtone.local',
      sipServer: () => ({ host: '192.0.2.1', port: 5060 }),
      tokenIdleSeconds: 28_800,
      rateLimitPerSecond: o.rateLimitPerSecond ?? 0,
      compatibility: { authorizeCreated: false, loginInvalid400: false, notPermitted400: false, ...o.compatibility },
    },
    registrations: {
      isRegistered: (lineId) => registered.has(lineId),
      bindingsOf: (lineId) => (registered.has(lineId) ? [bindingOf(lineId, time.nowMs())] : []),
      linesAt: (domain) => registeredAt.get(domain) ?? [],
      dropBindings: async (lineId, from) => void (from?.includes(PHONE_ADDRESS) === false || registered.delete(lineId)),
    },
    readFax: (document) => Promise.resolve(tiffPages(document)),
    ...(o.calls === undefined ? {} : { calls: o.calls }),
    ...(o.resolveHost === undefined ? {} : { resolveHost: o.resolveHost }),
    ...(o.domainNames === undefined ? {} : { domainNames: o.domainNames }),
    furtherOperations: o.furtherOperations ?? [],
    subscribers: o.subscribers ?? [],
    furtherJobWorkers: o.furtherJobWorkers ?? [],
    transcriber: o.transcriber,
    ...(o.messageCarriers === undefined ? {} : { messageCarriers: o.messageCarriers }),
  })
  const call: TestControlPlane['call'] = async (method, path, body, token) => {
    const headers = {
      ...(token === undefined || token === '' ? {} : { 'x-auth-token': token }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const reply = await plane.http.inject({ method, url: path, headers, ...(body === undefined ? {} : { payload: JSON.stringify(body) }) })
    const parsed: unknown = reply.body === '' ? {} : JSON.parse(reply.body)
    return { status: reply.statusCode, body: parsed as Record<string, unknown>, list: Array.isArray(parsed) ? parsed : [] }
  }
  const logIn = (username: string, password: string): Promise<Answer> => call('POST', '/v2/authorize', { username, password })
  const session = await logIn(OPERATOR.username, OPERATOR.password)
  const token = String(session.body['authToken'])
  return {
    plane,
    time,
    partitionId: first.partitionId,
    token,
    registered,
    registeredAt,
    call: (method, path, body, other = token) => call(method, path, body, other),
    logIn,
    databaseUrl: url,
    filesFolder: folder,
    stop: async () => {
      await plane.stop()
      await drop()
      if (o.beside === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Where every phone registers from. */
const PHONE_ADDRESS = '198.51.100.7'

/** As a phone behind a NAT registers. */
function bindingOf(lineId: string, nowMs: number): ReturnType<ControlPlane['context']['registrations']['bindingsOf']>[number] {
  return {
    lineId,
    accountId: '',
    partitionId: '',
    contactUri: `sip:${lineId}@192.168.1.100:5060`,
    receivedFrom: { transport: 'udp', address: PHONE_ADDRESS, port: 5060 },
    callId: 'call-id',
    cseq: 1,
    expiresAtMs: nowMs + 600_000,
    userAgent: 'Yealink SIP-T54W 96.86.0.70',
    registeredAtMs: nowMs - 432_000_000,
    transport: 'udp',
  }
}
