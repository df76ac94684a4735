import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { compile } from './measuring/compile.ts'
import { freePortRange } from './measuring/free-ports.ts'
import { missingPrograms, versionOf } from './measuring/machine.ts'
import { LOAD_CPU, startOurSubject, SUBJECT_CPU } from './measuring/our-subject.ts'
import { cpuSecondsOf } from './measuring/process-cpu.ts'
import type { ProcessGroup } from './measuring/process-group.ts'
import { type Bench, type BenchContext, type BenchTable, interleave, type Quantity, type Sample, type Subject } from './measuring/report.ts'
import { type Rtpengine, startRtpengine } from './measuring/rtpengine.ts'
import { audioPortIn, phoneDescription } from './subjects/phone-description.ts'
import type { RelayedCall } from './subjects/relay.ts'

const CALLS = 300
/** What is compared call for call: 1 % of a processor is 1 µs a packet. */
const COMPARED_CALLS = 100
const ROUNDS = 3
const PORTS_PER_CALL = 4
const RTPENGINE_PORTS = { first: 45_000, last: 49_999 }
const READY_WITHIN_MS = 5_000
const POLL_MS = 20

interface Relay {
  readonly name: string
  readonly isOurs: boolean
  readonly calls: readonly RelayedCall[]
  readonly cpuSeconds: () => number
}

interface RtpLoadResult {
  readonly sent: number
  readonly received: number
  readonly p50Microseconds: number
  readonly p99Microseconds: number
}

const QUANTITIES: readonly Quantity[] = [
  { key: 'percent', label: '% of a processor per 100 calls', digits: 1, better: 'lower' },
  { key: 'p50', label: 'added latency p50 µs', digits: 0 },
  { key: 'p99', label: 'added latency p99 µs', digits: 0 },
  { key: 'lost', label: 'lost packets', digits: 0 },
]

export const relay: Bench = {
  name: 'relay',
  title: 'RTP relay',
  run: async (context) => {
    const withoutCompiler = missingPrograms('RTP relay', ['cc'])
    if (withoutCompiler.length > 0) return { tables: [], notMeasured: withoutCompiler, versions: [] }
    const notMeasured = missingPrograms('RTP relay against rtpengine', ['rtpengine'])
    const versions = notMeasured.length === 0 ? [versionOf('rtpengine', ['--version'], /Version: ([\d.]+)/)] : []
    const tables = await measure(context, notMeasured.length === 0)
    return { tables, notMeasured, versions: [...versions, versionOf('cc', ['--version'], /([\d.]+)$/m)] }
  },
}

async function measure({ quick, workFolder, processes }: BenchContext, withRtpengine: boolean): Promise<readonly BenchTable[]> {
  const seconds = quick ? 1 : 5
  const rtpLoad = compile(new URL('load/rtp-load.c', import.meta.url), workFolder, ['-lpthread'])
  const ends = await freePortRange(CALLS * PORTS_PER_CALL)
  const relays = [
    await startMinimal(processes, workFolder, ends.first),
    ...(withRtpengine ? [await startPeer(processes, workFolder, ends.first)] : []),
    await startOurs(processes, ends.first),
  ]
  const subjects = (count: number): readonly Subject[] =>
    relays.map(({ name, isOurs, calls, cpuSeconds }, index) => {
      const map = join(workFolder, `map-${index}-${count}`)
      const lines = calls.slice(0, count).map(({ portOfA, portOfB }, call) => `${endA(ends.first, call)} ${portOfA} ${endA(ends.first, call) + 2} ${portOfB}\n`)
      writeFileSync(map, lines.join(''))
      return { name, isOurs, measure: () => relayOnce(processes, { rtpLoad, map, seconds, cpuSeconds, calls: count }) }
    })
  const round = `Both ends of every call send 50 packets a second of 172 bytes, spread over the 20 ms; ${seconds} s a round.`
  // The first round is for the compiler and for rtpengine to learn where the ends are. All calls first: rtpengine gives up those that are silent.
  await interleave(subjects(CALLS), 1)
  const all = await interleave(subjects(CALLS), ROUNDS)
  return [
    {
      title: `${COMPARED_CALLS} calls of G.711`,
      conditions: [
        `${round} 100 calls are 10,000 packets a second, so 1 % is also 1 µs a packet. Latency is from sending to receiving, both system calls of the load included.`,
        'Dialtone is its media engine: one worker thread; RTP checked, source locked, loss and jitter counted, key presses watched for. rtpengine is in user space (no kernel module), two threads. The C relay is the floor: two system calls a packet, no look at the packet.',
      ],
      quantities: QUANTITIES,
      subjects: await interleave(subjects(COMPARED_CALLS), ROUNDS),
    },
    {
      title: `${CALLS} calls of G.711`,
      conditions: [`The same with 30,000 packets a second: ${CALLS} calls on one media worker. The goal is a p99 below 10 ms and no packet lost.`],
      quantities: QUANTITIES,
      subjects: all,
    },
  ]
}

