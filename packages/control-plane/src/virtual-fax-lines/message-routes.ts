import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { findObject } from '../account-objects/index.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, named, type Operation } from '../http/index.ts'
import { faxFile, findFaxMessage, type FaxMessageRow, listFaxMessages } from './fax-message-queries.ts'
import { deleteFax } from './keep-fax.ts'

const COLLECTION = '/v2/partition/:partitionId/account/:accountId/vfax/:id/message'
const ITEM = `${COLLECTION}/:messageId`
const TAG = 'Virtual Fax Line'
const path = { partitionId: Type.String(), accountId: Type.String(), id: Type.String({ maxLength: 64 }) }
const LinePath = Type.Object(path)
const MessagePath = Type.Object({ ...path, messageId: Type.String({ maxLength: 64 }) })
const needs = (level: 'READ' | 'DELETE') => ({ permission: 'EU_Account', level }) as const

/** The words of voicemail messages (public-spec section 14), and what only a fax has. */
const FaxMessageView = named(
  'FaxMessage',
  Type.Object({
    id: Type.String(),
    virtualFaxLineId: Type.String(),
    accountId: Type.String(),
    partitionId: Type.String(),
    createdDate: Type.String(),
    fromName: Type.String(),
    fromNumber: Type.String(),
    toPhoneNumber: Type.String(),
    /** What the sender's machine calls itself. */
    stationId: Type.String(),
    messageType: Type.String(),
    lengthInPages: Type.Integer(),
    badRows: Type.Integer(),
    complete: Type.Boolean(),
    sizeInBytes: Type.Integer(),
  }),
)

export const faxMessageOperations: readonly Operation[] = [
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the faxes a line has received, the latest first',
    requires: needs('READ'),
    params: LinePath,
    responses: { 200: Type.Array(FaxMessageView) },
    handle: async (context, { scope, params }) => {
      const { sql } = context.database
      if ((await findObject(sql, scope, { type: 'VFAX', id: params.id })) === undefined) return err(entityNotFound('Vfax', params.id))
      return ok({ status: 200, body: (await listFaxMessages(sql, scope, params.id)).map(viewOf) })
    },
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read what is known of a fax',
    requires: needs('READ'),
    params: MessagePath,
    responses: { 200: FaxMessageView },
    handle: async (context, { scope, params }) => {
      const row = await findFaxMessage(context.database.sql, scope, params.id, params.messageId)
      return row === undefined ? err(entityNotFound('FaxMessage', params.messageId)) : ok({ status: 200, body: viewOf(row) })
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ITEM}/content`,
    tag: TAG,
    summary: 'Read a fax, as PDF',
    requires: needs('READ'),
    params: MessagePath,
    responses: { 200: Type.String() },
    handle: async (context, { scope, params }) => {
      const row = await findFaxMessage(context.database.sql, scope, params.id, params.messageId)
      const content = row === undefined ? undefined : await context.files.open(faxFile(row.id))
      if (content === undefined) return err(entityNotFound('FaxMessage', params.messageId))
      const pieces: Uint8Array[] = []
      for await (const piece of content) pieces.push(piece)
      const headers = { 'content-disposition': `attachment; filename="${params.messageId}.pdf"`, 'x-content-type-options': 'nosniff' }
      return ok({ status: 200, contentType: 'application/pdf', headers, body: Buffer.concat(pieces) })
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Delete a fax',
    requires: needs('DELETE'),
    params: MessagePath,
    responses: { 200: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteFax(context, principal, scope, params.id, params.messageId)
      return deleted.ok ? ok({ status: 200 }) : deleted
    },
  }),
]

function viewOf(row: FaxMessageRow): Static<typeof FaxMessageView> {
  return {
    id: row.id,
    virtualFaxLineId: row.line_id,
    accountId: row.account_id,
    partitionId: row.partition_id,
    createdDate: row.created_at.toISOString(),
    fromName: row.from_name,
    fromNumber: row.from_number,
    toPhoneNumber: row.to_number,
    stationId: row.remote_ident,
    messageType: 'FAX',
    lengthInPages: row.page_count,
    badRows: row.bad_rows,
    complete: row.is_complete,
    sizeInBytes: Number(row.size_bytes),
  }
}
