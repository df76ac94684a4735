import { silentLogger, systemClock, systemTimers } from '@dialtone/foundation'
import { createSipStack, type IncomingInvite, type RemoteAddress, type SipLeg, type SipStack } from '@dialtone/sip'
import { webSocketNetwork } from './web-socket-network.ts'

export const REALM = 'dialtone.test'
export const PASSWORD = 'secret'

export interface LineLogin {
  readonly username: string
  readonly password: string
  readonly realm: string
}

const DESCRIPTION = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=audio 4000 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', ''].join('\r\n')

/** How a call of a phone ended; `answered` when it was first. */
export interface PlacedCall {
  readonly leg: SipLeg
  /** The final status; 200 when answered. */
  readonly final: Promise<number>
  /** Resolves when it is over. */
  readonly over: Promise<void>
}

/** A telephone of a line: registers, answers what comes or lets it ring, calls. */
export class LinePhone {
  readonly #login: LineLogin
  readonly stack: SipStack
  readonly #server: RemoteAddress
  /** Calls that came, in order. */
  readonly answered: SipLeg[] = []
  /** false: it rings. */
  answers = true
  readonly ringing: IncomingInvite[] = []
  #sequence = 0
  #port = 0

  private constructor(login: LineLogin, stack: SipStack, server: RemoteAddress) {
    this.#login = login
    this.stack = stack
    this.#server = server
    stack.onInvite((invite) => {
      invite.progress(180)
      invite.leg.onEvent(() => undefined)
      if (!this.answers) return void this.ringing.push(invite)
      invite.answer({ body: DESCRIPTION })
      this.answered.push(invite.leg)
    })
  }

  static async start(login: LineLogin, server: RemoteAddress): Promise<LinePhone> {
    const listen = { host: '127.0.0.1', udpPort: 0, tcpPort: 0 }
    const network = server.transport === 'ws' ? { network: webSocketNetwork(server) } : {}
    const stack = createSipStack({ listen, publicAddress: '127.0.0.1', clock: systemClock, timers: systemTimers, logger: silentLogger, ...network })
    const phone = new LinePhone(login, stack, server)
    const started = await stack.start()
    if (!started.ok) throw new Error(started.error.message)
    phone.#port = started.value.udpPort
    return phone
  }

  /** @param host in its Contact: another one than it has, and it is behind a NAT. @returns the final status */
  async register(expiresSeconds = 600, host = '127.0.0.1'): Promise<number> {
    const { username, realm } = this.#login
    const address = `<sip:${username}@${realm}>`
    const outcome = await this.stack.request({
      method: 'REGISTER',
      uri: `sip:${realm}`,
      to: this.#server,
      headers: [
        ['From', address],
        ['To', address],
        ['Call-ID', `registration-of-${username}`],
        ['CSeq', `${(this.#sequence += 10)} REGISTER`],
        ['Contact', `<sip:${username}@${host}:${this.#port}>`],
        ['Expires', String(expiresSeconds)],
      ],
      credentials: this.#login,
    })
    if (!('statusCode' in outcome)) throw new Error(`REGISTER: ${JSON.stringify(outcome)}`)
    return outcome.statusCode
  }

  call(target: string): PlacedCall {
    const { username, realm } = this.#login
    const uri = `sip:${target}@${realm}`
    const { leg } = this.stack.invite({
      uri,
      to: this.#server,
      from: `<sip:${username}@${realm}>`,
      toHeader: `<${uri}>`,
      headers: [],
      body: DESCRIPTION,
      credentials: this.#login,
    })
    const { promise: final, resolve: hasAnswer } = Promise.withResolvers<number>()
    const { promise: over, resolve: isOver } = Promise.withResolvers<undefined>()
    leg.onEvent((event) => {
      if (event.type === 'answered') hasAnswer(200)
      if (event.type === 'rejected') hasAnswer(event.statusCode)
      if (event.type === 'rejected' || event.type === 'bye' || event.type === 'gone') isOver(undefined)
    })
    return { leg, final, over }
  }
}
