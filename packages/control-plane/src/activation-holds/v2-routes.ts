import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type, { type Static } from 'typebox'
import type { AccountScope, Principal } from '../access/index.ts'
import { isoDateOf } from '../business-days/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidField } from '../failures/index.ts'
import { accountOperation, named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { cancelPort, decidePort, findPort, portIdOf, portingCarrierOf, releasePort } from '../ports/index.ts'
import {
  ACTIVATION_PATH,
  ACTIVATION_STATUSES,
  ActivationPath,
  activationReference,
  activationView,
  findActivation,
  SERVICE_TYPES,
  searchActivations,
  ServiceActivationEventPage,
  ServiceActivationEventView,
  type ServiceType,
} from '../service-activations/index.ts'
import { decideHold } from '../telephone-numbers/index.ts'

/** A person lets what was held go on, or gives it up (public-spec section 10); of a port that people drive, what they heard. */
const Decision = named(
  'ServiceActivationDecision',
  Type.Object({
    activationStatusType: oneOf(ACTIVATION_STATUSES),
    focDate: Type.Optional(Type.String({ maxLength: 40 })),
    code: Type.Optional(Type.String({ maxLength: 64 })),
    message: Type.Optional(Type.String({ maxLength: 512 })),
  }),
)

const text = Type.Optional(Type.String({ maxLength: 128 }))
const MAX_RESULT = 500
const DATE_COLUMNS = { FOCDate: 'foc_date', UpdatedDate: 'updated_at', CreatedDate: 'created_at' } as const
const DAY_MS = 86_400_000

export const activationHoldOperations: readonly Operation[] = [
  accountOperation({
    method: 'PUT',
    path: ACTIVATION_PATH,
    tag: 'Service Activation',
    summary: 'Release what was held (IN_PROGRESS), or give it up (CANCELLED)',
    requires: { permission: 'PhoneNumberServiceActivation', level: 'EDIT' },
    params: ActivationPath,
    body: Decision,
    responses: { 200: ServiceActivationEventView },
    handle: async (context, { principal, scope, params, body }) => {
      const { serviceType } = params
      const referenceId = serviceType === 'PORT_REQUEST' ? portIdOf(params.referenceId) : activationReference(params.referenceId)
      const decided = await decide(context, principal, scope, serviceType, referenceId, body)
      if (!decided.ok) return decided
      const found = await findActivation(context.database.sql, scope, { serviceType, referenceId })
      return found === undefined
        ? err(entityNotFound('ServiceActivationEvent', params.referenceId))
        : ok({ status: 200, body: activationView(found.row, found.logs) })
    },
  }),
  partitionOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/telephonenumber/statussearch',
    tag: 'Telephone Number',
    summary: 'Find activations, ports and disconnects, newest first',
    requires: { permission: 'PhoneNumberServiceActivation', level: 'READ' },
    query: Type.Object({
      ...{ accountId: text, telephoneNumber: text, startDate: text, endDate: text },
      dateType: Type.Optional(oneOf(['FOCDate', 'UpdatedDate', 'CreatedDate'])),
      /** One or several, also with commas. */
      eventType: Type.Optional(Type.Unsafe<string | readonly string[]>({})),
      statusType: Type.Optional(Type.Unsafe<string | readonly string[]>({})),
      firstResultIndex: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
      maxResult: Type.Integer({ minimum: 1, maximum: MAX_RESULT, default: 50 }),
    }),
    responses: { 200: ServiceActivationEventPage },
    handle: async (context, { principal, scope, query }) => {
      const search = readSearch(query)
      if (!search.ok) return search
      // A user of one account sees that account's, whatever he asks for.
      const accountId = principal.accountId ?? query.accountId
      const { firstResultIndex: offset, maxResult: limit } = query
      const found = await searchActivations(context.database.sql, scope, { ...search.value, accountId, offset, limit })
      const results = found.rows.map((row) => activationView(row, found.logs.get(row.id) ?? []))
      return ok({ status: 200, body: { totalRecords: found.totalRecords, results } })
    },
  }),
]

