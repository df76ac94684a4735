import { err, ok, type Result } from '@dialtone/foundation'
import { readAddress } from '../addresses/index.ts'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'

export const LISTING_TYPES = ['LIST_PUBLISH', 'LIST_NOT_PUBLISH', 'NOT_LIST_NOT_PUBLISH', 'PORTED', 'COMPLEX'] as const

const MAX_NAME_LENGTH = 256

/** Whether and how a number appears in directories; `listed` and `type` stand as given (C-38). */
export interface DirectoryListing {
  readonly listed: boolean
  readonly type: (typeof LISTING_TYPES)[number]
  /** Under which name; the customer's when not given (S2-51). */
  readonly name?: string | undefined
  readonly address: Readonly<Record<string, unknown>> | undefined
}

/** Required; an address is needed only when the number is to be listed (S1-78, S1-84). */
export function readDirectoryListing(input: unknown): Result<DirectoryListing, ApiFailure> {
  if (typeof input !== 'object' || input === null) return err(fieldRequired('directoryListing'))
  // The table of the guide writes `Type`, its example `type`.
  const { listed, type, Type, name, address } = input as Record<string, unknown>
  const wanted = type ?? Type
  const known = LISTING_TYPES.find((candidate) => candidate === wanted)
  if (wanted !== undefined && known === undefined) return err(invalidField('directoryListing.type', 'is unknown', `one of ${LISTING_TYPES.join(', ')}`))
  if (listed !== undefined && typeof listed !== 'boolean') return err(invalidField('directoryListing.listed', 'has the wrong type', 'true or false'))
  if (listed === undefined && known === undefined) return err(fieldRequired('directoryListing.listed'))
  if (name !== undefined && (typeof name !== 'string' || name.length > MAX_NAME_LENGTH))
    return err(invalidField('directoryListing.name', 'is no name', `text of at most ${MAX_NAME_LENGTH} characters`))
  const isListed = listed ?? (known === 'LIST_PUBLISH' || known === 'LIST_NOT_PUBLISH')
  const read = address === undefined ? undefined : readAddress(address)
  if (read !== undefined && !read.ok)
    return err(invalidField('directoryListing.address', read.error[0]?.reason ?? 'is no address', read.error[0]?.rule ?? 'an address'))
  return ok({
    listed: isListed,
    type: known ?? (isListed ? 'LIST_PUBLISH' : 'NOT_LIST_NOT_PUBLISH'),
    name,
    address: read === undefined ? undefined : { ...read.value },
  })
}
