import { setTimeout as wait } from 'node:timers/promises'
import { compile } from './measuring/compile.ts'
import { freePortRange } from './measuring/free-ports.ts'
import { missingPrograms } from './measuring/machine.ts'
import { LOAD_CPU, type OurSubject, startOurSubject } from './measuring/our-subject.ts'
import { type Bench, type BenchContext, interleave, type Quantity, type Sample } from './measuring/report.ts'
import type { PlayoutQuestion } from './subjects/playout.ts'

const STREAMS = 200
const PORTS_PER_SESSION = 4
const BUSY_MS = 50
/** Until the main thread has taken up its new pace. */
const SETTLE_MS = 500

interface Heard {
  readonly streams: number
  readonly lost: number
  readonly p50Microseconds: number
  readonly p99Microseconds: number
  readonly latestMicroseconds: number
}

const QUANTITIES: readonly Quantity[] = [
  { key: 'p50', label: 'late p50 ms', digits: 2 },
  { key: 'p99', label: 'late p99 ms', digits: 2 },
  { key: 'latest', label: 'latest ms', digits: 1 },
  { key: 'lost', label: 'lost packets', digits: 0 },
  { key: 'percent', label: '% of a processor', digits: 1 },
]

export const playout: Bench = {
  name: 'playout',
  title: 'Playout of 200 streams',
  run: async (context) => {
    const notMeasured = missingPrograms('playout', ['cc'])
    if (notMeasured.length > 0) return { tables: [], notMeasured, versions: [] }
    const { quick, processes } = context
    const ear = compile(new URL('load/rtp-ear.c', import.meta.url), context.workFolder)
    const earPort = (await freePortRange(2)).first
    const ports = await freePortRange(STREAMS * PORTS_PER_SESSION)
    const parameters = [STREAMS, earPort, ports.first, ports.last].map(String)
    const subject = await startOurSubject(processes, new URL('subjects/playout.ts', import.meta.url), parameters, 'any')
    const listen = (busyMs: number) => () => listenOnce(context, { subject, ear, earPort, busyMs })
    const subjects = [
      { name: 'main thread idle', isOurs: true, measure: listen(0) },
      { name: 'main thread busy', isOurs: true, measure: listen(BUSY_MS) },
    ]
    const conditions = [
      `${STREAMS} sessions of one media worker play the same music in PCMU, 50 packets a second each, to one port; how late a packet comes is told by the kernel's clock against the earliest of its stream.`,
      `Busy: the main thread makes and reads JSON for ${BUSY_MS} ms at a time, 5 ms apart. Nothing is pinned but the ear; the processor time is that of the whole process, the work included.`,
    ]
    const measured = await interleave(subjects, quick ? 1 : 5)
    return { tables: [{ title: 'Announcements', conditions, quantities: QUANTITIES, subjects: measured }], notMeasured, versions: [] }
  },
}

async function listenOnce(
  { quick, processes }: BenchContext,
  o: { readonly subject: OurSubject<unknown>; readonly ear: string; readonly earPort: number; readonly busyMs: number },
): Promise<Sample> {
  const seconds = quick ? 2 : 6
  await o.subject.ask({ busyMs: o.busyMs } satisfies PlayoutQuestion)
  await wait(SETTLE_MS)
  const before = o.subject.cpuSeconds()
  const listening = processes.start({ program: o.ear, parameters: [String(o.earPort), String(seconds)], cpu: LOAD_CPU })
  const code = await listening.exited
  const cpuSeconds = o.subject.cpuSeconds() - before
  if (code !== 0) throw new Error(`rtp-ear ended with ${code}: ${listening.output()}`)
  const heard = JSON.parse(listening.output().replace('ready', '')) as Heard
  if (heard.streams !== STREAMS) throw new Error(`${heard.streams} streams were heard`)
  const { p50Microseconds, p99Microseconds, latestMicroseconds, lost } = heard
  return { p50: p50Microseconds / 1000, p99: p99Microseconds / 1000, latest: latestMicroseconds / 1000, lost, percent: (100 * cpuSeconds) / seconds }
}
