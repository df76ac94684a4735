import { silentLogger, systemClock, systemTimers } from '@dialtone/foundation'
import { answerChallenge, createSipStack } from '@dialtone/sip'
import type {
  Header,
  IncomingInvite,
  IncomingRequest,
  LegEvent,
  OutgoingInviteOptions,
  RemoteAddress,
  RequestOutcome,
  SipLeg,
  SipResponse,
  SipStack,
  TransportName,
} from '@dialtone/sip'
import { REALM, passwordOf } from './switch-tenants.ts'

type EventType = LegEvent['type']
type EventOf<Type extends EventType> = Extract<LegEvent, { type: Type }>

/** A leg that remembers what happened to it, and lets a test wait for what is to come. */
export class HeardLeg {
  readonly leg: SipLeg
  readonly events: LegEvent[] = []
  /** What the phone does with offers in the call; tests that look at them themselves leave it out. */
  onReinvite: ((event: EventOf<'reinvite'>) => void) | undefined
  #waiting: { readonly type: EventType; readonly resolve: (event: LegEvent) => void }[] = []

  constructor(leg: SipLeg) {
    this.leg = leg
    leg.onEvent((event) => {
      this.events.push(event)
      if (event.type === 'reinvite') this.onReinvite?.(event)
      for (const waiting of this.#waiting.filter(({ type }) => type === event.type)) waiting.resolve(event)
      this.#waiting = this.#waiting.filter(({ type }) => type !== event.type)
    })
  }

  /** The last event of a type, or the next one when there was none yet. */
  async saw<Type extends EventType>(type: Type): Promise<EventOf<Type>> {
    const past = this.events.findLast((event): event is EventOf<Type> => event.type === type)
    return past ?? this.next(type)
  }

  /** The first event of a type that is as wanted, past or to come. */
  async sawWhere<Type extends EventType>(type: Type, wanted: (event: EventOf<Type>) => boolean): Promise<EventOf<Type>> {
    const past = this.events.find((event): event is EventOf<Type> => event.type === type && wanted(event as EventOf<Type>))
    if (past !== undefined) return past
    const next = await this.next(type)
    return wanted(next) ? next : this.sawWhere(type, wanted)
  }

  next<Type extends EventType>(type: Type): Promise<EventOf<Type>> {
    return new Promise((resolve) => this.#waiting.push({ type, resolve: (event) => resolve(event as EventOf<Type>) }))
  }

  count(type: EventType): number {
    return this.events.filter((event) => event.type === type).length
  }
}

/** A call that rings at a phone or arrives at a carrier. */
export class HeardInvite extends HeardLeg {
  readonly invite: IncomingInvite

  constructor(invite: IncomingInvite) {
    super(invite.leg)
    this.invite = invite
  }
}

interface CallOptions extends Partial<Pick<OutgoingInviteOptions, 'headers' | 'parts'>> {
  readonly password?: string
}

/** Switch, relay and phones share one loop with whatever else runs on the machine: that it is late is no overload to be answered with 503 here. */
export const OF_A_SHARED_LOOP = { maxLoopDelayMs: 60_000 } as const

/** A telephone, a carrier or a PSAP: a SIP stack on loopback that does what the test says. */
export class TestPhone {
  readonly stack: SipStack
  readonly name: string
  readonly requests: IncomingRequest[] = []
  readonly invites: HeardInvite[] = []
  readonly #server: RemoteAddress
  readonly #waiting: ((call: HeardInvite) => void)[] = []
  readonly #waitingRequests: ((request: IncomingRequest) => void)[] = []
  #taken = 0
  #sequence = 0
  port = 0
  /** What it answers a NOTIFY with; undefined: nothing. */
  notifyStatus: number | undefined = 200

  private constructor(name: string, server: RemoteAddress, stack: SipStack) {
    this.name = name
    this.#server = server
    this.stack = stack
  }

  /** @param server where the switch listens; its transport is the one the phone uses */
  static async start(name: string, server: RemoteAddress): Promise<TestPhone> {
    const stack = createSipStack({
      listen: { host: '127.0.0.1', udpPort: 0, tcpPort: 0 },
      publicAddress: '127.0.0.1',
      clock: systemClock,
      timers: systemTimers,
      logger: silentLogger,
      serverName: `Test ${name}`,
      limits: OF_A_SHARED_LOOP,
    })
    const phone = new TestPhone(name, server, stack)
    stack.onInvite((invite) => phone.#ring(new HeardInvite(invite)))
    stack.onRequest('NOTIFY', (request) => phone.#take(request))
    const started = await stack.start()
    if (!started.ok) throw new Error(started.error.message)
    phone.port = server.transport === 'udp' ? started.value.udpPort : started.value.tcpPort
    return phone
  }

  get transport(): TransportName {
    return this.#server.transport
  }

  get contact(): string {
    return `sip:${this.name}@127.0.0.1:${this.port}${this.transport === 'tcp' ? ';transport=tcp' : ''}`
  }

  /** Registers, answering the challenge. @returns the final status */
  async register(expiresSeconds = 300, password = passwordOf(this.name)): Promise<SipResponse> {
    return this.request(
      'REGISTER',
      `sip:${REALM}`,
      [
        ['Contact', `<${this.contact}>`],
        ['Expires', String(expiresSeconds)],
      ],
      password,
    )
  }

  /** Sends a request and answers one challenge. */
  async request(method: string, uri: string, extra: readonly Header[], password = passwordOf(this.name)): Promise<SipResponse> {
    const callId = `${this.name}-${method}`
    const send = (credentials: readonly Header[]): Promise<RequestOutcome> => {
      const address = `<sip:${this.name}@${REALM}>`
      const headers: Header[] = [
        ['From', address],
        ...(extra.some(([name]) => name === 'To') ? [] : [['To', address] as const]),
        ['Call-ID', callId],
        ['CSeq', `${++this.#sequence} ${method}`],
        ...extra,
        ...credentials,
      ]
      return this.stack.request({ method, uri, to: this.#server, headers })
    }
    const first = responseOf(await send([]))
    if (first.statusCode !== 401 && first.statusCode !== 407) return first
    const answer = answerChallenge({ response: first, method, uri, username: this.name, password, cnonce: 'c0ffee', nonceCount: 1 })
    return answer === undefined ? first : responseOf(await send([answer]))
  }

  /** Calls a number or an extension with the phone's credentials. */
  call(dialed: string, body: string, options: CallOptions = {}) {
    const credentials = { username: this.name, password: options.password ?? passwordOf(this.name) }
    return this.#invite(`sip:${dialed}@${REALM}`, { credentials, body, headers: options.headers ?? [], parts: options.parts ?? [] })
  }

  /** Calls as a carrier does: known by its address. */
  callIn(number: string, body: string, headers: readonly Header[]) {
    return this.#invite(`sip:+${number}@127.0.0.1`, { body, headers })
  }

  #invite(uri: string, options: Pick<OutgoingInviteOptions, 'body' | 'headers' | 'credentials' | 'parts'>) {
    const from = options.headers.find(([name]) => name === 'From')?.[1] ?? `<sip:${this.name}@${REALM}>`
    const headers = options.headers.filter(([name]) => name !== 'From')
    const outgoing = this.stack.invite({ uri, to: this.#server, from, toHeader: `<${uri}>`, ...options, headers })
    return Object.assign(new HeardLeg(outgoing.leg), { cancel: (given?: readonly Header[]) => outgoing.cancel(given) })
  }

  /** The next call that arrives here. */
  async nextCall(): Promise<HeardInvite> {
    const arrived = this.invites[this.#taken]
    this.#taken++
    return arrived ?? new Promise((resolve) => this.#waiting.push(resolve))
  }

  nextRequest(): Promise<IncomingRequest> {
    const arrived = this.requests.shift()
    return arrived === undefined ? new Promise((resolve) => this.#waitingRequests.push(resolve)) : Promise.resolve(arrived)
  }

  #ring(call: HeardInvite): void {
    this.invites.push(call)
    this.#waiting.shift()?.(call)
  }

  #take(request: IncomingRequest): void {
    if (this.notifyStatus !== undefined) request.respond(this.notifyStatus)
    const waiting = this.#waitingRequests.shift()
    if (waiting === undefined) this.requests.push(request)
    else waiting(request)
  }
}

function responseOf(outcome: RequestOutcome): SipResponse {
  if ('statusCode' in outcome) return outcome
  throw new Error('timedOut' in outcome ? 'no answer' : outcome.failed)
}
