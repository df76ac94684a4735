import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { type CsvProblem, type CsvRow, readCsv, writeCsv } from '../csv/index.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { type DeviceRow, lockDevice } from '../devices/index.ts'
import { afterCommit, type Write, write } from '../events/index.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { LINE_TYPES } from '../reference-data/index.ts'
import { addLine, lineFailure } from './create-device-line.ts'
import type { DeviceLineAttributes } from './device-line.ts'
import { attributesOf } from './device-line-attributes.ts'
import { type DeviceLineRow, listPortsOfDevice } from './device-line-queries.ts'
import { referencedObject } from './line-reference.ts'
import { reviseLine } from './update-device-line.ts'

/** The columns of the published format (public-spec section 9). */
const COLUMNS = ['LINE_NUMBER', 'LINE_TYPE', 'REFERENCE', 'REFERENCE_NAME'] as const
const MAX_ROWS = 1000
const NO_CREDENTIALS = { sipUsername: undefined, sipPassword: undefined }

/** The lines and keys of a device as a file. */
export async function exportLines(sql: Sql, scope: AccountScope, device: DeviceRow): Promise<string> {
  const rows = await listPortsOfDevice(sql, scope, device.id)
  const names = await namesOf(sql, scope, rows)
  return writeCsv(COLUMNS, rows.map((row) => [row.line_number, row.line_type, row.reference_id, names.get(row.id) ?? ''])) // prettier-ignore
}

/** Why a file was refused: its lines, and then nothing has changed. */
export type FileFailure = { readonly problems: readonly CsvProblem[] }

/**
 * Sets the lines of a device as a file says: a line that is there changes its type and reference, others are added for the
 * user the device belongs to. All of it or nothing.
 */
export async function importLines(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  idOrMac: string,
  text: string,
): Promise<Result<undefined, ApiFailure | FileFailure>> {
  const read = await readCsv(text, ['LINE_NUMBER', 'LINE_TYPE'], MAX_ROWS)
  if (!read.ok) return err({ problems: [read.error] })
  let problems: CsvProblem[] = []
  let changedLogins: string[] = []
  const imported = await write(context, actorOf(principal), async (change) => {
    ;[problems, changedLogins] = [[], []]
    if ((await lockAccount(change.sql, scope)) === undefined) return err(entityNotFound('Account', scope.accountId))
    const device = await lockDevice(change.sql, scope, idOrMac)
    if (device === undefined) return err(entityNotFound('Device', idOrMac))
    const present = await listPortsOfDevice(change.sql, scope, device.id)
    for (const row of read.value) {
      const done = await importRow(context, change, scope, device, present, row)
      if (done.ok) changedLogins.push(...done.value)
      else problems.push(problemOf(row, done.error))
    }
    return problems.length === 0 ? ok(undefined) : err({ code: 'ImportRefused', status: 400, message: `${problems.length} lines were refused.` })
  })
  if (problems.length > 0) return err({ problems })
  if (imported.ok) {
    await afterCommit(context, async () => {
      await Promise.all(changedLogins.map((lineId) => context.registrations.dropBindings(lineId)))
    })
  }
  return imported
}

/** @returns the lines whose phones have to go. */
async function importRow(
  context: Context,
  change: Write,
  scope: AccountScope,
  device: DeviceRow,
  present: readonly DeviceLineRow[],
  row: CsvRow,
): Promise<Result<readonly string[], ApiFailure>> {
  const lineNumber = Number(row.cells['LINE_NUMBER'])
  const typeName = row.cells['LINE_TYPE']?.toLowerCase()
  const lineType = LINE_TYPES.find((type) => type.toLowerCase() === typeName)
  if (!Number.isInteger(lineNumber) || lineNumber < 1) return err(cellFailure('LINE_NUMBER', 'InvalidLineNumber'))
  if (lineType === undefined) return err(cellFailure('LINE_TYPE', 'InvalidLineType'))
  const cell = row.cells['REFERENCE'] ?? ''
  const referenceId = cell === '' ? undefined : await referenceOf(change.sql, scope, lineType, cell)
  const stored = present.find((line) => line.line_number === lineNumber)
  if (stored !== undefined && stored.kind !== 'USER') return err(cellFailure('LINE_NUMBER', 'DuplicateMACAddressLineNumber'))
  const line = { ...(stored === undefined ? newLine(device, present, lineNumber) : attributesOf(stored)), lineType, referenceId }
  if (stored !== undefined) {
    const revised = await reviseLine(context, change, scope, stored, { line, given: NO_CREDENTIALS })
    return revised.ok ? ok(revised.value.hasNewLogin ? [stored.id] : []) : revised
  }
  const failure = await lineFailure(change.sql, scope, line)
  if (failure !== undefined) return err(failure)
  const added = await addLine(context, change, scope, device, line, NO_CREDENTIALS)
  return added.ok ? ok([]) : added
}

function newLine(device: DeviceRow, present: readonly DeviceLineRow[], lineNumber: number): DeviceLineAttributes {
  return {
    userId: present.find((line) => line.user_id !== null)?.user_id ?? undefined,
    deviceName: device.device_name,
    deviceTypeId: device.device_type_id,
    macAddress: device.mac_address ?? undefined,
    lineNumber,
    lineType: 'Line',
    referenceId: undefined,
    faxEnabled: false,
    emergencyNumber: undefined,
    features: undefined,
    codecs: undefined,
  }
}

/** Users may be written by their extension. */
async function referenceOf(sql: Transaction, scope: AccountScope, lineType: DeviceLineAttributes['lineType'], cell: string): Promise<string> {
  if (referencedObject(lineType, cell)?.type !== 'END_USER') return cell
  const key = await sql
    .selectFrom('account_object_key')
    .select('id')
    .where('account_id', '=', scope.accountId)
    .where('key', '=', 'extension')
    .where('value', '=', cell)
    .where('type', '=', 'END_USER')
    .executeTakeFirst()
  return key?.id ?? cell
}

async function namesOf(sql: Sql, scope: AccountScope, rows: readonly DeviceLineRow[]): Promise<ReadonlyMap<string, string>> {
  const referenced = rows.flatMap((row) => (row.reference_id === null ? [] : [row.reference_id]))
  if (referenced.length === 0) return new Map()
  const objects = await sql
    .selectFrom('account_object')
    .select(['type', 'id', 'name'])
    .where('account_id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .where('id', 'in', referenced)
    .execute()
  const nameOf = new Map(objects.map((object) => [`${object.type} ${object.id}`, object.name]))
  return new Map(
    rows.flatMap((row) => {
      const object = referencedObject(attributesOf(row).lineType, row.reference_id ?? undefined)
      const name = object === undefined ? undefined : nameOf.get(`${object.type} ${object.id}`)
      return name === undefined ? [] : [[row.id, name] as const]
    }),
  )
}

function cellFailure(column: string, code: string): ApiFailure {
  return { code, status: 400, message: code, details: [{ field: column, code, reason: 'is not allowed', rule: column }] }
}

const COLUMN_OF_FIELD: Readonly<Record<string, string>> = { lineNumber: 'LINE_NUMBER', lineType: 'LINE_TYPE', referenceId: 'REFERENCE' }

function problemOf(row: CsvRow, failure: ApiFailure): CsvProblem {
  const field = failure.details?.[0]?.field ?? ''
  const column = COLUMN_OF_FIELD[field] ?? (field === '' ? 'REFERENCE' : field)
  return { lineNumber: row.lineNumber, column, error: failure.details?.[0]?.code ?? failure.code, input: row.input }
}
