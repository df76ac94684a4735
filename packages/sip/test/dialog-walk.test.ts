import { expect, it } from 'vitest'
import type { Header, IncomingInvite, IncomingSubscription, LegEvent, OutgoingInvite, ReferSubscription, SipMessage, SipRequest } from '../src/index.ts'
import { ANSWER, OFFER, type RawPeer } from './raw-peer.ts'
import { type RunningStack, StackHarness } from './stack-harness.ts'

/** Numbers that look random and are the same for the same seed. */
function randomOf(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

const METHODS = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'INFO', 'PRACK', 'UPDATE', 'REFER', 'NOTIFY', 'SUBSCRIBE', 'MESSAGE', 'FROBNICATE']
const STATUSES = [100, 180, 183, 199, 200, 200, 200, 202, 302, 401, 404, 408, 422, 481, 486, 488, 491, 500, 503, 504, 603]
const HEADERS: readonly Header[] = [
  ['Supported', '100rel, timer, replaces'],
  ['Allow', 'INVITE, ACK, BYE, UPDATE, PRACK, REFER'],
  ['Require', '100rel'],
  ['Require', 'timer'],
  ['Require', 'unheard-of'],
  ['Session-Expires', '95;refresher=uac'],
  ['Session-Expires', '10'],
  ['Min-SE', '400'],
  ['Event', 'refer'],
  ['Event', 'dialog;id=3'],
  ['Expires', '0'],
  ['Subscription-State', 'terminated;reason=noresource'],
  ['Refer-To', '<sip:carol@test?Replaces=c%3Bto-tag%3D1%3Bfrom-tag%3D2>'],
  ['Refer-Sub', 'false'],
  ['RSeq', '1'],
  ['RSeq', '2'],
  ['RAck', '1 1 INVITE'],
  ['Replaces', 'c;to-tag=1;from-tag=2'],
  ['Info-Package', 'x'],
  ['WWW-Authenticate', 'Digest realm="r", nonce="n", stale=true'],
]

/** One peer that says anything at any time, one user of the stack that does anything at any time. */
class DialogWalk {
  readonly #stack: RunningStack
  readonly #peer: RawPeer
  readonly #harness: StackHarness
  readonly #below: (limit: number) => number
  readonly #invites: (IncomingInvite | OutgoingInvite)[] = []
  readonly #subscriptions: IncomingSubscription[] = []
  readonly #refers: ReferSubscription[] = []
  readonly #offers: Extract<LegEvent, { type: 'reinvite' }>[] = []
  readonly #requests: SipRequest[] = []
  #rseq = '1'
  #sequence = 1

