import { silentLogger, type Logger } from '@dialtone/foundation'
import { answerChallenge, createSipStack } from '@dialtone/sip'
import type { Header, IncomingInvite, LegEvent, RemoteAddress, RequestOutcome, SipLeg, SipStack } from '@dialtone/sip'
import { passwordOf, REALM } from '../switch-tenants.ts'
import { drawManner, drawTalk, type Manners } from './phone-manners.ts'
import type { SeededNumbers } from './seeded-numbers.ts'
import type { SimulatedNetwork } from './simulated-network.ts'
import type { VirtualTime } from './virtual-time.ts'

const LONGEST_RINGING_MS = 90_000

/** What a phone knows of one call. */
export interface PhoneCall {
  readonly phone: string
  readonly callId: string
  readonly direction: 'incoming' | 'outgoing'
  readonly leg: SipLeg
  state: 'early' | 'talking' | 'over'
  answeredAtMs: number | undefined
  /** The tag of the other end. */
  remoteTag: string | undefined
  /** The phone was started anew since and knows nothing of it any more. */
  forgotten: boolean
  /** What it heard, in order. */
  readonly heard: string[]
  /** The final responses its user saw: of an outgoing call. */
  readonly finals: { readonly statusCode: number; readonly local: boolean }[]
}

export interface SimulatedPhoneOptions {
  readonly name: string
  readonly port: number
  readonly manners: Manners
  readonly network: Pick<SimulatedNetwork, 'at' | 'isolate' | 'cut'>
  readonly time: VirtualTime
  readonly numbers: SeededNumbers
  readonly server: RemoteAddress
  readonly logger: Logger
  readonly note: (line: string) => void
  /** Its user wants to go on with another phone. */
  readonly onPull: (call: PhoneCall) => void
  /** It answers what it has answered before as something new. */
  readonly onRestart: (port: number) => void
}

/** A telephone or a carrier with habits of its own, all of them drawn from its numbers. */
export class SimulatedPhone {
  readonly name: string
  readonly port: number
  readonly calls: PhoneCall[] = []
  readonly #options: SimulatedPhoneOptions
  readonly #tokens: SeededNumbers
  #stack: SipStack
  #sequence = 0
  #starts = 0
  /** Its cable was pulled: it neither hears nor is heard. */
  dead = false
  /** It may have missed the end of any of its calls. */
  wasAway = false
  /** It has sent somebody elsewhere: who talks to whom is not written in Call-IDs any more. */
  transferred = false

  constructor(options: SimulatedPhoneOptions) {
    const { name, port, numbers } = options
    this.name = name
    this.port = port
    this.#options = options
    this.#tokens = numbers.fork('tokens')
    this.#stack = this.#createStack()
  }

  get stack(): SipStack {
    return this.#stack
  }

  async start(): Promise<void> {
    this.#starts++
    const started = await this.#stack.start()
    if (!started.ok) throw new Error(started.error.message)
  }

  /** The power was gone for a moment: it knows nothing of its calls and registers again. */
  async restart(): Promise<void> {
    if (this.dead) return
    this.#options.note(`${this.name} starts anew`)
    this.#options.onRestart(this.port)
    // A BYE of it may not have arrived yet.
    for (const call of this.calls) {
      call.forgotten = true
      call.state = 'over'
    }
    await this.#stack.stop()
    this.#stack = this.#createStack()
    await this.start()
    await this.register(3600)
  }

  #createStack(): SipStack {
    const { port, network, time, logger } = this.#options
    const stack = createSipStack({
      listen: { host: '127.0.0.1', udpPort: port },
      publicAddress: '127.0.0.1',
      network: network.at(port),
      clock: time,
      timers: time,
      logger,
      sessionTimer: this.#options.numbers.fork('session').chance(0.5) ? { intervalSeconds: 90, minimumSeconds: 90 } : false,
      randomToken: (byteCount) => this.#tokens.token(byteCount),
    })
    stack.onInvite((invite) => this.#ring(invite))
    stack.onRequest('NOTIFY', (request) => request.respond(200))
    return stack
  }

