import { setTimeout as wait } from 'node:timers/promises'
import { type CallsTaken, callsTaken } from './measuring/calls-taken.ts'
import { missingPrograms, versionOf } from './measuring/machine.ts'
import { type Bench, type BenchContext, type BenchTable, interleave, type Quantity, type Sample, type Subject } from './measuring/report.ts'

const USERS = 10
const ROUNDS = 3
const AS_FAST_AS_IT_GOES = 100_000
const LIMIT_SECONDS = 40
const SHORTEST_MESSAGE_SECONDS = 1
/** Records close when the media of their calls has been closed. */
const SETTLE_MS = 1_000

interface Kind {
  readonly name: string
  readonly scenario: 'call-into-menu' | 'call-into-box'
  readonly calls: number
  readonly inFlight: number
}

const KINDS: readonly Kind[] = [
  { name: 'a menu, then an extension', scenario: 'call-into-menu', calls: 2_000, inFlight: 350 },
  { name: 'a voicemail message of 2 s', scenario: 'call-into-box', calls: 600, inFlight: 200 },
]
const QUANTITIES: readonly Quantity[] = [
  { key: 'cpu', label: 'CPU ms per call', digits: 2 },
  { key: 'carried', label: 'calls/s one processor would carry', digits: 0 },
  { key: 'rate', label: 'calls/s', digits: 0 },
  { key: 'busy', label: '% of its processor', digits: 0 },
  { key: 'retransmitted', label: 'retransmitted', digits: 0 },
  { key: 'failed', label: 'failed', digits: 0 },
  { key: 'unserved', label: 'without what they called for', digits: 0 },
]

export const services: Bench = {
  name: 'services',
  title: 'Menus and voicemail',
  run: async (context) => {
    const notMeasured = missingPrograms('menus and voicemail', ['sipp'])
    if (notMeasured.length > 0) return { tables: [], notMeasured, versions: [] }
    return { tables: [await measure(context)], notMeasured, versions: [versionOf('sipp', ['-v'], /SIPp v([\d.]+)/)] }
  },
}

async function measure(context: BenchContext): Promise<BenchTable> {
  const scale = context.quick ? 0.05 : 1
  const taken = await callsTaken(context, { users: USERS, phones: 'answer' })
  const subjects = KINDS.map((kind): Subject => ({ name: kind.name, isOurs: true, measure: () => callOnce(taken, kind, scale) }))
  // For the compiler.
  await interleave(subjects, 1)
  return {
    title: 'Calls the platform takes itself',
    conditions: [
      'The switch with its media worker on one processor; callers from a carrier over UDP, sipp on both sides. Its directory is in memory, and messages are dropped when they are handed over: what the database and the files of a message cost is not in it.',
      'Menu: answered, the prompt plays for 200 ms until 1 is pressed (INFO), an extension rings and answers, 200 ms with it, hung up; two records. Voicemail: answered, the greeting is passed over by a key, the tone, 2 s of G.711 sent and recorded, hung up.',
      `As many as go, ${KINDS.map(({ inFlight, name }) => `${inFlight} at a time (${name})`).join(', ')}: the pauses of the calls, and not the processor, may be what limits the rate; then the second column tells.`,
    ],
    quantities: QUANTITIES,
    subjects: await interleave(subjects, ROUNDS),
  }
}

async function callOnce({ subject, served, run }: CallsTaken, { scenario, calls, inFlight }: Kind, scale: number): Promise<Sample> {
  const count = Math.ceil(calls * scale)
  const before = { cpu: subject.cpuSeconds(), ...(await served()) }
  const { succeeded, failed, retransmitted, seconds } = await run(scenario, { calls: count, rate: AS_FAST_AS_IT_GOES, inFlight, limitSeconds: LIMIT_SECONDS })
  const cpuSeconds = subject.cpuSeconds() - before.cpu
  await wait(SETTLE_MS)
  const after = await served()
  const deposits = after.deposits - before.deposits
  if (deposits > 0 && (after.depositedSeconds - before.depositedSeconds) / deposits < SHORTEST_MESSAGE_SECONDS) throw new Error('messages were cut short')
  const got = scenario === 'call-into-box' ? deposits : after.connected - before.connected
  const cpu = (1000 * cpuSeconds) / succeeded
  return { cpu, carried: 1000 / cpu, rate: succeeded / seconds, busy: (100 * cpuSeconds) / seconds, retransmitted, failed, unserved: count - got }
}
