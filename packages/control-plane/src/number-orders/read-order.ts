import { err, ok, type Result } from '@dialtone/foundation'
import { isTollFree } from '@dialtone/numbering'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'
import { type NumbersToAdd, readCustomerServiceRecord, readDirectoryListing, readNumbers } from '../telephone-numbers/index.ts'

export interface OrderRequest {
  readonly accountId: string
  readonly numbers: NumbersToAdd
}

/** The body of an order (S2-15, S2-17, S2-18): several numbers or one, and whatever is already known about the customer. */
export function readOrder(body: Readonly<Record<string, unknown>>, o: { readonly onlyTollFree: boolean }): Result<OrderRequest, ApiFailure> {
  const { accountId, telephoneNumbers, telephoneNumber, customerServiceRecord, directoryListing, e911Address, holdActivation } = body
  const numbers = readNumbers(telephoneNumbers ?? (telephoneNumber === undefined ? undefined : [telephoneNumber]))
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
