import type { FaxListener } from './fax-listener.ts'
import { modulationOf } from './fax-modems.ts'
import { FrameFinder } from './modem/hdlc-frames.ts'
import { SAMPLE_RATE_HZ } from './modem/line-level.ts'
import { modulationNamed } from './modem/modulation-named.ts'
import type { QamModulation } from './modem/qam-modulation.ts'
import { QamReceiver } from './modem/qam-receiver.ts'
import { V21Receiver } from './modem/v21-receiver.ts'
import { FCF, parseT30Frame, rateCodeOf, readDcs } from './t30-frame.ts'

const OCTET_BITS = 8
/** A training check that could not be understood: it is no zeros. */
const NOT_UNDERSTOOD = Uint8Array.of(0xff)
/** So much is handed on in one go at most; of a training check all, when it is over: 1.5 s. */
const [MOST_OCTETS, MOST_OF_CHECK] = [64, 4_096]
/** Where a training check ends its last bits are of the silence behind it. */
const CHECK_TAIL_MS = 60
/** What a gap spoils behind it: elements that the equalizer sees, bits that the scrambler does. */
const [SPOILED_ELEMENTS, SPOILED_BITS] = [30, 23]
/** The end of a training is found that much later: what is lost meanwhile is of the first bits. */
const FOUND_MS = 150

/**
 * What a fax machine hears in the sound of a call: frames in V.21, and what a DCS has announced in its modulation. Which modem is meant no sound says; so
 * the commands that say it are listened to here as well.
 */
export class SoundEar {
  readonly #listener: FaxListener
  readonly #isDeaf: () => boolean
  readonly #control: V21Receiver
  readonly #frames: FrameFinder
  #modulation: QamModulation = modulationNamed(undefined)
  #picture: QamReceiver | undefined
  /** The next picture is a training check. */
  #isCheck = false
  #hasCorrection = false
  readonly #octets = new Uint8Array(MOST_OF_CHECK)
  #bits = 0
  /** So many bits are of what never came. */
  #spoiled = 0
  #missedMs = -Infinity
  /** What sounds was V.21 at some time: no picture that could not be understood. */
  #wasControl = false
  #nowMs = 0

  /** @param isDeaf it has gone, whatever is said to it */
  constructor(listener: FaxListener, isDeaf: () => boolean) {
    this.#listener = listener
    this.#isDeaf = isDeaf
    const frame = (octets: Uint8Array): void => this.#hearFrame(octets)
    this.#control = new V21Receiver({ frame, flags: () => this.#hearFlags(), silence: () => listener.hearSilence(this.#nowMs) })
    this.#frames = new FrameFinder({ frame, flags: () => undefined })
  }

  /** The other machine speaks. */
  get isBusy(): boolean {
    return this.#control.isBusy || this.#picture?.isTrained === true
  }

  hear(samples: Int16Array, nowMs: number): void {
    this.#nowMs = nowMs
    if (this.#picture?.isTrained !== true) this.#control.hear(samples)
    this.#picture?.hear(samples)
    // Whether or not it can be understood, somebody speaks.
    if (this.#picture?.isHearing === true) this.#listener.hearCarrier(nowMs)
    if (!this.#isCheck) this.#handOn()
  }

  /** So many samples never came. */
  miss(count: number, nowMs: number): void {
    this.#nowMs = this.#missedMs = nowMs
    if (this.#picture?.isTrained !== true) this.#control.miss(count)
    else this.#spoil(count)
    this.#picture?.miss(count)
    if (!this.#isCheck) this.#handOn()
  }

  /** We speak ourselves: what comes is an echo of that. */
  deafen(): void {
    this.#control.reset()
    this.#picture?.reset()
  }

  /** A training check tells how good the modems hear each other: what is lost on the way is another matter. */
  #spoil(count: number): void {
    if (!this.#isCheck) return this.#listener.loseImage()
    const { bitRate, bitsPerSymbol } = this.#modulation
    this.#spoiled = Math.round((count * bitRate) / SAMPLE_RATE_HZ) + SPOILED_ELEMENTS * bitsPerSymbol + SPOILED_BITS
  }

  #hearFlags(): void {
    this.#wasControl = true
    this.#listener.hearCarrier(this.#nowMs)
  }

  #hearFrame(octets: Uint8Array): void {
    const frame = parseT30Frame(octets)
    if (frame === undefined || this.#isDeaf()) return
    const { fcf, information } = frame
    if (fcf === FCF.DCS || fcf === FCF.CTC) this.#expectPictures(rateCodeOf(information))
    if (fcf === FCF.DCS) {
      this.#isCheck = true
      this.#hasCorrection = readDcs(information)?.hasCorrection === true
    }
    this.#listener.hearFrame(frame, this.#nowMs)
  }

  #expectPictures(rateCode: number): void {
    this.#modulation = modulationNamed(modulationOf(rateCode))
    this.#picture = new QamReceiver(this.#modulation, {
      trained: () => this.#beginPicture(),
      bit: (bit) => this.#takeBit(bit),
      end: (wasTrained) => this.#endPicture(wasTrained),
    })
  }

  #beginPicture(): void {
    // Where its echo is late, V.21 of ours seems to go on.
    this.#control.reset()
    this.#wasControl = false
    this.#bits = 0
    this.#spoiled = 0
    if (this.#nowMs - this.#missedMs < FOUND_MS) this.#spoil((FOUND_MS * SAMPLE_RATE_HZ) / 1_000)
    this.#frames.reset()
    this.#listener.hearCarrier(this.#nowMs)
  }

  #takeBit(bit: number): void {
    if (this.#hasCorrection && !this.#isCheck) return this.#frames.push(bit)
    if (this.#isCheck && this.#spoiled > 0) {
      this.#spoiled--
      return undefined
    }
    const place = this.#bits >> 3
    if (this.#bits % OCTET_BITS === 0) this.#octets[place] = 0
    if (bit === 1) this.#octets[place] = (this.#octets[place] ?? 0) | (0x80 >> (this.#bits % OCTET_BITS))
    this.#bits++
    return this.#bits === (this.#isCheck ? MOST_OF_CHECK : MOST_OCTETS) * OCTET_BITS ? this.#handOn() : undefined
  }

  /** The octets that are whole; what is begun goes on. */
  #handOn(): void {
    const whole = this.#bits >> 3
    if (whole === 0) return
    const octets = this.#octets.slice(0, whole)
    this.#octets[0] = this.#octets[whole] ?? 0
    this.#bits -= whole * OCTET_BITS
    if (!this.#isDeaf()) this.#listener.hearImage(octets, this.#nowMs)
  }

  #endPicture(wasTrained: boolean): void {
    const wasControl = this.#wasControl
    this.#wasControl = false
    if (wasControl && !wasTrained) return
    const wasCheck = this.#isCheck
    if (wasCheck) this.#bits = Math.max(0, this.#bits - Math.round((this.#modulation.bitRate * CHECK_TAIL_MS) / 1_000))
    this.#handOn()
    // A check that was not understood is answered, and comes again behind another DCS.
    this.#isCheck = false
    if (wasCheck && !wasTrained) this.#listener.hearImage(NOT_UNDERSTOOD, this.#nowMs)
    this.#listener.hearSilence(this.#nowMs)
  }
}
