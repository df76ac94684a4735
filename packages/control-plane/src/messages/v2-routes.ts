import { ok } from '@dialtone/foundation'
import Type from 'typebox'
import { NEWEST_FIRST, readPage } from '../database/index.ts'
import { named, oneOf, type Operation, partitionOperation } from '../http/index.ts'

const MAX_PAGE = 200
const STATUSES = ['QUEUED', 'SENT', 'FAILED', 'MAILBOX'] as const
/** Without its text: it may hold a first password. */
const MessageState = named(
  'OutgoingMessage',
  Type.Object({
    id: Type.String(),
    kind: Type.String(),
    to: Type.String(),
    subject: Type.String(),
    accountId: Type.Optional(Type.String()),
    status: oneOf(STATUSES),
    attempts: Type.Integer(),
    nextAttemptDate: Type.Optional(Type.String()),
    sentDate: Type.Optional(Type.String()),
    error: Type.Optional(Type.String()),
    createdDate: Type.String(),
  }),
)

export const messageOperations: readonly Operation[] = [
  partitionOperation({
    method: 'GET',
    path: '/v2/partition/:partitionId/message',
    tag: 'Message',
    summary: 'What became of e-mails and text messages, newest first',
    requires: { permission: 'AccountHistory', level: 'READ' },
    query: Type.Object({
      status: Type.Optional(oneOf(STATUSES)),
      accountId: Type.Optional(Type.String({ maxLength: 64 })),
      limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 50 }),
    }),
    responses: { 200: Type.Object({ items: Type.Array(MessageState) }) },
    handle: async (context, { scope, query, page = query }) => {
      let rows = context.database.sql.selectFrom('outgoing_message').selectAll().where('partition_id', '=', scope.partitionId)
      if (query.status !== undefined) rows = rows.where('status', '=', query.status)
      if (query.accountId !== undefined) rows = rows.where('account_id', '=', query.accountId)
      const found = await readPage(rows, NEWEST_FIRST, page)
      const items = found.rows.map((row) => ({
        id: row.id,
        kind: row.kind,
        to: row.recipient,
        subject: row.subject,
        ...(row.account_id === null ? {} : { accountId: row.account_id }),
        status: row.status,
        attempts: row.attempts,
        ...(row.next_attempt_at === null ? {} : { nextAttemptDate: row.next_attempt_at.toISOString() }),
        ...(row.sent_at === null ? {} : { sentDate: row.sent_at.toISOString() }),
        ...(row.last_error === null ? {} : { error: row.last_error }),
        createdDate: row.created_at.toISOString(),
      }))
      return ok({ status: 200, body: { items }, following: found.following })
    },
  }),
]
