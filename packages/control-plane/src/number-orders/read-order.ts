import { err, ok, type Result } from '@dialtone/foundation'
import { isTollFree, keypadDigits } from '@dialtone/numbering'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'
import { type NumbersToAdd, readCustomerServiceRecord, readDirectoryListing, readNumbers } from '../telephone-numbers/index.ts'

export interface OrderRequest {
  readonly accountId: string
  readonly numbers: NumbersToAdd
  /** One was ordered by its letters, such as `1-607-555-HELP`: somebody wants that number and no other (S0-44). */
  readonly hasVanity: boolean
}

/** The body of an order (S2-15, S2-17, S2-18): several numbers or one, and whatever is already known about the customer. */
export function readOrder(body: Readonly<Record<string, unknown>>, o: { readonly onlyTollFree: boolean }): Result<OrderRequest, ApiFailure> {
  const { accountId, telephoneNumbers, telephoneNumber, customerServiceRecord, directoryListing, e911Address, holdActivation } = body
  const asked = telephoneNumbers ?? (telephoneNumber === undefined ? undefined : [telephoneNumber])
  const spelled = Array.isArray(asked) ? asked.map(withoutLetters) : asked
  const numbers = readNumbers(spelled)
  if (!numbers.ok) return numbers
  if (typeof accountId !== 'string' || accountId === '') return err(fieldRequired('accountId'))
  const stranger = numbers.value.find((number) => o.onlyTollFree && !isTollFree(number.phoneNumber))
  if (stranger !== undefined) return err(invalidField('telephoneNumber', `${stranger.phoneNumber} is not toll-free`, '800, 833, 844, 855, 866, 877 or 888'))
  const record = customerServiceRecord === undefined ? undefined : readCustomerServiceRecord(customerServiceRecord)
  if (record !== undefined && !record.ok) return record
  const listing = directoryListing === undefined ? undefined : readDirectoryListing(directoryListing)
  if (listing !== undefined && !listing.ok) return listing
  return ok({
    accountId,
    hasVanity: Array.isArray(asked) && asked.some((entry, index) => entry !== (spelled as readonly unknown[])[index]),
    numbers: {
      numbers: numbers.value,
      customerServiceRecord: record?.value,
      directoryListing: listing?.value,
      e911Address,
      holdActivation: holdActivation === true,
      byotnCarrierId: undefined,
      orderId: undefined,
    },
  })
}

/** An entry with its letters as the keys they are on; one without is the same entry. */
function withoutLetters(entry: unknown): unknown {
  if (typeof entry === 'string') return /[A-Za-z]/.test(entry) ? keypadDigits(entry) : entry
  if (typeof entry !== 'object' || entry === null) return entry
  const { phoneNumber } = entry as { readonly phoneNumber?: unknown }
  const digits = withoutLetters(phoneNumber)
  return digits === phoneNumber ? entry : { ...entry, phoneNumber: digits }
}
