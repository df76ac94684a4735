import { err, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type from 'typebox'
import { type ApiFailure, invalidField } from '../failures/index.ts'

export const TELEPHONE_NUMBER_TAG = 'Telephone Number'
export const PARTITION = '/v2/partition/:partitionId'
export const ACCOUNT = `${PARTITION}/account/:accountId`
export const PartitionNumberPath = Type.Object({ partitionId: Type.String(), tn: Type.String() })
export const AccountNumberPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), tn: Type.String() })

/** A path takes any spelling of a number (C-25). */
export async function withNumber<Value>(written: string, work: (number: string) => Promise<Result<Value, ApiFailure>>): Promise<Result<Value, ApiFailure>> {
  const number = normalizePhoneNumber(written)
  return number === undefined ? err(invalidField('telephoneNumber', `"${written}" is no telephone number`, '10 or 11 digits')) : work(number)
}
