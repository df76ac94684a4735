import { readdirSync, readFileSync } from 'node:fs'

/** Linux tells processor time to user space in hundredths of a second whatever its own clock is: proc(5), sysconf(3). */
const TICKS_PER_SECOND = 100
/** proc(5): fields 14 and 15 of /proc/PID/stat, counted from what follows the command name. */
const [USER_TICKS, SYSTEM_TICKS] = [11, 12]
const NANOSECONDS = 1e9

/** Processor time of a process, all its threads and all its living children, in user and kernel mode together, in seconds. */
export function cpuSecondsOf(processId: number): number {
  return [processId, ...descendantsOf(processId)].reduce((sum, id) => sum + ownSeconds(id), 0)
}

/** By the nanosecond from the scheduler; from the ticks on kernels built without its statistics. */
function ownSeconds(processId: number): number {
  const threads = threadsOf(processId).map((thread) => readOrEmpty(`/proc/${processId}/task/${thread}/schedstat`))
  if (threads.every((text) => text === '')) return cpuSecondsInStat(readOrEmpty(`/proc/${processId}/stat`))
  return threads.reduce((sum, text) => sum + cpuSecondsInSchedstat(text), 0)
}

/** @param schedstat text of /proc/PID/task/TID/schedstat: time on a processor and waiting for one in ns, time slices */
export function cpuSecondsInSchedstat(schedstat: string): number {
  return Number(schedstat.split(' ')[0]) / NANOSECONDS
}

/** @param stat text of /proc/PID/stat */
export function cpuSecondsInStat(stat: string): number {
  if (stat === '') return 0
  // The name of the program stands in brackets and may hold brackets and spaces itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND
}

/** Its living children, and theirs. */
export function descendantsOf(processId: number): readonly number[] {
  const children = threadsOf(processId).flatMap((thread) => numbersIn(readOrEmpty(`/proc/${processId}/task/${thread}/children`)))
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

function numbersIn(text: string): readonly number[] {
  return text.split(/\s+/).filter(Boolean).map(Number)
}

function threadsOf(processId: number): readonly string[] {
  try {
    return readdirSync(`/proc/${processId}/task`)
  } catch {
    return []
  }
}

/** A process that ended while it was looked at has used nothing more. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
