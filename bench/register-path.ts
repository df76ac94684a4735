// What a registration costs the switch itself: REGISTER, 401, REGISTER with digest, 200, without sockets and without a load tool.
//   node bench/register-path.ts [rounds] [registrations a round] [registrations a second]
// Only what the switch does is counted: the phones write between. Best with --cpu-prof or --heap-prof; compare two trees by taking turns.
import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import { makeObjectsYoung, ok, rememberMoreShapes, silentLogger, TimerWheel } from '@dialtone/foundation'
import { createInProcessMediaEngine } from '@dialtone/media'
import { computeHa1, createSipStack, type RemoteAddress, type SipNetwork, type SipNetworkUser } from '@dialtone/sip'
import { createSoftswitch } from '@dialtone/softswitch'
import { lineOf, PASSWORD, REALM, tenantsOf } from './subjects/tenants.ts'

makeObjectsYoung()
rememberMoreShapes()

const LINES = 2_000
const FIRST_EXTENSION = 2_000
const SIDE_BY_SIDE = 50
/** The wheel of timers looks at the clock every 10 ms. */
const WHEEL_TURNS_MS = 12
const PHONES: RemoteAddress = { transport: 'udp', address: '127.0.0.1', port: 6_001, isFlow: true }

const [rounds = '8', perRound = '10000', perSecond = '5000'] = process.argv.slice(2)

/** What the switch sent and nobody has read yet. */
const sent: string[] = []
let user: SipNetworkUser | undefined
const network: SipNetwork = {
  connections: 0,
  open(opened) {
    user = opened
    return Promise.resolve(ok({ udpPort: 5060, tcpPort: 0, tlsPort: 0, wsPort: 0 }))
  },
  send(bytes) {
    sent.push(bytes.toString('latin1'))
    return undefined
  },
  close: () => Promise.resolve(),
}

// A clock of its own: on a busy machine the overload protection would answer otherwise, and transactions would end early.
let nowMs = Date.now()
const clock = { nowMs: () => nowMs }
const timers = new TimerWheel(clock)
const tenants = tenantsOf(
  Array.from({ length: LINES }, (_, index) => FIRST_EXTENSION + index),
  0,
)
const sip = createSipStack({
  listen: { host: '127.0.0.1', udpPort: 5060 },
  publicAddress: '127.0.0.1',
  clock,
  timers,
  logger: silentLogger,
  serverName: 'Dialtone',
  network,
})
const media = createInProcessMediaEngine({
  publicAddress: '127.0.0.1',
  bindAddress: '127.0.0.1',
  ports: { first: 20_000, last: 20_099 },
  anchoring: 'never',
  workers: 1,
  clock,
  logger: silentLogger,
})
const softswitch = createSoftswitch({
  sip,
  media,
  directory: tenants.directory,
  registrations: { load: () => Promise.resolve([]), save: () => {} },
  records: { checkpoint: () => {}, close: () => {} },
  events: { registrationChanged: () => {}, emergencyCall: () => {} },
  clock,
  timers,
  logger: silentLogger,
  realm: REALM,
  publicAddress: '127.0.0.1',
  sipPort: () => 5060,
})
await media.start()
await softswitch.start()
await sip.start()

interface Spent {
  cpuUs: number
  bytes: number
}

const ha1s = new Map<string, string>()

async function register(first: number, spent: Spent): Promise<void> {
  const phones = Array.from({ length: SIDE_BY_SIDE }, (_, index) => ({ index: first + index, line: lineOf(FIRST_EXTENSION + ((first + index) % LINES)) }))
  const answers = await take(
    phones.map(({ index, line }) => requestOf(index, line, 1, '')),
    spent,
  )
  const granted = await take(
    phones.map(({ index, line }, place) => requestOf(index, line, 2, credentialsOf(line, answers[place] ?? ''))),
    spent,
  )
  const succeeded = granted.filter((text) => text.startsWith('SIP/2.0 200')).length
  if (succeeded !== SIDE_BY_SIDE) throw new Error(`${succeeded} of ${SIDE_BY_SIDE} phones are registered: ${granted[0]}`)
  nowMs += (1000 * SIDE_BY_SIDE) / Number(perSecond)
  await measured(spent, () => setTimeout(WHEEL_TURNS_MS))
}

/** The phones say this. @returns what the switch answers */
async function take(texts: readonly string[], spent: Spent): Promise<readonly string[]> {
  const datagrams = texts.map((text) => Buffer.from(text, 'latin1'))
  sent.length = 0
  await measured(spent, () => {
    for (const bytes of datagrams) user?.onMessage(bytes, { ...PHONES })
  })
  return [...sent]
}

async function measured(spent: Spent, act: () => unknown): Promise<void> {
  const allocated = getHeapStatistics().total_allocated_bytes
  const before = process.threadCpuUsage()
  await act()
  const { user: own, system } = process.threadCpuUsage(before)
  spent.cpuUs += own + system
  spent.bytes += getHeapStatistics().total_allocated_bytes - allocated
}

function requestOf(index: number, line: string, sequence: number, authorization: string): string {
  return [
    'REGISTER sip:example.com SIP/2.0',
    `Via: SIP/2.0/UDP 127.0.0.1:${PHONES.port};branch=z9hG4bK-${process.pid}-${index}-${sequence};rport`,
    `From: <sip:${line}@example.com>;tag=${process.pid}r${index}`,
    `To: <sip:${line}@example.com>`,
    `Call-ID: ${index}-${process.pid}@127.0.0.1`,
    `CSeq: ${sequence} REGISTER`,
    `Contact: <sip:${line}@127.0.0.1:${PHONES.port};transport=udp>;expires=3600`,
    ...(authorization === '' ? [] : [authorization]),
    'Max-Forwards: 70',
    'User-Agent: Yealink SIP-T46U 108.86.0.20',
    'Supported: path, gruu, outbound',
    'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, INFO, UPDATE, PRACK, MESSAGE',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')
}

function credentialsOf(line: string, challenge: string): string {
  const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? ''
  const ha1 = ha1s.get(line) ?? computeHa1('MD5', line, REALM, PASSWORD)
  ha1s.set(line, ha1)
  const uri = 'sip:example.com'
  const response = md5(`${ha1}:${nonce}:00000001:6b8b4567:auth:${md5(`REGISTER:${uri}`)}`)
  const names = `username="${line}",realm="${REALM}",cnonce="6b8b4567",nc=00000001,qop=auth,uri="${uri}"`
  return `Authorization: Digest ${names},nonce="${nonce}",response="${response}",algorithm=MD5`
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

for (let round = 1; round <= Number(rounds); round++) {
  const spent = { cpuUs: 0, bytes: 0 }
  for (let done = 0; done < Number(perRound); done += SIDE_BY_SIDE) await register((round - 1) * Number(perRound) + done, spent)
  const per = (value: number, digits: number): string => (value / Number(perRound)).toFixed(digits)
  process.stdout.write(
    `round ${round}: ${per(spent.cpuUs, 1)} µs CPU, ${per(spent.bytes / 1000, 2)} kB allocated a registration; ${softswitch.statistics.timers} timers left\n`,
  )
}
process.exit(0)