  /** Registers, again and again until it is told yes, as phones do; unregisters with 0. */
  async register(expiresSeconds: number): Promise<void> {
    const uri = `sip:${REALM}`
    const send = (credentials: readonly Header[]): Promise<RequestOutcome> => {
      const address = `<sip:${this.name}@${REALM}>`
      const headers: Header[] = [
        ['From', address],
        ['To', address],
        ['Call-ID', `${this.name}-registration-${this.#starts}`],
        ['CSeq', `${++this.#sequence} REGISTER`],
        ['Contact', `<sip:${this.name}@127.0.0.1:${this.port}>`],
        ['Expires', String(expiresSeconds)],
        ...credentials,
      ]
      return this.stack.request({ method: 'REGISTER', uri, to: this.#options.server, headers })
    }
    for (let attempt = 0; attempt < 4 && !this.dead; attempt++) {
      const first = await send([])
      if (!('statusCode' in first) || first.statusCode !== 401) continue
      const answer = answerChallenge({
        response: first,
        method: 'REGISTER',
        uri,
        username: this.name,
        password: passwordOf(this.name),
        cnonce: 'c',
        nonceCount: 1,
      })
      const second = answer === undefined ? first : await send([answer])
      if ('statusCode' in second && second.statusCode === 200) return
    }
  }

  /** Calls with the line's credentials. @param giveUpMs when it hangs up unanswered */
  call(dialed: string, giveUpMs: number): void {
    const credentials = { username: this.name, password: passwordOf(this.name) }
    this.#invite(`sip:${dialed}@${REALM}`, giveUpMs, { credentials })
  }

  /** Calls as a carrier does: known by its address. */
  callIn(number: string, giveUpMs: number): void {
    this.#invite(`sip:+${number}@127.0.0.1`, giveUpMs, {})
  }

  /** Hangs up whatever it began. */
  hangUpOutgoing(): void {
    for (const call of this.calls) if (call.direction === 'outgoing') this.#hangUp(call)
  }

  /** Everything, though nobody hears it when the cable is out. */
  hangUpAll(): void {
    for (const call of this.calls) call.leg.bye()
  }

  /** It is out of reach for a while: refreshes of its sessions are lost, and what the other end does about it too (RFC 4028 10). */
  leave(durationMs: number): void {
    this.#options.note(`${this.name} is out of reach for ${durationMs} ms`)
    this.wasAway = true
    this.#options.network.isolate(this.port, durationMs)
  }

  /** The cable is pulled. */
  vanish(): void {
    this.#options.note(`${this.name} vanishes`)
    this.dead = true
    this.#options.network.cut(this.port)
  }

  #invite(uri: string, giveUpMs: number, credentials: { readonly credentials?: { readonly username: string; readonly password: string } }): void {
    if (this.dead) return
    const { server, time, numbers } = this.#options
    // Now and then without an offer; the ACK then has no answer either, and the switch must end the call.
    const body = numbers.chance(0.04) ? '' : this.#describe()
    const outgoing = this.stack.invite({ uri, to: server, from: `<sip:${this.name}@${REALM}>`, toHeader: `<${uri}>`, headers: [], body, ...credentials })
    const call = this.#watch(outgoing.leg, 'outgoing')
    this.#options.note(`${this.name} calls ${uri} (${call.callId}), patient for ${giveUpMs} ms`)
    time.start(giveUpMs, () => {
      if (call.state !== 'early' || this.dead) return
      this.#options.note(`${this.name} gives up ${call.callId}`)
      outgoing.cancel()
    })
  }

  #ring(invite: IncomingInvite): void {
    const { time, numbers, manners, note } = this.#options
    const call = this.#watch(invite.leg, 'incoming')
    call.remoteTag = invite.request.fromTag
    const manner = drawManner(numbers, manners)
    note(`${this.name} is called (${call.callId}): ${JSON.stringify(manner)}`)
    const later = (afterMs: number, act: () => void): void => {
      time.start(afterMs, () => {
        if (!this.dead && call.state === 'early') act()
      })
    }
    for (const progress of manner.progress) {
      const { reliable, withMedia } = progress
      later(progress.afterMs, () => invite.progress(progress.statusCode, withMedia ? { body: this.#describe(), reliable } : { reliable }))
    }
    for (const afterMs of manner.updatesAtMs) later(afterMs, () => call.leg.update(this.#describe()))
    if (manner.vanishAfterMs !== undefined) later(manner.vanishAfterMs, () => this.vanish())
    // No phone rings for ever: a CANCEL may have been impossible, because no provisional response of it arrived (RFC 3261 9.1).
    later(LONGEST_RINGING_MS, () => {
      call.state = 'over'
      invite.reject(480)
    })
    if (manner.final === undefined) return
    const { statusCode, afterMs } = manner.final
    later(afterMs, () => {
      if (statusCode === 200) {
        invite.answer({ body: this.#describe() })
        this.#talk(call)
      } else {
        call.state = 'over'
        invite.reject(statusCode)
      }
    })
  }

  #watch(leg: SipLeg, direction: PhoneCall['direction']): PhoneCall {
    const call: PhoneCall = {
      phone: this.name,
      callId: leg.callId,
      direction,
      leg,
      state: 'early',
      answeredAtMs: undefined,
      remoteTag: undefined,
      forgotten: false,
      heard: [],
      finals: [],
    }
    this.calls.push(call)
    leg.onEvent((event) => {
      call.heard.push(event.type)
      this.#options.note(`${this.name} hears ${event.type}${'statusCode' in event ? ` ${event.statusCode}` : ''} (${call.callId})`)
      this.#hear(call, event)
    })
    return call
  }

  #hear(call: PhoneCall, event: LegEvent): void {
    const { time, numbers } = this.#options
    switch (event.type) {
      case 'progress':
        // Early media, and the caller wants other media at once: with the callee's own wish it is glare (RFC 3311 5.2).
        if (event.body === undefined || !numbers.chance(0.3)) return undefined
        time.start(numbers.pick([0, 500, 1000]), () => {
          if (!this.dead && call.state === 'early') call.leg.update(this.#describe())
        })
        return undefined
      case 'answered':
        call.finals.push({ statusCode: 200, local: false })
        call.remoteTag = event.response.toTag
        return call.state === 'over' ? undefined : this.#talk(call)
      case 'rejected':
        call.finals.push({ statusCode: event.statusCode, local: event.response === undefined })
        call.state = 'over'
        return undefined
      case 'cancelled':
      case 'bye':
      case 'gone':
      case 'ackTimeout':
      case 'progressTimeout':
      case 'sessionExpired':
        call.state = 'over'
        return undefined
      case 'referProgress':
        // The other end is in good hands.
        if (event.ended && event.statusCode < 300 && numbers.chance(0.7)) this.#hangUp(call)
        return undefined
      case 'reinvite': {
        const mood = numbers.below(20)
        // One in twenty sleeps over it, one says no, a few take their time.
        if (mood === 0) return undefined
        if (mood === 1) return event.reject(488)
        if (mood > 8 || event.method === 'UPDATE') return event.answer(this.#describe())
        time.start(numbers.below(3000), () => {
          if (!this.dead) event.answer(this.#describe())
        })
        return undefined
      }
      default:
        return undefined
    }
  }

  /** What happens in an answered call, as its numbers have it. */
  #talk(call: PhoneCall): void {
    const { time, numbers, manners } = this.#options
    call.state = 'talking'
    call.answeredAtMs = time.nowMs()
    for (const { afterMs, act } of drawTalk(numbers, manners)) {
      time.start(afterMs, () => {
        if (this.dead || call.state !== 'talking') return
        this.#options.note(`${this.name} does ${act} (${call.callId})`)
        if (act === 'bye') this.#hangUp(call)
        if (act === 'reinvite') call.leg.reinvite(this.#describe('sendonly'))
        if (act === 'resume') call.leg.reinvite(this.#describe())
        if (act === 'update') call.leg.update(this.#describe(numbers.pick(['sendonly', 'sendrecv'])))
        if (act === 'change mind') this.#changeMind(call)
        if (act === 'info') call.leg.info('application/dtmf-relay', `Signal=${numbers.pick(['5', '1', '2', '0', '#'])}\r\nDuration=160\r\n`)
        if (act === 'vanish') this.vanish()
        if (act === 'restart') void this.restart()
        if (act === 'transfer' || act === 'transfer and leave') this.#transfer(call)
        // Whoever does not wait for the outcome: REFER, perhaps with Replaces, and BYE cross what comes of it (RFC 5589 6.1).
        if (act === 'transfer and leave') time.start(numbers.pick([0, 1, 100, 1500]), () => this.#hangUp(call))
        if (act === 'pull') this.#options.onPull(call)
      })
    }
  }

  /** Wants the call held, and a moment later not (RFC 3261 9.1): the CANCEL may meet the answer, or the other end's question to its user. */
  #changeMind(call: PhoneCall): void {
    const { time, numbers } = this.#options
    call.leg.reinvite(this.#describe('sendonly'))
    time.start(numbers.pick([0, 20, 300, 2000]), () => {
      if (!this.dead && call.state === 'talking') call.leg.cancelReinvite()
    })
  }

  /** Takes a call of the user's other phone over (RFC 3891). */
  pull(call: PhoneCall): void {
    if (this.dead || call.remoteTag === undefined) return
    const { server, note } = this.#options
    const uri = `sip:${this.name}@${REALM}`
    const credentials = { username: this.name, password: passwordOf(this.name) }
    const headers: Header[] = [['Replaces', `${call.callId};to-tag=${call.remoteTag};from-tag=${call.leg.id}`]]
    note(`${this.name} takes ${call.callId} over`)
    this.transferred = true
    const invite = { uri, to: server, from: `<${uri}>`, toHeader: `<${uri}>`, headers, body: this.#describe(), credentials }
    this.#watch(this.stack.invite(invite).leg, 'outgoing')
  }

  /** To somebody it talks to besides, or to whoever comes to its mind (RFC 5589 6, 7). */
  #transfer(call: PhoneCall): void {
    const { numbers } = this.#options
    const other = this.calls.find((each) => each !== call && each.state === 'talking' && each.remoteTag !== undefined)
    const replaces = other === undefined ? '' : `?Replaces=${encodeURIComponent(`${other.callId};to-tag=${other.remoteTag};from-tag=${other.leg.id}`)}`
    this.transferred = true
    call.leg.refer(`<sip:${numbers.pick(['2001', '2002', '2003', '16075550123', '2999', '18015550201', '2200', '2300', '2600', '2701'])}@${REALM}${replaces}>`)
  }

  #hangUp(call: PhoneCall): void {
    if (call.state === 'over' || this.dead) return
    call.state = 'over'
    call.leg.bye()
  }

  #describe(direction = 'sendrecv'): string {
    const version = 1 + this.#options.numbers.below(1000)
    return `v=0\r\no=- 1 ${version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${this.port + 10_000} RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=${direction}\r\n`
  }
}

/** Errors a stack logs are bugs: nothing that arrives may reach one. */
export function errorCollector(errors: string[]): Logger {
  const fail = (message: string, fields?: Readonly<Record<string, unknown>>): void => {
    const error = fields?.['error']
    errors.push(`${message} ${error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(fields)}`)
  }
  return { ...silentLogger, error: fail }
}
