import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { entityNotFound, invalidField } from '../failures/index.ts'
import { FileProblem, named, oneOf, openOperation, type Operation, partitionOperation } from '../http/index.ts'
import { jobView, JobView, startJob } from '../jobs/index.ts'
import { readSearchCriteria, searchNumbers, TELEPHONENUMBER_SEARCH } from '../number-search/index.ts'
import { isOnEarth, lazyPlaceTables, stateAbbreviation } from '../reference-data/index.ts'
import {
  factsOf,
  findVisible,
  InventoryNumberView,
  inventoryNumberView,
  isCoolingDown,
  isReserved,
  readInOrder,
  withNumber,
} from '../telephone-numbers/index.ts'
import { exportPlan, importPlanFor } from './inventory-plan.ts'
import { PLAN_EXPORT, PLAN_IMPORT } from './plan-workers.ts'
import {
  AvailabilityView,
  carrierType,
  DISTANCE_UNITS,
  distanceIn,
  rateCenterOf,
  RateCenterSearchView,
  rateCentersNear,
  RateCenterView,
} from './rate-center.ts'
import { reorderEmails, setReorderEmails } from './reorder-notification.ts'

const PARTITION = '/v2/partition/:partitionId'
const tag = 'Rate Center Inventory'
const NumberPath = Type.Object({ partitionId: Type.String(), tn: Type.String() })
const text = Type.Optional(Type.String({ maxLength: 64 }))
const UploadKey = named('JobUploadKey', Type.Object({ key: Type.Optional(Type.String({ maxLength: 64 })) }))
const Emails = Type.Array(Type.String({ maxLength: 256 }))
/** The one document of several statuses: an asynchronous call is answered 202. */
const jobResponses = { 200: JobView, 202: JobView }

