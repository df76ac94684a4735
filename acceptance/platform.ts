import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataFolder } from './data-folder.ts'
import { eventually, GiveUp } from './eventually.ts'
import { HttpClient } from './http-client.ts'

export const WORK_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '.work')
/** Holds the process id of the run. */
export const OWNER_FILE = join(WORK_FOLDER, 'owner')
const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '..')
const PROGRAM = 'apps/server/src/dialtone.ts'
const READY_WITHIN_MS = 180_000
const STOP_WITHIN_MS = 20_000
/** How coarse a file's time stamp may be. */
const CLOCK_GRAIN_MS = 20
const MEDIA_PORTS_EACH = 1000
const PLATFORMS_A_WORKER = 3
/** As many as run files beside one another (vitest.config.ts). */
export const ACCEPTANCE_WORKERS = 3

let platformsMade = 0

/** `first-run.json`, as the data directory holds it. */
export interface FirstRun {
  readonly httpUrl: string
  readonly sipUri: string
  readonly sipPort: number
  readonly sipTlsPort?: number
  readonly partitionId: string
  readonly username: string
  readonly password: string
}

/** All a test needs to find the server. Serialisable: the shared platform is handed to test files as this. */
export interface PlatformAddress {
  readonly httpUrl: string
  readonly sipHost: string
  readonly sipPort: number
  readonly sipTlsPort?: number | undefined
  readonly partitionId: string
  readonly username: string
  readonly password: string
}

export interface PlatformOptions {
  /** A fresh one when not given. */
  readonly dataDirectory?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** The server as a person starts it: one process, its own data directory, every port free. */
export class Platform {
  readonly dataDirectory: string
  #environment: Readonly<Record<string, string>>
  #child: ChildProcess | undefined
  #firstRun: FirstRun | undefined

  constructor(options: PlatformOptions = {}) {
    mkdirSync(WORK_FOLDER, { recursive: true })
    this.dataDirectory = options.dataDirectory ?? mkdtempSync(join(dataFolder(WORK_FOLDER, OWNER_FILE), 'data-'))
    this.#environment = options.environment ?? {}
  }

  /** Starts the server and waits until it says it can serve. */
  static async start(options: PlatformOptions = {}): Promise<Platform> {
    const platform = new Platform(options)
    await platform.start()
    return platform
  }

  get address(): PlatformAddress {
    if (this.#firstRun === undefined) throw new Error('the platform was not started')
    const { httpUrl, sipPort, sipTlsPort, partitionId, username, password } = this.#firstRun
    return { httpUrl: httpUrl.replace('0.0.0.0', '127.0.0.1'), sipHost: localAddress(), sipPort, sipTlsPort, partitionId, username, password }
  }

  get processId(): number | undefined {
    return this.#child?.pid
  }

  get log(): string {
    return readFileSync(this.#logPath, 'utf8')
  }

  get #logPath(): string {
    return join(WORK_FOLDER, `${basename(this.dataDirectory)}.log`)
  }

  /** @param changes to what it was started with before */
  async start(changes: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#environment = { ...this.#environment, ...changes }
    const startedAtMs = Date.now()
    this.#spawn()
    this.#firstRun = await eventually('the server to be ready', READY_WITHIN_MS, async () => {
      if (this.#child?.exitCode !== null) throw new GiveUp(`the server ended with ${this.#child?.exitCode}:\n${this.log.slice(-2000)}`)
      const firstRun = this.#readFirstRun(startedAtMs)
      if (firstRun === undefined) return undefined
      const answer = await new HttpClient(firstRun.httpUrl.replace('0.0.0.0', '127.0.0.1')).get('/health/ready')
      return answer.status === 200 ? firstRun : undefined
    })
  }

