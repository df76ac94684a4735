import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import Type from 'typebox'
import type { Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound, invalidField, unauthorized } from '../failures/index.ts'
import { freeObject, named, openOperation, type Operation, type Reply } from '../http/index.ts'
import type { SandboxPort, SandboxPsapCall } from './sandbox-port.ts'

const requires = { permission: 'PhoneNumber', level: 'READ' } as const
const MAX_CALL_SECONDS = 3_600
const MAX_ADVANCE_SECONDS = 400 * 86_400
const MAX_MESSAGES = 200
const InboundCall = named(
  'SandboxInboundCall',
  Type.Object({
    from: Type.String({ maxLength: 32 }),
    to: Type.String({ maxLength: 32 }),
    seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_CALL_SECONDS })),
  }),
)

/** The sandbox is outside of what a dry run takes back. */
const isDry = (context: Context): boolean => context.unit?.isTakenBack === true

/** The built-in carrier, PSAP, clock and mailbox: how everything can be tried without a carrier. */
export function sandboxOperations(sandbox: SandboxPort): readonly Operation[] {
  return [
    openOperation({
      method: 'POST',
      path: '/v2/sandbox/inbound-call',
      tag: 'Sandbox',
      summary: 'Let the sandbox PSTN call one of your numbers',
      requires,
      body: InboundCall,
      responses: { 200: Type.Object({ callId: Type.String() }) },
      handle: async (context, { principal, body }) => {
        const to = normalizePhoneNumber(body.to)
        if (to === undefined) return err(invalidField('to', 'is no telephone number', '10 or 11 digits'))
        const from = normalizePhoneNumber(body.from)
        if (from === undefined) return err(invalidField('from', 'is no telephone number', '10 or 11 digits'))
        if (principal === undefined || !(await mayCall(context, principal, to))) return err(entityNotFound('TelephoneNumber', to))
        return ok({ status: 200, body: isDry(context) ? { callId: '' } : sandbox.inboundCall({ from, to, seconds: body.seconds }) })
      },
    }),
    openOperation({
      method: 'GET',
      path: '/v2/sandbox/psap-calls',
      tag: 'Sandbox',
      summary: 'What the sandbox PSAP received',
      requires,
      responses: { 200: Type.Array(freeObject()) },
      handle: async (context, { principal }) => {
        if (principal === undefined) return err(unauthorized())
        return ok({ status: 200, body: await visibleCalls(context, principal, sandbox.psapCalls()) })
      },
    }),
    openOperation({
      method: 'POST',
      path: '/v2/sandbox/clock/advance',
      tag: 'Sandbox',
      summary: 'Move the business clock: reservations, cooldown, plan minutes, tokens',
      requires: { permission: 'ProductGroups', level: 'CREATE' },
      body: Type.Object({ seconds: Type.Integer({ minimum: 0, maximum: MAX_ADVANCE_SECONDS }) }),
      responses: { 200: Type.Object({ now: Type.String() }) },
      handle: async (context, { body }) => {
        const now = isDry(context) ? context.clock.nowMs() + body.seconds * 1000 : undefined
        if (now === undefined) sandbox.advanceClock(body.seconds)
        await context.dueWork.runNow()
        return ok({ status: 200, body: { now: new Date(now ?? context.clock.nowMs()).toISOString() } })
      },
    }),
    openOperation({
      method: 'GET',
      path: '/v2/sandbox/messages',
      tag: 'Sandbox',
      summary: 'E-mail and SMS that would have gone out, newest first',
      requires,
      responses: { 200: Type.Array(freeObject()) },
      handle: async (context, { principal }) => {
        if (principal === undefined) return err(unauthorized())
        return ok({ status: 200, body: await readMessages(context, principal) })
      },
    }),
    openOperation({
      method: 'GET',
      path: '/v2/sandbox/messages/:messageId/attachment',
      tag: 'Sandbox',
      summary: 'What went with an e-mail, such as a voice message',
      requires,
      params: Type.Object({ messageId: Type.String({ maxLength: 64 }) }),
      responses: { 200: Type.String() },
      handle: async (context, { principal, params }) => (principal === undefined ? err(unauthorized()) : readAttachment(context, principal, params.messageId)),
    }),
  ]
}

async function visibleCalls(context: Context, principal: Principal, received: readonly SandboxPsapCall[]): Promise<readonly SandboxPsapCall[]> {
  const seesNameless = await isTopOperator(context, principal)
  const calls = []
  for (const call of received) {
    if (call.callbackNumber === undefined ? seesNameless : await mayCall(context, principal, call.callbackNumber)) calls.push({ ...call })
  }
  return calls
}

async function readMessages(context: Context, principal: Principal): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const rows = await context.database.sql
    .selectFrom('outgoing_message')
    .selectAll()
    .where('partition_id', 'in', [...principal.visiblePartitionIds])
    .orderBy('created_at', 'desc')
    .limit(MAX_MESSAGES)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    to: row.recipient,
    subject: row.subject,
    body: row.body,
    accountId: row.account_id,
    createdDate: row.created_at.toISOString(),
    ...(row.attachment_file === null
      ? {}
      : { attachment: { fileName: row.attachment_name, mediaType: row.attachment_type, sizeInBytes: Number(row.attachment_bytes) } }),
  }))
}

async function readAttachment(context: Context, principal: Principal, id: string): Promise<Result<Reply, ApiFailure>> {
  const row = await context.database.sql
    .selectFrom('outgoing_message')
    .select(['attachment_file', 'attachment_name', 'attachment_type'])
    .where('id', '=', id)
    .where('partition_id', 'in', [...principal.visiblePartitionIds])
    .$if(principal.accountId !== undefined, (query) => query.where('account_id', '=', principal.accountId ?? ''))
    .executeTakeFirst()
  const file = row?.attachment_file ?? undefined
  const body = file === undefined ? undefined : await context.files.open(file)
  if (row === undefined || body === undefined) return err(entityNotFound('Attachment', id))
  const headers = { 'content-disposition': `attachment; filename="${row.attachment_name ?? ''}"`, 'x-content-type-options': 'nosniff' }
  return ok({ status: 200, body, contentType: row.attachment_type ?? 'application/octet-stream', headers })
}

/** A call without a callback number belongs to no tenant: those who run the whole platform see it. */
async function isTopOperator(context: Context, principal: Principal): Promise<boolean> {
  if (principal.accountId !== undefined) return false
  const partition = await context.database.sql.selectFrom('partition').select('parent_id').where('id', '=', principal.partitionId).executeTakeFirst()
  return partition?.parent_id === null
}

/** The number belongs to an account the caller reaches. */
async function mayCall(context: Context, principal: Principal, phoneNumber: string): Promise<boolean> {
  let query = context.database.sql
    .selectFrom('telephone_number')
    .select('phone_number')
    .where('phone_number', '=', phoneNumber)
    .where('partition_id', 'in', [...principal.visiblePartitionIds])
  query = principal.accountId === undefined ? query.where('account_id', 'is not', null) : query.where('account_id', '=', principal.accountId)
  return (await query.executeTakeFirst()) !== undefined
}
