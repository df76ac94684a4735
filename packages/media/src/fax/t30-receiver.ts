import { CorrectionBlock } from './correction-block.ts'
import type { FaxEndReason } from './fax-end-reason.ts'
import { type FaxPage, PageReader } from './page-reader.ts'
import { buildDis, buildIdent, buildT30Frame, FCF, readDcs, readIdent, reverseBits, type T30Command, type T30Frame } from './t30-frame.ts'

/** T1: so long the called terminal says who it is (ITU-T T.30 section 5.4.3.2, as are those below). */
const IDENTIFY_MS = 35_000
/** T4: so long it waits for an answer to that before it says it again. */
const REPEAT_MS = 3_000
/** T2: so long nothing may come where something is due; 6 s, and the tolerance. */
const SILENCE_MS = 7_000
/** So long a page may take to be kept: the sender asks three times, 3 s apart, what came of it (T.30 5.4.1). */
const KEEP_MS = 8_000
/** After an EOM the document begins anew: the sender listens a moment later. */
const BEGIN_ANEW_MS = 1_000
/** The training check is that long (T.30 5.3.6.1.3). */
const TRAINING_MS = 1_500
/** Its zeros have to be there for half of that, and to be zeros but for one in ten; what our own modems heard, but for one in two hundred. */
const [LEAST_TRAINING, MOST_WRONG, MOST_WRONG_BY_SOUND] = [0.5, 0.1, 0.005]
const MAX_TRAININGS = 20
/** A page with more unreadable rows than that is asked for again (T.30 leaves the share to us). */
const MOST_BAD_ROWS = 0.15
const OCTET_BITS = 8

/** What the receiver asks of the terminal around it. */
export interface T30Line {
  /** Says frames, one signal. @returns when the last of them is over */
  say(frames: readonly Uint8Array[], nowMs: number): number
  /** One that the sender has finished is confirmed by `pageKept`, and not before. */
  page(page: FaxPage): void
  /** Once. */
  over(reason: FaxEndReason): void
}

type State = 'idle' | 'identifying' | 'training' | 'page' | 'keeping' | 'anew' | 'ending' | 'over'

/** The called terminal of ITU-T T.30, which receives documents. Pure: times come with each event. */
export class T30Receiver {
  readonly #line: T30Line
  readonly #ident: string
  readonly #hasCorrection: boolean
  readonly #isSound: boolean
  #state: State = 'idle'
  #deadlineMs = Infinity
  #identifyingSinceMs = 0
  #trainings = 0
  #training = { octets: 0, wrong: 0 }
  #command: T30Command | undefined
  #reader: PageReader | undefined
  #block = new CorrectionBlock()
  /** Of the block that was confirmed last: its counters. */
  #confirmed = ''
  /** A page that was asked for again: it counts when nothing better follows. */
  #rejected: FaxPage | undefined
  #lastAnswer: readonly Uint8Array[] = []
  /** What the page that is being kept ended with, and how it is confirmed then. */
  #keeping: { readonly fcf: number; readonly answer: number } | undefined
  /** What the last page ended with, while nothing of the next one has come. */
  #answered: number | undefined
  remoteIdent = ''

  constructor(line: T30Line, { ident, hasCorrection, isSound }: { readonly ident: string; readonly hasCorrection: boolean; readonly isSound: boolean }) {
    this.#line = line
    this.#ident = ident
    this.#hasCorrection = hasCorrection
    this.#isSound = isSound
  }

  /** What the sender chose last. */
  get command(): T30Command | undefined {
    return this.#command
  }

  start(nowMs: number): void {
    this.#identifyingSinceMs = nowMs
    this.#identify(nowMs)
  }

