// Loaded before a program (`--import`): each of its threads writes, once a second, how late its event loop was.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { threadId, threadName } from 'node:worker_threads'

const RESOLUTION_MS = 1
const folder = process.env['BENCH_LOOP_DELAY_FOLDER']
if (folder !== undefined) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  const late = (share: number): number => Math.max(0, delays.percentile(share) / 1e6 - RESOLUTION_MS)
  setInterval(() => {
    appendFileSync(join(folder, `${threadId}-${threadName ?? ''}.csv`), `${Date.now()},${late(99).toFixed(3)},${late(100).toFixed(3)}\n`)
    delays.reset()
  }, 1000).unref()
}
