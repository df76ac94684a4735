import { encodeG711, encodeG711Sample, G711_SAMPLES, type G711Encoding } from './g711.ts'
import { G722Decoder, G722Encoder } from './g722.ts'
import type { TelephoneEncoding } from './telephone-codec.ts'

/** Longer payloads go in pieces. */
const SCRATCH_SAMPLES = 512

/** What one stream says in one encoding, said in another: an octet of each is the same eighth of a millisecond, so payloads keep their length. */
export class VoiceConverter {
  readonly #from: TelephoneEncoding
  readonly #to: TelephoneEncoding
  readonly #codes: Uint8Array | undefined
  readonly #samples = new Int16Array(SCRATCH_SAMPLES)
  #decoder = new G722Decoder()
  #encoder = new G722Encoder()
  #ssrc = -1

  constructor(from: TelephoneEncoding, to: TelephoneEncoding) {
    this.#from = from
    this.#to = to
    this.#codes = from === 'G722' || to === 'G722' ? undefined : codesOf(from, to)
  }

  /** Converts the payload between `start` and `end` in place. Allocates nothing but at the begin of a stream. */
  convert(ssrc: number, packet: Uint8Array, start: number, end: number): void {
    if (this.#codes !== undefined) {
      for (let index = start; index < end; index++) packet[index] = this.#codes[packet[index] ?? 0] ?? 0
      return
    }
    if (ssrc !== this.#ssrc) {
      this.#decoder = new G722Decoder()
      this.#encoder = new G722Encoder()
      this.#ssrc = ssrc
    }
    for (let from = start; from < end; from += SCRATCH_SAMPLES) this.#convertPiece(packet.subarray(from, Math.min(end, from + SCRATCH_SAMPLES)))
  }

  #convertPiece(piece: Uint8Array): void {
    const samples = this.#samples.subarray(0, piece.length)
    if (this.#from === 'G722') this.#decoder.decode(piece, 0, samples)
    else {
      const table = G711_SAMPLES[this.#from]
      for (let index = 0; index < piece.length; index++) samples[index] = table[piece[index] ?? 0] ?? 0
    }
    if (this.#to === 'G722') this.#encoder.encode(samples, piece)
    else encodeG711(this.#to, samples, piece)
  }
}

function codesOf(from: G711Encoding, to: G711Encoding): Uint8Array {
  return Uint8Array.from(G711_SAMPLES[from], (sample) => encodeG711Sample(to, sample))
}