function endA(firstEndPort: number, call: number): number {
  return firstEndPort + PORTS_PER_CALL * call
}

async function startMinimal(processes: ProcessGroup, workFolder: string, firstEndPort: number): Promise<Relay> {
  const program = compile(new URL('peers/minimal-relay.c', import.meta.url), workFolder)
  const { first } = await freePortRange(CALLS * PORTS_PER_CALL)
  const running = processes.start({ program, parameters: [CALLS, firstEndPort, first].map(String), cpu: SUBJECT_CPU })
  const untilMs = performance.now() + READY_WITHIN_MS
  while (!running.output().includes('ready')) {
    if (performance.now() > untilMs) throw new Error(`the minimal relay did not start: ${running.output()}`)
    await delay(POLL_MS)
  }
  const calls = Array.from({ length: CALLS }, (_, call): RelayedCall => ({
    portOfA: first + PORTS_PER_CALL * call,
    portOfB: first + PORTS_PER_CALL * call + 2,
  }))
  return { name: 'minimal C relay', isOurs: false, calls, cpuSeconds: () => cpuSecondsOf(running.processId) }
}

async function startPeer(processes: ProcessGroup, workFolder: string, firstEndPort: number): Promise<Relay> {
  const rtpengine = await startRtpengine(processes, workFolder, RTPENGINE_PORTS)
  const calls: RelayedCall[] = []
  for (let call = 0; call < CALLS; call++) calls.push(await connect(rtpengine, endA(firstEndPort, call)))
  rtpengine.ng.close()
  return { name: 'rtpengine', isOurs: false, calls, cpuSeconds: () => rtpengine.cpuSeconds() }
}

async function connect({ ng }: Rtpengine, endPort: number): Promise<RelayedCall> {
  const call = { 'call-id': `call-${endPort}`, 'from-tag': 'a' }
  const offer = await ng.describe('offer', { ...call, sdp: phoneDescription(endPort) })
  const answer = await ng.describe('answer', { ...call, 'to-tag': 'b', sdp: phoneDescription(endPort + 2) })
  return { portOfA: audioPortIn(answer), portOfB: audioPortIn(offer) }
}

async function startOurs(processes: ProcessGroup, firstEndPort: number): Promise<Relay> {
  const ports = await freePortRange(CALLS * PORTS_PER_CALL)
  const parameters = [CALLS, firstEndPort, ports.first, ports.last].map(String)
  const ours = await startOurSubject<{ calls: readonly RelayedCall[] }>(processes, new URL('subjects/relay.ts', import.meta.url), parameters)
  return { name: 'Dialtone', isOurs: true, calls: ours.facts.calls, cpuSeconds: () => ours.cpuSeconds() }
}

async function relayOnce(
  processes: ProcessGroup,
  o: { rtpLoad: string; map: string; seconds: number; cpuSeconds: () => number; calls: number },
): Promise<Sample> {
  const before = o.cpuSeconds()
  const load = processes.start({ program: o.rtpLoad, parameters: [o.map, String(o.seconds)], cpu: LOAD_CPU })
  const code = await load.exited
  if (code !== 0) throw new Error(`rtp-load ended with ${code}: ${load.output()}`)
  const cpuSeconds = o.cpuSeconds() - before
  const { sent, received, p50Microseconds, p99Microseconds } = JSON.parse(load.output()) as RtpLoadResult
  if (received === 0) throw new Error('nothing was relayed')
  return {
    percent: ((100 * cpuSeconds) / o.seconds) * (100 / o.calls),
    p50: p50Microseconds,
    p99: p99Microseconds,
    lost: sent - received,
  }
}
