// What a whole call costs the switch itself: its real SIP stack, routing and records, without sockets and without a load tool.
//   node bench/call-path.ts [calls from lines|carrier] [rounds] [calls a round]
// Calls go side by side, one message of each at a time; only what the switch does is counted: the phones write between.
// Best with --cpu-prof or --heap-prof; compare two trees by taking turns.
import { createHash } from 'node:crypto'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import { makeObjectsYoung, ok, rememberMoreShapes, silentLogger, TimerWheel } from '@dialtone/foundation'
import { createInProcessMediaEngine } from '@dialtone/media'
import { computeHa1, createSipStack, type RemoteAddress, type SipNetwork, type SipNetworkUser } from '@dialtone/sip'
import { createSoftswitch } from '@dialtone/softswitch'
import { phoneDescription } from './subjects/phone-description.ts'
import { lineOf, numberOf, PASSWORD, REALM, tenantsOf } from './subjects/tenants.ts'

makeObjectsYoung()
rememberMoreShapes()

const LINES = 100
const FIRST_CALLER = 2_000
const FIRST_CALLED = FIRST_CALLER + LINES
const SIDE_BY_SIDE = 50
const CALLS_PER_SECOND = 1_000
/** The wheel of timers looks at the clock every 10 ms. */
const WHEEL_TURNS_MS = 12
const CALLER: RemoteAddress = { transport: 'udp', address: '127.0.0.1', port: 6_001 }
const CARRIER: RemoteAddress = { transport: 'udp', address: '127.0.0.1', port: 6_002 }
const CALLED: RemoteAddress = { transport: 'udp', address: '127.0.0.1', port: 6_003 }
const SWITCH = '127.0.0.1:5060'
const ALLOW = 'INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, INFO, UPDATE, PRACK, MESSAGE'
const OFFER = phoneDescription(11_784)
const ANSWER = phoneDescription(11_786)

const [kind = 'lines', rounds = '6', callsPerRound = '2000'] = process.argv.slice(2)
const isFromCarrier = kind === 'carrier'
const source = isFromCarrier ? CARRIER : CALLER

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

let records = 0
// A clock of its own: on a busy machine the overload protection would answer otherwise, and transactions would end early.
let nowMs = Date.now()
const clock = { nowMs: () => nowMs }
const timers = new TimerWheel(clock)
const tenants = tenantsOf(
  Array.from({ length: 2 * LINES }, (_, index) => FIRST_CALLER + index),
  CARRIER.port,
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
  registrations: { load: () => Promise.resolve(tenants.bindingsAt(CALLED.port, Date.now())), save: () => {} },
  records: { checkpoint: () => {}, close: () => void records++ },
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
  messages: number
}

async function makeCalls(first: number, spent: Spent): Promise<void> {
  const calls = Array.from({ length: SIDE_BY_SIDE }, (_, index) => new Call(first + index))
  const say = async (from: RemoteAddress, write: (call: Call) => string): Promise<void> => {
    sent.length = 0
    await take(
      calls.map((call) => Buffer.from(write(call), 'latin1')),
      from,
      spent,
    )
  }
  /** What the switch said to them, in their order. @throws when a call did not go on */
  const hear = (start: string, listen: (call: Call, text: string) => void): void => {
    const texts = sent.filter((text) => text.startsWith(start))
    if (texts.length !== calls.length) throw new Error(`${texts.length} of ${calls.length} calls heard "${start}"`)
    for (const [index, call] of calls.entries()) listen(call, texts[index] ?? '')
  }
  if (!isFromCarrier) {
    await say(source, (call) => call.invite())
    hear('SIP/2.0 407', (call, challenge) => call.authorize(challenge))
    await say(source, (call) => call.acknowledgeChallenge())
  }
  await say(source, (call) => call.invite())
  hear('INVITE', (call, invite) => call.ring(invite))
  await say(CALLED, (call) => call.respond('180 Ringing', ''))
  hear('SIP/2.0 180', () => undefined)
  await say(CALLED, (call) => call.respond('200 OK', ANSWER))
  hear('SIP/2.0 200', (call, success) => call.answered(success))
  await say(source, (call) => call.acknowledge())
  await say(source, (call) => call.hangUp())
  hear('BYE', (call, bye) => call.hungUp(bye))
  await say(CALLED, (call) => call.respond('200 OK', ''))
  nowMs += (1000 * SIDE_BY_SIDE) / CALLS_PER_SECOND
  await measured(spent, () => setTimeout(WHEEL_TURNS_MS))
}

/** The phones say this, and what promises bring about of it happens. */
async function take(texts: readonly Buffer[], from: RemoteAddress, spent: Spent): Promise<void> {
  spent.messages += texts.length
  await measured(spent, () => {
    for (const bytes of texts) user?.onMessage(bytes, from)
    return setImmediate()
  })
}

async function measured(spent: Spent, act: () => Promise<unknown>): Promise<void> {
  const allocated = getHeapStatistics().total_allocated_bytes
  const before = process.threadCpuUsage()
  await act()
  const { user: own, system } = process.threadCpuUsage(before)
  spent.cpuUs += own + system
  spent.bytes += getHeapStatistics().total_allocated_bytes - allocated
}

