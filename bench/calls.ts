import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './measuring/free-ports.ts'
import { startKamailio } from './measuring/kamailio.ts'
import { missingPrograms, versionOf } from './measuring/machine.ts'
import { startOurSubject } from './measuring/our-subject.ts'
import type { ProcessGroup } from './measuring/process-group.ts'
import { type Bench, type BenchContext, type BenchTable, interleave, type Quantity, type Sample, type Subject } from './measuring/report.ts'
import { registerContacts } from './measuring/register-contacts.ts'
import { startRtpengine } from './measuring/rtpengine.ts'
import { runSipp, type SippLoad, startSippCallee } from './measuring/sipp.ts'

const CALLERS = 100
const FIRST_CALLER = 2_000
const FIRST_CALLED = FIRST_CALLER + CALLERS
const ROUNDS = 3
const IN_FLIGHT = 32
const AS_FAST_AS_IT_GOES = 100_000
const EVEN_RATE = 150
/** The rate the goal is set at: a call costs Kamailio the less, the more of them come. */
const GOAL_RATE = 1_000
const GOAL_ROUNDS = 5
/** The compiler is at work for the first twenty thousand calls, and a switch that runs has them behind it: a tenth to a fifth of a call. */
const WARM_UP_CALLS = 5_000
const WARM_UP_ROUNDS = 4
const LIMIT_SECONDS = 25
/** A call takes four, and gives them back after a rest of five seconds. */
const OUR_RTP_PORTS = { first: 20_000, last: 44_999 }
const RTPENGINE_PORTS = { first: 45_000, last: 59_999 }
const SIGNALLING_ONLY = 'Dialtone, signalling only'
const TUNED = 'Kamailio tuned'
const PROTOTYPE = 'smallest switch in JavaScript'
const TUNED_WITH_MEDIA = 'Kamailio tuned + rtpengine'

interface CallServer {
  readonly name: string
  readonly isOurs: boolean
  readonly port: number
  cpuSeconds(): number
}

interface Ports {
  readonly line: number
  readonly carrier: number
  readonly called: number
}

interface Load {
  readonly calls: number
  readonly rate: number
  readonly inFlight: number
}

const QUANTITIES: readonly Quantity[] = [
  { key: 'cpu', label: 'CPU ms per call', digits: 3, better: 'lower' },
  { key: 'busy', label: '% of its processor', digits: 0 },
  { key: 'retransmitted', label: 'retransmitted', digits: 0 },
  { key: 'failed', label: 'failed', digits: 0 },
]
const CONDITIONS = [
  'Dialtone is the real switch as it runs: back-to-back user agent, digest, routing, call record, and a media session a call (four UDP ports opened and closed in the media worker). Its directory and records are in memory; the journal of the server is not part of it. "Dialtone, signalling only" is the same with media that goes from phone to phone (`DIALTONE_MEDIA_ANCHORING=never`).',
  `"${TUNED}" is a stateful proxy with digest, usrloc and the dialog module, one worker, \`-x fm -X fm\`: signalling only, no media, no records. "${TUNED_WITH_MEDIA}" opens a media session in rtpengine for every call as Dialtone does; both processes count.`,
]

export const calls: Bench = {
  name: 'calls',
  title: 'Calls',
  run: async (context) => {
    const notMeasured = missingPrograms('calls', ['kamailio', 'sipp'])
    if (notMeasured.length > 0) return { tables: [], notMeasured, versions: [] }
    const withMedia = missingPrograms(`calls against ${TUNED_WITH_MEDIA}`, ['rtpengine'])
    const rtpengine = withMedia.length === 0 ? [versionOf('rtpengine', ['--version'], /Version: ([\d.]+)/)] : []
    const versions = [versionOf('kamailio', ['-v'], /kamailio ([\d.]+)/), ...rtpengine, versionOf('sipp', ['-v'], /SIPp v([\d.]+)/)]
    return { tables: await measure(context, withMedia.length === 0), notMeasured: withMedia, versions }
  },
}

