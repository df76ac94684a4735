import { err, ok, type Result } from '@dialtone/foundation'
import type { PartitionScope, Principal } from '../access/index.ts'
import type { Context } from '../context.ts'
import { inOneUnit } from '../events/index.ts'
import type { ApiFailure } from '../failures/index.ts'
import type { HttpMethod, OperationPerformer } from '../http/index.ts'
import { type DocumentItem, itemsOf, SECTIONS, withIds } from './customer-document.ts'

/** What came into being, section by section, as the operation of each shows it. */
export interface Onboarded {
  readonly account: Readonly<Record<string, unknown>>
  readonly created: Readonly<Record<string, readonly unknown[]>>
}

type Body = Readonly<Record<string, unknown>>

const ACCOUNT = '/v2/partition/:partitionId/account'

/**
 * Makes a customer of one document: every part through its own operation, with the same permissions, rules and
 * history as one request each, and all of it in one transaction: there is a whole customer or none.
 */
export async function onboardCustomer(
  context: Context,
  performer: OperationPerformer,
  principal: Principal,
  scope: PartitionScope,
  document: Body,
): Promise<Result<Onboarded, ApiFailure>> {
  const items = itemsOf(document)
  if (!items.ok) return items
  const { result } = await inOneUnit(context, async (unit) => {
    const ids = new Map<string, string>()
    const created: Record<string, unknown[]> = {}
    const call = (method: HttpMethod, path: string, params: Readonly<Record<string, string>>, body: unknown) =>
      performer.perform(unit, principal, { method, path, params: { partitionId: scope.partitionId, ...params }, body })
    const account = await call('POST', ACCOUNT, {}, document['account'])
    if (!account.ok) return err(inside('account', account.error))
    const accountId = String((account.value.body as Body)['id'])
    for (const item of items.value) {
      const made = await make(item, ids, (path, body) => call('POST', `${ACCOUNT}/:accountId/${path}`, { accountId }, body))
      if (!made.ok) return made
      ;(created[item.section] ??= []).push(made.value)
      if (item.as !== undefined) ids.set(item.as, idOf(item, made.value))
    }
    for (const [index, given] of destinationsOf(document).entries()) {
      const body = withIds(given, ids)
      const { phoneNumber = '', ...destination } = (body.ok ? body.value : {}) as { phoneNumber?: string }
      const pointed = body.ok
        ? await call('PATCH', `${ACCOUNT}/:accountId/telephonenumber/:telephoneNumber`, { accountId, telephoneNumber: phoneNumber }, destination)
        : body
      if (!pointed.ok) return err(inside(`destinations.${index}`, pointed.error))
      ;(created['destinations'] ??= []).push(pointed.value.body)
    }
    const { emergencyNotification } = document
    if (emergencyNotification !== undefined) {
      const told = await call('POST', `${ACCOUNT}/:accountId/emergency-notification`, { accountId }, emergencyNotification)
      if (!told.ok) return err(inside('emergencyNotification', told.error))
      created['emergencyNotification'] = [told.value.body]
    }
    const shown = await call('GET', `${ACCOUNT}/:accountId`, { accountId }, undefined)
    return shown.ok ? ok({ account: shown.value.body as Body, created }) : shown
  })
  return result
}

async function make(
  item: DocumentItem,
  ids: ReadonlyMap<string, string>,
  post: (path: string, body: unknown) => ReturnType<OperationPerformer['perform']>,
): Promise<Result<unknown, ApiFailure>> {
  const where = `${item.section}.${item.index}`
  const body = withIds(item.body, ids)
  if (!body.ok) return err(inside(where, body.error))
  const path = SECTIONS.find(({ name }) => name === item.section)?.path ?? ''
  const made = await post(path, body.value)
  return made.ok ? ok(made.value.body) : err(inside(where, made.error))
}

/** Numbers are asked for in lists; a name for one means its first. */
function idOf(item: DocumentItem, made: unknown): string {
  if (item.section !== 'numbers') return String((made as Body)['id'])
  const [first] = ((made as Body)['telephoneNumbers'] ?? []) as readonly { readonly phoneNumber?: string }[]
  return first?.phoneNumber ?? ''
}

function destinationsOf(document: Body): readonly unknown[] {
  const given = document['destinations']
  return Array.isArray(given) ? given : []
}

/** Says where in the document the trouble is. */
function inside(where: string, failure: ApiFailure): ApiFailure {
  return {
    ...failure,
    message: `${where}: ${failure.message}`,
    data: { ...failure.data, document: where },
    ...(failure.details === undefined ? {} : { details: failure.details.map((problem) => ({ ...problem, field: `${where}.${problem.field}` })) }),
  }
}
