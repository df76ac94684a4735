import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { fieldRequired } from '../failures/index.ts'
import { FileProblem, named, type Operation, partitionOperation } from '../http/index.ts'
import { jobView, JobView, startJob } from '../jobs/index.ts'
import { exportInventory, readInventoryFile, workOnInventory } from './inventory-file.ts'
import { INVENTORY_DELETE, INVENTORY_EXPORT, INVENTORY_IMPORT } from './inventory-jobs.ts'

const BASE = '/v2/partition/:partitionId/deviceinventory'
const TAG = 'Device Inventory Management'
const MAX_FILE_CHARACTERS = 16_000_000
const MAY_EDIT = { permission: 'EU_Device', level: 'EDIT' } as const

const UploadKey = named('JobUploadKey', Type.Object({ key: Type.Optional(Type.String({ maxLength: 256 })) }))

/** The MAC addresses a partition owns; a device on no account is UNASSIGNED (S0-98). */
export const deviceInventoryOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: BASE,
    tag: TAG,
    summary: 'The device inventory as CSV, with the state of every device',
    requires: { permission: 'EU_Device', level: 'READ' },
    responses: { 200: Type.String() },
    handle: async (context, { scope }) => {
      let text = ''
      for await (const piece of exportInventory(context, scope)) text += piece
      return ok({ status: 200, body: text, contentType: 'text/csv; charset=utf-8' })
    },
  }),
  partitionOperation({
    method: 'POST',
    path: BASE,
    tag: TAG,
    summary: 'Take the MAC addresses of a CSV file into the inventory; lines that are wrong come back',
    requires: MAY_EDIT,
    takesForm: true,
    body: Type.Object({ file: Type.String({ maxLength: MAX_FILE_CHARACTERS }) }),
    responses: { 200: Type.Array(FileProblem) },
    handle: async (context, { principal, scope, body }) => {
      const { rows, problem } = await readInventoryFile(body.file)
      if (problem !== undefined) return ok({ status: 200, body: [problem] })
      const run = await workOnInventory(context, principal, scope, 'import', rows, { from: 0 })
      return ok({ status: 200, body: run.problems })
    },
  }),
  exportJob({ method: 'POST', path: `${BASE}/export`, tag: TAG }),
  fileJob('import', 'Start taking the MAC addresses of an uploaded file into the inventory', 'Device inventory import', INVENTORY_IMPORT),
  fileJob('delete', 'Start taking the MAC addresses of an uploaded file out of the inventory', 'Device inventory deletion', INVENTORY_DELETE),
  // An older spelling of both (public-spec section 2).
  exportJob({ method: 'GET', path: `${BASE}_2`, tag: 'Partition' }),
  fileJob('import', 'Start taking the MAC addresses of an uploaded file into the inventory', 'Device inventory import', INVENTORY_IMPORT, {
    path: `${BASE}_2`,
    tag: 'Partition',
  }),
]

function exportJob(where: { readonly method: 'GET' | 'POST'; readonly path: string; readonly tag: string }): Operation {
  return partitionOperation({
    ...where,
    summary: 'Start writing the inventory to a file',
    requires: { permission: 'EU_Device', level: 'READ' },
    responses: { 200: JobView, 202: JobView },
    handle: async (context, { principal, scope }) => {
      const job = await startJob(context, principal, scope, { name: 'Device inventory export', work: INVENTORY_EXPORT })
      return job.ok ? ok({ status: 202, body: jobView(job.value) }) : job
    },
  })
}

function fileJob(
  action: 'import' | 'delete',
  summary: string,
  name: string,
  work: string,
  { path, tag }: { readonly path: string; readonly tag: string } = { path: `${BASE}/${action}`, tag: TAG },
): Operation {
  return partitionOperation({
    method: 'POST',
    path,
    tag,
    summary,
    requires: MAY_EDIT,
    body: UploadKey,
    responses: { 200: JobView, 202: JobView },
    handle: async (context, { principal, scope, body }) => {
      if (body.key === undefined) return err(fieldRequired('key'))
      const job = await startJob(context, principal, scope, { name, work, inputKey: body.key })
      return job.ok ? ok({ status: 202, body: jobView(job.value) }) : job
    },
  })
}
