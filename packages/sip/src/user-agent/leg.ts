import type { DialogReference } from '../dialog/index.ts'
import type { Header, SipMessage, SipRequest } from '../message/index.ts'
import type { RemoteAddress } from '../transport/index.ts'
import type { DialogUser } from './dialog-user.ts'
import { LegEventQueue } from './leg-event-queue.ts'
import { methodsNamedIn, optionTagsNamedIn } from './named-abilities.ts'
import type { LegEvent, SipLeg } from './sip-leg.ts'
import type { StandingDialog } from './standing-dialog.ts'
import type { StandingInvite, StandingLeg } from './standing-invite.ts'
import type { UserAgent } from './user-agent.ts'

/** What a leg is before its dialog is confirmed: an INVITE of ours or of the peer. */
export interface EarlyCall {
  readonly standing: StandingInvite | undefined
  hangUp(headers: readonly Header[]): void
  /** Offers by UPDATE, if that is possible now. */
  offer(body: string): void
  /** Whether there is an early dialog with this tag of the peer. */
  hasRemoteTag(tag: string): boolean
  /** A request that carries our tag and the right Call-ID. */
  receive(request: SipRequest, source: RemoteAddress, key: string): void
}

/** What a leg is afterwards: its confirmed dialog. */
export interface LegSession extends Omit<DialogUser, 'localTag'> {
  readonly remote: RemoteAddress
  readonly standing: StandingDialog | undefined
  hasRemoteTag(tag: string): boolean
  bye(headers: readonly Header[]): void
  /** @param byUpdate by UPDATE if the peer takes that */
  giveWay(): boolean
  cancelOffer(): void
  offer(body: string, byUpdate?: boolean): void
  refer(referTo: string, headers: readonly Header[]): void
  info(contentType: string, body: string): void
}

export interface LegOptions {
  readonly userAgent: UserAgent
  readonly direction: 'incoming' | 'outgoing'
  readonly localTag: string
  readonly callId: string
  readonly remote: RemoteAddress
  readonly early: EarlyCall
}

const NOTHING: ReadonlySet<string> = new Set()

/** One side of a call, from its INVITE to the end. */
export class Leg implements SipLeg, DialogUser {
  /** Our tag: unique among all legs. */
  readonly id: string
  readonly callId: string
  readonly direction: 'incoming' | 'outgoing'
  readonly #userAgent: UserAgent
  readonly #remote: RemoteAddress
  readonly #events: LegEventQueue
  #early: EarlyCall | undefined
  #session: LegSession | undefined
  #terminated = false
  #remoteAllow: ReadonlySet<string> = NOTHING
  #remoteSupported: ReadonlySet<string> = NOTHING

  /** Enters the table of legs, until `forget`. */
  constructor(options: LegOptions) {
    this.id = options.localTag
    this.callId = options.callId
    this.direction = options.direction
    this.#userAgent = options.userAgent
    this.#remote = options.remote
    this.#early = options.early
    this.#events = new LegEventQueue(options.userAgent.logger)
    options.userAgent.legs.set(this.id, this)
  }

  get localTag(): string {
    return this.id
  }

  get state(): 'early' | 'confirmed' | 'terminated' {
    if (this.#terminated) return 'terminated'
    return this.#session === undefined ? 'early' : 'confirmed'
  }

  get remote(): RemoteAddress {
    return this.#session?.remote ?? this.#remote
  }

  get standing(): StandingLeg | undefined {
    return this.#terminated ? undefined : (this.#session ?? this.#early)?.standing
  }

  get remoteAllow(): ReadonlySet<string> {
    return this.#remoteAllow
  }

  supports(optionTag: string): boolean {
    return this.#remoteSupported.has(optionTag.toLowerCase())
  }

  /** Whether this is the dialog (RFC 3891 3). An early leg of ours may have several (forks). */
  matches(reference: DialogReference): boolean {
    const dialogs = this.#session ?? this.#early
    return reference.localTag === this.id && reference.callId === this.callId && dialogs?.hasRemoteTag(reference.remoteTag) === true
  }

  /** Takes note of what a message of the peer says it can do (RFC 3261 20.5, 20.37). */
  noteAbilities(message: SipMessage): void {
    this.#remoteAllow = methodsNamedIn(message) ?? this.#remoteAllow
    this.#remoteSupported = optionTagsNamedIn(message) ?? this.#remoteSupported
  }

  onEvent(handler: (event: LegEvent) => void): void {
    this.#events.setHandler(handler)
  }

  bye(headers: readonly Header[] = []): void {
    if (this.#terminated) return
    if (this.#session === undefined) this.#early?.hangUp(headers)
    else this.#session.bye(headers)
  }

  reinvite(body: string): void {
    if (this.#session !== undefined) this.#session.offer(body)
    // 491: an INVITE is under way, the one that opens the call.
    else if (!this.#terminated) this.emit({ type: 'reinviteRejected', statusCode: 491 })
  }

  giveWay(): boolean {
    return this.#session?.giveWay() ?? false
  }

  cancelReinvite(): void {
    this.#session?.cancelOffer()
  }

  update(body: string): void {
    if (this.#session !== undefined) this.#session.offer(body, true)
    else this.#early?.offer(body)
  }

  refer(referTo: string, headers: readonly Header[] = []): void {
    if (this.#session !== undefined) this.#session.refer(referTo, headers)
    else if (!this.#terminated) this.emit({ type: 'referRejected', statusCode: 491 })
  }

  info(contentType: string, body: string): void {
    this.#session?.info(contentType, body)
  }

  /** The INVITE has been answered. */
  confirm(session: LegSession): void {
    this.#session = session
    this.#early = undefined
  }

  /** @returns false when the handler threw */
  emit(event: LegEvent): boolean {
    return this.#events.emit(event)
  }

  /** The call is over for its user; the stack may still be busy with BYE. */
  end(lastEvent?: LegEvent): void {
    if (this.#terminated) return
    this.#terminated = true
    this.#early = undefined
    if (lastEvent !== undefined) this.emit(lastEvent)
  }

  /** Nothing more will happen to the dialog. */
  forget(): void {
    this.#userAgent.legs.delete(this.id)
    this.#events.close()
  }

  /** Serves a request whose To tag is ours. */
  receive(request: SipRequest, source: RemoteAddress, key: string): void {
    if (this.#session !== undefined) this.#session.receive(request, source, key)
    else if (this.#early !== undefined && request.callId === this.callId) this.#early.receive(request, source, key)
    else this.#userAgent.reply(request, source, 481)
  }

  receiveAck(ack: SipRequest): void {
    if (ack.callId === this.callId) this.#session?.receiveAck(ack)
  }
}
