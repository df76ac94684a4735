import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './measuring/free-ports.ts'
import { missingPrograms, versionOf } from './measuring/machine.ts'
import { startOurSubject } from './measuring/our-subject.ts'
import type { ProcessGroup } from './measuring/process-group.ts'
import { type Bench, type BenchContext, type BenchTable, interleave, type Quantity, type Sample, type Subject } from './measuring/report.ts'
import { runSipp, type SippLoad, startSippCallee } from './measuring/sipp.ts'

const ACCOUNTS = 40
const USERS_EACH = 4
const FIRST_EXTENSION = 2_000
const ROUNDS = 3
const IN_FLIGHT = 64
const AS_FAST_AS_IT_GOES = 100_000
const EVEN_RATE = 300
const LIMIT_SECONDS = 30
const RTP_PORTS = { first: 20_000, last: 64_999 }

const QUANTITIES: readonly Quantity[] = [
  { key: 'rate', label: 'calls/s', digits: 0, better: 'higher' },
  { key: 'cpu', label: 'CPU ms per call', digits: 3, better: 'lower' },
  { key: 'twoCores', label: 'calls/s two processors would carry', digits: 0, better: 'higher' },
  { key: 'retransmitted', label: 'retransmitted', digits: 0 },
  { key: 'failed', label: 'failed', digits: 0 },
]
const CONDITIONS = [
  `The call plane of the server in its own thread and in one or two switch workers: ${ACCOUNTS} accounts of ${USERS_EACH} lines, a call with digest from line to line within an account, hung up at once; all calls come from one sipp socket and go to another. Directory and records in memory.`,
  'Nothing but sipp is pinned, so on a machine of two processors two workers and sipp share them: what the rate of two workers is there says little. What travels is the CPU a call costs in all threads together; "two processors would carry" is two seconds of CPU divided by it, for one thread one second, and holds when sipp runs elsewhere.',
]

export const workers: Bench = {
  name: 'workers',
  title: 'Switch workers',
  run: async (context) => {
    const notMeasured = missingPrograms('switch workers', ['sipp'])
    if (notMeasured.length > 0) return { tables: [], notMeasured, versions: [] }
    return { tables: await measure(context), notMeasured, versions: [versionOf('sipp', ['-v'], /SIPp v([\d.]+)/)] }
  },
}

interface CallPlane {
  readonly count: number
  readonly port: number
  cpuSeconds(): number
}

async function measure({ quick, workFolder, processes }: BenchContext): Promise<readonly BenchTable[]> {
  const [callerPort, phonePort] = [await freePort(), await freePort()]
  startSippCallee(processes, workFolder, { scenario: new URL('load/answer.xml', import.meta.url), localPort: phonePort })
  const fieldsFile = join(workFolder, 'lines.csv')
  writeFileSync(fieldsFile, fields())
  const scale = quick ? 0.1 : 1
  const load: SippLoad = {
    scenario: new URL('load/call-from-line.xml', import.meta.url),
    ...{ fieldsFile, localPort: callerPort, targetPort: 0, limitSeconds: LIMIT_SECONDS },
    ...{ calls: 3_000 * scale, rate: AS_FAST_AS_IT_GOES, inFlight: IN_FLIGHT },
  }
  const even: SippLoad = { ...load, calls: EVEN_RATE * 5 * scale, rate: EVEN_RATE, inFlight: 1_000 }
  const tables: BenchTable[] = []
  for (const [what, rtpPorts] of [
    ['signalling only', []],
    ['media anchored', [RTP_PORTS.first, RTP_PORTS.last]],
  ] as const) {
    const planes = await Promise.all([0, 1, 2].map((count) => startCallPlane(processes, count, phonePort, rtpPorts)))
    const subjects = (given: SippLoad): readonly Subject[] =>
      planes.map((plane) => ({ name: nameOf(plane.count), isOurs: plane.count === 2, measure: () => callOnce(processes, workFolder, plane, given) }))
    // For the compiler.
    await interleave(subjects(load), 2)
    tables.push({
      title: `As many as go, ${what}`,
      conditions: [...CONDITIONS, `${IN_FLIGHT} calls at a time, each begun when one ends.`],
      quantities: QUANTITIES,
      subjects: await interleave(subjects(load), ROUNDS),
    })
    tables.push({ title: `Evenly, ${what}`, conditions: [`${EVEN_RATE} calls/s.`], quantities: QUANTITIES, subjects: await interleave(subjects(even), ROUNDS) })
    for (const plane of planes) await plane.stop()
  }
  return tables
}

function nameOf(count: number): string {
  return count === 0 ? 'own thread' : count === 1 ? 'one worker' : `${count} workers`
}

/** Caller, called within the account, credentials. */
function fields(): string {
  const lines = Array.from({ length: ACCOUNTS }, (_, account) => {
    const caller = FIRST_EXTENSION + account * USERS_EACH
    return `line${caller};${caller + 1};[authentication username=line${caller} password=secret]`
  })
  return ['SEQUENTIAL', ...lines, ''].join('\n')
}

async function startCallPlane(
  processes: ProcessGroup,
  count: number,
  phonePort: number,
  rtpPorts: readonly number[],
): Promise<CallPlane & { stop(): Promise<void> }> {
  const parameters = [count, ACCOUNTS, USERS_EACH, phonePort, ...rtpPorts].map(String)
  const ours = await startOurSubject<{ port: number }>(processes, new URL('subjects/switch-workers.ts', import.meta.url), parameters, 'any')
  return { count, port: ours.facts.port, cpuSeconds: () => ours.cpuSeconds(), stop: () => ours.stop() }
}

async function callOnce(processes: ProcessGroup, workFolder: string, plane: CallPlane, load: SippLoad): Promise<Sample> {
  const before = plane.cpuSeconds()
  const { succeeded, failed, retransmitted, seconds } = await runSipp(processes, workFolder, { ...load, targetPort: plane.port })
  const cpu = ((plane.cpuSeconds() - before) * 1000) / succeeded
  return { rate: succeeded / seconds, cpu, twoCores: (1000 * Math.min(2, Math.max(1, plane.count))) / cpu, retransmitted, failed }
}
