import type { CallTarget, OtherCall, RouteAttempt, ServiceOrder } from '@dialtone/call-routing'
import { type Logger, newUuid, type Timer, type Timers } from '@dialtone/foundation'
import type { FaxSink, MediaEvent, MediaSession } from '@dialtone/media'
import type { ServiceDesk, ServiceTenant } from '../ports/service-desk.ts'
import { FaxReception, type FaxResult } from './fax-reception.ts'
import { MixPlace } from './mix-place.ts'
import type { Phrase } from './phrase.ts'
import type { QueueBoard, QueueSpot } from './queue-board.ts'
import type { RoomBoard } from './room-board.ts'
import type { ServiceEnd, ServiceProgram, ServiceReply, ServiceRequest } from './service-program.ts'

/** Keys pressed ahead of a question. */
const MAX_KEYS_AHEAD = 30
/** A recording whose end nobody reports is over all the same. */
const RECORDING_END_MS = 2_000
/** A program that asks that often without waiting for anything is broken. */
const MAX_STEPS_AT_ONCE = 100

export interface ServiceRunNeeds {
  readonly session: Pick<MediaSession, 'play' | 'record' | 'stopRecording' | 'joinMix' | 'announceInMix' | 'fax'>
  readonly desk: ServiceDesk
  readonly tenant: ServiceTenant
  readonly queues: QueueBoard
  /** Whether the queue is there, and an agent is logged in. */
  readonly isStaffed: (queueId: string) => boolean
  readonly rooms: RoomBoard
  readonly language: string
  readonly timers: Timers
  readonly logger: Logger
  readonly ring: (to: CallTarget, timeoutMs: number) => void
  /** Asks another call to let the caller listen; `attended` tells what came of it. */
  readonly attend: (sessionId: string) => void
  /** Begins a page. `live` and `over` are told once each, `over` alone when nobody answers. */
  readonly page: (order: Extract<ServiceOrder, { kind: 'page' }>, told: { readonly live: (mixId: string) => void; readonly over: () => void }) => Page
  /** @returns whether the other call does it */
  readonly sendOn: (call: OtherCall, dialed: string) => boolean
  /** Puts T.38 in place of the caller's speech; `faxAgreed` or `faxRefused` tells what came of it. */
  readonly fax: { readonly isAgreed: () => boolean; readonly offer: () => void; readonly received: (result: FaxResult) => void }
  readonly ended: (end: ServiceEnd) => void
}

/** A page that goes on. */
export interface Page {
  /** Phones that are rung or hear it. */
  readonly legCount: number
  stop(): void
}

type Request<Kind extends ServiceRequest['kind']> = Extract<ServiceRequest, { kind: Kind }>

/** Plays a program to the caller of one call (side `a`): performs what it asks for and gives it what came of it. */
export class ServiceRun {
  readonly #program: ServiceProgram
  readonly #needs: ServiceRunNeeds
  /** What the program waits for; answers to anything older are dropped. */
  #pending: ServiceRequest | undefined
  #turn = 0
  #steps = 0
  readonly #keys: string[] = []
  #playing = 0
  #timer: Timer | undefined
  #recording: { readonly pcm: Uint8Array[]; key: string | undefined } | undefined
  #callerIsGone = false
  #over = false
  #spot: QueueSpot | undefined
  /** It came while something was said: the next wait is none. */
  #isTurn = false
  readonly #place: MixPlace
  #page: Page | undefined
  #fax: FaxReception | undefined
  #isPageOver = false
  #settled: (() => void)[] = []

  constructor(program: ServiceProgram, needs: ServiceRunNeeds) {
    this.#program = program
    this.#needs = needs
    this.#place = new MixPlace(needs.session, needs.rooms)
  }

  start(): void {
    this.#resume({})
  }

  /** Legs of its own, besides the caller's. */
  get legCount(): number {
    return this.#page?.legCount ?? 0
  }

