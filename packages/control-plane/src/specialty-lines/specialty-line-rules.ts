import type { AccountScope } from '../access/index.ts'
import type { Transaction } from '../database/index.ts'
import { type ApiFailure, entityNotFound, invalidFields, type FieldProblem } from '../failures/index.ts'
import { deviceType, hasAnalogPorts } from '../reference-data/index.ts'
import type { SpecialtyLineAttributes } from './specialty-line.ts'

/** Both numbers are of the account, the device is one for analogue lines (S4-16, S4-17, S4-19). */
export async function specialtyLineFailure(sql: Transaction, scope: AccountScope, line: SpecialtyLineAttributes): Promise<ApiFailure | undefined> {
  const numbers = await sql
    .selectFrom('telephone_number')
    .select('phone_number')
    .where('phone_number', 'in', [line.callerId, line.e911CallbackNumber])
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .execute()
  const own = new Set(numbers.map((number) => number.phone_number))
  const problems: FieldProblem[] = []
  for (const field of ['callerId', 'e911CallbackNumber'] as const) {
    if (own.has(line[field])) continue
    const code = field === 'callerId' ? 'InvalidCallerId' : 'InvalidE911CallbackNumber'
    problems.push({ field, code, reason: `"${line[field]}" is not on this account`, rule: 'a telephone number of the account' })
  }
  if (problems.length > 0) return invalidFields(problems)
  if (line.port === undefined) return undefined
  const type = deviceType(line.port.deviceTypeId)
  if (type === undefined) return entityNotFound('DeviceType', line.port.deviceTypeId)
  if (hasAnalogPorts(type)) return undefined
  return invalidFields([{ field: 'deviceType', code: 'InvalidDeviceType', reason: `${type.id} has no analogue ports`, rule: 'an ATA or MTA' }])
}
