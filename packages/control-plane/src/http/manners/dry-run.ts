import { ok, type Result } from '@dialtone/foundation'
import type { Context } from '../../context.ts'
import { type DomainEvent, inOneUnit } from '../../events/index.ts'
import type { ApiFailure } from '../../failures/index.ts'
import { isAllowed } from '../admit-request.ts'
import type { HttpServerOptions } from '../http-server-options.ts'
import type { Reply } from '../operation.ts'
import { type Difference, differencesBetween } from './differences.ts'
import { rehearsing } from './rehearsal.ts'
import type { AdmittedRequest } from './run-operation.ts'
import { readSamePath, samePathReader } from './same-path-reader.ts'

/** One thing a request would change. */
interface PlannedChange {
  readonly event: string
  readonly action: string
  readonly objectType: string
  readonly objectId: string
  readonly name: string
  readonly differences: readonly Difference[]
  /** Who points at the object, and so is affected with it. */
  readonly affects: readonly unknown[]
}

/**
 * Does everything the request asks for, in a transaction that is taken back, and tells what it would have changed: event by event, and
 * in what GET of the same path shows.
 */
export async function dryRun(
  o: HttpServerOptions,
  request: AdmittedRequest,
  act: (context: Context) => Promise<Result<Reply, ApiFailure>>,
): Promise<Result<Reply, ApiFailure>> {
  let changes: readonly PlannedChange[] = []
  let differences: readonly Difference[] = []
  const { result } = await inOneUnit(
    rehearsing(o.context),
    async (context) => {
      const before = await shown(context, o, request)
      const outcome = await act(context)
      if (outcome.ok) differences = differencesBetween(before, await shown(context, o, request))
      changes = await Promise.all((context.unit?.events ?? []).map((event) => plannedChange(context, o, event)))
      return outcome
    },
    { isTakenBack: true },
  )
  if (!result.ok) return result
  const text = request.textOf(result.value)
  const would = { status: result.value.status, ...(text === '' ? {} : { body: isJson(result.value) ? (JSON.parse(text) as unknown) : text }) }
  return ok({ status: 200, contentType: 'application/json; charset=utf-8', body: JSON.stringify({ dryRun: true, would, changes, differences }) })
}

/** The object as GET of the same path shows it to this caller; nothing of lists and of what is not there. */
async function shown(context: Context, o: HttpServerOptions, request: AdmittedRequest): Promise<unknown> {
  const reader = samePathReader(o.operations, request.operation)
  const { principal, params } = request.input
  if (reader === undefined || principal === undefined || request.operation.method === 'POST') return undefined
  // Who may change it may not see all of it everywhere.
  if (!isAllowed(reader, principal, params as Readonly<Record<string, string>>)) return undefined
  const reply = await readSamePath(context, reader, request)
  return reply.ok && reply.value.contentType === undefined ? reply.value.body : undefined
}

async function plannedChange(context: Context, o: HttpServerOptions, event: DomainEvent): Promise<PlannedChange> {
  const { history } = event
  return {
    event: event.type,
    action: history?.action ?? 'NONE',
    objectType: history?.referenceType ?? '',
    objectId: history?.referenceId ?? '',
    name: history?.referenceName ?? '',
    differences: differencesBetween(history?.oldValue, history?.newValue),
    affects: (await o.affectedBy?.(context, event)) ?? [],
  }
}

function isJson(reply: Reply): boolean {
  return reply.contentType === undefined || reply.contentType.startsWith('application/json')
}