  key(key: string): void {
    const { kind } = this.#pending ?? {}
    if (kind === 'key') return this.#reply({ key })
    if (kind === 'play' && takesKey(this.#pending, key)) {
      this.#fallSilent()
      return this.#reply({ key })
    }
    if (this.#pending?.kind === 'record' && this.#recording !== undefined) {
      if (!this.#pending.endKeys.includes(key)) return undefined
      this.#recording.key = key
      return this.#stopRecording()
    }
    if (this.#keys.length < MAX_KEYS_AHEAD) this.#keys.push(key)
    return undefined
  }

  hear(event: MediaEvent): void {
    if (event.type === 'played' && this.#pending?.kind === 'play' && event.playId === String(this.#playing)) this.#reply({})
    if (event.type === 'recorded') this.#recorded(event.durationMs)
    this.#fax?.hear(event)
  }

  /** The caller speaks T.38 with us, or will not. */
  faxAgreed(): void {
    this.#fax?.agreed()
  }

  faxRefused(statusCode: number): void {
    this.#fax?.refused(statusCode)
  }

  /** How the ring that the program asked for ended, when nobody answered. */
  rung(outcome: RouteAttempt['outcome']): void {
    this.#spot?.ringing(false)
    if (this.#pending?.kind === 'ring') this.#reply({ outcome })
  }

  /** @param mixId what the other call is in now; undefined: it cannot be listened to */
  attended(mixId: string | undefined): void {
    if (this.#pending?.kind === 'attend') this.#reply({ mixId })
  }

  /** The caller is gone, or talks to somebody. What it said until now is kept, if the program recorded it. */
  stop(): void {
    if (this.#over || this.#callerIsGone) return
    this.#callerIsGone = true
    if (this.#pending?.kind === 'record') return this.#stopRecording()
    if (this.#pending?.kind === 'fax' && this.#fax?.stop() === true) return
    if (this.#pending?.kind !== 'ask') this.#finish(undefined)
    return undefined
  }

  /** Resolves when nothing of the program is left that needs the media session. */
  quiet(): Promise<void> {
    if (this.#recording === undefined && this.#fax?.isReceiving !== true) return Promise.resolve()
    return new Promise((resolve) => this.#settled.push(resolve))
  }

  #reply(reply: ServiceReply): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#pending = undefined
    this.#turn++
    this.#resume(reply)
  }

  #resume(reply: ServiceReply): void {
    if (this.#over) return
    if (++this.#steps > MAX_STEPS_AT_ONCE) return this.#fail('asks without waiting')
    let next: IteratorResult<ServiceRequest, ServiceEnd>
    try {
      next = this.#program.next(reply)
    } catch (error) {
      return this.#fail(String(error))
    }
    if (next.done === true) return this.#finish(next.value)
    this.#perform(next.value)
    this.#steps = 0
  }

  #perform(request: ServiceRequest): void {
    // Nobody listens any more: what can still be done is to keep what was said.
    if (this.#callerIsGone && request.kind !== 'ask') return this.#finish(undefined)
    this.#pending = request
    switch (request.kind) {
      case 'play':
        return this.#play(request)
      case 'music':
        this.#sound(request.phrases, true)
        return this.#reply({})
      case 'key': {
        const key = this.#keys.shift()
        if (key !== undefined) return this.#reply({ key })
        const timeoutMs = this.#isTurn ? 0 : request.timeoutMs
        this.#isTurn = false
        return this.#await(timeoutMs, {})
      }
      case 'pause':
        return this.#await(request.durationMs, {})
      case 'send-on':
        return this.#reply({ isDone: this.#needs.sendOn(request, request.dialed) })
      case 'record':
        return this.#record(request)
      case 'fax':
        return this.#receiveFax(request)
      case 'ask':
        return this.#ask(request)
      case 'join':
        this.#spot?.leave()
        this.#spot = this.#needs.queues.join(request.queueId, request.maxCallers, request.callerNumber)
        // Not in the step of the call that tells it.
        this.#spot?.whenNext(() => void this.#needs.timers.start(0, () => this.#turnHasCome()))
        return this.#reply(this.#placed())
      case 'callBack': {
        const { caller, calledNumber, dialed } = request
        this.#spot?.keepFor({ accountId: this.#needs.tenant.accountId, caller, calledNumber, dialed })
        return this.#reply({})
      }
      case 'look':
        return this.#reply(this.#placed())
      case 'enter':
        return this.#reply({ parties: this.#place.enter(request.roomId, request.maxParties, (parties) => this.#roomChanged(parties)) })
      case 'await':
        return this.#roomChanged(this.#place.parties)
      case 'mix':
        // Nothing that was to be heard before is heard any more.
        this.#playing++
        return this.#reply({ isMixed: this.#place.join(request.order) })
      case 'attend':
        return this.#needs.attend(request.sessionId)
      case 'announce':
        return this.#announce(request.phrases)
      case 'page':
        return this.#startPage(request)
      case 'page-over':
        return this.#isPageOver ? this.#reply({}) : undefined
      case 'ring':
        this.#spot?.ringing(true)
        return this.#needs.ring(request.to, request.timeoutMs)
    }
  }

  #announce(phrases: readonly Phrase[]): void {
    const turn = this.#turn
    const { desk, tenant, language } = this.#needs
    desk.clipsOf(tenant, phrases, language).then(
      (clips) => {
        if (this.#over || this.#turn !== turn) return undefined
        const durationMs = this.#place.announce(clips)
        return durationMs === undefined ? this.#reply({ isAnnounced: false }) : this.#await(durationMs, { isAnnounced: true })
      },
      (error: unknown) => this.#fail(String(error)),
    )
  }

  #startPage({ order }: Request<'page'>): void {
    const live = (mixId: string): void => {
      if (this.#pending?.kind === 'page') this.#reply({ mixId })
    }
    const over = (): void => {
      this.#isPageOver = true
      if (this.#pending?.kind === 'page' || this.#pending?.kind === 'page-over') this.#reply({})
    }
    this.#page = this.#needs.page(order, { live, over })
  }

  #roomChanged(parties: number | undefined): void {
    if (this.#pending?.kind === 'await' && this.#pending.parties !== parties) this.#reply({ parties })
  }

  #placed(): ServiceReply {
    return this.#spot === undefined ? {} : { place: this.#spot.look(), isStaffed: this.#needs.isStaffed(this.#spot.queueId) }
  }

  #play(request: Request<'play'>): void {
    const waiting = this.#keys[0]
    if (waiting !== undefined && takesKey(request, waiting)) {
      this.#keys.shift()
      return this.#reply({ key: waiting })
    }
    return this.#sound(request.phrases, false)
  }

  /** The sound is fetched first: it may be in a file. */
  #sound(phrases: readonly Phrase[], loop: boolean): void {
    const playing = ++this.#playing
    const { desk, tenant, language, session } = this.#needs
    desk.clipsOf(tenant, phrases, language).then(
      (clips) => {
        if (this.#over || this.#playing !== playing) return undefined
        if (clips.length === 0) return loop ? undefined : this.hear({ type: 'played', side: 'a', playId: String(playing) })
        return session.play('a', { kind: 'clips', playId: String(playing), clips, ...(loop ? { loop } : {}) })
      },
      (error: unknown) => this.#fail(String(error)),
    )
  }

  #record(request: Request<'record'>): void {
    const recording = { pcm: [] as Uint8Array[], key: undefined }
    this.#recording = recording
    const { maxDurationMs, silenceMs } = request
    this.#needs.session.play('a', { kind: 'silence' })
    this.#needs.session.record('a', { recordingId: String(this.#turn), maxDurationMs, silenceMs }, (pcm) => recording.pcm.push(pcm))
  }

  #stopRecording(): void {
    this.#needs.session.stopRecording('a')
    this.#timer = this.#needs.timers.start(RECORDING_END_MS, () => this.#recorded(undefined))
  }

  /** @param durationMs undefined: nobody said */
  #recorded(durationMs: number | undefined): void {
    const recording = this.#recording
    if (recording === undefined) return
    this.#recording = undefined
    const { pcm, key } = recording
    const measuredMs = pcm.reduce((sum, chunk) => sum + chunk.length, 0) / BYTES_PER_MS
    this.#reply({ key, recording: { pcm, durationMs: durationMs ?? measuredMs } })
    for (const resolve of this.#settled.splice(0)) resolve()
  }

  #receiveFax(request: Request<'fax'>): void {
    const { session, timers, fax, desk, tenant } = this.#needs
    const { ident, maxDurationMs, faxLineId, caller, calledNumber } = request
    const faxId = newUuid()
    const keep: FaxSink = async (page) => {
      const answer = await desk.ask(tenant, { kind: 'fax.page', faxId, faxLineId, caller, calledNumber, page })
      return answer?.kind === 'done' && answer.ok
    }
    const done = (result: FaxResult): void => {
      fax.received(result)
      if (this.#pending?.kind === 'fax') this.#reply({ fax: result })
      for (const resolve of this.#settled.splice(0)) resolve()
    }
    this.#playing++
    this.#fax = new FaxReception({ session, timers, ...fax, keep, done }, { faxId, ident, maxDurationMs })
    this.#fax.start()
  }

  #ask({ question }: Request<'ask'>): void {
    const turn = this.#turn
    const { desk, tenant, logger } = this.#needs
    desk
      .ask(tenant, question)
      .catch((error: unknown) => {
        logger.error('a service could not ask', { question: question.kind, error: String(error) })
        return undefined
      })
      .then((answer) => {
        if (this.#turn === turn) this.#reply({ answer })
      })
      .catch((error: unknown) => this.#fail(String(error)))
  }

  /** An agent may be there: the line is looked at before the end of the second, and of what is said of the place in it. */
  #turnHasCome(): void {
    if (this.#spot?.look().isNext !== true) return
    if (this.#pending?.kind === 'key') this.#reply({})
    else if (this.#pending?.kind === 'play' && this.#pending.untilTurn === true) {
      this.#isTurn = true
      this.#fallSilent()
      this.#reply({})
    }
  }

  #fallSilent(): void {
    this.#playing++
    this.#needs.session.play('a', { kind: 'silence' })
  }

  #await(delayMs: number, reply: ServiceReply): void {
    this.#timer = this.#needs.timers.start(delayMs, () => this.#reply(reply))
  }

  #fail(error: string): void {
    this.#needs.logger.error('a service of a call failed', { error })
    this.#finish({ kind: 'hangup' })
  }

  #finish(end: ServiceEnd | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#spot?.leave()
    this.#place.leave()
    this.#page?.stop()
    this.#fax?.stop()
    this.#pending = undefined
    this.#timer?.cancel()
    try {
      if (end === undefined) this.#program.return({ kind: 'hangup' })
    } catch (error) {
      this.#needs.logger.error('a service of a call failed at its end', { error: String(error) })
    }
    if (!this.#callerIsGone && end !== undefined) this.#needs.ended(end)
  }
}

/** 16-bit samples at 8000 Hz. */
const BYTES_PER_MS = 16

function takesKey(request: ServiceRequest | undefined, key: string): boolean {
  return request?.kind === 'play' && (request.interruptedBy === undefined || request.interruptedBy.includes(key))
}
