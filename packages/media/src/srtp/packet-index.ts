export const SEQUENCE_MODULUS = 65_536
const HALF = 32_768

/**
 * The index of a packet, 2^16 * ROC + SEQ, guessed from the highest index so far (RFC 3711 3.3.1, appendix A). Negative for a sequence number
 * from before the first roll-over. @param highest -1 before the first packet
 */
export function packetIndex(highest: number, sequence: number): number {
  if (highest < 0) return sequence
  const last = highest % SEQUENCE_MODULUS
  const base = highest - last + sequence
  if (last < HALF) return sequence - last > HALF ? base - SEQUENCE_MODULUS : base
  return last - HALF > sequence ? base + SEQUENCE_MODULUS : base
}

/** The roll-over counter of an index. */
export function rollOver(index: number): number {
  return Math.floor(index / SEQUENCE_MODULUS)
}
