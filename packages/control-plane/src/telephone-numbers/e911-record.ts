import { ok, type Result } from '@dialtone/foundation'
import { type Address, type E911Address, offlineAddressProvider, validateAddress } from '../addresses/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import { lazyPlaceTables } from '../reference-data/index.ts'
import { isRegistrable, readE911Address } from './customer-service-record.ts'

/** What is stored of a number's emergency address. */
export interface E911Record {
  readonly address: E911Address
  /** What the address provider would write instead; undefined when it agrees, or knows nothing of the place. */
  readonly correction: Address | undefined
  /** Somebody chose between the two. */
  readonly decision: 'CORRECTION' | 'ORIGINAL' | undefined
}

const provider = offlineAddressProvider(lazyPlaceTables())

/**
 * Reads and checks the address help is sent to: what was given, else the fallback (C-36). Coordinates the provider knows are filled in.
 * @param given flat or nested, or undefined.
 */
export async function readE911Record(given: unknown, fallback: E911Address): Promise<Result<E911Record, ApiFailure>> {
  const read = readE911Address(given, fallback)
  return read.ok ? ok(await e911RecordOf(read.value)) : read
}

export async function e911RecordOf(address: E911Address): Promise<E911Record> {
  if (!isRegistrable(address)) return { address, correction: undefined, decision: undefined }
  const { correction } = await validateAddress(provider, address)
  return { address, correction, decision: undefined }
}

/** Complete, and nothing about it is in doubt any more. */
export function isRegistered(record: E911Record): boolean {
  return isRegistrable(record.address) && (record.correction === undefined || record.decision !== undefined)
}

/** There are two forms of the address, and nobody chose yet. */
export function isInDoubt(record: E911Record): boolean {
  return record.correction !== undefined && record.decision === undefined
}

export function e911Columns(record: E911Record) {
  return {
    e911_address: JSON.stringify(record.address),
    e911_registered: isRegistered(record),
    e911_correction: record.correction === undefined ? null : JSON.stringify(record.correction),
    e911_decision: record.decision ?? null,
  }
}

export const NO_E911_RECORD = { e911_address: null, e911_registered: false, e911_correction: null, e911_decision: null }
