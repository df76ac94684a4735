import { readFileSync } from 'node:fs'

const TICK_MS = 100
const PROBE_MS = 5000
/** Above these, what fails for being late may have failed for the machine. */
const MOST_TAKEN_SHARE = 0.15
const LONGEST_STALL_MS = 500

export interface MachineState {
  /** Of the time the processors had something to do, from 0 to 1: what others on the same host took (`steal` of proc(5) /proc/stat). */
  readonly takenShare: number
  /** How late a timer of a process with nothing else to do was at worst. */
  readonly longestStallMs: number
}

/** Watches how much of its processors a machine gets while something runs on it. */
export class MachineWatch {
  readonly #startTimes = processorTimes()
  readonly #timer: NodeJS.Timeout
  #lastTickMs = performance.now()
  #longestStallMs = 0

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  /** Ends the watch. */
  stop(): MachineState {
    clearInterval(this.#timer)
    this.#tick()
    const { busy, taken } = processorTimes()
    const spent = busy - this.#startTimes.busy
    return { takenShare: spent === 0 ? 0 : (taken - this.#startTimes.taken) / spent, longestStallMs: this.#longestStallMs }
  }

  #tick(): void {
    const nowMs = performance.now()
    this.#longestStallMs = Math.max(this.#longestStallMs, nowMs - this.#lastTickMs - TICK_MS)
    this.#lastTickMs = nowMs
  }
}

export function isStarved({ takenShare, longestStallMs }: MachineState): boolean {
  return takenShare > MOST_TAKEN_SHARE || longestStallMs > LONGEST_STALL_MS
}

/**
 * Waits until the machine has its processors for itself, while they have something to do: idle ones have nothing to be taken.
 * @returns how long that took; `limitMs` and a little more when it did not happen
 */
export async function untilCalm(limitMs: number): Promise<number> {
  const startMs = performance.now()
  for (;;) {
    const watch = new MachineWatch()
    await workFor(PROBE_MS)
    const waitedMs = performance.now() - startMs
    if (!isStarved(watch.stop()) || waitedMs > limitMs) return waitedMs
  }
}

/** Keeps one processor half busy, in pieces shorter than a tick. */
async function workFor(durationMs: number): Promise<void> {
  const endMs = performance.now() + durationMs
  while (performance.now() < endMs) {
    const pieceEndMs = performance.now() + TICK_MS / 4
    while (performance.now() < pieceEndMs);
    await new Promise((resolve) => {
      setTimeout(resolve, TICK_MS / 4)
    })
  }
}

/** Since the start of the machine, in ticks; nothing where the system does not tell. */
function processorTimes(): { readonly busy: number; readonly taken: number } {
  try {
    const times = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/ +/).slice(1, 9).map(Number) ?? []
    const [user = 0, nice = 0, system = 0, _idle, _waiting, interrupts = 0, softInterrupts = 0, taken = 0] = times
    return { busy: user + nice + system + interrupts + softInterrupts + taken, taken }
  } catch {
    return { busy: 0, taken: 0 }
  }
}
