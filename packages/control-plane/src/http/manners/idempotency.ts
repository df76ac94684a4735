import { createHash } from 'node:crypto'
import { err, ok, type Result } from '@dialtone/foundation'
import { sql as sqlText } from 'kysely'
import type { Context } from '../../context.ts'
import type { ApiFailure } from '../../failures/index.ts'
import { inConflict, invalidField, tooManyRequests } from '../../failures/index.ts'
import type { Reply } from '../operation.ts'
import type { AdmittedRequest } from './run-operation.ts'

const KEY_FORM = /^[\u0021-\u007e]{1,255}$/
/** As long as clients of such interfaces are used to; published in the documentation. */
const RETENTION_MS = 24 * 60 * 60 * 1000
/** What expired is removed in passing, a few rows for each new one. */
const REMOVED_AT_ONCE = 20
const MAX_WAITING = 1000

interface StoredAnswer {
  readonly status: number
  readonly contentType: string | undefined
  readonly text: string | undefined
  readonly failure: ApiFailure | undefined
}

type Act = (context: Context) => Promise<Result<Reply, ApiFailure>>
type InUnit = <Value>(context: Context, act: (context: Context) => Promise<Result<Value, ApiFailure>>) => Promise<Result<Value, ApiFailure>>

/** Requests of this process that wait for the first one with their key: none of them holds a connection meanwhile. */
const underWay = new Map<string, Promise<unknown>>()

/**
 * Acts once for a key, whatever is retried and whoever dies meanwhile: the answer is stored in the transaction that
 * acts. A repetition gets the first answer; the same key with another request is refused
 * (draft-ietf-httpapi-idempotency-key-header).
 */
export async function oncePerKey(context: Context, request: AdmittedRequest, header: string, act: Act, inUnit: InUnit): Promise<Result<Reply, ApiFailure>> {
  const key = header.replaceAll(/^"|"$/g, '')
  if (!KEY_FORM.test(key)) return err(invalidField('Idempotency-Key', 'is not usable', '1 to 255 printable ASCII characters', 'InvalidIdempotencyKey'))
  const owner = request.input.principal?.userId ?? ''
  const place = `${owner} ${key}`
  // Acting without the key would make its promise a lie just when retries come: he comes again with it.
  if (underWay.size >= MAX_WAITING && !underWay.has(place)) return err(tooManyRequests(1))
  const before = underWay.get(place) ?? Promise.resolve()
  const mine = before.then(() => answerOnce(context, request, { owner, key }, act, inUnit))
  const settled = mine.catch(() => undefined)
  underWay.set(place, settled)
  try {
    return await mine
  } finally {
    if (underWay.get(place) === settled) underWay.delete(place)
  }
}

interface Place {
  readonly owner: string
  readonly key: string
}

async function answerOnce(context: Context, request: AdmittedRequest, place: Place, act: Act, inUnit: InUnit): Promise<Result<Reply, ApiFailure>> {
  const fingerprint = fingerprintOf(request)
  const known = await storedAnswer(context, place, fingerprint)
  if (known !== undefined) return known
  const result = await inUnit<Reply | undefined>(context, async (unit) => {
    // Another process with the same key waits here until this one commits.
    if (!(await claim(unit, place, fingerprint, ''))) return ok(undefined)
    const outcome = await act(unit)
    if (outcome.ok)
      await complete(unit, place, {
        status: outcome.value.status,
        contentType: outcome.value.contentType,
        text: request.textOf(outcome.value),
        failure: undefined,
      })
    return outcome
  })
  if (!result.ok) return rememberFailure(context, place, fingerprint, result.error)
  return result.value === undefined ? ((await storedAnswer(context, place, fingerprint)) ?? answerOnce(context, request, place, act, inUnit)) : ok(result.value)
}

async function storedAnswer(context: Context, { owner, key }: Place, fingerprint: string): Promise<Result<Reply, ApiFailure> | undefined> {
  const row = await context.database.sql
    .selectFrom('idempotency_key')
    .selectAll()
    .where('owner', '=', owner)
    .where('key', '=', key)
    .where('expires_at', '>', now(context))
    .executeTakeFirst()
  if (row === undefined) return undefined
  if (row.fingerprint !== fingerprint) return err({ ...inConflict('IdempotencyKeyReused', 'This key was used for another request.', { key }), status: 422 })
  const { status, contentType, text, failure } = JSON.parse(context.sealer.open(row.answer_sealed, `${owner} ${key}`)) as StoredAnswer
  if (failure !== undefined) return err(failure)
  const headers = { 'idempotency-replayed': 'true' }
  return ok(text === undefined ? { status, headers } : { status, headers, body: text, contentType: contentType ?? 'application/json; charset=utf-8' })
}

/** Takes the key, also one whose time is over, and removes some others that expired. @returns false when somebody has it already. */
async function claim(context: Context, { owner, key }: Place, fingerprint: string, answerSealed: string): Promise<boolean> {
  const { sql } = context.database
  await sqlText`DELETE FROM idempotency_key WHERE ctid IN (
    SELECT ctid FROM idempotency_key WHERE expires_at <= ${now(context)} ORDER BY expires_at LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED)`.execute(sql)
  const values = { fingerprint, answer_sealed: answerSealed, expires_at: new Date(context.clock.nowMs() + RETENTION_MS) }
  const row = await sql
    .insertInto('idempotency_key')
    .values({ owner, key, ...values })
    .onConflict((conflict) => conflict.columns(['owner', 'key']).doUpdateSet(values).where('idempotency_key.expires_at', '<=', now(context)))
    .returning('key')
    .executeTakeFirst()
  return row !== undefined
}

async function complete(context: Context, place: Place, answer: StoredAnswer): Promise<void> {
  await context.database.sql
    .updateTable('idempotency_key')
    .set({ answer_sealed: seal(context, place, answer) })
    .where('owner', '=', place.owner)
    .where('key', '=', place.key)
    .execute()
}

/** A refusal did nothing, so it needs no transaction with anything; what failed on our side is not the answer and may be tried again. */
async function rememberFailure(context: Context, place: Place, fingerprint: string, failure: ApiFailure): Promise<Result<Reply, ApiFailure>> {
  const isAnswer = failure.status < 500 && failure.status !== 429
  if (isAnswer) await claim(context, place, fingerprint, seal(context, place, { status: failure.status, contentType: undefined, text: undefined, failure }))
  return err(failure)
}

/** An answer may show a password once. */
function seal(context: Context, { owner, key }: Place, answer: StoredAnswer): string {
  return context.sealer.seal(JSON.stringify(answer), `${owner} ${key}`)
}

function fingerprintOf({ operation, original }: AdmittedRequest): string {
  const hash = createHash('sha256').update(`${operation.method} ${original.url}\n`)
  return hash.update(original.body === undefined ? '' : JSON.stringify(original.body)).digest('base64url')
}

function now(context: Context): Date {
  return new Date(context.clock.nowMs())
}
