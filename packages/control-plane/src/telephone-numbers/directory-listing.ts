import { err, ok, type Result } from '@dialtone/foundation'
import { readAddress } from '../addresses/index.ts'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'

export const LISTING_TYPES = ['LIST_PUBLISH', 'LIST_NOT_PUBLISH', 'NOT_LIST_NOT_PUBLISH', 'PORTED', 'COMPLEX'] as const

/** Whether and how a number appears in directories; `listed` and `type` stand as given (C-38). */
export interface DirectoryListing {
  readonly listed: boolean
  readonly type: (typeof LISTING_TYPES)[number]
  readonly address: Readonly<Record<string, unknown>> | undefined
}

/** Required; an address is needed only when the number is to be listed (S1-78, S1-84). */
export function readDirectoryListing(input: unknown): Result<DirectoryListing, ApiFailure> {
  if (typeof input !== 'object' || input === null) return err(fieldRequired('directoryListing'))
  // The table of the guide writes `Type`, its example `type`.
  const { listed, type, Type, address } = input as Record<string, unknown>
  const wanted = type ?? Type
  const known = LISTING_TYPES.find((candidate) => candidate === wanted)
  if (wanted !== undefined && known === undefined) return err(invalidField('directoryListing.type', 'is unknown', `one of ${LISTING_TYPES.join(', ')}`))
  if (listed !== undefined && typeof listed !== 'boolean') return err(invalidField('directoryListing.listed', 'has the wrong type', 'true or false'))
  if (listed === undefined && known === undefined) return err(fieldRequired('directoryListing.listed'))
  const isListed = listed ?? (known === 'LIST_PUBLISH' || known === 'LIST_NOT_PUBLISH')
  if (address !== undefined) {
    const read = readAddress(address)
    if (!read.ok) return err(invalidField('directoryListing.address', read.error[0]?.reason ?? 'is no address', read.error[0]?.rule ?? 'an address'))
    return ok({ listed: isListed, type: known ?? (isListed ? 'LIST_PUBLISH' : 'NOT_LIST_NOT_PUBLISH'), address: { ...read.value } })
  }
  return ok({ listed: isListed, type: known ?? (isListed ? 'LIST_PUBLISH' : 'NOT_LIST_NOT_PUBLISH'), address: undefined })
}
