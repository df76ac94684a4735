import { encodeG711, G711_SILENCE, type G711Encoding } from './g711.ts'
import { G722Decoder, G722Encoder } from './g722.ts'

/** What our own end speaks: 160 samples at 8000 Hz are 160 octets of a payload. */
export type TelephoneEncoding = G711Encoding | 'G722'

export function isTelephoneEncoding(encoding: string): encoding is TelephoneEncoding {
  return encoding === 'PCMU' || encoding === 'PCMA' || encoding === 'G722'
}

/** What our end says on one stream, as payloads. */
export class TelephoneEncoder {
  readonly #encoding: TelephoneEncoding
  readonly #g722: G722Encoder | undefined
  readonly #nothing: Int16Array

  /** @param frameSamples how long a silence is */
  constructor(encoding: TelephoneEncoding, frameSamples: number) {
    this.#encoding = encoding
    this.#g722 = encoding === 'G722' ? new G722Encoder() : undefined
    this.#nothing = new Int16Array(frameSamples)
  }

  encode(samples: Int16Array, target: Uint8Array, offset: number): void {
    if (this.#g722 !== undefined) this.#g722.encode(samples, target, offset)
    else if (this.#encoding !== 'G722') encodeG711(this.#encoding, samples, target, offset)
  }

  /** A frame of nothing, from `offset` to the end of the target. */
  silence(target: Uint8Array, offset: number): void {
    // G.722 has no code for it: the decoder has to be led there.
    if (this.#encoding === 'G722') this.encode(this.#nothing, target, offset)
    else target.fill(G711_SILENCE[this.#encoding], offset)
  }
}

/** Payloads of G.722 as those of G.711, for what listens to telephones. */
export class G722Ear {
  #decoder = new G722Decoder()
  #ssrc = -1
  readonly #samples = new Int16Array(2_048)
  readonly #payload = new Uint8Array(this.#samples.length)

  /** The payload behind `from` in mu-law; it is there until the next call. */
  hear(ssrc: number, packet: Uint8Array, from: number): Uint8Array {
    if (ssrc !== this.#ssrc) this.#decoder = new G722Decoder()
    this.#ssrc = ssrc
    const count = this.#decoder.decode(packet, from, this.#samples)
    encodeG711('PCMU', this.#samples.subarray(0, count), this.#payload)
    return this.#payload.subarray(0, count)
  }
}
