import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually } from '../eventually.ts'
import { WORK_FOLDER } from '../platform.ts'
import { inUri, type ServerAddress } from './sip-socket.ts'
import { scenarioOf, type SippStep } from './sipp-scenario.ts'

const START_TIMEOUT_MS = 15_000
const STOPPED_EARLY = 255
const SCENARIOS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'interop', 'sipp')

export interface SippOptions {
  /** Name of a file in interop/sipp without `.xml`; of these steps, if there are any. */
  readonly scenario: string
  readonly steps?: readonly SippStep[]
  readonly port: number
  readonly mediaPort?: number
  readonly transport?: 'udp' | 'tcp'
  /** Fields [field0], [field1] … of one line. */
  readonly fields?: readonly string[]
  readonly timeoutSeconds?: number
  /** A message at the wrong moment is left to come again, where it would end the call. */
  readonly ignoresUnexpected?: boolean
  /** Whether it sends back what it hears; not where it plays something itself. Default true. */
  readonly echoes?: boolean
  /** How many calls, all at the same time. Default 1. */
  readonly calls?: number
}

export interface SippRun {
  /** Every message sent and received. */
  messages(): string
  /** @throws with the end of the trace when a message was not as the scenario says */
  success(): Promise<void>
  /** Ends it early. */
  stop(): void
}

/** Runs a scenario. */
export function runSipp(server: ServerAddress, options: SippOptions): SippRun {
  mkdirSync(WORK_FOLDER, { recursive: true })
  const folder = mkdtempSync(join(WORK_FOLDER, `sipp-${options.scenario}-`))
  if (options.fields !== undefined) writeFileSync(join(folder, 'fields.csv'), `SEQUENTIAL\n${options.fields.join(';')}\n`)
  const file = options.steps === undefined ? join(SCENARIOS, `${options.scenario}.xml`) : join(folder, 'scenario.xml')
  if (options.steps !== undefined) writeFileSync(file, scenarioOf(options.scenario, options.steps))
  const isCalled = waitsFirst(readFileSync(file, 'utf8'))
  // Who calls begins when all who are to be called are there: on a busy machine a program takes its time to start.
  const starting = isCalled ? Promise.resolve() : Promise.all(appearing)
  let child: ChildProcess | undefined
  let isStopped = false
  const ended = starting.then(() => (isStopped ? STOPPED_EARLY : runToItsEnd((child = start(server, options, folder, file)))))
  if (isCalled) noteAppearing(options.port, ended)
  const read = (name: string): string => {
    try {
      return readFileSync(join(folder, name), 'latin1')
    } catch {
      return ''
    }
  }
  return {
    messages: () => read('messages'),
    success: async () => {
      const code = await ended
      if (code !== 0) throw new Error(`sipp ${options.scenario} ended with ${code}\n${read('errors').slice(-1000)}\n${read('messages').slice(-3000)}`)
    },
    stop: () => {
      isStopped = true
      child?.kill('SIGTERM')
    },
  }
}

function start(server: ServerAddress, options: SippOptions, folder: string, file: string): ChildProcess {
  return spawn(
    'sipp',
    [
      `${inUri(server.sipHost)}:${server.sipPort}`,
      ...['-nostdin', '-sf', file, '-m', String(options.calls ?? 1), '-l', String(options.calls ?? 1)],
      ...['-i', server.sipHost, '-p', String(options.port), '-mi', server.sipHost, '-mp', String(options.mediaPort ?? options.port + 10)],
      ...(options.echoes === false ? [] : ['-rtp_echo']),
      ...['-t', options.transport === 'tcp' ? 't1' : 'u1'],
      ...(options.ignoresUnexpected === true ? ['-default_behaviors', 'all,-abortunexp'] : []),
      ...(options.fields === undefined ? [] : ['-inf', join(folder, 'fields.csv')]),
      ...[
        '-timeout',
        `${options.timeoutSeconds ?? 20}s`,
        '-timeout_error',
        '-trace_msg',
        '-message_file',
        join(folder, 'messages'),
        '-trace_err',
        '-error_file',
        join(folder, 'errors'),
      ],
    ],
    { cwd: folder, stdio: 'ignore' },
  )
}

function runToItsEnd(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? STOPPED_EARLY))
  })
}

/** Who is to be called, until its port is open. */
const appearing = new Set<Promise<unknown>>()

function noteAppearing(port: number, ended: Promise<unknown>): void {
  const there = Promise.race([ended, eventually(`SIPp at port ${port}`, START_TIMEOUT_MS, () => (isOpen(port) ? true : undefined))])
  // Who does not come is missed by the test that calls it.
  const noted = there.catch(() => undefined).finally(() => appearing.delete(noted))
  appearing.add(noted)
}

/** Whether the scenario begins with a request from elsewhere. */
function waitsFirst(scenario: string): boolean {
  const [received, sent] = [scenario.indexOf('<recv request='), scenario.indexOf('<send')]
  return received !== -1 && (sent === -1 || received < sent)
}

/** By the kernel's list of sockets: SIPp says nothing of it. */
function isOpen(port: number): boolean {
  const place = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
  return ['udp', 'tcp', 'udp6', 'tcp6'].some((kind) => {
    const lines = readFileSync(`/proc/net/${kind}`, 'latin1').split('\n').slice(1)
    return lines.some((line) => line.slice(0, line.indexOf(' ', line.indexOf(': ') + 2) + 1).endsWith(place))
  })
}

/** SIPp's notation for digest credentials. */
export function sippLogin(login: { readonly sipUsername: string; readonly sipPassword: string }): string {
  return `[authentication username=${login.sipUsername} password=${login.sipPassword}]`
}
