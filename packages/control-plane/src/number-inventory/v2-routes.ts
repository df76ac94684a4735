import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { actorOf } from '../access/index.ts'
import { csvReply, streamCsv } from '../csv/index.ts'
import { write } from '../events/index.ts'
import { invalidField } from '../failures/index.ts'
import { named, oneOf, type Operation, partitionOperation } from '../http/index.ts'
import { jobView, JobView, startJob } from '../jobs/index.ts'
import { InventoryNumberView, inventoryNumberView, TELEPHONE_NUMBER_TAG as tag, withNumber } from '../telephone-numbers/index.ts'
import { addToInventory, readInventoryNumber, removeFromInventory } from './add-to-inventory.ts'
import { importedEvent, importRows, INVENTORY_HEADERS, inventoryRows, readInventory } from './inventory-csv.ts'
import { INVENTORY_EXPORT, INVENTORY_IMPORT, STATUS_EXPORT } from './inventory-workers.ts'
import { isOnPlatform, listInventory } from './inventory-queries.ts'
import { DATE_TYPES, readStatusQuery, STATUS_HEADERS, statusRows } from './status-search.ts'

const COLLECTION = '/v2/partition/:partitionId/telephonenumber'
const NumberPath = Type.Object({ partitionId: Type.String(), tn: Type.String() })
/** Beyond this the export is the way (public-spec section 2). */
const MAX_LIST = 500
const MAX_SYNCHRONOUS_ROWS = 20_000
const MAX_PAGE = 500
const text = Type.Optional(Type.String({ maxLength: 64 }))
/** One word, several with commas, or the parameter several times. */
const words = Type.Optional(Type.Union([Type.String({ maxLength: 512 }), Type.Array(Type.String({ maxLength: 64 }), { maxItems: 32 })]))
const statusQuery = {
  accountId: text,
  telephoneNumber: text,
  dateType: Type.Optional(oneOf(DATE_TYPES)),
  startDate: text,
  endDate: text,
  eventType: words,
  statusType: words,
}
const includeSubTns = Type.Boolean({ default: true })
const NewNumber = named(
  'NewInventoryTelephoneNumber',
  Type.Object({ phoneNumber: text, carrierId: text, functionType: text, operationalStatus: text, rateCenter: text, rateCenterReorderName: text, state: text }),
)
const UploadKey = named('JobUploadKey', Type.Object({ key: Type.Optional(Type.String({ maxLength: 64 })) }))

const inventoryOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: COLLECTION,
    tag,
    summary: 'The first numbers of the partition’s own inventory, ascending',
    requires: { permission: 'PhoneNumberInventory', level: 'READ' },
    responses: { 200: Type.Array(InventoryNumberView) },
    handle: async (context, { scope, page = { limit: MAX_LIST } }) => {
      const { rows, following } = await listInventory(context.database.sql, scope, page)
      const nowMs = context.clock.nowMs()
      return ok({ status: 200, body: rows.map((row) => inventoryNumberView(row, nowMs)), following })
    },
  }),
  partitionOperation({
    method: 'POST',
    path: COLLECTION,
    tag,
    summary: 'Put a number into the inventory',
    requires: { permission: 'PhoneNumberInventory', level: 'CREATE' },
    body: NewNumber,
    responses: { 201: InventoryNumberView },
    handle: async (context, { principal, scope, body }) => {
      const number = readInventoryNumber(body)
      if (!number.ok) return number
      const added = await addToInventory(context, principal, scope, number.value)
      return added.ok ? ok({ status: 201, body: inventoryNumberView(added.value, context.clock.nowMs()) }) : added
    },
  }),
  partitionOperation({
    method: 'DELETE',
    path: `${COLLECTION}/:tn`,
    tag,
    summary: 'Take a number nobody uses out of the inventory for good',
    requires: { permission: 'PhoneNumberInventory', level: 'DELETE' },
    params: NumberPath,
    responses: { 204: undefined },
    handle: (context, { principal, scope, params }) =>
      withNumber(params.tn, async (number) => {
        const removed = await removeFromInventory(context, principal, scope, number)
        return removed.ok ? ok({ status: 204 }) : removed
      }),
  }),
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/:tn/fmfmcheck`,
    tag,
    summary: 'Whether calls can be forwarded to a number: true when nobody on the platform has it',
    requires: { permission: 'PhoneNumber', level: 'READ' },
    params: NumberPath,
    responses: { 200: Type.Boolean() },
    handle: (context, { params }) => withNumber(params.tn, async (number) => ok({ status: 200, body: !(await isOnPlatform(context.database.sql, number)) })),
  }),
]

const fileOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/export`,
    tag,
    summary: 'The inventory as CSV; of a large one the beginning',
    requires: { permission: 'PhoneNumberInventory', level: 'READ' },
    responses: { 200: Type.String() },
    handle: async (context, { scope }) => ok(await csvReply(streamCsv(INVENTORY_HEADERS, inventoryRows(context, scope, MAX_SYNCHRONOUS_ROWS)))),
  }),
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/export_2`,
    tag,
    summary: 'Export the inventory in the background',
    requires: { permission: 'PhoneNumberInventory', level: 'READ' },
    responses: { 202: JobView },
    handle: async (context, { principal, scope }) => {
      const job = await startJob(context, principal, scope, { name: 'Telephone number export', work: INVENTORY_EXPORT })
      return job.ok ? ok({ status: 202, body: jobView(job.value) }) : job
    },
  }),
  partitionOperation({
    method: 'POST',
    path: `${COLLECTION}/bulkimport`,
    tag,
    summary: 'Put the numbers of a CSV file into the inventory; the lines that were not taken come back',
    requires: { permission: 'PhoneNumberInventory', level: 'CREATE' },
    takesForm: true,
    body: Type.Object({ file: Type.String({ maxLength: 16_000_000 }) }),
    responses: { 200: Type.Array(Type.String()) },
    handle: async (context, { principal, scope, body }) => {
      const { rows, problem } = await readInventory(body.file)
      if (problem !== undefined) return ok({ status: 200, body: [`line ${problem.lineNumber}: ${problem.error} ${problem.column}`.trim()] })
      if (rows.length > MAX_SYNCHRONOUS_ROWS)
        return err(invalidField('file', `has ${rows.length} lines`, `at most ${MAX_SYNCHRONOUS_ROWS}; bulkimport_2 takes more`))
      return write(context, actorOf(principal), async (change) => {
        const problems = []
        for (let first = 0; first < rows.length; first += MAX_PAGE)
          problems.push(...(await importRows(change.sql, scope, rows.slice(first, first + MAX_PAGE), change.now)))
        change.emit(importedEvent(scope, rows.length - problems.length))
        return ok({ status: 200, body: problems.map((each) => `line ${each.lineNumber}: ${each.error} ${each.input}`) })
      })
    },
  }),
  partitionOperation({
    method: 'POST',
    path: `${COLLECTION}/bulkimport_2`,
    tag,
    summary: 'Put the numbers of an uploaded CSV file into the inventory in the background',
    requires: { permission: 'PhoneNumberInventory', level: 'CREATE' },
    body: UploadKey,
    responses: { 202: JobView },
    handle: async (context, { principal, scope, body }) => {
      if (body.key === undefined) return err(invalidField('key', 'is missing', 'the key of an upload', 'KeyRequired'))
      const job = await startJob(context, principal, scope, { name: 'Telephone number import', work: INVENTORY_IMPORT, inputKey: body.key })
      return job.ok ? ok({ status: 202, body: jobView(job.value) }) : job
    },
  }),
]

const statusOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/exportstatussearch`,
    tag,
    summary: 'What is going on about numbers (activations, ports, addresses, disconnections) as CSV',
    requires: { permission: 'PhoneNumberServiceActivation', level: 'READ' },
    query: Type.Object({ ...statusQuery, includeSubTns }),
    responses: { 200: Type.String() },
    handle: async (context, { scope, query }) => {
      const read = readStatusQuery(query)
      return read.ok ? ok(await csvReply(streamCsv(STATUS_HEADERS, statusRows(context, scope, read.value)))) : read
    },
  }),
  partitionOperation({
    method: 'GET',
    path: `${COLLECTION}/exportstatussearch_2`,
    tag,
    summary: 'The same as CSV, in the background',
    requires: { permission: 'PhoneNumberServiceActivation', level: 'READ' },
    query: Type.Object({ ...statusQuery, includeSubTns }),
    responses: { 202: JobView },
    handle: async (context, { principal, scope, query }) => {
      const read = readStatusQuery(query)
      if (!read.ok) return read
      const job = await startJob(context, principal, scope, { name: 'Telephone number status export', work: STATUS_EXPORT, parameters: { ...query } })
      return job.ok ? ok({ status: 202, body: jobView(job.value) }) : job
    },
  }),
]

export const numberInventoryOperations: readonly Operation[] = [...inventoryOperations, ...fileOperations, ...statusOperations]
