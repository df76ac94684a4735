import type { Operation } from '../http/index.ts'
import type { DueTask } from '../due-work/index.ts'
import { finishDueActivations } from './activation.ts'
import { accountNumberOperations } from './account-routes.ts'
import { emergencyAddressOperations } from './e911-routes.ts'
import { furtherAccountNumberOperations } from './further-account-routes.ts'
import { partitionNumberOperations } from './partition-routes.ts'

export { accountNumberViews, viewOf } from './account-routes.ts'
export { decideHold, finishDueActivations, returnToInventory, startActivation } from './activation.ts'
export { activateNumbers } from './activate-numbers.ts'
export type { NumbersToAdd, NumberToAdd } from './activate-numbers.ts'
export { DELAYED_CARRIER_ID } from './carrier-adapter.ts'
export { readCustomerServiceRecord, readE911Address } from './customer-service-record.ts'
export type { CustomerServiceRecord } from './customer-service-record.ts'
export { readDirectoryListing } from './directory-listing.ts'
export { TELEPHONE_NUMBER_TAG, withNumber } from './number-path.ts'
export { AccountNumberView, BareNumberView, CustomerServiceRecordView, DirectoryListingView, E911AddressView, InventoryNumberView } from './number-schemas.ts'
export { placeOfNumber } from './number-place.ts'
export { readNumberRevision, readNumbers } from './read-number-requests.ts'
export { releaseNumber } from './release-number.ts'
export { OPERATIONAL_STATUSES, REFERENCE_TYPES } from './telephone-number.ts'
export type { ReferenceType } from './telephone-number.ts'
export { callerIdNumbers, factsOf, findOnAccount, findVisible, listOnAccount, numbersOf, readInOrder } from './telephone-number-queries.ts'
export type { TelephoneNumberRow } from './telephone-number-queries.ts'
export { updateTelephoneNumber } from './update-number.ts'
export type { NumberRevision } from './update-number.ts'
export { isReserved, isCoolingDown, lifecycleState } from './telephone-number.ts'
export { fillInventory, inventoryRow } from './fill-inventory.ts'
export type { InventoryNumber } from './fill-inventory.ts'
export type { DirectoryListing } from './directory-listing.ts'
export { accountNumbersOf } from './numbers-that-ring.ts'
export { claimForPort, completePorted, dropPorted, markPorted } from './ported-numbers.ts'
export type { NumberToPort, PortedPlace, PortedRecord } from './ported-numbers.ts'
export { sandboxInventory } from './sandbox-inventory.ts'
export { numberChanged } from './telephone-number-events.ts'
export { inventoryNumberView, withoutBlanks } from './telephone-number-view.ts'
export const telephoneNumberOperations: readonly Operation[] = [
  ...partitionNumberOperations,
  ...accountNumberOperations,
  ...furtherAccountNumberOperations,
  ...emergencyAddressOperations,
]
export const activationsDueTask: DueTask = { name: 'activations', run: finishDueActivations }
