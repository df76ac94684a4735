import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/**
 * Whether a process of this id runs. A zombie (a dead process nobody reaped, as an orphan in a container whose
 * first process does not reap) does not run, though it can still be signalled.
 */
export function isRunning(processId: number): boolean {
  const state = procStat(processId)
  if (state !== undefined) return state.letter !== 'Z' && state.letter !== 'X'
  return process.platform !== 'linux' && isIdTaken(processId)
}

/** Whether the id belongs to anything at all, a zombie included: what kill(2) with signal 0 tells. */
export function isIdTaken(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * A text that tells this process from every earlier and later one with the same id: process ids are used again,
 * after a restart of a container often the very same ones. `undefined` when no such process runs.
 */
export function startMarkOf(processId: number): string | undefined {
  if (!isRunning(processId)) return undefined
  if (process.platform !== 'linux') return output('ps', ['-o', 'lstart=', '-p', String(processId)])
  const state = procStat(processId)
  return state === undefined ? undefined : `${readText('/proc/sys/kernel/random/boot_id').trim()}/${state.startTicks}`
}

/** Processes that work in a folder. Knows only those we may look at; on systems without /proc, none. */
export function processesIn(folder: string): readonly number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((processId) => workingFolderOf(processId) === folder && isRunning(processId))
}

/** The folder a process works in; `undefined` when that cannot be known. */
export function workingFolderOf(processId: number): string | undefined {
  return readLink(`/proc/${processId}/cwd`)
}

/** The program a process runs. A program that was replaced on disk since ends in " (deleted)". */
export function programOf(processId: number): string | undefined {
  return readLink(`/proc/${processId}/exe`)
}

/** The command line, on every system that has `ps`. */
export function commandLineOf(processId: number): string {
  return output('ps', ['-o', 'command=', '-p', String(processId)]) ?? ''
}

function procStat(processId: number): { readonly letter: string; readonly startTicks: string } | undefined {
  if (process.platform !== 'linux') return undefined
  const text = readText(`/proc/${processId}/stat`)
  // The second field is the program's name in parentheses and may itself contain spaces and parentheses: proc_pid_stat(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [letter, startTicks] = [fields[0], fields[19]]
  return letter === undefined || startTicks === undefined ? undefined : { letter, startTicks }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

function output(program: string, parameters: readonly string[]): string | undefined {
  try {
    return execFileSync(program, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || undefined
  } catch {
    return undefined
  }
}