async function decide(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  serviceType: ServiceType,
  referenceId: string,
  decision: Static<typeof Decision>,
): Promise<Result<unknown, ApiFailure>> {
  const { activationStatusType: status, ...told } = decision
  const carrier = portingCarrierOf(context)
  const goesOn = status === 'IN_PROGRESS'
  if (serviceType === 'PORT_REQUEST' && carrier.isManual === true && status !== 'CANCELLED') {
    const port = await findPort(context.database.sql, scope, referenceId)
    if (port?.status !== 'ON_HOLD') return decidePort(context, principal, scope, referenceId, { status, ...told })
  }
  if (!goesOn && status !== 'CANCELLED') return err(invalidField('activationStatusType', `cannot be set to ${status}`, 'IN_PROGRESS or CANCELLED'))
  if (serviceType === 'PORT_REQUEST')
    return goesOn
      ? releasePort(context, principal, scope, carrier, referenceId)
      : cancelPort(context, principal, scope, referenceId, { allowAfterApproval: true })
  if (serviceType === 'ACTIVATION' || serviceType === 'BYOTN_REQUEST') return decideHold(context, principal, scope, referenceId, goesOn)
  return err(inConflict('ActivationNotOnHold', `An event of the type ${serviceType} is not held.`, { serviceType, referenceId }))
}

interface SearchQuery {
  readonly telephoneNumber?: string
  readonly startDate?: string
  readonly endDate?: string
  readonly dateType?: keyof typeof DATE_COLUMNS
  readonly eventType?: string | readonly string[]
  readonly statusType?: string | readonly string[]
}

function readSearch(query: SearchQuery) {
  const serviceTypes = readList('eventType', query.eventType, SERVICE_TYPES)
  if (!serviceTypes.ok) return serviceTypes
  const statuses = readList('statusType', query.statusType, ACTIVATION_STATUSES)
  if (!statuses.ok) return statuses
  const from = readDay('startDate', query.startDate)
  if (!from.ok) return from
  const to = readDay('endDate', query.endDate)
  if (!to.ok) return to
  if (from.value !== undefined && to.value !== undefined && to.value < from.value) return err(invalidField('endDate', 'is before startDate', 'the last day'))
  const written = query.telephoneNumber?.trim()
  const telephoneNumber = written === undefined || written === '' ? undefined : normalizePhoneNumber(written)
  if (written !== undefined && written !== '' && telephoneNumber === undefined)
    return err(invalidField('telephoneNumber', 'is no telephone number', '10 or 11 digits'))
  return ok({
    ...{ telephoneNumber, serviceTypes: serviceTypes.value, statuses: statuses.value, dateColumn: DATE_COLUMNS[query.dateType ?? 'CreatedDate'] },
    from: from.value,
    // Both ends are included.
    to: to.value === undefined ? undefined : new Date(to.value.getTime() + DAY_MS - 1),
  })
}

function readList<Value extends string>(
  field: string,
  given: string | readonly string[] | undefined,
  known: readonly Value[],
): Result<readonly Value[], ApiFailure> {
  const words = (typeof given === 'string' ? [given] : (given ?? [])).flatMap((text_) => text_.split(',')).map((word) => word.trim()).filter((word) => word !== '') // prettier-ignore
  const values: Value[] = []
  for (const word of words) {
    const value = known.find((candidate) => candidate === word)
    if (value === undefined) return err(invalidField(field, `"${word.slice(0, 40)}" is unknown`, `of ${known.join(', ')}`))
    values.push(value)
  }
  return ok(values)
}

function readDay(field: string, written: string | undefined): Result<Date | undefined, ApiFailure> {
  if (written === undefined || written === '') return ok(undefined)
  const day = isoDateOf(written)
  return day === undefined ? err(invalidField(field, 'is no date', 'yyyy-MM-dd')) : ok(new Date(`${day}T00:00:00.000Z`))
}
