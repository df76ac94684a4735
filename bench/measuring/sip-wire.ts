import { setTimeout as wait } from 'node:timers/promises'
import { compile } from './compile.ts'
import { LOAD_CPU } from './our-subject.ts'
import type { BenchContext } from './report.ts'

export interface TryingTimes {
  readonly invited: number
  /** How many INVITEs got their 100. */
  readonly tried: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly longestMs: number
}

const READY_WITHIN_MS = 5_000
const POLL_MS = 20

/** Watches the loopback for so long; needs the right to (CAP_NET_RAW). `heard` waits until it is over. */
export async function watchWire(
  { workFolder, processes }: Pick<BenchContext, 'workFolder' | 'processes'>,
  o: { readonly serverPort: number; readonly callerPort: number; readonly seconds: number },
): Promise<{ heard(): Promise<TryingTimes> }> {
  const program = compile(new URL('../load/sip-wire.c', import.meta.url), workFolder)
  const watching = processes.start({ program, parameters: [o.serverPort, o.callerPort, o.seconds].map(String), cpu: LOAD_CPU })
  const untilMs = performance.now() + READY_WITHIN_MS
  while (!watching.output().includes('ready')) {
    if (performance.now() > untilMs) throw new Error(`sip-wire did not start: ${watching.output()}`)
    await wait(POLL_MS)
  }
  return {
    async heard() {
      const code = await watching.exited
      const [, line = ''] = watching.output().split('ready')
      if (code !== 0) throw new Error(`sip-wire ended with ${code}: ${watching.output()}`)
      const times = JSON.parse(line) as TryingTimes
      if (times.tried === 0) throw new Error('nothing was seen on the loopback')
      return times
    },
  }
}
