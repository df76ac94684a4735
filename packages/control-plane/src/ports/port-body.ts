import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type, { type Static, type TSchema } from 'typebox'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'
import { checkSchema, freeObject, named, oneOf } from '../http/index.ts'
import { CARRIER_TYPES } from '../service-activations/index.ts'
import { type CustomerServiceRecord, readCustomerServiceRecord } from '../telephone-numbers/index.ts'
import { TIME_ZONES } from '../time-zones/index.ts'
import { CANCEL_TYPES, WIRE_TYPES, type WireType } from './port.ts'
import type { WantedDate } from './port-dates.ts'

const shortText = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const date = Type.String({ maxLength: 40, format: 'date-time' })
/** What only answers say: requests that repeat it change nothing by it. */
const shown = <Schema extends TSchema>(schema: Schema) => Type.Optional(Type.Unsafe<Static<Schema>>({ ...schema, readOnly: true }))

/** What only ports in Canada need (public-spec section 10). */
export const TelecomSettings = named(
  'TelecomSettings',
  Type.Object({
    notes: shortText(1024),
    currentCarrier: shortText(128),
    currentCarrierName: shortText(128),
    localReseller: shortText(128),
    loaDate: Type.Optional(Type.String({ maxLength: 40 })),
    disconnectInternetService: Type.Optional(Type.Boolean()),
    disconnectTelevisionService: Type.Optional(Type.Boolean()),
    tnData: Type.Optional(
      Type.Record(Type.String(), named('TnData', Type.Object({ tn: shortText(32), rateCenter: shortText(64), wireless: Type.Optional(Type.Boolean()) }))),
    ),
  }),
)

const CARRIER_STATUSES = [
  'ACTIVE', 'ACTIVATION_ON_HOLD', 'ACTIVATION_PENDING', 'PORT_PENDING', 'CANCEL_PORT', 'CANCEL_PORT_EXPIDITED', 'DELETE_PENDING', 'DELETED', 'CANCEL_PORT_COMPLETE', 'PORT_REJECTED',
  'INVENTORY', 'INVENTORY_CLAIMED', 'COOLDOWN', 'RECOVERED',
] as const // prettier-ignore

/** A port as the first interface writes it, in requests and answers. */
export const PortSchema = named(
  'Port',
  Type.Object({
    ...{ id: shown(Type.String()), partitionId: shown(Type.String()), accountId: shown(Type.String()) },
    telephoneNumbers: shown(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 100 })),
    status: shown(oneOf(CARRIER_STATUSES)),
    sendLoa: Type.Optional(Type.Boolean()),
    loaSaved: shown(Type.Boolean()),
    carrierId: shown(Type.String()),
    carrierType: shown(oneOf(CARRIER_TYPES)),
    customerServiceRecord: Type.Optional(freeObject()),
    /** The day counts; a business day of the availability list. */
    crdDate: Type.Optional(Type.String({ maxLength: 40 })),
    billingTelephoneNumber: shortText(32),
    portingWireType: Type.Optional(oneOf(WIRE_TYPES)),
    portingAuthorizedName: shortText(256),
    /** The account at the losing carrier, mobile or not. */
    wirelessAccountNumber: Type.Optional(Type.String({ maxLength: 50, pattern: '^[A-Za-z0-9 ._/-]*$' })),
    /** Write-only: it is never in an answer, and stays as it is when a replacement leaves it out. */
    wirelessPin: Type.Optional(Type.String({ maxLength: 15, pattern: '^[A-Za-z0-9]*$' })),
    focDate: shown(date),
    focDateTimeZone: shown(oneOf(TIME_ZONES)),
    createdDate: shown(date),
    completedDate: shown(date),
    cancelType: shown(oneOf(CANCEL_TYPES)),
    telecomSettings: Type.Optional(TelecomSettings),
    /** The agreement of the carriers on a cut by hand: it happens when `triggerport` is called. */
    hotCutPortId: shortText(64),
    portNow: Type.Optional(Type.Boolean()),
    canAcceptSMS: Type.Optional(Type.Boolean()),
    smsCallbackUrl: Type.Optional(Type.String({ maxLength: 1024, pattern: '^(https?://.+)?$' })),
    /** Ours besides: why the losing carrier refused, and what can be corrected. */
    rejectionCode: shown(Type.String()),
    rejectionReason: shown(Type.String()),
    editableFieldTypes: shown(Type.Array(Type.String())),
  }),
)
export type PortBody = Static<typeof PortSchema>