async function measure({ quick, workFolder, processes }: BenchContext, withRtpengine: boolean): Promise<readonly BenchTable[]> {
  const ports: Ports = { line: await freePort(), carrier: await freePort(), called: await freePort() }
  startSippCallee(processes, workFolder, { scenario: new URL('load/answer.xml', import.meta.url), localPort: ports.called })
  const ours = [await startOurs(processes, ports, SIGNALLING_ONLY), await startOurs(processes, ports, 'Dialtone')]
  const kamailios = await startKamailios(processes, workFolder, ports, withRtpengine)
  const servers = [...kamailios, ...ours]
  const signalling = [...kamailios.slice(0, 1), await startPrototype(processes, ports), ...ours.slice(0, 1)]
  const kinds = loadsOf(workFolder, ports)
  const scale = quick ? 0.1 : 1
  const subjects = (kind: Kind, load: Load, among: readonly CallServer[] = servers): readonly Subject[] =>
    among.map((server) => ({ name: server.name, isOurs: server.isOurs, measure: () => callOnce(processes, workFolder, server, { ...kind, ...load }) }))
  const asFastAsItGoes = { calls: 1_200 * scale, rate: AS_FAST_AS_IT_GOES, inFlight: IN_FLIGHT }
  const evenly = { calls: EVEN_RATE * 3 * scale, rate: EVEN_RATE, inFlight: 1_000 }
  for (const kind of [kinds.fromLine, kinds.fromCarrier, kinds.fromLine]) await interleave(subjects(kind, asFastAsItGoes), 1)
  const warmUp = { ...asFastAsItGoes, calls: WARM_UP_CALLS * scale }
  await interleave(subjects(kinds.fromCarrier, warmUp, signalling), WARM_UP_ROUNDS)
  const atGoalRate = { calls: GOAL_RATE * 3 * scale, rate: GOAL_RATE, inFlight: 2_000 }
  await interleave(subjects(kinds.fromCarrier, atGoalRate, signalling), 2)
  const atGoal = await interleave(subjects(kinds.fromCarrier, atGoalRate, signalling), GOAL_ROUNDS)
  const even = `${EVEN_RATE} calls/s for 3 s a round.`
  return [
    {
      title: `${GOAL_RATE} calls/s, signalling only`,
      conditions: [
        ...CONDITIONS,
        `Carrier to line, INVITE without digest, 100, 180, 200, ACK and at once BYE, 200, over UDP on the loopback with sipp on both sides; ${GOAL_RATE} calls/s for 3 s a round, the same for all.`,
        `"${PROTOTYPE}" (\`peers/smallest-switch.ts\`) is the prototype this switch grew from: two legs, retransmissions and a record, no checks, no routing, no failures.`,
      ],
      quantities: QUANTITIES,
      subjects: atGoal,
    },
    {
      title: 'Line to line, as many as go',
      conditions: [
        'A call is INVITE, 407, INVITE with digest, 100, 180, 200, ACK and at once BYE, 200, over UDP on the loopback with sipp on both sides.',
        `${IN_FLIGHT} calls at a time, each begun when one ends. A subject that does not fill its processor was faster than sipp: its rate is sipp's limit.`,
      ],
      quantities: [{ key: 'rate', label: 'calls/s', digits: 0, better: 'higher' }, ...QUANTITIES],
      subjects: await interleave(subjects(kinds.fromLine, asFastAsItGoes), ROUNDS),
    },
    { title: 'Line to line', conditions: [even], quantities: QUANTITIES, subjects: await interleave(subjects(kinds.fromLine, evenly), ROUNDS) },
    {
      title: 'Carrier to line',
      conditions: [`${even} The carrier is known by its address: no digest, the dialed number is looked up.`],
      quantities: QUANTITIES,
      subjects: await interleave(subjects(kinds.fromCarrier, evenly), ROUNDS),
    },
  ]
}

type Kind = Pick<SippLoad, 'scenario' | 'fieldsFile' | 'localPort'>