  constructor(harness: StackHarness, stack: RunningStack, peer: RawPeer, seed: number) {
    this.#harness = harness
    this.#stack = stack
    this.#peer = peer
    this.#below = randomOf(seed)
    stack.stack.onInvite((invite) => this.#watch(invite))
    stack.stack.onSubscribe('dialog', (subscription) => this.#subscriptions.push(subscription))
  }

  async walk(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      const kind = this.#below(10)
      if (kind < 4) this.#request()
      else if (kind < 6) this.#respond()
      else if (kind < 9) this.#act()
      else this.#harness.time.advance([50, 600, 5000, 33_000, 100_000][this.#below(5)] ?? 0)
      for (const message of await this.#peer.drain(this.#stack.udp)) this.#note(message)
    }
    for (const { leg } of this.#invites) leg.bye()
    for (const subscription of this.#subscriptions) subscription.end('noresource')
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#below(items.length)]
  }

  #watch(invite: IncomingInvite | OutgoingInvite): void {
    this.#invites.push(invite)
    invite.leg.onEvent((event) => {
      if (event.type === 'reinvite') this.#offers.push(event)
      else if (event.type === 'refer' && this.#below(3) > 0) this.#refers.push(event.accept())
      else if (event.type === 'refer') event.reject(603)
    })
  }

  #note(message: SipMessage): void {
    if (message.kind === 'request') this.#requests.push(message)
    else this.#rseq = message.header('rseq') ?? this.#rseq
  }

  #headers(): Header[] {
    const headers: Header[] = [['RAck', `${this.#rseq} 1 INVITE`]]
    for (let count = this.#below(4); count > 0; count--) headers.push(this.#pick(HEADERS) ?? ['X-Note', 'y'])
    return headers
  }

  #body(): { readonly body?: string } {
    return this.#below(2) === 0 ? {} : { body: OFFER }
  }

  #request(): void {
    const invite = this.#pick(this.#invites)
    const isNew = invite === undefined || this.#below(6) === 0
    const method = isNew ? (this.#pick(['INVITE', 'INVITE', 'SUBSCRIBE']) ?? 'INVITE') : (this.#pick(METHODS) ?? 'INFO')
    const sequence = this.#below(8) === 0 ? this.#below(this.#sequence + 1) : ++this.#sequence
    const parties = isNew
      ? { callId: `walk-${this.#sequence}` }
      : { callId: invite.leg.callId, to: `<sip:a@test>;tag=${invite.leg.id}`, from: `<sip:b@test>;tag=${this.#below(9) === 0 ? 'other' : 'peer'}` }
    this.#peer.request(
      { method, ...parties, sequence: method === 'ACK' ? this.#below(sequence + 1) : sequence, headers: this.#headers(), ...this.#body() },
      this.#stack.udp,
    )
  }

  #respond(): void {
    const request = this.#below(4) === 0 ? this.#pick(this.#requests) : this.#requests.at(-1)
    if (request === undefined || request.method === 'ACK') return
    const toTag = request.toTag === undefined && this.#below(4) === 0 ? 'fork' : 'peer'
    const body = this.#below(2) === 0 ? {} : { body: ANSWER }
    this.#peer.respond(request, this.#pick(STATUSES) ?? 200, { toTag, headers: this.#headers(), ...body })
  }

  #act(): void {
    const invite = this.#pick(this.#invites)
    if (invite === undefined || this.#below(8) === 0) {
      const parties = { uri: 'sip:b@test', to: this.#peer.address, from: '<sip:a@test>', toHeader: '<sip:b@test>', headers: [], body: OFFER }
      this.#watch(this.#stack.stack.invite({ ...parties, credentials: { username: 'a', password: 'b' } }))
      return
    }
    const { leg } = invite
    const actions: readonly (() => void)[] = [
      () => ('answer' in invite ? invite.answer({ body: this.#below(2) === 0 ? ANSWER : OFFER }) : invite.cancel()),
      () => ('answer' in invite ? invite.progress(183, { body: ANSWER }) : undefined),
      () => ('answer' in invite ? invite.progress(180, { reliable: true }) : undefined),
      () => ('answer' in invite && this.#below(5) === 0 ? invite.reject(486) : undefined),
      () => leg.reinvite(OFFER),
      () => leg.update(OFFER),
      () => leg.refer('<sip:carol@test>'),
      () => leg.info('text/plain', 'x'),
      () => (this.#below(4) === 0 ? leg.bye() : undefined),
      () => this.#offers.shift()?.answer(ANSWER),
      () => this.#offers.shift()?.reject(488),
      () => this.#pick(this.#refers)?.notify(180 + this.#below(300), 'x'),
      () => this.#pick(this.#subscriptions)?.accept(60),
      () => this.#pick(this.#subscriptions)?.notify({ contentType: 'text/plain', body: 'x' }),
      () => (this.#below(3) === 0 ? this.#pick(this.#subscriptions)?.end('noresource') : undefined),
    ]
    this.#pick(actions)?.()
  }
}

it.each(Array.from({ length: 25 }, (_, index) => index + 1))(
  'whatever peer and user do in whatever order, nothing fails and nothing is left (seed %i)',
  async (seed) => {
    const harness = new StackHarness()
    const stack = await harness.stack()
    const peer = await harness.peer()
    await new DialogWalk(harness, stack, peer, seed).walk(60)
    expect(stack.errors).toEqual([])
    // Fails when a leg, a subscription or a transaction is left.
    await harness.close()
  },
)
