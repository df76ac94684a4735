const FIRST_OCTETS = 64

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
