import { type FaxModem, type FaxSignal, PREAMBLE_MS, TURNAROUND_MS } from './fax-signal.ts'
import type { Carrier } from './modem/carrier.ts'
import { hdlcBits } from './modem/hdlc-frames.ts'
import { bitsOfOctets, type LineBits } from './modem/line-bits.ts'
import { SAMPLE_RATE_HZ } from './modem/line-level.ts'
import { modulationNamed } from './modem/modulation-named.ts'
import { QamTransmitter } from './modem/qam-transmitter.ts'
import { ToneCarrier } from './modem/tone-carrier.ts'
import { V21_BIT_RATE, V21Transmitter } from './modem/v21-transmitter.ts'

const FLAG_BITS = 8
const PREAMBLE_FLAGS = Math.ceil((PREAMBLE_MS * V21_BIT_RATE) / (FLAG_BITS * 1_000))
/** Before the frames of a picture come flags for 200 ms, and behind them for 50 (T.30 annex A 3.1 and 3.6). */
const [PICTURE_FLAGS_MS, LAST_FLAGS_MS] = [200, 50]
/** Who hears the last frame has heard its end. */
const LAST_FLAGS = 2
const [CED_HZ, CED_MS] = [2_100, 2_500]
const [CNG_HZ, CNG_MS] = [1_100, 500]
const MS_SAMPLES = SAMPLE_RATE_HZ / 1_000

interface Part {
  /** undefined: silence. */
  readonly carrier: Carrier | undefined
  /** While a modem speaks, nothing else is heard; a tone drowns none of what is said. */
  readonly isModem: boolean
  left: number
}

/** What a fax machine says, as the sound of its modems. */
export class SoundVoice {
  #parts: Part[] = []

  /** A modem of ours speaks just now: the line is for one at a time. */
  get isSpeaking(): boolean {
    return this.#parts[0]?.isModem === true
  }

  /** How long it goes on. */
  get leftMs(): number {
    return this.#parts.reduce((sum, { left }) => sum + left, 0) / MS_SAMPLES
  }

  /** What was to be said before is not said any more. */
  say(signals: readonly FaxSignal[]): void {
    this.#parts = []
    for (const signal of signals) {
      this.#parts.push({ carrier: undefined, isModem: false, left: TURNAROUND_MS * MS_SAMPLES })
      const carrier = carrierOf(signal)
      this.#parts.push({ carrier, isModem: true, left: carrier.samples })
    }
  }

  call(tone: 'ced' | 'cng' | 'none'): void {
    this.#parts = []
    if (tone === 'none') return
    const carrier = tone === 'ced' ? new ToneCarrier(CED_HZ, CED_MS) : new ToneCarrier(CNG_HZ, CNG_MS)
    this.#parts = [{ carrier, isModem: false, left: carrier.samples }]
  }

  /** @param isToWait the other machine still speaks: silence before a signal does not end */
  fill(target: Int16Array, isToWait: boolean): void {
    let filled = 0
    while (filled < target.length) {
      const [part] = this.#parts
      if (part === undefined) {
        target.fill(0, filled)
        return
      }
      const count = Math.min(part.left, target.length - filled)
      const piece = target.subarray(filled, filled + count)
      if (part.carrier === undefined) piece.fill(0)
      else part.carrier.fill(piece)
      filled += count
      if (part.carrier === undefined && isToWait) continue
      part.left -= count
      if (part.left === 0) this.#parts.shift()
    }
  }
}

function carrierOf(signal: FaxSignal): Carrier {
  if (signal.kind === 'frames') return new V21Transmitter(hdlcBits(signal.frames, { before: PREAMBLE_FLAGS, after: LAST_FLAGS }))
  const { modem } = signal
  return new QamTransmitter(modulationNamed(modem.modulation), signal.kind === 'picture' ? bitsOfOctets(signal.octets) : bitsOfBlock(signal.frames, modem))
}

function bitsOfBlock(frames: readonly Uint8Array[], { bitRate }: FaxModem): LineBits {
  const flagsIn = (ms: number): number => Math.ceil((ms * bitRate) / (FLAG_BITS * 1_000))
  return hdlcBits(frames, { before: flagsIn(PICTURE_FLAGS_MS), after: flagsIn(LAST_FLAGS_MS) })
}