/** What a customer decides about a port. */
export interface PortTerms {
  readonly customerServiceRecord: CustomerServiceRecord
  readonly billingTelephoneNumber: string
  readonly portingAuthorizedName: string
  readonly wireType: WireType | undefined
  readonly accountNumber: string
  /** Undefined: none, or as before. */
  readonly pin: string | undefined
  readonly date: WantedDate
  readonly currentProvider: string | undefined
  readonly telecomSettings: Readonly<Record<string, unknown>> | undefined
  readonly hotCutPortId: string | undefined
  readonly sendLoa: boolean
  readonly portNow: boolean
  readonly canAcceptSMS: boolean
  readonly smsCallbackUrl: string | undefined
}

/** @param input already known to be an object under `port`. @returns with coerced values, or what is wrong by field. */
export function checkPortBody(input: unknown): Result<PortBody, ApiFailure> {
  const checked = checkSchema(Type.Object({ port: PortSchema }), { port: input })
  return checked.ok ? ok(checked.value.port) : checked
}

/**
 * Reads what the first interface sends (public-spec section 10).
 * @param body checked. @param o.customerServiceRecord of the request around it; @param o.phoneNumbers what is ported.
 */
export function readPortTerms(body: PortBody, o: { customerServiceRecord?: unknown; phoneNumbers: readonly string[] }): Result<PortTerms, ApiFailure> {
  const record = readCustomerServiceRecord(body.customerServiceRecord ?? o.customerServiceRecord)
  if (!record.ok) return record
  const billing = readBillingNumber(body.billingTelephoneNumber, o.phoneNumbers)
  if (!billing.ok) return billing
  const portNow = body.portNow === true
  if (given(body.crdDate) === undefined && !portNow) return err(fieldRequired('crdDate'))
  return ok({
    customerServiceRecord: record.value,
    billingTelephoneNumber: billing.value,
    portingAuthorizedName: given(body.portingAuthorizedName) ?? nameOf(record.value),
    wireType: body.portingWireType,
    accountNumber: given(body.wirelessAccountNumber) ?? '',
    pin: given(body.wirelessPin),
    date: { field: 'crdDate', written: portNow ? undefined : given(body.crdDate), isWish: false },
    currentProvider: undefined,
    telecomSettings: body.telecomSettings,
    hotCutPortId: given(body.hotCutPortId),
    sendLoa: body.sendLoa === true,
    portNow,
    canAcceptSMS: body.canAcceptSMS === true,
    smsCallbackUrl: given(body.smsCallbackUrl),
  })
}

/**
 * A mobile carrier lets a number go only to who knows its account number and PIN (47 CFR 52.36: the fields of a simple port).
 * @param hasPin one is stored already.
 */
export function secretsFailure(terms: Pick<PortTerms, 'wireType' | 'accountNumber' | 'pin' | 'date'>, hasPin: boolean): ApiFailure | undefined {
  const [accountField, pinField] = terms.date.field === 'crdDate' ? ['wirelessAccountNumber', 'wirelessPin'] : ['accountNumber', 'pin']
  if (terms.wireType !== 'Wireless') return undefined
  if (terms.accountNumber === '') return fieldRequired(accountField)
  return terms.pin === undefined && !hasPin ? fieldRequired(pinField) : undefined
}

/** The number the losing carrier bills: one of those that move, unless it says otherwise (S2-24). */
export function readBillingNumber(written: string | undefined, phoneNumbers: readonly string[]): Result<string, ApiFailure> {
  const text = given(written)
  if (text === undefined) return ok(phoneNumbers[0] ?? '')
  const number = normalizePhoneNumber(text)
  return number === undefined ? err(invalidField('billingTelephoneNumber', `"${text}" is no telephone number`, '10 or 11 digits')) : ok(number)
}

export function nameOf(record: CustomerServiceRecord): string {
  return record.customerType === 'BUSINESS' ? record.businessName : `${record.firstName} ${record.lastName}`.trim()
}

export function given(value: string | undefined): string | undefined {
  const text = value?.trim()
  return text === undefined || text === '' ? undefined : text
}
