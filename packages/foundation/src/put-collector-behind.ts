import { readdirSync, readFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'
import { setFlagsFromString } from 'node:v8'

/** A tenth of what a thread of ours gets where both want the same processor. At 19 the compiler starves too, and collections end on our own threads. */
const BEHIND = 10
const THREADS = '/proc/self/task'

/**
 * Lets V8's threads that mark, sweep and compile beside the program wait for its own threads, where processors are scarce: by default
 * four of them mark at once, take a third of a processor for a second, and calls at 70 % of the highest rate are answered after 100 ms
 * meanwhile. Heaps made from now on are marked by one thread; what is young is collected by the thread it belongs to, so that it never
 * waits for one that waits for others. Linux only (priorities of threads: sched(7)); elsewhere the threads keep their priority.
 */
export function putCollectorBehind(): void {
  setFlagsFromString('--concurrent-marking-max-worker-num=1')
  setFlagsFromString('--no-parallel-scavenge')
  if (process.platform !== 'linux') return
  const niceness = Math.min(constants.priority.PRIORITY_LOW, getPriority() + BEHIND)
  for (const thread of threads()) {
    if (!/V8Worker/.test(nameOf(thread))) continue
    try {
      setPriority(Number(thread), niceness)
    } catch {
      // A container may forbid it: the collector then competes as before.
    }
  }
}

function threads(): readonly string[] {
  try {
    return readdirSync(THREADS)
  } catch {
    return []
  }
}

function nameOf(thread: string): string {
  try {
    return readFileSync(`${THREADS}/${thread}/comm`, 'utf8')
  } catch {
    // It has ended meanwhile.
    return ''
  }
}
