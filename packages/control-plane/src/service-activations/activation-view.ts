import Type, { type Static } from 'typebox'
import { named, oneOf } from '../http/index.ts'
import type { ActivationLogRow, ActivationRow } from './activation-queries.ts'
import { ACTIVATION_REFERENCE_TYPES, ACTIVATION_STATUSES, type ActivationDetails, EDITABLE_FIELDS, SERVICE_TYPES } from './service-activation.ts'

/** Carriers as the interface names their kinds; ours, and those a provider brings, have no interface of that list. */
export const CARRIER_TYPES = [
  'LEVEL_3', 'NO_API', 'E911', 'TELUS', 'TELUS_API', 'TELUS_ONEVOICE', 'PROVTEL', 'VERIZON_CARIANZA', 'ONVOY_CARIANZA', 'LEVEL3_CARIANZA', 'BANDWIDTH', 'LUMEN_IMS',
  'LUMEN_VOICE_LI_ELS', 'SINCH', 'SERVICE_PROVIDER_CARRIER',
] as const // prettier-ignore

const text = Type.Optional(Type.String())
const date = Type.Optional(Type.String({ format: 'date-time' }))

export const ServiceActivationEventView = named(
  'ServiceActivationEvent',
  Type.Object({
    id: Type.String(),
    partitionId: Type.String(),
    accountId: Type.String(),
    serviceType: oneOf(SERVICE_TYPES),
    referenceType: oneOf(ACTIVATION_REFERENCE_TYPES),
    referenceId: Type.String(),
    activationStatusType: oneOf(ACTIVATION_STATUSES),
    createdDate: Type.String({ format: 'date-time' }),
    lastUpdatedDate: Type.String({ format: 'date-time' }),
    focDate: date,
    crdDate: date,
    city: text,
    mainTelephoneNumber: text,
    subTelephoneNumbers: Type.Array(Type.String()),
    firstName: text,
    lastName: text,
    companyName: text,
    state: text,
    l3Reaction: Type.Optional(oneOf(['IGNORE', 'RESUBMIT', 'CANCEL', 'SEND_EMAIL'])),
    parentOrderId: text,
    editableFieldTypes: Type.Array(oneOf(EDITABLE_FIELDS)),
    losingCarrier: text,
    inboundCarrierType: oneOf(CARRIER_TYPES),
    logs: Type.Array(
      named(
        'ServiceActivationEventLog',
        Type.Object({
          status: oneOf(ACTIVATION_STATUSES),
          actionDate: Type.String({ format: 'date-time' }),
          code: text,
          message: text,
          creationDate: Type.String({ format: 'date-time' }),
          generatedTicketId: text,
        }),
      ),
    ),
  }),
)

export const ServiceActivationEventPage = named(
  'ServiceActivationEventResponse',
  Type.Object({ totalRecords: Type.Integer(), results: Type.Array(ServiceActivationEventView) }),
)

export function activationView(row: ActivationRow, logs: readonly ActivationLogRow[]): Static<typeof ServiceActivationEventView> {
  const { editableFieldTypes = [], ...details } = row.details as ActivationDetails
  return {
    id: row.id,
    partitionId: row.partition_id,
    accountId: row.account_id,
    serviceType: row.service_type as (typeof SERVICE_TYPES)[number],
    referenceType: row.reference_type as (typeof ACTIVATION_REFERENCE_TYPES)[number],
    referenceId: row.reference_id,
    activationStatusType: row.status as (typeof ACTIVATION_STATUSES)[number],
    createdDate: row.created_at.toISOString(),
    lastUpdatedDate: row.updated_at.toISOString(),
    ...(row.foc_date === null ? {} : { focDate: row.foc_date.toISOString() }),
    ...(row.main_telephone_number === null ? {} : { mainTelephoneNumber: row.main_telephone_number }),
    subTelephoneNumbers: row.telephone_numbers.slice(1),
    ...withoutUndefined(details),
    editableFieldTypes: [...editableFieldTypes],
    inboundCarrierType: 'NO_API',
    logs: logs.map((log) => ({
      status: log.status as (typeof ACTIVATION_STATUSES)[number],
      actionDate: log.action_date.toISOString(),
      ...(log.code === null ? {} : { code: log.code }),
      ...(log.message === null ? {} : { message: log.message }),
      creationDate: log.created_at.toISOString(),
      ...(log.ticket_id === null ? {} : { generatedTicketId: log.ticket_id }),
    })),
  }
}

type Defined<Source> = { readonly [Key in keyof Source]: Exclude<Source[Key], undefined> }

function withoutUndefined<Source extends object>(source: Source): Defined<Source> {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined)) as Defined<Source>
}
