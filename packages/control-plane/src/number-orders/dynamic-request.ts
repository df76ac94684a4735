import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import { type ApiFailure, invalidField } from '../failures/index.ts'
import { type Coordinates, lazyPlaceTables, zipOf } from '../reference-data/index.ts'
import { type NumbersToAdd, readNumbersToAdd } from '../telephone-numbers/index.ts'
import type { LiveQuestion } from './live-carrier.ts'

type Body = Readonly<Record<string, unknown>>

/** A request for numbers that the carrier is to choose. */
export interface DynamicRequest {
  /** As it came: what is shown again. */
  readonly body: Body
  /** An offer of a search, whose numbers are wanted. */
  readonly offerId: string | undefined
  readonly question: LiveQuestion
  /** What the numbers become part of, for numbers that are not known yet. */
  readonly termsFor: (phoneNumbers: readonly string[]) => Result<NumbersToAdd, ApiFailure>
}

const MAX_QUANTITY = 100
/** Stands for the numbers to come while the rest is checked. */
const ANY_NUMBER = '12015550100'

export function readDynamicRequest(body: Body): Result<DynamicRequest, ApiFailure> {
  const { tnQuantity = 1, tnSettings = {}, orderId, customerServiceRecord } = body
  if (typeof tnQuantity !== 'number' || !Number.isInteger(tnQuantity) || tnQuantity < 1 || tnQuantity > MAX_QUANTITY)
    return err(invalidField('tnQuantity', `is ${String(tnQuantity).slice(0, 20)}`, `from 1 to ${MAX_QUANTITY}`))
  if (typeof tnSettings !== 'object' || tnSettings === null) return err(invalidField('tnSettings', 'has the wrong type', 'an object'))
  const settings = tnSettings as Body
  const termsFor = (phoneNumbers: readonly string[]): Result<NumbersToAdd, ApiFailure> =>
    readNumbersToAdd({
      directoryListing: { listed: false },
      ...body,
      telephoneNumbers: phoneNumbers.map((phoneNumber) => ({ ...settings, ...referenceOf(body), phoneNumber })),
    })
  const terms = termsFor([ANY_NUMBER])
  if (!terms.ok) return terms
  const example = typeof settings['phoneNumber'] === 'string' ? normalizePhoneNumber(settings['phoneNumber']) : undefined
  return ok({
    body,
    offerId: typeof orderId === 'string' && orderId !== '' ? orderId : undefined,
    question: { npa: example?.slice(1, 4), nxx: example?.slice(4, 7), near: pointOf(customerServiceRecord), quantity: tnQuantity, sequential: false },
    termsFor,
  })
}

/** A user or a device line the numbers are for. */
function referenceOf(body: Body): Body {
  if (typeof body['userId'] === 'string' && body['userId'] !== '') return { referenceType: 'END_USER', referenceId: body['userId'] }
  if (typeof body['deviceId'] === 'string' && body['deviceId'] !== '') return { referenceType: 'LINE_APPEARANCE', referenceId: body['deviceId'] }
  return {}
}

function pointOf(record: unknown): Coordinates | undefined {
  const { latitude, longitude, postalCode } = (record ?? {}) as Body
  const point = { latitude: Number(latitude ?? Number.NaN), longitude: Number(longitude ?? Number.NaN) }
  if (Math.abs(point.latitude) <= 90 && Math.abs(point.longitude) <= 180) return point
  return typeof postalCode === 'string' || typeof postalCode === 'number' ? zipOf(lazyPlaceTables(), String(postalCode))?.coordinates : undefined
}
