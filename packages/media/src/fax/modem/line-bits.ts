const FIRST_OCTETS = 64
/** Of HDLC: six are a flag. */
const MOST_ONES = 5

/** Bits in the order of the telephone line, eight to an octet, the first one highest. */
export class LineBits {
  #octets = new Uint8Array(FIRST_OCTETS)
  length = 0

  push(bit: number): void {
    if (this.length >> 3 >= this.#octets.length) this.#grow()
    const place = this.length >> 3
    if (bit !== 0) this.#octets[place] = (this.#octets[place] ?? 0) | (0x80 >> (this.length & 7))
    this.length++
  }

  pushOctet(octet: number): void {
    for (let mask = 0x80; mask !== 0; mask >>= 1) this.push(octet & mask)
  }

  /**
   * An octet with a zero behind five ones each time. A block of a picture has half a million bits, and a media worker other things to do.
   * @param before how many ones there were before it
   * @returns how many there are now
   */
  pushStuffed(octet: number, before: number): number {
    let [ones, length] = [before, this.length]
    if ((length >> 3) + 2 >= this.#octets.length) this.#grow()
    const octets = this.#octets
    for (let mask = 0x80; mask !== 0; mask >>= 1) {
      if ((octet & mask) === 0) ones = 0
      else {
        octets[length >> 3] = (octets[length >> 3] ?? 0) | (0x80 >> (length & 7))
        ones++
      }
      length++
      if (ones < MOST_ONES) continue
      length++
      ones = 0
    }
    this.length = length
    return ones
  }

  /** 0 or 1; behind the last one, 1: that is what an idle line says. */
  at(position: number): number {
    return position < this.length ? ((this.#octets[position >> 3] ?? 0) >> (7 - (position & 7))) & 1 : 1
  }

  #grow(): void {
    const larger = new Uint8Array(this.#octets.length * 2)
    larger.set(this.#octets)
    this.#octets = larger
  }
}

export function bitsOfOctets(octets: Uint8Array): LineBits {
  const bits = new LineBits()
  for (const octet of octets) bits.pushOctet(octet)
  return bits
}