  /** As if the power failed: nothing in the server gets to say goodbye. Its database child may outlive it. */
  async kill9(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** What Ctrl-C does. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** Stops the server and removes what it stored. */
  async discard(): Promise<void> {
    await this.stop()
    await this.#stopDatabaseChild()
    rmSync(this.dataDirectory, { recursive: true, force: true })
  }

  #spawn(): void {
    const log = openSync(this.#logPath, 'a')
    this.#child = spawn(process.execPath, [PROGRAM, 'start'], {
      cwd: REPOSITORY,
      env: { ...inheritedEnvironment(), ...defaultEnvironment(this.dataDirectory), ...this.#environment },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
  }

  /** The file of this start: one that an earlier start left behind names ports that are no longer ours. */
  #readFirstRun(startedAtMs: number): FirstRun | undefined {
    const path = join(this.dataDirectory, 'first-run.json')
    if (!existsSync(path) || statSync(path).mtimeMs < startedAtMs - CLOCK_GRAIN_MS) return undefined
    const { password = this.#firstRun?.password ?? '', ...rest } = JSON.parse(readFileSync(path, 'utf8')) as Partial<FirstRun> & Omit<FirstRun, 'password'>
    return { ...rest, password }
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
    })
    child.kill(signal)
    const giveUp = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    await gone
    clearTimeout(giveUp)
  }

  /** A database that outlived a kill -9 is ended by the process id it wrote down itself. */
  async #stopDatabaseChild(): Promise<void> {
    const processId = this.databaseProcessId()
    if (processId === undefined) return
    process.kill(processId, 'SIGINT')
    await eventually('the database to end', STOP_WITHIN_MS, () => (this.databaseProcessId() === undefined ? true : undefined))
  }

  /** The process id in PostgreSQL's own `postmaster.pid` below the data directory, if that process lives. */
  databaseProcessId(): number | undefined {
    const files = readdirSync(this.dataDirectory, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('postmaster.pid'))
    for (const file of files) {
      const processId = Number(readFileSync(join(this.dataDirectory, file), 'utf8').split('\n')[0])
      if (Number.isInteger(processId) && isAlive(processId)) return processId
    }
    return undefined
  }
}

export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false
  }
}

/** The machine's first address that is not loopback, where phones can reach us as on a network; 127.0.0.1 without one. */
export function localAddress(): string {
  const outside = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return outside.find((address) => address.family === 'IPv4' && !address.internal)?.address ?? '127.0.0.1'
}

/** The same of IPv6; undefined on a machine that has none at all. */
export function localAddressIpv6(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const ours = all.filter(({ family, address }) => family === 'IPv6' && !/^fe[89ab]/i.test(address))
  return (ours.find(({ internal }) => !internal) ?? ours[0])?.address
}

/** Of the caller's own settings only the number of switch workers reaches the server under test: the same tests hold for any. */
function inheritedEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(DIALTONE_(?!SWITCH_WORKERS)|DATABASE_URL|REDIS_URL|RTPENGINE_URL|VITEST|NODE_OPTIONS)/.test(name),
  )
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']))
}

/** Which of them this is, from 0. */
export function acceptanceWorker(): number {
  return (Number(process.env['VITEST_POOL_ID'] ?? 1) - 1) % ACCEPTANCE_WORKERS
}

function defaultEnvironment(dataDirectory: string): Record<string, string> {
  // Media cannot ask for port 0; each platform of a test file takes a range of its own, above the shared one's
  // (shared-platform.ts) and below the ports of carriers and telephone systems (phones/free-ports.ts).
  const firstMediaPort = 12_000 + (acceptanceWorker() * PLATFORMS_A_WORKER + (platformsMade++ % PLATFORMS_A_WORKER)) * MEDIA_PORTS_EACH
  return {
    DIALTONE_DATA_DIR: dataDirectory,
    DIALTONE_HTTP_HOST: '127.0.0.1',
    DIALTONE_HTTP_PORT: '0',
    DIALTONE_SIP_PORT: '0',
    DIALTONE_SIP_TLS_PORT: '0',
    DIALTONE_PUBLIC_ADDRESS: localAddress(),
    DIALTONE_RTP_PORTS: `${firstMediaPort}-${firstMediaPort + MEDIA_PORTS_EACH - 1}`,
    DIALTONE_RATE_LIMIT: '0',
  }
}
