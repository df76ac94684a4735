import { err, ok, type Result } from '@dialtone/foundation'
import type { AccountScope } from '../access/index.ts'
import type { LineWords, Transaction } from '../database/index.ts'
import type { DeviceLineAttributes } from '../device-lines/index.ts'
import type { DeviceRow } from '../devices/index.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'

export const WANTED_LINE_TYPES = ['primary', 'shared', 'blf'] as const

/** A line in the words of S3-46. */
export interface WantedLine {
  readonly lineNumber: number
  readonly extension: string | undefined
  readonly label: string | undefined
  readonly type: (typeof WANTED_LINE_TYPES)[number]
}

export interface ResolvedLine {
  readonly line: DeviceLineAttributes
  /** When the extension is nobody of the account: to be shown again as it was said. */
  readonly words: LineWords | undefined
}

/**
 * What a line of those words is (conflicts section 8): `primary` the own line of who has the extension, `shared` and `blf` keys for somebody
 * else. An extension of no user is what it is dialed for: a parking spot, a queue, a conference.
 * @param ownerId the user of the device, when it was given one
 */
export async function resolveLine(
  sql: Transaction,
  scope: AccountScope,
  device: DeviceRow,
  { wanted, ownerId }: { readonly wanted: WantedLine; readonly ownerId: string | undefined },
): Promise<Result<ResolvedLine, ApiFailure>> {
  const { extension, type } = wanted
  const user = extension === undefined ? undefined : await userOf(sql, scope, extension)
  const field = `lines.${wanted.lineNumber}.extension`
  if (extension !== undefined && user === undefined && type === 'primary') {
    return err(invalidField(field, `"${extension}" is no extension of a user`, 'the extension of a user of the account', 'InvalidExtension'))
  }
  if (extension === undefined && type !== 'primary') return err(invalidField(field, 'is missing', `required for a line of type ${type}`, 'ExtensionRequired'))
  const common = {
    deviceName: wanted.label ?? extension ?? device.device_name,
    deviceTypeId: device.device_type_id,
    macAddress: device.mac_address ?? undefined,
    lineNumber: wanted.lineNumber,
    faxEnabled: false,
    emergencyNumber: undefined,
    features: undefined,
    codecs: undefined,
  }
  if (type === 'primary') return ok({ line: { ...common, userId: user?.id ?? ownerId, lineType: 'Line', referenceId: undefined }, words: undefined })
  if (user !== undefined) {
    const lineType = type === 'shared' ? 'ReferencedUser' : 'PresenceBlfUser'
    return ok({ line: { ...common, userId: ownerId ?? user.id, lineType, referenceId: user.id }, words: undefined })
  }
  const spotId = await parkingSpotOf(sql, scope, extension ?? '')
  const key =
    spotId === undefined ? ({ lineType: 'SpeedDialTn', referenceId: extension } as const) : ({ lineType: 'CallParkingSpot', referenceId: spotId } as const)
  return ok({ line: { ...common, userId: ownerId, ...key }, words: { type, extension: extension ?? '' } })
}

function userOf(sql: Transaction, scope: AccountScope, extension: string) {
  return sql.selectFrom('end_user').select('id').where('account_id', '=', scope.accountId).where('partition_id', '=', scope.partitionId).where('extension', '=', extension).executeTakeFirst() // prettier-ignore
}

async function parkingSpotOf(sql: Transaction, scope: AccountScope, extension: string): Promise<string | undefined> {
  const spots = await sql
    .selectFrom('account_object')
    .select(['id', 'attributes'])
    .where('account_id', '=', scope.accountId)
    .where('type', '=', 'CALL_PARKING_SPOT')
    .execute()
  return spots.find((spot) => spot.attributes?.['spotNumber'] === extension)?.id
}
