import { randomInt } from 'node:crypto'
import { err, ok, type Result } from '@dialtone/foundation'
import { passDescription } from '../../sdp/pass-description.ts'
import { signDescription, type LocalEndpoint, type SentDescription } from '../../sdp/sent-description.ts'
import type { FaxReceiver, MediaEvent, MediaFailure, MediaReport, MediaSession, MediaSide, PartyKeys, RecordingOrder } from '../media-engine.ts'
import { OwnKeys } from './own-keys.ts'
import { PASSED, unmeasuredReport } from './unmeasured-report.ts'

/**
 * A session without media of ours: no ports, no worker, descriptions go from side to side. What needs packets, our own end and digits, is
 * refused; nothing is measured, and nobody notices silence.
 */
export class UnanchoredSession implements MediaSession {
  readonly id: string
  readonly isAnchored = false
  readonly fax: FaxReceiver = {
    offer: noMedia,
    accept: noMedia,
    answer: noMedia,
    join: noMedia,
    receive: (side, order) => this.#failFax(side, order.faxId),
    send: (side, fax) => this.#failFax(side, fax.faxId),
    stop: () => undefined,
  }
  readonly #address: string
  readonly #onClose: () => void
  readonly #sent: Partial<Record<MediaSide, SentDescription>> = {}
  /** What the side a is told; b is told the next one. Drawn when it is asked for: there is no session without a description. */
  #firstSessionId: number | undefined
  #handler: ((event: MediaEvent) => void) | undefined
  #report: Promise<MediaReport> | undefined

  constructor(options: { readonly id: string; readonly address: string; readonly onClose: () => void }) {
    this.id = options.id
    this.#address = options.address
    this.#onClose = options.onClose
  }

  relayOffer(from: MediaSide, sdp: string): Result<string, MediaFailure> {
    return this.#pass(from, sdp)
  }

  relayAnswer(from: MediaSide, sdp: string): Result<string, MediaFailure> {
    return this.#pass(from, sdp)
  }

  answerBoth(offers: Readonly<Record<MediaSide, string>>): Result<Readonly<Record<MediaSide, string>>, MediaFailure> {
    const [a, b] = [this.#pass('b', offers.b), this.#pass('a', offers.a)]
    if (!a.ok) return a
    return b.ok ? ok({ a: a.value, b: b.value }) : b
  }

  answerLocally(): Result<string, MediaFailure> {
    return noMedia()
  }

  /** An offer of no streams (RFC 3264 section 5 allows it): there is nothing here that could be offered. */
  offerLocally(side: MediaSide): string {
    const local = this.#endpoint(side)
    const origin = { username: '-', sessionId: local.sessionId, sessionVersion: '0', addressType: 'IP4', address: local.address }
    const sent = signDescription({ origin, sessionName: '-', fields: [{ type: 't', value: '0 0' }], media: [] }, local, this.#sent[side])
    this.#sent[side] = sent
    return sent.text
  }

  acceptLocally(): Result<void, MediaFailure> {
    return noMedia()
  }

  playInstead(): boolean {
    return false
  }

  play(): void {}

  record(side: MediaSide, { recordingId }: RecordingOrder): void {
    queueMicrotask(() => this.#handler?.({ type: 'recorded', side, recordingId, durationMs: 0, reason: 'failed' }))
  }

  stopRecording(): void {}

  joinMix(): Result<void, MediaFailure> {
    return noMedia()
  }

  announceInMix(): boolean {
    return false
  }

  leaveMix(): void {}

  release(): void {}

  handOff(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  continueStream(): void {}

  keysOf(): PartyKeys {
    return new OwnKeys()
  }

  welcome(): void {}

  takesDigits(): boolean {
    return false
  }

  sendDigit(): boolean {
    return false
  }

  holdKeys(): void {}

  onEvent(handler: (event: MediaEvent) => void): void {
    this.#handler = handler
  }

  close(): Promise<MediaReport> {
    if (this.#report === undefined) this.#onClose()
    this.#report ??= Promise.resolve(unmeasuredReport(PASSED))
    return this.#report
  }

  #failFax(side: MediaSide, faxId: string): void {
    const end = { reason: 'CallEnded', remoteIdent: '', bitRate: undefined, hasCorrection: false, isSound: false } as const
    queueMicrotask(() => this.#handler?.({ type: 'faxed', side, faxId, end }))
  }

  #pass(from: MediaSide, text: string): Result<string, MediaFailure> {
    if (this.#report !== undefined) return err({ code: 'EngineStopped', message: 'the media session is closed' })
    const to = from === 'a' ? 'b' : 'a'
    const passed = passDescription({ text, local: this.#endpoint(to), sent: this.#sent[to] })
    if (!passed.ok) return passed
    this.#sent[to] = passed.value
    return ok(passed.value.text)
  }

  #endpoint(side: MediaSide): Pick<LocalEndpoint, 'address' | 'sessionId'> {
    this.#firstSessionId ??= randomInt(2 ** 47)
    return { address: this.#address, sessionId: String(this.#firstSessionId + (side === 'a' ? 0 : 1)) }
  }
}

function noMedia(): Result<never, MediaFailure> {
  return err({ code: 'UnsupportedMedia', message: 'the media of this session goes past us' })
}