/** One call, as its two phones see it. */
class Call {
  readonly id: string
  readonly #caller: string
  readonly #called: string
  #sequence = 1
  #toTag = ''
  #target: string
  /** The switch's request that the called phone answers next. */
  #asked = ''
  authorization = ''

  constructor(index: number) {
    const line = index % LINES
    this.id = `c${index}-${Math.random().toString(36).slice(2)}`
    this.#caller = isFromCarrier ? '+12025550101' : lineOf(FIRST_CALLER + line)
    this.#called = isFromCarrier ? `+${numberOf(FIRST_CALLED + line)}` : String(FIRST_CALLED + line)
    this.#target = `sip:${this.#called}@${SWITCH}`
  }

  invite(): string {
    const contact = `Contact: <sip:${this.#caller}@127.0.0.1:${source.port};transport=udp>`
    const abilities = ['User-Agent: Yealink SIP-T46U 108.86.0.20', 'Supported: replaces, timer', `Allow: ${ALLOW}`]
    return this.#request('INVITE', [contact, ...(this.authorization === '' ? [] : [this.authorization]), ...abilities], OFFER)
  }

  /** Answers the 407 with the password. */
  authorize(challenge: string): void {
    const [, nonce = ''] = /nonce="([^"]+)"/.exec(challenge) ?? []
    this.#toTag = tagIn(challenge)
    const ha2 = md5(`INVITE:${this.#target}`)
    const response = md5(`${computeHa1('MD5', this.#caller, REALM, PASSWORD)}:${nonce}:00000001:c:auth:${ha2}`)
    const names = `username="${this.#caller}",realm="${REALM}",nonce="${nonce}",uri="${this.#target}"`
    this.authorization = `Proxy-Authorization: Digest ${names},response="${response}",algorithm=MD5,cnonce="c",qop=auth,nc=00000001`
  }

  acknowledgeChallenge(): string {
    const ack = this.#request('ACK', [], '', this.#branch('INVITE'))
    this.#sequence++
    this.#toTag = ''
    return ack
  }

  ring(invite: string): void {
    this.#asked = invite
  }

  /** The 200 of the switch has come: from now on requests go to its contact. */
  answered(success: string): void {
    this.#toTag = tagIn(success)
    this.#target = /^Contact: <([^>]+)>/m.exec(success)?.[1] ?? ''
  }

  acknowledge(): string {
    return this.#request('ACK', [], '')
  }

  hangUp(): string {
    this.#sequence++
    return this.#request('BYE', [], '')
  }

  hungUp(bye: string): void {
    this.#asked = bye
  }

  /** The called phone answers. */
  respond(status: string, body: string): string {
    const copied = this.#asked.split('\r\n').filter((line) => /^(?:Via|From|To|Call-ID|CSeq):/.test(line))
    const own = copied.map((line) => (line.startsWith('To:') && !line.includes(';tag=') ? `${line};tag=${this.id}` : line))
    const contact = `Contact: <sip:called@127.0.0.1:${CALLED.port};transport=udp>`
    const abilities = body === '' ? [] : [`Allow: ${ALLOW}`, 'Supported: replaces, timer']
    return messageOf(`SIP/2.0 ${status}`, [...own, contact, ...abilities], body)
  }

  #request(method: string, headers: readonly string[], body: string, branch = this.#branch(method)): string {
    const own = [
      `Via: SIP/2.0/UDP 127.0.0.1:${source.port};branch=${branch};rport`,
      `From: "Alice Example" <sip:${this.#caller}@example.com>;tag=a${this.id}`,
      `To: <sip:${this.#called}@example.com>${this.#toTag === '' ? '' : `;tag=${this.#toTag}`}`,
      `Call-ID: ${this.id}`,
      `CSeq: ${this.#sequence} ${method}`,
      'Max-Forwards: 70',
    ]
    return messageOf(`${method} ${this.#target} SIP/2.0`, [...own, ...headers], body)
  }

  #branch(method: string): string {
    return `z9hG4bK${this.id}-${this.#sequence}${method === 'ACK' ? 'k' : ''}`
  }
}

function messageOf(startLine: string, headers: readonly string[], body: string): string {
  const content = body === '' ? [] : ['Content-Type: application/sdp']
  return [startLine, ...headers, ...content, `Content-Length: ${body.length}`, '', body].join('\r\n')
}

function tagIn(response: string): string {
  return /^To: .*;tag=(\S+)/m.exec(response)?.[1] ?? ''
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

for (let round = 1; round <= Number(rounds); round++) {
  const spent = { cpuUs: 0, bytes: 0, messages: 0 }
  records = 0
  for (let done = 0; done < Number(callsPerRound); done += SIDE_BY_SIDE) await makeCalls(done, spent)
  const per = (value: number, digits: number): string => (value / Number(callsPerRound)).toFixed(digits)
  const { calls, timers: running } = softswitch.statistics
  process.stdout.write(
    `round ${round}: ${per(spent.cpuUs, 1)} µs CPU, ${per(spent.bytes / 1000, 1)} kB allocated, ${per(spent.messages, 1)} messages in, ${per(records, 2)} records a call; ${calls} calls and ${running} timers left\n`,
  )
}
process.exit(0)
