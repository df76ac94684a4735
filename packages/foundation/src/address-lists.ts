import { type AddressRange, rangesHolding } from './address-range.ts'

/** A block of addresses on a list. */
export interface ListedRange extends AddressRange {
  readonly entryId: string
}

/** What is allowed and what is denied at one level; levels stand one below the other. */
export interface AddressLists {
  readonly allowed: readonly ListedRange[]
  readonly denied: readonly ListedRange[]
}

export interface Admission {
  readonly isAdmitted: boolean
  /** The entries the address fell under, as far as they were looked at. */
  readonly entryIds: readonly string[]
}

/**
 * A denied block is denied for everything below; an allow list narrows what the levels above allow; a level without one allows all.
 * Denying always wins.
 */
export function admissionOf(levels: readonly AddressLists[], address: string): Admission {
  const entryIds: string[] = []
  const isHere = rangesHolding(address)
  for (const { denied } of levels) {
    const entry = denied.find(isHere)
    if (entry !== undefined) return { isAdmitted: false, entryIds: [entry.entryId] }
  }
  for (const { allowed } of levels) {
    if (allowed.length === 0) continue
    const entry = allowed.find(isHere)
    if (entry === undefined) return { isAdmitted: false, entryIds }
    entryIds.push(entry.entryId)
  }
  return { isAdmitted: true, entryIds }
}
