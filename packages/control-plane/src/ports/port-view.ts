import { formatPlus } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import { named, oneOf } from '../http/index.ts'
import { withoutBlanks } from '../telephone-numbers/index.ts'
import { TIME_ZONES } from '../time-zones/index.ts'
import { crdInstant } from './advance-ports.ts'
import { carrierStatusOf, type PortStatus } from './port.ts'
import type { PortBody } from './port-body.ts'
import { writtenPortId } from './port-queries.ts'
import { phoneNumbersOf, type PortRecord } from './port-record.ts'

/** A port as the first interface shows it. The PIN stays with us. */
export function portView(port: PortRecord): PortBody {
  const { details, rejection } = port
  const zone = TIME_ZONES.find((known) => known === port.timeZone)
  return {
    id: port.id,
    partitionId: port.partitionId,
    accountId: port.accountId,
    telephoneNumbers: [...phoneNumbersOf(port)],
    status: carrierStatusOf(port.status),
    sendLoa: details.sendLoa,
    loaSaved: port.hasLoa,
    carrierId: port.carrierId,
    carrierType: 'NO_API',
    customerServiceRecord: withoutBlanks(details.customerServiceRecord),
    crdDate: crdInstant(port.crdDate),
    billingTelephoneNumber: details.billingTelephoneNumber,
    portingWireType: port.wireType,
    portingAuthorizedName: details.portingAuthorizedName,
    ...(details.accountNumber === '' ? {} : { wirelessAccountNumber: details.accountNumber }),
    ...(port.focAt === undefined ? {} : { focDate: port.focAt.toISOString(), ...(zone === undefined ? {} : { focDateTimeZone: zone }) }),
    createdDate: port.createdAt.toISOString(),
    ...(port.completedAt === undefined ? {} : { completedDate: port.completedAt.toISOString() }),
    ...(port.cancelType === undefined ? {} : { cancelType: port.cancelType }),
    ...(details.telecomSettings === undefined ? {} : { telecomSettings: details.telecomSettings }),
    ...(port.hotCutPortId === undefined ? {} : { hotCutPortId: port.hotCutPortId }),
    portNow: details.portNow,
    canAcceptSMS: details.canAcceptSMS,
    ...(details.smsCallbackUrl === undefined ? {} : { smsCallbackUrl: details.smsCallbackUrl }),
    ...(rejection === undefined
      ? {}
      : { rejectionCode: rejection.code, rejectionReason: rejection.message, editableFieldTypes: [...rejection.editableFields] }),
  }
}

/** The words of S2-27. */
export const PORT_STATUSES = ['PENDING', 'APPROVED', 'IN_PROGRESS', 'COMPLETED', 'REJECTED', 'CANCELLED'] as const

/** A port as the second interface shows it (S2-25). */
export const PortRequestView = named(
  'PortRequest',
  Type.Object({
    portRequestId: Type.String(),
    status: oneOf(PORT_STATUSES),
    telephoneNumbers: Type.Array(Type.String()),
    accountId: Type.String(),
    submittedDate: Type.String(),
    requestedDate: Type.String(),
    estimatedCompletionDate: Type.String(),
    completedDate: Type.Optional(Type.String()),
    currentProvider: Type.String(),
    rejectionCode: Type.Optional(Type.String()),
    rejectionReason: Type.Optional(Type.String()),
  }),
)

export function portRequestView(port: PortRecord): Static<typeof PortRequestView> {
  return {
    portRequestId: writtenPortId(port.id),
    status: requestStatusOf(port.status),
    telephoneNumbers: phoneNumbersOf(port).map(formatPlus),
    accountId: port.accountId,
    submittedDate: port.createdAt.toISOString(),
    requestedDate: port.requestedDate ?? port.crdDate,
    estimatedCompletionDate: port.crdDate,
    ...(port.completedAt === undefined ? {} : { completedDate: port.completedAt.toISOString() }),
    currentProvider: port.losingCarrier,
    ...(port.rejection === undefined ? {} : { rejectionCode: port.rejection.code, rejectionReason: port.rejection.message }),
  }
}

function requestStatusOf(status: PortStatus): (typeof PORT_STATUSES)[number] {
  return status === 'ON_HOLD' ? 'PENDING' : status
}
