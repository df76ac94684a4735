import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { err, ok, type Result } from '@dialtone/foundation'
import { isRunning } from '../processes/process-facts.ts'
import { complaintOf } from './complaint-of.ts'
import type { DatabaseHome } from './database-home.ts'
import { readPostmasterFile } from './postmaster-file.ts'

const POLL_MS = 15
/** After a crash PostgreSQL replays its log first, which takes as long as there was work since the last checkpoint. */
const START_LIMIT_MS = 120_000
const FAST_SHUTDOWN_LIMIT_MS = 30_000
const IMMEDIATE_SHUTDOWN_LIMIT_MS = 10_000
const LOG_ROTATION_BYTES = 1024 * 1024

/** The server's command line after the program: compared when a running one is found. */
export function postmasterParameters(at: DatabaseHome): readonly string[] {
  const settings = {
    listen_addresses: '',
    unix_socket_permissions: '0700',
    shared_buffers: '64MB',
    max_connections: '60',
    max_wal_size: '512MB',
    fsync: 'on',
    // One process less for each of the three workers a small server does not need.
    io_method: 'sync',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements that fail are the program's to report, and their text may carry what tenants wrote.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
  }
  return ['-D', at.cluster, '-k', at.socketDirectory, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/**
 * Starts the server and waits until it takes connections. It is a process group of its own, so that Ctrl-C reaches it only
 * through us, after the calls were drained; its messages go to a file, for it may outlive us.
 */
export async function startPostmaster(at: DatabaseHome): Promise<Result<ChildProcess, { readonly message: string }>> {
  rotateLog(at.logFile)
  const log = openSync(at.logFile, 'a', 0o600)
  const logStart = statSync(at.logFile).size
  const { program, parameters, ...owner } = at.identity.commandFor(at.binaries.postgres, postmasterParameters(at))
  const child = spawn(program, parameters, { ...owner, env: at.environment, cwd: '/', detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  let failure: string | undefined
  child.on('error', (error) => {
    failure = error.message
  })
  const deadlineMs = performance.now() + START_LIMIT_MS
  while (performance.now() < deadlineMs) {
    if (failure !== undefined) return err({ message: `PostgreSQL could not be started: ${failure}` })
    if (child.exitCode !== null || child.signalCode !== null) return err({ message: `PostgreSQL did not start: ${logSince(at.logFile, logStart)}` })
    const file = readPostmasterFile(at.cluster)
    if (file?.processId === child.pid && file?.status === 'ready') {
      child.unref()
      return ok(child)
    }
    await delay(POLL_MS)
  }
  child.kill('SIGQUIT')
  return err({ message: `PostgreSQL was not ready after ${START_LIMIT_MS / 1000} s; see ${at.logFile}.` })
}

/** Asks for a fast shutdown, then for an immediate one (server-shutdown, PostgreSQL manual 18.5). @returns whether it is gone. */
export async function stopPostmaster(processId: number): Promise<boolean> {
  for (const { signal, limitMs } of [
    { signal: 'SIGINT', limitMs: FAST_SHUTDOWN_LIMIT_MS },
    { signal: 'SIGQUIT', limitMs: IMMEDIATE_SHUTDOWN_LIMIT_MS },
  ] as const) {
    signalIfRunning(processId, signal)
    if (await endsWithin(processId, limitMs)) return true
  }
  return false
}

export async function endsWithin(processId: number, limitMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + limitMs
  while (isRunning(processId)) {
    if (performance.now() > deadlineMs) return false
    await delay(POLL_MS)
  }
  return true
}

function signalIfRunning(processId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(processId, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function rotateLog(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_ROTATION_BYTES) renameSync(path, `${path}.1`)
}

function logSince(path: string, start: number): string {
  return complaintOf(readFileSync(path).subarray(start).toString())
}
