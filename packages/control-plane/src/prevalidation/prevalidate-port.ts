import { ok, type Result } from '@dialtone/foundation'
import type { PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { ApiFailure } from '../failures/index.ts'
import { partitionDefaults } from '../partitions/index.ts'
import { countryOfNumber, isOnPlatform, portDates, type PortDates, portingCarrierOf, readNumbersToPort } from '../ports/index.ts'

export interface PortAvailability {
  readonly phoneNumbers: readonly string[]
  /** Every number can be brought here. */
  readonly isPortable: boolean
  /** Why not. */
  readonly reason: string | undefined
  readonly currentCarrier: string
  readonly isWireless: boolean
  readonly dates: PortDates
}

/** Whether numbers can be ported and on which days, before anything is asked of anybody (S2-19, S2-20). */
export async function prevalidatePort(context: Context, scope: PartitionScope, telephoneNumbers: unknown): Promise<Result<PortAvailability, ApiFailure>> {
  const numbers = readNumbersToPort(telephoneNumbers)
  if (!numbers.ok) return numbers
  const phoneNumbers = numbers.value.map((number) => number.phoneNumber)
  const { timeZone } = await partitionDefaults(context.database.sql, scope)
  const known = phoneNumbers.map((phoneNumber) => ({ phoneNumber, ...portingCarrierOf(context).portability(phoneNumber) }))
  const refused = known.find((one) => !one.portable)
  const here = refused === undefined ? await firstOnPlatform(context, phoneNumbers) : undefined
  return ok({
    phoneNumbers,
    isPortable: refused === undefined && here === undefined,
    reason: refused?.reason ?? (here === undefined ? undefined : `${here} is on this platform already, or on its way here.`),
    currentCarrier: known[0]?.currentCarrier ?? '',
    isWireless: known.some((one) => one.wireType === 'Wireless'),
    dates: portDates(context.clock.nowMs(), timeZone, countryOfNumber(phoneNumbers[0] ?? '')),
  })
}

async function firstOnPlatform(context: Context, phoneNumbers: readonly string[]): Promise<string | undefined> {
  for (const phoneNumber of phoneNumbers) if (await isOnPlatform(context.database.sql, phoneNumber)) return phoneNumber
  return undefined
}
