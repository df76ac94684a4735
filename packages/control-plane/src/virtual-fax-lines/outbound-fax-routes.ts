import { err, ok } from '@dialtone/foundation'
import Type, { type Static } from 'typebox'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, FileUpload, named, type Operation, oneOf } from '../http/index.ts'
import { findOutboundFax, listOutboundFaxes, type OutboundFaxRow } from './outbound-fax-queries.ts'
import { deleteFaxToSend, MAX_OUTBOUND_BYTES, queueFax } from './queue-fax.ts'

const COLLECTION = '/v2/partition/:partitionId/account/:accountId/vfax/outbound/fax'
const ITEM = `${COLLECTION}/:faxId`
const TAG = 'Virtual Fax'
const FORM_BYTES = 10_000
const FaxPath = Type.Object({ partitionId: Type.String(), accountId: Type.String(), faxId: Type.String({ maxLength: 64 }) })
const needs = (level: 'READ' | 'EDIT' | 'DELETE') => ({ permission: 'EU_Account', level }) as const

const OutboundFaxView = named(
  'OutboundFax',
  Type.Object({
    id: Type.String(),
    accountId: Type.String(),
    partitionId: Type.String(),
    fromNumber: Type.String(),
    toNumber: Type.String(),
    status: oneOf(['QUEUED', 'SENDING', 'SENT', 'FAILED']),
    lengthInPages: Type.Integer(),
    /** Confirmed by the receiver; none of them is sent again. */
    pagesSent: Type.Integer(),
    attempts: Type.Integer(),
    /** Why the last try came to nothing. */
    reason: Type.Optional(Type.String()),
    /** What the receiver's machine calls itself. */
    stationId: Type.String(),
    /** The last call for it: its trace says more. */
    callId: Type.Optional(Type.String()),
    createdDate: Type.String(),
    changedDate: Type.String(),
    /** Of one that waits. */
    nextAttemptDate: Type.Optional(Type.String()),
  }),
)

export const outboundFaxOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Send a fax: a TIFF file in black and white',
    requires: needs('EDIT'),
    query: Type.Object({ to: Type.String({ minLength: 1, maxLength: 32 }) }),
    body: FileUpload,
    maxUploadBytes: MAX_OUTBOUND_BYTES + FORM_BYTES,
    responses: { 202: OutboundFaxView },
    handle: async (context, { principal, scope, query, body }) => {
      const queued = await queueFax(context, principal, scope, { to: query.to, document: body.file.bytes })
      return queued.ok ? ok({ status: 202, body: viewOf(queued.value) }) : queued
    },
  }),
  accountOperation({
    method: 'GET',
    path: COLLECTION,
    tag: TAG,
    summary: 'List the faxes an account sends and has sent, the latest first',
    requires: needs('READ'),
    responses: { 200: Type.Array(OutboundFaxView) },
    handle: async (context, { scope }) => ok({ status: 200, body: (await listOutboundFaxes(context.database.sql, scope)).map(viewOf) }),
  }),
  accountOperation({
    method: 'GET',
    path: ITEM,
    tag: TAG,
    summary: 'Read what has become of a fax that is sent',
    requires: needs('READ'),
    params: FaxPath,
    responses: { 200: OutboundFaxView },
    handle: async (context, { scope, params }) => {
      const row = await findOutboundFax(context.database.sql, scope, params.faxId)
      return row === undefined ? err(entityNotFound('OutboundFax', params.faxId)) : ok({ status: 200, body: viewOf(row) })
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: ITEM,
    tag: TAG,
    summary: 'Do not send a fax that waits, or forget one that is done',
    requires: needs('DELETE'),
    params: FaxPath,
    responses: { 200: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteFaxToSend(context, principal, scope, params.faxId)
      return deleted.ok ? ok({ status: 200 }) : deleted
    },
  }),
]

function viewOf(row: OutboundFaxRow): Static<typeof OutboundFaxView> {
  return {
    id: row.id,
    accountId: row.account_id,
    partitionId: row.partition_id,
    fromNumber: row.from_number,
    toNumber: row.to_number,
    status: row.status,
    lengthInPages: row.page_count,
    pagesSent: row.pages_sent,
    attempts: row.attempts,
    ...(row.reason === null ? {} : { reason: row.reason }),
    stationId: row.remote_ident,
    ...(row.session_id === null ? {} : { callId: row.session_id }),
    createdDate: row.created_at.toISOString(),
    changedDate: row.changed_at.toISOString(),
    ...(row.status === 'QUEUED' && row.due_at !== null ? { nextAttemptDate: row.due_at.toISOString() } : {}),
  }
}