  tick(nowMs: number): void {
    if (nowMs < this.#deadlineMs) return
    switch (this.#state) {
      case 'identifying':
        if (nowMs - this.#identifyingSinceMs < IDENTIFY_MS) return this.#identify(nowMs)
        return this.end('NoFaxMachine', nowMs)
      case 'anew':
        return this.start(nowMs)
      case 'training':
        return this.#training.octets > 0 ? this.#judgeTraining(nowMs) : this.end('TrainingFailed', nowMs)
      default:
        return this.end(this.#state === 'keeping' ? 'NotKept' : 'SenderLost', nowMs)
    }
  }

  /** The page given last will be there whatever happens, or it will not: only then is it confirmed. */
  pageKept(isKept: boolean, nowMs: number): void {
    if (this.#state !== 'keeping' || this.#keeping === undefined) return
    const { fcf, answer } = this.#keeping
    this.#keeping = undefined
    if (isKept) this.#goOn(fcf, answer, nowMs)
    else this.end('NotKept', nowMs)
  }

  hearFrame({ fcf, isFinal, information }: T30Frame, nowMs: number): void {
    // It asks again what came of the page: it is told when that is known.
    if (this.#state === 'keeping' && fcf !== FCF.DCN) return undefined
    switch (fcf) {
      case FCF.TSI:
        this.remoteIdent = readIdent(information)
        return this.#expect(SILENCE_MS, nowMs)
      case FCF.DCS:
        return this.#obey(information, nowMs)
      case FCF.FCD:
        return this.#takeFrame(information, nowMs)
      case FCF.DCN:
        return this.end('SenderStopped', nowMs)
      case FCF.CTC:
        return isFinal && this.#state === 'page' ? this.#answer([buildT30Frame(FCF.CTR)], nowMs) : undefined
      case FCF.CRP:
        return this.#lastAnswer.length > 0 ? this.#answer(this.#lastAnswer, nowMs) : undefined
      case FCF.PPS:
        return this.#endBlock(information, nowMs)
      case FCF.EOR:
        return this.#giveBlockUp(information, nowMs)
      default:
        return ENDS_OF_PAGE.has(fcf) ? this.#endPage(fcf & ~PRIORITY, nowMs) : undefined
    }
  }

  /** Octets of a training check, or of a page without error correction. */
  hearImage(octets: Uint8Array, nowMs: number): void {
    if (this.#state === 'training') {
      this.#training.octets += octets.length
      for (const octet of octets) if (octet !== 0) this.#training.wrong++
      return this.#expect(TRAINING_MS, nowMs)
    }
    if (this.#state !== 'page') return undefined
    this.#answered = undefined
    this.#reader?.push(octets)
    return this.#expect(SILENCE_MS, nowMs)
  }

  /** Something of the image is missing. */
  loseImage(): void {
    if (this.#command?.hasCorrection !== true) this.#reader?.damage()
  }

  /** A signal begins. */
  hearCarrier(nowMs: number): void {
    if (this.#state === 'page' || this.#state === 'training') this.#expect(SILENCE_MS, nowMs)
  }

  /** A signal is over. */
  hearSilence(nowMs: number): void {
    if (this.#state === 'training' && this.#training.octets > 0) this.#judgeTraining(nowMs)
  }

  /** What there is of the document stays. Says goodbye unless it is the sender who left. */
  end(cause: FaxEndReason, nowMs: number): void {
    if (this.#state === 'over') return
    // The last page was confirmed: a goodbye is courtesy.
    const reason = this.#state === 'ending' ? 'Completed' : cause
    if (reason !== 'Completed' && reason !== 'SenderStopped' && reason !== 'CallEnded') this.#line.say([buildT30Frame(FCF.DCN)], nowMs)
    const wasRejected = this.#rejected !== undefined
    this.#state = 'over'
    this.#deadlineMs = Infinity
    if (this.#command?.hasCorrection === true) this.#readBlock()
    const unfinished = this.#reader?.finish(false)
    if (unfinished !== undefined) this.#line.page(unfinished)
    else if (this.#rejected !== undefined) this.#line.page({ ...this.#rejected, isComplete: false })
    this.#reader = undefined
    this.#line.over(reason === 'Completed' && wasRejected ? 'SenderStopped' : reason)
  }

  #identify(nowMs: number): void {
    this.#state = 'identifying'
    this.#answered = undefined
    this.#answer([buildIdent(FCF.CSI, this.#ident), buildDis({ hasCorrection: this.#hasCorrection, hasV17: !this.#isSound })], nowMs, REPEAT_MS)
  }

  #answer(frames: readonly Uint8Array[], nowMs: number, waitMs = SILENCE_MS): void {
    this.#lastAnswer = frames
    this.#deadlineMs = this.#line.say(frames, nowMs) + waitMs
  }

  #expect(waitMs: number, nowMs: number): void {
    if (this.#state !== 'over') this.#deadlineMs = nowMs + waitMs
  }

  #obey(information: Uint8Array, nowMs: number): void {
    if (this.#state === 'over') return undefined
    const command = readDcs(information)
    if (command === undefined || (command.hasCorrection && !this.#hasCorrection)) return this.end('UnsupportedDocument', nowMs)
    if (++this.#trainings > MAX_TRAININGS) return this.end('TrainingFailed', nowMs)
    this.#command = command
    this.#state = 'training'
    this.#training = { octets: 0, wrong: 0 }
    return this.#expect(SILENCE_MS, nowMs)
  }

  #judgeTraining(nowMs: number): void {
    const { octets, wrong } = this.#training
    const expected = ((this.#command?.bitRate ?? 0) * TRAINING_MS) / 1_000 / OCTET_BITS
    const isGood = octets >= expected * LEAST_TRAINING && wrong <= octets * (this.#isSound ? MOST_WRONG_BY_SOUND : MOST_WRONG)
    this.#training = { octets: 0, wrong: 0 }
    if (!isGood) {
      this.#state = 'identifying'
      return this.#answer([buildT30Frame(FCF.FTT)], nowMs)
    }
    this.#beginPage()
    return this.#answer([buildT30Frame(FCF.CFR)], nowMs)
  }

  #beginPage(): void {
    this.#state = 'page'
    this.#reader = this.#command === undefined ? undefined : new PageReader(this.#command)
    this.#block = new CorrectionBlock()
  }

  #takeFrame(information: Uint8Array, nowMs: number): void {
    if (this.#state !== 'page' || this.#command?.hasCorrection !== true) return
    this.#answered = undefined
    this.#block.take(information)
    this.#expect(SILENCE_MS, nowMs)
  }

  /** T.30 annex A 4.3: the end of a block, which may be that of the page. */
  #endBlock(information: Uint8Array, nowMs: number): void {
    const [end = 0, page, block, frames = 0] = information
    const counters = `${end} ${page} ${block}`
    if (this.#block.isEmpty && this.#confirmed === counters) return this.#answer(this.#lastAnswer, nowMs)
    if (this.#state !== 'page' || this.#command?.hasCorrection !== true) return undefined
    const missing = this.#block.missing(reverseBits(frames) + 1)
    if (missing !== undefined) return this.#answer([buildT30Frame(FCF.PPR, missing)], nowMs)
    this.#confirmed = counters
    this.#readBlock()
    return this.#confirm(end & ~X_BIT, FCF.MCF, nowMs)
  }

  /** T.30 annex A 4.4: the sender gives it up to have it complete. */
  #giveBlockUp(information: Uint8Array, nowMs: number): void {
    if (this.#state !== 'page' || this.#command?.hasCorrection !== true) return undefined
    this.#readBlock()
    return this.#confirm((information[0] ?? 0) & ~X_BIT, FCF.ERR, nowMs)
  }

  #readBlock(): void {
    for (const octets of this.#block.pieces()) {
      if (octets === undefined) this.#reader?.damage()
      else this.#reader?.push(octets)
    }
    this.#block = new CorrectionBlock()
  }

  #endPage(fcf: number, nowMs: number): void {
    // It has not heard our answer.
    if (this.#answered === fcf) return this.#answer(this.#lastAnswer, nowMs)
    if (this.#state !== 'page' || this.#command?.hasCorrection === true) return undefined
    return this.#confirm(fcf, FCF.MCF, nowMs)
  }

  /** @param fcf what follows: nothing (the page goes on), a page, a document, or the end */
  #confirm(fcf: number, answer: number, nowMs: number): void {
    if (fcf === 0) return this.#answer([buildT30Frame(answer)], nowMs)
    const page = this.#reader?.finish(true)
    this.#reader = undefined
    this.#answered = fcf
    if (this.#command?.hasCorrection !== true && (page === undefined || page.badRows > page.rows * MOST_BAD_ROWS)) {
      this.#rejected = page ?? this.#rejected
      this.#state = 'identifying'
      return this.#answer([buildT30Frame(FCF.RTN)], nowMs)
    }
    this.#rejected = undefined
    this.#trainings = 0
    if (page === undefined) return this.#goOn(fcf, answer, nowMs)
    this.#state = 'keeping'
    this.#keeping = { fcf, answer }
    this.#expect(KEEP_MS, nowMs)
    return this.#line.page(page)
  }

  #goOn(fcf: number, answer: number, nowMs: number): void {
    if (fcf === FCF.MPS) {
      this.#beginPage()
      return this.#answer([buildT30Frame(answer)], nowMs)
    }
    this.#state = fcf === FCF.EOM ? 'anew' : 'ending'
    return this.#answer([buildT30Frame(answer)], nowMs, fcf === FCF.EOM ? BEGIN_ANEW_MS : SILENCE_MS)
  }
}

const ENDS_OF_PAGE: ReadonlySet<number> = new Set([FCF.EOM, FCF.MPS, FCF.EOP, FCF.PRI_EOM, FCF.PRI_MPS, FCF.PRI_EOP])
/** An operator is wanted besides: there is none. */
const PRIORITY = 0x08
const X_BIT = 0x80
