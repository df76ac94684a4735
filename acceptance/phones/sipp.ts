import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WORK_FOLDER } from '../platform.ts'
import type { ServerAddress } from './sip-socket.ts'
import { scenarioOf, type SippStep } from './sipp-scenario.ts'

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
  const child: ChildProcess = spawn(
    'sipp',
    [
      `${server.sipHost}:${server.sipPort}`,
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
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? 255))
  })
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
    stop: () => void child.kill('SIGTERM'),
  }
}

/** SIPp's notation for digest credentials. */
export function sippLogin(login: { readonly sipUsername: string; readonly sipPassword: string }): string {
  return `[authentication username=${login.sipUsername} password=${login.sipPassword}]`
}