export const rateCenterOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: `${PARTITION}/ratecenter/:tn`,
    tag,
    summary: 'The rate center of a number',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    params: NumberPath,
    responses: { 200: RateCenterView },
    handle: (_context, { params }) => withNumber(params.tn, (number) => Promise.resolve(ok({ status: 200, body: rateCenterOf(number) }))),
  }),
  partitionOperation({
    method: 'GET',
    path: `${PARTITION}/ratecenter/tnsearch`,
    tag,
    summary: 'The free number of a rate center, or the one nearest to a point',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    query: Type.Object({ searchterm: text, latitude: text, longitude: text, distanceunit: text }),
    responses: { 200: InventoryNumberView },
    handle: async (context, { principal, scope, query }) => {
      const unit = DISTANCE_UNITS.find((known) => known === (query.distanceunit ?? 'MILES').toUpperCase())
      if (unit === undefined) return err(invalidField('distanceunit', 'is unknown', `one of ${DISTANCE_UNITS.join(', ')}`))
      const asked =
        query.searchterm === undefined ? { type: 'LAT_LONG', lat: query.latitude, long: query.longitude } : { type: 'RATECENTER', q: query.searchterm }
      const criteria = readSearchCriteria({ ...asked, maxResults: '1' }, TELEPHONENUMBER_SEARCH)
      if (!criteria.ok)
        return err({ code: criteria.error[0]?.code ?? 'InvalidSearch', status: 400, message: 'The search cannot be read.', details: criteria.error })
      const [found] = await searchNumbers(context, scope, criteria.value, { tables: lazyPlaceTables(), userId: principal.userId })
      const [row] = found === undefined ? [] : await readInOrder(context.database.sql, [found.phoneNumber])
      if (found === undefined || row === undefined) return err(entityNotFound('TelephoneNumber', query.searchterm ?? ''))
      const distance = found.distance === undefined ? undefined : distanceIn(unit, found.distance)
      return ok({ status: 200, body: inventoryNumberView(row, context.clock.nowMs(), { distance, matchesZip: undefined }) })
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${PARTITION}/telephonenumber/:tn/availability`,
    tag: 'Telephone Number',
    summary: 'The rate center of a number, and whether it can be ordered now',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    params: NumberPath,
    responses: { 200: AvailabilityView },
    handle: (context, { scope, params }) =>
      withNumber(params.tn, async (number) => {
        const row = await findVisible(context.database.sql, scope, number)
        if (row === undefined) return err(entityNotFound('TelephoneNumber', number))
        const nowMs = context.clock.nowMs()
        const reserved = isReserved(factsOf(row), nowMs)
        const available = row.account_id === null && !reserved && !isCoolingDown(factsOf(row), nowMs)
        const { rate_center: name, rate_center_reorder_name: reorderName, state } = row
        return ok({
          status: 200,
          body: { ...rateCenterOf(number), name, reorderName, state, serviceAvailable: true, phoneNumber: number, available, reserved },
        })
      }),
  }),
  partitionOperation({
    method: 'GET',
    path: `${PARTITION}/ratecenter/reordernotification`,
    tag,
    summary: 'Who is told when the stock of a rate center runs low',
    requires: { permission: 'PhoneNumberInventory', level: 'READ' },
    responses: { 200: Emails },
    handle: async (context, { scope }) => ok({ status: 200, body: await reorderEmails(context.database.sql, scope) }),
  }),
  partitionOperation({
    method: 'PUT',
    path: `${PARTITION}/ratecenter/reordernotification`,
    tag,
    summary: 'Set who is told when the stock of a rate center runs low',
    requires: { permission: 'PhoneNumberInventory', level: 'EDIT' },
    body: Emails,
    responses: { 200: Emails },
    handle: async (context, { principal, scope, body }) => {
      const set = await setReorderEmails(context, principal, scope, body)
      return set.ok ? ok({ status: 200, body: set.value }) : set
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${PARTITION}/ratecenter/inventoryplan`,
    tag,
    summary: 'How many numbers of which rate centers are to be in stock, as CSV',
    requires: { permission: 'PhoneNumberInventory', level: 'READ' },
    responses: { 200: Type.String() },
    handle: async (context, { scope }) => ok({ status: 200, body: await exportPlan(context.database.sql, scope), contentType: 'text/csv; charset=utf-8' }),
  }),
  partitionOperation({
    method: 'POST',
    path: `${PARTITION}/ratecenter/inventoryplan`,
    tag,
    summary: 'Replace the plan of the stock by a CSV file; lines that are wrong come back, and then nothing has changed',
    requires: { permission: 'PhoneNumberInventory', level: 'EDIT' },
    takesForm: true,
    body: Type.Object({ file: Type.String({ maxLength: 16_000_000 }) }),
    responses: { 201: Type.Array(FileProblem) },
    handle: async (context, { principal, scope, body }) => {
      const imported = await importPlanFor(context, principal, scope, body.file)
      return imported.ok ? ok({ status: 201, body: imported.value }) : imported
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${PARTITION}/ratecenter/inventoryplan_2`,
    tag,
    summary: 'Export the plan of the stock in the background',
    requires: { permission: 'PhoneNumberInventory', level: 'READ' },
    responses: jobResponses,
    handle: async (context, { principal, scope }) => {
      const job = await startJob(context, principal, scope, { name: 'Inventory plan export', work: PLAN_EXPORT })
      return job.ok ? ok({ status: 202, body: jobView(job.value) }) : job
    },
  }),
  partitionOperation({
    method: 'POST',
    path: `${PARTITION}/ratecenter/inventoryplan_2`,
    tag,
    summary: 'Replace the plan of the stock by an uploaded CSV file in the background',
    requires: { permission: 'PhoneNumberInventory', level: 'EDIT' },
    body: UploadKey,
    responses: jobResponses,
    handle: async (context, { principal, scope, body }) => {
      if (body.key === undefined) return err(invalidField('key', 'is missing', 'the key of an upload', 'KeyRequired'))
      const job = await startJob(context, principal, scope, { name: 'Inventory plan import', work: PLAN_IMPORT, inputKey: body.key })
      return job.ok ? ok({ status: 202, body: jobView(job.value) }) : job
    },
  }),
  openOperation({
    method: 'GET',
    path: '/v2/supported-rate-centers',
    tag: 'Supported Rate Centers',
    summary: 'The rate centers nearest to a point',
    requires: 'signed-in',
    query: Type.Object({
      latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
      longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
      state: text,
      maxResults: Type.Integer({ minimum: 1, maximum: 100, default: 5 }),
      distanceUnit: Type.Unsafe<(typeof DISTANCE_UNITS)[number]>({ ...oneOf(DISTANCE_UNITS), default: 'MILES' }),
      type: Type.Optional(carrierType),
      busOrgId: text,
    }),
    responses: { 200: Type.Array(RateCenterSearchView) },
    handle: (_context, { query }) => {
      const point = { latitude: query.latitude ?? Number.NaN, longitude: query.longitude ?? Number.NaN }
      if (!isOnEarth(point)) return Promise.resolve(err(invalidField('latitude', 'and longitude are missing', 'a point', 'LatitudeRequired')))
      const state = query.state === undefined ? undefined : stateAbbreviation(query.state)
      if (query.state !== undefined && state === undefined) return Promise.resolve(err(invalidField('state', 'is unknown', 'name or abbreviation of a state')))
      return Promise.resolve(ok({ status: 200, body: rateCentersNear(point, { limit: query.maxResults, state, unit: query.distanceUnit }) }))
    },
  }),
]
