import { CodedPages } from './coded-pages.ts'
import type { FaxEndReason } from './fax-end-reason.ts'
import { type FaxRate, ratesOf } from './fax-modems.ts'
import type { FaxSignal } from './fax-signal.ts'
import { formatFor, type PageFormatSent } from './page-for-terminal.ts'
import type { FaxPage } from './page-reader.ts'
import { SentBlock } from './sent-block.ts'
import { buildDcs, buildIdent, buildT30Command, FCF, readDis, readIdent, type T30Capabilities, type T30Frame } from './t30-frame.ts'

/** T1: so long the calling terminal waits for one that says who it is (ITU-T T.30 section 5.4.3.1, as are those below). */
const IDENTIFY_MS = 40_000
/** T4: so long it waits for an answer, so often it asks. */
const [ANSWER_MS, MAX_ASKED] = [3_500, 3]
/** T5: so long a terminal may say that it is not ready (annex A 5.4). */
const NOT_READY_MS = 60_000
/** The training check is that long (T.30 5.3.6.1.3). */
const TRAINING_MS = 1_500
const OCTET_BITS = 8
/** So often a block is corrected at one rate (annex A 4.3), and a page sent that the receiver finds too bad. */
const [MAX_CORRECTIONS, MAX_REFUSALS] = [4, 3]
const MAX_TRAININGS = 20

/** What the sender asks of the terminal around it. */
export interface T30CallerLine {
  /** @returns when it is said */
  say(signals: readonly FaxSignal[], nowMs: number): number
  /** The receiver has confirmed the next page. */
  pageSent(): void
  /** Once. */
  over(reason: FaxEndReason): void
}

export interface T30SenderOptions {
  readonly ident: string
  readonly pages: readonly FaxPage[]
  readonly hasCorrection: boolean
  /** By modems of ours: there is none of V.17. */
  readonly isSound: boolean
  readonly maxBitRate: number
}

type State = 'listening' | 'training' | 'page' | 'correcting' | 'not-ready' | 'over'

/** The calling terminal of ITU-T T.30, which sends documents. Pure: times come with each event. */
export class T30Sender {
  readonly #line: T30CallerLine
  readonly #options: T30SenderOptions
  readonly #coded: CodedPages
  #state: State = 'listening'
  #deadlineMs = Infinity
  /** Until then it speaks itself, and hears nothing: the line is for one at a time. */
  #speaksUntilMs = 0
  #capabilities: T30Capabilities | undefined
  #rates: readonly FaxRate[] = []
  #format: PageFormatSent | undefined
  #page = 0
  #sent: SentBlock | undefined
  #trainings = 0
  #refusals = 0
  #corrections = 0
  #notReadySinceMs: number | undefined
  #lastCommand: readonly FaxSignal[] = []
  #asked = 0
  remoteIdent = ''

  constructor(line: T30CallerLine, options: T30SenderOptions) {
    this.#line = line
    this.#options = options
    this.#coded = new CodedPages(options.pages)
  }

  /** undefined: it never came to a training check. */
  get bitRate(): number | undefined {
    return this.#format === undefined ? undefined : this.#rates[0]?.long.bitRate
  }

  get hasCorrection(): boolean {
    return this.#format?.hasCorrection ?? false
  }

  start(nowMs: number): void {
    this.#deadlineMs = nowMs + IDENTIFY_MS
  }

