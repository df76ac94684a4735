import type { OutgoingInviteOptions } from '../src/index.ts'
import { ANSWER, describeMessage, OFFER, type RawPeer } from './raw-peer.ts'
import { LegWatch, type RunningStack, StackHarness } from './stack-harness.ts'

/** A stack that calls a raw peer, step by step. */
export class CallingParty {
  readonly harness: StackHarness
  readonly caller: RunningStack
  readonly peer: RawPeer

  private constructor(harness: StackHarness, caller: RunningStack, peer: RawPeer) {
    this.harness = harness
    this.caller = caller
    this.peer = peer
  }

  static async open(): Promise<CallingParty> {
    const harness = new StackHarness()
    return new CallingParty(harness, await harness.stack(), await harness.peer())
  }

  /** An INVITE that has reached the peer. */
  async call(more: Partial<OutgoingInviteOptions> = {}) {
    const parties = { uri: 'sip:bob@test', to: this.peer.address, from: '<sip:alice@test>', toHeader: '<sip:bob@test>' }
    const out = this.caller.stack.invite({ ...parties, headers: [], body: OFFER, ...more })
    return { out, watch: new LegWatch(out.leg), invite: await this.peer.nextRequest('INVITE') }
  }

  /** … and has been answered. */
  async connect(more: Partial<OutgoingInviteOptions> = {}) {
    const call = await this.call(more)
    this.peer.respond(call.invite, 200, { body: ANSWER })
    await call.watch.next('answered')
    return { ...call, ack: await this.peer.nextRequest('ACK') }
  }

  /** Takes the BYE of the stack and answers it. */
  async acceptBye(): Promise<void> {
    this.peer.respond(await this.peer.nextRequest('BYE'), 200)
    await this.drained()
  }

  /** What the stack has sent until now, in words. */
  async drained(): Promise<readonly string[]> {
    return (await this.peer.drain(this.caller.udp)).map(describeMessage)
  }

  close(): Promise<void> {
    return this.harness.close()
  }
}
