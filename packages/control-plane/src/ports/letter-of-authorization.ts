import { err, ok, type Result } from '@dialtone/foundation'
import type { Selectable } from 'kysely'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import type { PortDocumentTable } from '../database/index.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidField } from '../failures/index.ts'
import type { UploadedFile } from '../http/index.ts'
import { isFinished } from './port.ts'
import { portChanged } from './port-events.ts'
import { findPort, lockPort } from './port-queries.ts'

/** The signed paper that lets us ask for numbers (S2-47): a few scanned pages. */
export const MAX_LOA_BYTES = 5 * 1_048_576

/**
 * Letters are rows of the database, not files: they are few and small, belong to their port, are deleted and backed up with it, and
 * every node reads the same one.
 */
export type LetterRow = Selectable<PortDocumentTable>

const KINDS = [
  { contentType: 'application/pdf', extension: 'pdf', magic: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { contentType: 'image/png', extension: 'png', magic: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { contentType: 'image/jpeg', extension: 'jpg', magic: [0xff, 0xd8, 0xff] },
] as const

/** Stores the letter; another one replaces it. */
export function uploadLetter(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  portId: string,
  file: UploadedFile,
): Promise<Result<LetterRow, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const kind = kindOf(file)
    if (!kind.ok) return kind
    const before = await lockPort(change.sql, scope, portId)
    if (before === undefined) return err(entityNotFound('Port', portId))
    if (isFinished(before.status)) return err(inConflict('PortNotEditable', `A port that is ${before.status} needs no letter.`, { status: before.status }))
    const letter = {
      file_name: safeName(file.fileName, kind.value.extension),
      content_type: kind.value.contentType,
      bytes: file.bytes,
      uploaded_at: change.now,
    }
    const row = await change.sql
      .insertInto('port_document')
      .values({ port_id: portId, ...letter })
      .onConflict((conflict) => conflict.column('port_id').doUpdateSet(letter))
      .returningAll()
      .executeTakeFirstOrThrow()
    change.emit(portChanged({ ...before, hasLoa: true }, { action: 'UPDATE', before }))
    return ok(row)
  })
}

export async function readLetter(context: Context, scope: AccountScope, portId: string): Promise<Result<LetterRow, ApiFailure>> {
  const { sql } = context.database
  if ((await findPort(sql, scope, portId)) === undefined) return err(entityNotFound('Port', portId))
  const row = await sql.selectFrom('port_document').selectAll().where('port_id', '=', portId).executeTakeFirst()
  return row === undefined ? err(entityNotFound('LOA', portId)) : ok(row)
}

/** Metadata without the letter itself. */
export function letterView(row: LetterRow) {
  return {
    id: row.port_id,
    data: [],
    extension: KINDS.find((kind) => kind.contentType === row.content_type)?.extension ?? '',
    date: row.uploaded_at.getTime(),
    contentType: row.content_type,
  }
}

/** What the file is, by its first bytes: the name and the type it came with prove nothing. */
function kindOf(file: UploadedFile): Result<(typeof KINDS)[number], ApiFailure> {
  if (file.bytes.length > MAX_LOA_BYTES)
    return err({ code: 'BodyTooLarge', status: 413, message: `A letter has at most ${MAX_LOA_BYTES} bytes; this has ${file.bytes.length}.` })
  const kind = KINDS.find(({ magic }) => magic.every((byte, index) => file.bytes[index] === byte))
  if (kind === undefined) return err(invalidField('file', 'is no document we can send on', 'PDF, PNG or JPEG'))
  const isSaid = file.contentType === kind.contentType || file.contentType === 'application/octet-stream' || file.contentType === 'image/jpg'
  return isSaid ? ok(kind) : err(invalidField('file', `is ${kind.contentType} and says ${file.contentType}`, 'a content type that fits the file'))
}

/** It comes back in a header: letters, digits and a few signs, with the right ending. */
function safeName(name: string, extension: string): string {
  const stem = name.replace(/\.[^.]*$/, '').replaceAll(/[^A-Za-z0-9 _-]/g, '_').trim().slice(0, 80) // prettier-ignore
  return `${stem === '' ? 'loa' : stem}.${extension}`
}
