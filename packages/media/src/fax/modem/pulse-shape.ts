const NEARLY_ZERO = 1e-9

/** The square root of a raised cosine, of energy 1. @param time in elements from its middle */
export function pulseAt(rollOff: number, time: number): number {
  const turn = Math.PI * time
  if (Math.abs(time) < NEARLY_ZERO) return 1 - rollOff + (4 * rollOff) / Math.PI
  const edge = 4 * rollOff * time
  if (Math.abs(Math.abs(edge) - 1) < NEARLY_ZERO) {
    const angle = Math.PI / (4 * rollOff)
    return (rollOff / Math.SQRT2) * ((1 + 2 / Math.PI) * Math.sin(angle) + (1 - 2 / Math.PI) * Math.cos(angle))
  }
  return (Math.sin(turn * (1 - rollOff)) + edge * Math.cos(turn * (1 + rollOff))) / (turn * (1 - edge ** 2))
}