function loadsOf(workFolder: string, ports: Ports): { readonly fromLine: Kind; readonly fromCarrier: Kind } {
  const write = (name: string, lines: readonly string[]): string => {
    const path = join(workFolder, name)
    writeFileSync(path, ['SEQUENTIAL', ...lines, ''].join('\n'))
    return path
  }
  const indexes = Array.from({ length: CALLERS }, (_, index) => index)
  const lines = indexes.map(
    (index) => `line${FIRST_CALLER + index};${FIRST_CALLED + index};[authentication username=line${FIRST_CALLER + index} password=secret]`,
  )
  const numbers = indexes.map((index) => `+12025550101;${calledNumber(index)}`)
  return {
    fromLine: { scenario: new URL('load/call-from-line.xml', import.meta.url), fieldsFile: write('lines.csv', lines), localPort: ports.line },
    fromCarrier: { scenario: new URL('load/call-from-carrier.xml', import.meta.url), fieldsFile: write('numbers.csv', numbers), localPort: ports.carrier },
  }
}

function calledNumber(index: number): string {
  return `+1801555${FIRST_CALLED + index}`
}

async function startKamailios(processes: ProcessGroup, workFolder: string, ports: Ports, withRtpengine: boolean): Promise<readonly CallServer[]> {
  const configuration = new URL('peers/proxy.cfg', import.meta.url)
  const carrier = `CARRIER_PORT=${ports.carrier}`
  const alone = await startKamailio(processes, { configuration, defines: [carrier] })
  const indexes = Array.from({ length: CALLERS }, (_, index) => index)
  const called = [...indexes.map((index) => String(FIRST_CALLED + index)), ...indexes.map(calledNumber)]
  await registerContacts(alone.port, called, ports.called)
  const servers: CallServer[] = [{ name: TUNED, isOurs: false, port: alone.port, cpuSeconds: () => alone.cpuSeconds() }]
  if (!withRtpengine) return servers
  const rtpengine = await startRtpengine(processes, workFolder, RTPENGINE_PORTS)
  rtpengine.ng.close()
  const defines = [carrier, 'WITH_RTPENGINE', `RTPENGINE_SOCKET="udp:127.0.0.1:${rtpengine.ngPort}"`]
  const together = await startKamailio(processes, { configuration, defines })
  await registerContacts(together.port, called, ports.called)
  servers.push({ name: TUNED_WITH_MEDIA, isOurs: false, port: together.port, cpuSeconds: () => together.cpuSeconds() + rtpengine.cpuSeconds() })
  return servers
}

async function startPrototype(processes: ProcessGroup, ports: Ports): Promise<CallServer> {
  const started = await startOurSubject<{ port: number }>(processes, new URL('peers/smallest-switch.ts', import.meta.url), [String(ports.called)])
  return { name: PROTOTYPE, isOurs: false, port: started.facts.port, cpuSeconds: () => started.cpuSeconds() }
}

async function startOurs(processes: ProcessGroup, ports: Ports, name: string): Promise<CallServer> {
  const rtpPorts = name === SIGNALLING_ONLY ? [] : [OUR_RTP_PORTS.first, OUR_RTP_PORTS.last]
  const parameters = [2 * CALLERS, ports.called, ports.carrier, ...rtpPorts].map(String)
  const ours = await startOurSubject<{ port: number }>(processes, new URL('subjects/switch.ts', import.meta.url), parameters)
  return { name, isOurs: true, port: ours.facts.port, cpuSeconds: () => ours.cpuSeconds() }
}

async function callOnce(processes: ProcessGroup, workFolder: string, server: CallServer, load: Kind & Load): Promise<Sample> {
  const before = server.cpuSeconds()
  const { succeeded, failed, retransmitted, seconds } = await runSipp(processes, workFolder, { ...load, targetPort: server.port, limitSeconds: LIMIT_SECONDS })
  const cpuSeconds = server.cpuSeconds() - before
  return { rate: succeeded / seconds, cpu: (cpuSeconds * 1000) / succeeded, busy: (100 * cpuSeconds) / seconds, retransmitted, failed }
}
