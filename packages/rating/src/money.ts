/** Money is decimal text in the partition's currency, `0.0125`; never a float. */
export type Money = string

/** Micro-units: a millionth of the currency unit. Integers, so that no cent is lost on the way. */
const microUnits = 1_000_000n
const decimal = /^(?<sign>-?)(?<whole>\d{1,15})(?:\.(?<fraction>\d{1,6})0*)?$/

/**
 * @param text at most 15 digits before the point, and six that count after it.
 * @returns micro-units, undefined when the text is no such amount.
 */
export function parseMoney(text: Money): bigint | undefined {
  const groups = decimal.exec(text)?.groups
  const whole = groups?.['whole']
  if (whole === undefined) return undefined
  const amount = BigInt(whole) * microUnits + BigInt((groups?.['fraction'] ?? '').padEnd(6, '0'))
  return groups?.['sign'] === '-' ? -amount : amount
}

/** At least two decimals, and as many as are needed: `0.00`, `1.50`, `0.0125`. */
export function formatMoney(amount: bigint): Money {
  const positive = amount < 0n ? -amount : amount
  const fraction = (positive % microUnits).toString().padStart(6, '0')
  const decimals = fraction.slice(0, 2) + fraction.slice(2).replace(/0+$/, '')
  return `${amount < 0n ? '-' : ''}${positive / microUnits}.${decimals}`
}

/** What so many seconds cost at a rate per minute, rounded half up to the micro-unit. Neither may be negative. */
export function costOf(billedSeconds: number, ratePerMinute: bigint): bigint {
  return (BigInt(billedSeconds) * ratePerMinute * 2n + 60n) / 120n
}
