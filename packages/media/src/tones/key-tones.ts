export const LOW_HZ = [697, 770, 852, 941]
export const HIGH_HZ = [1209, 1336, 1477, 1633]
const KEYPAD = ['123A', '456B', '789C', '*0#D']

/** The two frequencies of a key (ITU-T Q.23); undefined for what is no key. */
export function keyFrequencies(digit: string): readonly [number, number] | undefined {
  const row = KEYPAD.findIndex((keys) => digit.length === 1 && keys.includes(digit))
  const [low, high] = [LOW_HZ[row], HIGH_HZ[KEYPAD[row]?.indexOf(digit) ?? -1]]
  return low === undefined || high === undefined ? undefined : [low, high]
}

/** The key of the low and the high frequency with these places. */
export function keyOfFrequencies(low: number, high: number): string | undefined {
  return KEYPAD[low]?.charAt(high)
}
