export { inventoryPartitions } from './inventory-partitions.ts'
export {
  FUNCTION_TYPES,
  readSearchCriteria,
  TELEPHONE_NUMBER_SEARCH,
  TELEPHONENUMBER_SEARCH,
  TOLL_FREE_AREA_CODES,
  TOLL_FREE_SEARCH,
} from './search-criteria.ts'
export type { FunctionType, NumberSearchCriteria, SearchDialect } from './search-criteria.ts'
export { searchNumbers } from './search-numbers.ts'
export type { FoundNumber } from './search-numbers.ts'
