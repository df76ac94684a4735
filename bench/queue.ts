import { setTimeout as wait } from 'node:timers/promises'
import { callsTaken } from './measuring/calls-taken.ts'
import { compile } from './measuring/compile.ts'
import { freePort } from './measuring/free-ports.ts'
import { missingPrograms, versionOf } from './measuring/machine.ts'
import { LOAD_CPU } from './measuring/our-subject.ts'
import { inversionsIn } from './measuring/median.ts'
import type { Bench, BenchContext, BenchTable } from './measuring/report.ts'

const CALLERS = 200
const AGENTS = 20
const CALLERS_A_SECOND = 50
/** All of them wait by then, and agents are busy; the ear hears until the last are served. */
const EAR_SECONDS = 20
const LONGEST_WAIT_MS = 150_000

export const queue: Bench = {
  name: 'queue',
  title: 'Two hundred callers in a queue',
  run: async (context) => {
    const notMeasured = missingPrograms('callers in a queue', ['sipp', 'cc'])
    if (notMeasured.length > 0) return { tables: [], notMeasured, versions: [] }
    return { tables: [await measure(context)], notMeasured, versions: [versionOf('sipp', ['-v'], /SIPp v([\d.]+)/)] }
  },
}

/** @throws when somebody is not served, or before somebody who came earlier */
async function measure(context: BenchContext): Promise<BenchTable> {
  const { quick, workFolder, processes } = context
  const callers = quick ? 30 : CALLERS
  const ear = await freePort()
  const rtpEar = compile(new URL('load/rtp-ear.c', import.meta.url), workFolder)
  const { subject, logged, run } = await callsTaken(context, { users: AGENTS, phones: 'answer-as-agent', ear })
  const before = { cpu: subject.cpuSeconds(), memory: await subject.ask<number>('memory') }
  await subject.ask('watchLoop')
  const listening = processes.start({ program: rtpEar, parameters: [ear, quick ? 4 : EAR_SECONDS].map(String), cpu: LOAD_CPU })
  const limits = { limitSeconds: LONGEST_WAIT_MS / 1000, lostAfterMs: LONGEST_WAIT_MS }
  const serving = run('call-into-queue', { calls: callers, rate: CALLERS_A_SECOND, inFlight: callers, ...limits })
  const memory = wait((1000 * callers) / CALLERS_A_SECOND).then(() => subject.ask<number>('memory'))
  const [{ succeeded, failed, retransmitted, seconds }, whileWaiting] = await Promise.all([serving, memory])
  const loop = await subject.ask<number>('loopDelay')
  if ((await listening.exited) !== 0) throw new Error(`rtp-ear: ${listening.output()}`)
  const heard = JSON.parse(listening.output().replace('ready', '')) as Readonly<
    Record<'streams' | 'lost' | 'p50Microseconds' | 'p99Microseconds' | 'latestMicroseconds', number>
  >
  const order = logged().map((from) => Number(/sip:\+?(\d+)@/.exec(from)?.[1]))
  const outOfTurn = inversionsIn(order)
  if (failed > 0 || succeeded < callers || order.length !== callers || outOfTurn > 0)
    throw new Error(`${succeeded} of ${callers} were served, ${order.length} times an agent was rung, ${outOfTurn} out of turn`)
  return {
    title: `${callers} callers, ${AGENTS} agents`,
    conditions: [
      `${CALLERS_A_SECOND} callers a second come from a carrier, hear music, and their position every 30 s; ${AGENTS} agents answer at once, talk 1 s and hang up. sipp on both sides; the switch and its media worker on one processor. The bench fails unless agents are rung in the order the callers came in.`,
      `How late packets are, by the kernel's clock against the earliest of their stream, in the first ${EAR_SECONDS} s. "Loop late" is of the loop of the calls; it holds one collection on demand, for the memory.`,
    ],
    quantities: [
      ...[
        { key: 'p50', label: 'audio late p50 ms', digits: 2 },
        { key: 'p99', label: 'audio late p99 ms', digits: 2 },
        { key: 'latest', label: 'audio latest ms', digits: 1 },
        { key: 'lost', label: 'lost packets', digits: 0 },
        { key: 'loop', label: 'loop late p99 ms', digits: 2 },
        { key: 'memory', label: 'KiB per waiting caller', digits: 1 },
      ],
      ...[
        { key: 'percent', label: '% of its processor', digits: 0 },
        { key: 'seconds', label: 's until all were served', digits: 1 },
        { key: 'retransmitted', label: 'retransmitted', digits: 0 },
        { key: 'outOfTurn', label: 'out of turn', digits: 0 },
      ],
    ],
    subjects: [
      {
        name: 'Dialtone',
        isOurs: true,
        samples: [
          {
            ...{ p50: heard.p50Microseconds / 1000, p99: heard.p99Microseconds / 1000, latest: heard.latestMicroseconds / 1000, lost: heard.lost },
            ...{ loop, outOfTurn, seconds, retransmitted },
            memory: (whileWaiting - before.memory) / callers / 1024,
            percent: (100 * (subject.cpuSeconds() - before.cpu)) / seconds,
          },
        ],
      },
    ],
  }
}