  tick(nowMs: number): void {
    this.#prepare()
    if (nowMs < this.#deadlineMs) return
    if (this.#state === 'listening') return this.end(this.#capabilities === undefined ? 'NoFaxMachine' : 'ReceiverLost', nowMs)
    if (this.#asked >= MAX_ASKED) return this.end('ReceiverLost', nowMs)
    this.#ask(this.#lastCommand, nowMs, this.#asked + 1)
  }

  hearFrame({ fcf, isFinal, information }: T30Frame, nowMs: number): void {
    if (this.#state === 'over') return undefined
    if (fcf === FCF.DCN) return this.end('ReceiverStopped', nowMs)
    if (nowMs < this.#speaksUntilMs) return undefined
    if (fcf === FCF.CSI) this.remoteIdent = readIdent(information)
    // What precedes the DIS is no answer yet.
    if (!isFinal) return undefined
    if (fcf === FCF.CRP) return this.#lastCommand.length > 0 ? this.#ask(this.#lastCommand, nowMs, this.#asked + 1) : undefined
    if (fcf === FCF.DIS) return this.#hearCapabilities(information, nowMs)
    switch (this.#state) {
      case 'training':
        return this.#hearTrainingJudged(fcf, nowMs)
      case 'page':
      case 'not-ready':
        return this.#hearPageJudged(fcf, information, nowMs)
      case 'correcting':
        return fcf === FCF.CTR ? this.#sendBlock(nowMs, true) : undefined
      default:
        return undefined
    }
  }

  hearImage(): void {
    // A called terminal sends none.
  }

  loseImage(): void {
    // As above.
  }

  /** Somebody speaks: what was asked may be answered in a moment. */
  hearCarrier(nowMs: number): void {
    if (this.#state !== 'listening' && this.#state !== 'over' && nowMs >= this.#speaksUntilMs) this.#deadlineMs = Math.max(this.#deadlineMs, nowMs + ANSWER_MS)
  }

  hearSilence(): void {
    // Frames say when they are the last.
  }

  /** Says goodbye unless the receiver is gone. */
  end(reason: FaxEndReason, nowMs: number): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#deadlineMs = Infinity
    if (reason !== 'ReceiverStopped' && reason !== 'CallEnded') this.#line.say([frames(buildT30Command(FCF.DCN))], nowMs)
    this.#line.over(reason)
  }

  #hearCapabilities(information: Uint8Array, nowMs: number): void {
    // Behind a page it has not understood what came; before one, what we have chosen.
    if (this.#state !== 'listening' && this.#state !== 'training') return undefined
    const capabilities = readDis(information)
    if (!capabilities.receives) return this.end('UnsupportedDocument', nowMs)
    if (this.#rates.length === 0) this.#rates = ratesOf(capabilities.modems, this.#options)
    this.#capabilities = capabilities
    return this.#train(nowMs)
  }

  /** What the page will be, and a check whether the line is good enough for it. */
  #train(nowMs: number): void {
    const [page, capabilities, [rate]] = [this.#options.pages[this.#page], this.#capabilities, this.#rates]
    if (page === undefined || capabilities === undefined) return this.end('Completed', nowMs)
    if (rate === undefined || ++this.#trainings > MAX_TRAININGS) return this.end('TrainingFailed', nowMs)
    const format = formatFor(page, capabilities, this.#options.hasCorrection)
    if (format === undefined) return this.end('UnsupportedDocument', nowMs)
    this.#format = format
    this.#state = 'training'
    const dcs = buildDcs({ ...format, rateCode: rate.code, isAnyLength: capabilities.takesAnyLength })
    const check = new Uint8Array(Math.round((rate.long.bitRate * TRAINING_MS) / 1_000 / OCTET_BITS))
    const ident = buildIdent(FCF.TSI | X_BIT, this.#options.ident)
    return this.#ask([frames(ident, dcs), { kind: 'picture', modem: rate.long, octets: check }], nowMs)
  }

  #hearTrainingJudged(fcf: number, nowMs: number): void {
    if (fcf === FCF.FTT) {
      this.#rates = this.#rates.slice(1)
      return this.#train(nowMs)
    }
    return fcf === FCF.CFR ? this.#sendPage(nowMs) : undefined
  }

  #sendPage(nowMs: number): void {
    const [format, [rate]] = [this.#format, this.#rates]
    const octets = format === undefined || rate === undefined ? undefined : this.#coded.take(this.#page, format, rate.short.bitRate)
    if (octets === undefined || format === undefined || rate === undefined) return this.end('Completed', nowMs)
    this.#corrections = 0
    if (format.hasCorrection) {
      this.#sent = new SentBlock(octets, this.#page)
      return this.#sendBlock(nowMs, false)
    }
    this.#sent = undefined
    this.#state = 'page'
    const command = frames(buildT30Command(this.#whatFollows()))
    return this.#awaitAnswer([{ kind: 'picture', modem: rate.short, octets }, command], [command], nowMs)
  }

  /** Codes some of the page that is sent next, while the one before it or a check of the line is under way. */
  #prepare(): void {
    const [format, [rate]] = [this.#format, this.#rates]
    if (format === undefined || rate === undefined) return
    if (this.#state === 'training') this.#coded.prepare(this.#page, format, rate.short.bitRate)
    if (this.#state === 'page' && this.#whatFollows() === FCF.MPS) this.#coded.prepare(this.#page + 1, format, rate.short.bitRate)
  }

  /** The frames of a block that are to be sent, and what follows them (annex A 4.2). */
  #sendBlock(nowMs: number, isAnew: boolean): void {
    const [block, [rate]] = [this.#sent, this.#rates]
    if (block === undefined || rate === undefined) return this.end('TrainingFailed', nowMs)
    this.#state = 'page'
    const command = frames(block.endOfBlock(this.#whatFollows()))
    return this.#awaitAnswer([{ kind: 'block', modem: isAnew ? rate.long : rate.short, frames: block.frames() }, command], [command], nowMs)
  }

  /** EOP, MPS, or EOM where the next page is another kind of paper. */
  #whatFollows(): number {
    const next = this.#options.pages[this.#page + 1]
    if (next === undefined || this.#capabilities === undefined) return FCF.EOP
    const format = formatFor(next, this.#capabilities, this.#options.hasCorrection)
    const isSame = format !== undefined && format.columns === this.#format?.columns && format.rowsPerMetre === this.#format.rowsPerMetre
    return isSame ? FCF.MPS : FCF.EOM
  }

  #hearPageJudged(fcf: number, information: Uint8Array, nowMs: number): void {
    switch (fcf) {
      case FCF.MCF:
      case FCF.PIP:
      case FCF.ERR:
        return this.#takeConfirmation(false, nowMs)
      case FCF.RTP:
        return this.#takeConfirmation(true, nowMs)
      case FCF.RTN:
      case FCF.PIN:
        return this.#takeRefusal(nowMs)
      case FCF.PPR:
        return this.#correct(information, nowMs)
      case FCF.RNR:
        return this.#waitUntilReady(nowMs)
      default:
        return undefined
    }
  }

  #takeConfirmation(isToTrain: boolean, nowMs: number): void {
    this.#notReadySinceMs = undefined
    this.#corrections = 0
    if (this.#sent?.next() === true) return this.#sendBlock(nowMs, false)
    const followed = this.#whatFollows()
    this.#page++
    this.#refusals = 0
    this.#trainings = 0
    this.#line.pageSent()
    if (followed === FCF.EOP) return this.end('Completed', nowMs)
    if (followed === FCF.MPS) return isToTrain ? this.#train(nowMs) : this.#sendPage(nowMs)
    // After an EOM the receiver begins anew, with its DIS.
    this.#state = 'listening'
    this.#deadlineMs = nowMs + IDENTIFY_MS
    return undefined
  }

  /** The same page again, more slowly. */
  #takeRefusal(nowMs: number): void {
    if (++this.#refusals >= MAX_REFUSALS) return this.end('PageRefused', nowMs)
    if (this.#rates.length > 1) this.#rates = this.#rates.slice(1)
    return this.#train(nowMs)
  }

  /** @param missing a bit for each frame (annex A 4.3) */
  #correct(missing: Uint8Array, nowMs: number): void {
    if (this.#sent === undefined) return undefined
    this.#sent.keepMissing(missing)
    if (++this.#corrections % MAX_CORRECTIONS !== 0) return this.#sendBlock(nowMs, false)
    // The line is too bad for this rate: the block goes on at the next one.
    this.#rates = this.#rates.slice(1)
    const [rate] = this.#rates
    if (rate === undefined || this.#format === undefined) return this.end('TrainingFailed', nowMs)
    this.#state = 'correcting'
    const dcs = buildDcs({ ...this.#format, rateCode: rate.code, isAnyLength: this.#capabilities?.takesAnyLength === true })
    // Its field is the first two octets of a DCS (T.30 5.3.6.2.9).
    return this.#ask([frames(buildT30Command(FCF.CTC, dcs.subarray(FRAME_HEAD_OCTETS, FRAME_HEAD_OCTETS + 2)))], nowMs)
  }

  #waitUntilReady(nowMs: number): void {
    this.#notReadySinceMs ??= nowMs
    if (nowMs - this.#notReadySinceMs >= NOT_READY_MS) return this.end('ReceiverLost', nowMs)
    this.#state = 'not-ready'
    return this.#ask([frames(buildT30Command(FCF.RR))], nowMs)
  }

  #ask(command: readonly FaxSignal[], nowMs: number, asked = 1): void {
    this.#awaitAnswer(command, command, nowMs, asked)
  }

  /** @param again what is said when nothing is heard */
  #awaitAnswer(signals: readonly FaxSignal[], again: readonly FaxSignal[], nowMs: number, asked = 1): void {
    this.#lastCommand = again
    this.#asked = asked
    this.#speaksUntilMs = this.#line.say(signals, nowMs)
    this.#deadlineMs = this.#speaksUntilMs + ANSWER_MS
  }
}

/** The station that has heard a DIS sets it (T.30 5.3.6.1). */
const X_BIT = 0x80
const FRAME_HEAD_OCTETS = 3

function frames(...said: readonly Uint8Array[]): FaxSignal {
  return { kind: 'frames', frames: said }
}
