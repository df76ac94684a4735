import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok, randomToken, type Result } from '@dialtone/foundation'
import { startMarkOf } from './process-facts.ts'

export interface DirectoryLock {
  /** Whoever had it here before died without giving it back; a copy of the directory from elsewhere has no lock. */
  readonly isInherited: boolean
  release(): void
}

interface Holder {
  readonly processId: number
  readonly startMark: string
  readonly token: string
}

const FILE_NAME = 'server.lock'
const ATTEMPTS = 5

/**
 * Takes a directory for this process alone. The lock of a process that is gone, however it went, does not count:
 * it names the process id and when that process started.
 * @returns the lock, or one sentence that says who has the directory.
 */
export function lockDirectory(directory: string): Result<DirectoryLock, { readonly message: string }> {
  const path = join(directory, FILE_NAME)
  const own: Holder = { processId: process.pid, startMark: startMarkOf(process.pid) ?? '', token: randomToken(12) }
  let isInherited = false
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (createWhole(path, own)) return ok({ isInherited, release: () => releaseLock(path, own) })
    const holder = readHolder(path)
    if (holder !== undefined && startMarkOf(holder.processId) === holder.startMark)
      return err({
        message: `${directory} is in use by another Dialtone server (process ${holder.processId}); stop that one or choose another DIALTONE_DATA_DIR.`,
      })
    removeAbandoned(path, holder)
    isInherited = true
  }
  return err({ message: `${path} could not be taken, because other servers are starting on this directory at the same time; try again.` })
}

/** The lock appears with its whole content or not at all, and never over an existing one. */
function createWhole(path: string, holder: Holder): boolean {
  const draft = `${path}.${holder.token}`
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 })
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    unlinkSync(draft)
  }
}

/** Two starters may find the same abandoned lock: what was moved away is put back when it is not what was judged. */
function removeAbandoned(path: string, judged: Holder | undefined): void {
  const aside = `${path}.${randomToken(12)}`
  try {
    renameSync(path, aside)
    if (readHolder(aside)?.token !== judged?.token) linkSync(aside, path)
    unlinkSync(aside)
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

function releaseLock(path: string, own: Holder): void {
  if (readHolder(path)?.token === own.token) unlinkSync(path)
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>
    const { processId, startMark, token } = holder
    return typeof processId === 'number' && typeof startMark === 'string' && typeof token === 'string' ? { processId, startMark, token } : undefined
  } catch {
    return undefined
  }
}
