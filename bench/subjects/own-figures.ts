import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export type FigureQuestion = 'memory' | 'watchLoop' | 'loopDelay'

const RESOLUTION_MS = 1
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

/** What only the subject itself can tell. @returns bytes in use after a collection; milliseconds its loop was late, 99th of 100 */
export function answerAboutItself(question: unknown): number {
  if (question === 'memory') return usedBytes()
  if (question === 'watchLoop') {
    delays.reset()
    delays.enable()
    return 0
  }
  delays.disable()
  return Math.max(0, delays.percentile(99) / 1e6 - RESOLUTION_MS)
}

function usedBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // What has a finalizer goes with the second.
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
