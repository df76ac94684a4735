import type { G711Encoding } from '../../codecs/g711.ts'
import { JitterBuffer } from '../../rtp/jitter-buffer.ts'

const LOUDEST = 32_767

/**
 * Several parties who hear each other. Every 20 ms `tick` takes what each of them says; then each gets the sum of the others, never itself.
 *
 * The sum is plain and saturates: two or three people rarely speak at once, each of them is heard as loud as in a call of two, and a
 * saturated sample now and then is less of a nuisance than a level that moves whenever somebody joins.
 */
export class Mix {
  readonly #parties = new Set<MixParty>()
  readonly #sum: Int32Array
  readonly #frameSamples: number

  /** @param frameSamples samples at 8000 Hz of one tick */
  constructor(frameSamples: number) {
    this.#frameSamples = frameSamples
    this.#sum = new Int32Array(frameSamples)
  }

  get isEmpty(): boolean {
    return this.#parties.size === 0
  }

  enter(): MixParty {
    const party: MixParty = new MixParty(this.#frameSamples, this.#sum, () => void this.#parties.delete(party))
    this.#parties.add(party)
    return party
  }

  tick(): void {
    const sum = this.#sum
    sum.fill(0)
    for (const party of this.#parties) {
      if (!party.listen()) continue
      const { said } = party
      for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) + (said[index] ?? 0)
    }
  }
}

/** One of them. */
export class MixParty {
  /** What it said in the present tick, if it said something. */
  readonly said: Int16Array
  readonly leave: () => void
  readonly #jitter = new JitterBuffer()
  readonly #sum: Int32Array
  #speaks = false

  constructor(frameSamples: number, sum: Int32Array, leave: () => void) {
    this.said = new Int16Array(frameSamples)
    this.#sum = sum
    this.leave = leave
  }

  /** Audio of the party: the payload of a packet, from `from` on. */
  receive(ssrc: number, timestamp: number, encoding: G711Encoding, bytes: Uint8Array, from: number): void {
    this.#jitter.receive(ssrc, timestamp, encoding, bytes, from)
  }

  /** Takes what it says in this tick. @returns false when it says nothing */
  listen(): boolean {
    this.#speaks = this.#jitter.read(this.said)
    return this.#speaks
  }

  /** What the party is to hear in this tick. */
  fill(target: Int16Array): void {
    const [sum, said] = [this.#sum, this.said]
    for (let index = 0; index < target.length; index++) {
      const others = this.#speaks ? (sum[index] ?? 0) - (said[index] ?? 0) : (sum[index] ?? 0)
      target[index] = others > LOUDEST ? LOUDEST : others < -LOUDEST ? -LOUDEST : others
    }
  }
}
