import type { IncomingInvite, SipStackOptions } from '../src/index.ts'
import { Arrivals } from './arrivals.ts'
import { ANSWER, describeMessage, OFFER, type RawPeer, type RequestParts } from './raw-peer.ts'
import { LegWatch, type RunningStack, StackHarness } from './stack-harness.ts'

export const CALL = { method: 'INVITE', callId: 'call', branch: 'z9hG4bKinvite', body: OFFER } as const

/** A stack that is called by a raw peer, step by step. */
export class CalledParty {
  readonly harness: StackHarness
  readonly callee: RunningStack
  readonly peer: RawPeer
  readonly invites = new Arrivals<IncomingInvite>()

  private constructor(harness: StackHarness, callee: RunningStack, peer: RawPeer) {
    this.harness = harness
    this.callee = callee
    this.peer = peer
    callee.stack.onInvite((invite) => this.invites.push(invite))
  }

  static async open(options: Partial<SipStackOptions> = {}): Promise<CalledParty> {
    const harness = new StackHarness()
    return new CalledParty(harness, await harness.stack(options), await harness.peer())
  }

  request(parts: RequestParts): string {
    return this.peer.request({ callId: 'call', ...parts }, this.callee.udp)
  }

  /** An INVITE that has got its 100. */
  async ring() {
    const text = this.request(CALL)
    const invite = await this.invites.next()
    await this.peer.nextResponse(100)
    return { text, invite, watch: new LegWatch(invite.leg), to: `<sip:stack@127.0.0.1>;tag=${invite.leg.id}` }
  }

  /** … and its 200. */
  async answer() {
    const call = await this.ring()
    call.invite.answer({ body: ANSWER })
    return { ...call, response: await this.peer.nextResponse(200) }
  }

  acknowledge(to: string, sequence = 1): void {
    this.request({ method: 'ACK', to, sequence })
  }

  /** … and its ACK. */
  async connect() {
    const call = await this.answer()
    this.acknowledge(call.to)
    await call.watch.next('acknowledged')
    return call
  }

  async hangUp(to: string): Promise<void> {
    this.request({ method: 'BYE', to, sequence: 100 })
    await this.peer.nextResponse(200, 'BYE')
  }

  /** What the stack has sent until now, in words. */
  async drained(): Promise<readonly string[]> {
    return (await this.peer.drain(this.callee.udp)).map(describeMessage)
  }

  close(): Promise<void> {
    return this.harness.close()
  }
}
