import { realpathSync, rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { err, ok, type Logger, type Result } from '@dialtone/foundation'
import { commandLineOf, isIdTaken, isRunning, processesIn, programOf, workingFolderOf } from '../processes/process-facts.ts'
import { endLeftoverSessions } from './database-sessions.ts'
import type { DatabaseHome } from './database-home.ts'
import { POSTMASTER_FILE, readPostmasterFile, startedWith } from './postmaster-file.ts'
import { SOCKET_NAME } from './socket-directory.ts'
import { endsWithin, postmasterParameters, stopPostmaster } from './postmaster.ts'

const ANSWER_LIMIT_MS = 10_000
const POLL_MS = 50
const LEFTOVER_LIMIT_MS = 10_000

/**
 * What to do about a database server that a killed Dialtone left behind. It is used on when it is ours, was started as we
 * would start it today, and answers; otherwise it is stopped. The file of a server that is gone is cleared.
 * @returns the process id of the adopted server, or `undefined` when one has to be started.
 */
export async function adoptPostmaster(at: DatabaseHome, logger: Logger): Promise<Result<number | undefined, { readonly message: string }>> {
  const file = readPostmasterFile(at.cluster)
  if (file === undefined) return ok(undefined)
  const { processId } = file
  if (!isPostmasterOf(at.cluster, processId)) return clearStaleFile(at, processId)
  if (file.status !== 'stopping' && isAsWeWouldStart(at, processId) && (await answers(at, processId))) {
    logger.info('adopted the database server an earlier run left behind', { processId })
    return ok(processId)
  }
  logger.warn('stopping the database server an earlier run left behind', { processId })
  return (await stopPostmaster(processId))
    ? ok(undefined)
    : err({ message: `PostgreSQL (process ${processId}) left behind in ${at.cluster} does not end; stop it by hand.` })
}

/** Every process of a PostgreSQL server works in its data directory. */
export function isPostmasterOf(cluster: string, processId: number): boolean {
  if (!isRunning(processId)) return false
  return process.platform === 'linux' ? workingFolderOf(processId) === cluster : commandLineOf(processId).includes(cluster)
}

/** Not after an update of the program, nor with other settings: those take a new server. */
function isAsWeWouldStart(at: DatabaseHome, processId: number): boolean {
  if (!startedWith(at.cluster, postmasterParameters(at))) return false
  return process.platform !== 'linux' || programOf(processId) === realpathSync(at.binaries.postgres)
}

async function answers(at: DatabaseHome, processId: number): Promise<boolean> {
  const deadlineMs = performance.now() + ANSWER_LIMIT_MS
  while (isRunning(processId) && performance.now() < deadlineMs) {
    const reply = await endLeftoverSessions(at.socketDirectory)
    if (reply.ok) return reply.value.dataDirectory === at.cluster
    await delay(POLL_MS)
  }
  return false
}

/**
 * The file names a process that is no server of ours. When nothing has that id, PostgreSQL clears the file itself, after making
 * sure that nobody holds its shared memory. When a stranger has it, or a zombie nobody reaps, it would refuse to start for ever:
 * then it is for us, and we make sure by looking for processes that work in its folder.
 */
async function clearStaleFile(at: DatabaseHome, processId: number): Promise<Result<undefined, { readonly message: string }>> {
  for (const leftover of processesIn(at.cluster))
    if (!(await endsWithin(leftover, LEFTOVER_LIMIT_MS)))
      return err({ message: `Process ${leftover} still works in ${at.cluster} though its PostgreSQL server is gone; stop it by hand.` })
  if (!isIdTaken(processId)) return ok(undefined)
  unlinkSync(join(at.cluster, POSTMASTER_FILE))
  // The socket has a lock file with the same id and the same question.
  for (const name of [SOCKET_NAME, `${SOCKET_NAME}.lock`]) rmSync(join(at.socketDirectory, name), { force: true })
  return ok(undefined)
}
