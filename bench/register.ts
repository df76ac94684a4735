import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './measuring/free-ports.ts'
import { startKamailio } from './measuring/kamailio.ts'
import { missingPrograms, versionOf } from './measuring/machine.ts'
import { startOurSubject } from './measuring/our-subject.ts'
import type { ProcessGroup } from './measuring/process-group.ts'
import { type Bench, type BenchContext, type BenchTable, interleave, type Quantity, type Sample, type Subject } from './measuring/report.ts'
import { runSipp, type SippLoad } from './measuring/sipp.ts'

const LINES = 2_000
const FIRST_EXTENSION = 2_000
const IN_FLIGHT = 64
const AS_FAST_AS_IT_GOES = 100_000
const ROUNDS = 3
const LIMIT_SECONDS = 25

interface Registrar {
  readonly name: string
  readonly isOurs: boolean
  readonly port: number
  cpuSeconds(): number
}

interface Load {
  readonly registrations: number
  readonly rate: number
  readonly inFlight: number
}

const OUTCOME: readonly Quantity[] = [
  { key: 'busy', label: '% of its processor', digits: 0 },
  { key: 'retransmitted', label: 'retransmitted', digits: 0 },
  { key: 'failed', label: 'failed', digits: 0 },
]
const CONDITIONS = [
  'One registration is REGISTER, 401, REGISTER with digest (MD5, qop=auth), 200, over UDP on the loopback; sipp is the load.',
  `${LINES} lines in memory. Kamailio: one worker, usrloc with db_mode 0, \`-x fm -X fm\`. Dialtone: the SIP stack and the registrar of the switch in one process; its directory is in memory and it stores bindings nowhere, as Kamailio here.`,
]

export const register: Bench = {
  name: 'register',
  title: 'Registrations',
  run: async (context) => {
    const notMeasured = missingPrograms('registrations', ['kamailio', 'sipp'])
    if (notMeasured.length > 0) return { tables: [], notMeasured, versions: [] }
    const versions = [versionOf('kamailio', ['-v'], /kamailio ([\d.]+)/), versionOf('sipp', ['-v'], /SIPp v([\d.]+)/)]
    return { tables: await measure(context), notMeasured, versions }
  },
}

async function measure({ quick, workFolder, processes }: BenchContext): Promise<readonly BenchTable[]> {
  const fieldsFile = join(workFolder, 'lines.csv')
  writeFileSync(fieldsFile, linesFile())
  const kamailio = await startKamailio(processes, { configuration: new URL('peers/registrar.cfg', import.meta.url) })
  const ours = await startOurSubject<{ port: number }>(processes, new URL('subjects/registrar.ts', import.meta.url), [String(LINES)])
  const registrars: readonly Registrar[] = [
    { name: 'Kamailio tuned', isOurs: false, port: kamailio.port, cpuSeconds: () => kamailio.cpuSeconds() },
    { name: 'Dialtone', isOurs: true, port: ours.facts.port, cpuSeconds: () => ours.cpuSeconds() },
  ]
  const scenario = new URL('load/register.xml', import.meta.url)
  const localPort = await freePort()
  const subjectsUnder = ({ registrations, rate, inFlight }: Load): readonly Subject[] =>
    registrars.map((registrar) => {
      const load: SippLoad = { scenario, fieldsFile, targetPort: registrar.port, localPort, calls: registrations, rate, inFlight, limitSeconds: LIMIT_SECONDS }
      return { name: registrar.name, isOurs: registrar.isOurs, measure: () => registerOnce(processes, workFolder, registrar, load) }
    })
  const scale = quick ? 0.05 : 1
  const closed = subjectsUnder({ registrations: 20_000 * scale, rate: AS_FAST_AS_IT_GOES, inFlight: IN_FLIGHT })
  // The first round is for the compiler and fills the location tables.
  await interleave(closed, 1)
  const atFullSpeed = await interleave(closed, ROUNDS)
  const evenly = await interleave(subjectsUnder({ registrations: 7_500 * scale, rate: 1_500, inFlight: 3_000 }), ROUNDS)
  const cpu: Quantity = { key: 'cpu', label: 'CPU µs per registration', digits: 1, better: 'lower' }
  return [
    {
      title: 'As many as go',
      conditions: [
        ...CONDITIONS,
        `${IN_FLIGHT} registrations at a time, each begun when one ends, so that nothing is lost. A subject that does not fill its processor was faster than sipp: its rate is sipp's limit.`,
      ],
      quantities: [{ key: 'rate', label: 'registrations/s', digits: 0, better: 'higher' }, cpu, ...OUTCOME],
      subjects: atFullSpeed,
    },
    { title: '1,500 registrations/s', conditions: ['The same at a rate both bear with ease.'], quantities: [cpu, ...OUTCOME], subjects: evenly },
  ]
}

async function registerOnce(processes: ProcessGroup, workFolder: string, registrar: Registrar, load: SippLoad): Promise<Sample> {
  const before = registrar.cpuSeconds()
  const { succeeded, failed, retransmitted, seconds } = await runSipp(processes, workFolder, load)
  const cpuSeconds = registrar.cpuSeconds() - before
  return { rate: succeeded / seconds, cpu: (cpuSeconds * 1e6) / succeeded, busy: (100 * cpuSeconds) / seconds, retransmitted, failed }
}

function linesFile(): string {
  const lines = Array.from({ length: LINES }, (_, index) => `line${FIRST_EXTENSION + index}`)
  return ['SEQUENTIAL', ...lines.map((line) => `${line};[authentication username=${line} password=secret]`), ''].join('\n')
}
