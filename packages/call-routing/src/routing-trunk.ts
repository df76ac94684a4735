import type { E164 } from '@dialtone/numbering'

/** What makes a line the trunk of a customer's PBX (S1-117 … S1-122). */
export interface RoutingTrunk {
  /** Calls at once, in both directions together (S1-117), and how many more for a short while. */
  readonly concurrentCalls: number
  readonly maxBurstCalls: number
  /** Completes seven digits (S1-118). Shown only when no number rings the trunk and the PBX sends none of the account. */
  readonly primaryNumber: E164 | undefined
  /** 211, 311, 511, 611 and 811 may be dialed (S1-120). */
  readonly localServicesEnabled: boolean
  /** Extensions behind the PBX: `21XX` is 2100 to 2199 (S1-121). */
  readonly extensionPatterns: readonly string[]
  /** Whom carriers are told to charge (RFC 8496). */
  readonly chargeNumber: E164 | undefined
  /** How many digits of a number the PBX is sent; undefined: all, with a '+'. */
  readonly numberDigits: number | undefined
  readonly groupId: string | undefined
  /** Where the PBX is, when it is known by its address instead of a registration. */
  readonly address: TrunkAddress | undefined
  /** What its callers are spoken to in; left out: as the account. */
  readonly language?: string | undefined
  /** What was arranged about its media (S3-13, S3-25); left out: nothing. */
  readonly media?: TrunkMedia | undefined
}

/** Routing does not look at it: whoever places the call keeps to it. */
export interface TrunkMedia {
  /** Encodings as SDP names them, the best liked first; left out: any. */
  readonly codecs?: readonly string[] | undefined
  readonly digits?: 'rfc2833' | 'info' | 'inband' | undefined
  /** Where its packets may come from; left out: anywhere. */
  readonly addresses?: readonly string[] | undefined
  /** No NAT is in between. */
  readonly isStrict?: boolean | undefined
}

export interface TrunkAddress {
  readonly address: string
  readonly port: number
}

/** What a PBX is sent: as many digits of the number as it wants, or the extension as it is. */
export function digitsForTrunk({ numberDigits }: Pick<RoutingTrunk, 'numberDigits'>, called: string): string {
  if (called.length <= LONGEST_EXTENSION) return called
  return numberDigits === undefined ? `+${called}` : called.slice(-numberDigits)
}

const LONGEST_EXTENSION = 6

/**
 * The trunk whose patterns have an extension: the pattern with the fewest Xs first.
 * @param trunkIdByPattern patterns with capital Xs
 */
export function trunkOfExtension(trunkIdByPattern: ReadonlyMap<string, string>, extension: string): string | undefined {
  if (trunkIdByPattern.size === 0 || !/^\d{1,6}$/.test(extension)) return undefined
  for (let any = 0; any < extension.length; any++) {
    const trunkId = trunkIdByPattern.get(extension.slice(0, extension.length - any) + 'X'.repeat(any))
    if (trunkId !== undefined) return trunkId
  }
  return undefined
}

/** Whether one of the trunk's patterns has the extension. */
export function hasPatternFor({ extensionPatterns }: Pick<RoutingTrunk, 'extensionPatterns'>, extension: string): boolean {
  return extensionPatterns.some(
    (pattern) => pattern.length === extension.length && pattern.split('').every((character, index) => /x/i.test(character) || character === extension[index]),
  )
}
