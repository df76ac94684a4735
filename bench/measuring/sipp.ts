import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { LOAD_CPU } from './our-subject.ts'
import type { ProcessGroup, Running } from './process-group.ts'

export interface SippLoad {
  readonly scenario: URL
  /** File with the fields of a call, a line each. */
  readonly fieldsFile?: string
  readonly targetPort: number
  readonly localPort: number
  readonly calls: number
  /** Calls begun in a second. */
  readonly rate: number
  /** Calls running at the same time: with a high rate the load is a closed loop of so many. */
  readonly inFlight: number
  readonly limitSeconds: number
  /** A call that waits longer for anything is lost. */
  readonly lostAfterMs?: number
  /** Read by the scenario from the folder it runs in, by name. */
  readonly files?: Readonly<Record<string, Uint8Array>>
}

export interface SippResult {
  readonly succeeded: number
  readonly failed: number
  readonly retransmitted: number
  /** From the first call to the end of the last. */
  readonly seconds: number
}

/** Beyond what a socket may get without this, sipp loses answers when it does not run for a moment. */
const SOCKET_BUFFER_BYTES = 4_000_000
/** Retransmissions count themselves; a call that waits longer than this is lost. */
const CALL_LOST_AFTER_MS = 8_000
let runs = 0

/** Runs sipp until its calls are done. @throws when it cannot run at all; calls that failed are a result */
export async function runSipp(processes: ProcessGroup, workFolder: string, o: SippLoad): Promise<SippResult> {
  const folder = join(workFolder, `sipp-${++runs}`)
  mkdirSync(folder)
  for (const [name, content] of Object.entries(o.files ?? {})) writeFileSync(join(folder, name), content)
  const statistics = join(folder, 'statistics.csv')
  const running = processes.start({
    program: 'sipp',
    parameters: [
      ...[`127.0.0.1:${o.targetPort}`, '-sf', fileURLToPath(o.scenario), '-i', '127.0.0.1', '-p', String(o.localPort), '-nostdin'],
      ...(o.fieldsFile === undefined ? [] : ['-inf', o.fieldsFile]),
      ...['-r', String(o.rate), '-rp', '1000', '-m', String(o.calls), '-l', String(o.inFlight), '-buff_size', String(SOCKET_BUFFER_BYTES)],
      ...['-recv_timeout', String(o.lostAfterMs ?? CALL_LOST_AFTER_MS), '-timeout', `${o.limitSeconds}s`, '-trace_stat', '-stf', statistics, '-fd', '1'],
    ],
    cpu: LOAD_CPU,
    workFolder: folder,
  })
  const code = await running.exited
  const result = readStatistics(statistics)
  if (result === undefined || result.succeeded === 0) throw new Error(`sipp ended with ${code} and no call: ${readableOutput(running)}`)
  return result
}

/** Runs sipp as the called side until it is stopped. @returns what its scenario has logged so far, a line each */
export function startSippCallee(processes: ProcessGroup, workFolder: string, o: { scenario: URL; localPort: number }): { logged(): readonly string[] } {
  const folder = join(workFolder, `sipp-${++runs}`)
  mkdirSync(folder)
  const log = join(folder, 'log')
  processes.start({
    program: 'sipp',
    parameters: [
      ...['-sf', fileURLToPath(o.scenario), '-i', '127.0.0.1', '-p', String(o.localPort), '-nostdin', '-buff_size', String(SOCKET_BUFFER_BYTES)],
      ...['-trace_logs', '-log_file', log],
    ],
    cpu: LOAD_CPU,
    workFolder: folder,
    stdio: 'ignore',
  })
  return { logged: () => (existsSync(log) ? readFileSync(log, 'latin1').trim().split('\n') : []) }
}

function readStatistics(path: string): SippResult | undefined {
  let text = ''
  try {
    text = readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
  return statisticsIn(text)
}

/** @param csv what sipp writes with -trace_stat: a line of names, then a line each second and one at the end */
export function statisticsIn(csv: string): SippResult | undefined {
  const [head = '', ...rows] = csv.trim().split('\n')
  const names = head.split(';')
  const last = rows.at(-1)?.split(';')
  if (last === undefined) return undefined
  const value = (name: string): string => last[names.indexOf(name)] ?? ''
  return {
    succeeded: Number(value('SuccessfulCall(C)')),
    failed: Number(value('FailedCall(C)')),
    retransmitted: Number(value('Retransmissions(C)')),
    seconds: epochIn(value('CurrentTime')) - epochIn(value('StartTime')),
  }
}

/** `2026-11-21<tab>05:44:02.310933<tab>1795239842.310933`: its durations are in whole seconds, its times are not. */
function epochIn(time: string): number {
  return Number(time.split('\t').at(-1))
}

function readableOutput(running: Running): string {
  // Without the escape sequences of its screen.
  return stripVTControlCharacters(running.output()).slice(-1000)
}
