import { err, ok, type Result } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import type { PartitionScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, invalidField } from '../failures/index.ts'

/** Who calls: a line of an account, or somebody outside. */
export type FoundCaller =
  | { readonly kind: 'line'; readonly accountId: string; readonly lineId: string }
  | { readonly kind: 'outside'; readonly number: string; readonly anonymous: boolean }

/** More accounts with the same extension are not looked at: the caller has to name one. */
const MAX_ACCOUNTS = 2
const RULE = 'a SIP user name, a line id, a user id, an extension, a telephone number or "anonymous"'

/** Who `from` is, inside the partition: a login, a line, a user, an extension, or a number. What is of another partition is unknown. */
export async function findCaller(
  context: Context,
  scope: PartitionScope,
  from: string,
  accountId: string | undefined,
): Promise<Result<FoundCaller, ApiFailure>> {
  if (from.toLowerCase() === 'anonymous') return ok({ kind: 'outside', number: '', anonymous: true })
  const login = context.directory.credentialsOf(from)
  if (login?.partitionId === scope.partitionId && isAsked(login.accountId, accountId))
    return ok({ kind: 'line', accountId: login.accountId, lineId: login.lineId })
  const accounts = await accountsWith(context, scope, from, accountId)
  if (accounts.length >= MAX_ACCOUNTS)
    return err(invalidField('from', `"${from}" is an extension of several accounts`, 'name the accountId too', 'AmbiguousCaller'))
  const [found] = accounts
  if (found !== undefined) {
    const lineId = lineOf(context, found, from)
    if (lineId !== undefined) return ok({ kind: 'line', accountId: found, lineId })
    return err(invalidField('from', `"${from}" has no line to call from`, RULE, 'CallerWithoutLine'))
  }
  const number = normalizePhoneNumber(from)
  if (number === undefined) return err(invalidField('from', `"${from}" is nobody of this partition and no telephone number`, RULE, 'UnknownCaller'))
  return ok(lineOfNumber(context, scope, number) ?? { kind: 'outside', number, anonymous: false })
}

function isAsked(accountId: string, asked: string | undefined): boolean {
  return asked === undefined || asked === accountId
}

/** The accounts of the partition that know something of this id, or have this extension. */
async function accountsWith(context: Context, scope: PartitionScope, from: string, accountId: string | undefined): Promise<readonly string[]> {
  const { sql } = context.database
  const inPartition = (query: { readonly account_id: string }[]): string[] => query.map((row) => row.account_id).filter((id) => isAsked(id, accountId))
  const objects = await sql
    .selectFrom('account_object')
    .select('account_id')
    .distinct()
    .where('partition_id', '=', scope.partitionId)
    .where('id', '=', from)
    .where('type', 'in', ['END_USER', 'LINE_APPEARANCE', 'BUSINESS_LINE', 'SPECIALTY_LINE', 'SIP_TRUNK'])
    .execute()
  if (objects.length > 0) return inPartition(objects)
  const extensions = await sql
    .selectFrom('account_object_key as key')
    .innerJoin('account_object as object', (join) =>
      join.onRef('object.account_id', '=', 'key.account_id').onRef('object.type', '=', 'key.type').onRef('object.id', '=', 'key.id'),
    )
    .select('key.account_id')
    .distinct()
    .where('object.partition_id', '=', scope.partitionId)
    .where('key.key', '=', 'extension')
    .where('key.value', '=', from)
    .$if(accountId !== undefined, (query) => query.where('key.account_id', '=', accountId ?? ''))
    .limit(MAX_ACCOUNTS)
    .execute()
  return inPartition(extensions)
}

/** A user calls from the first of its lines. */
function lineOf({ directory }: Context, accountId: string, from: string): string | undefined {
  const snapshot = directory.snapshotOf(accountId)
  if (snapshot === undefined) return undefined
  if (snapshot.lines.has(from)) return from
  return snapshot.users.get(snapshot.userIdByExtension.get(from) ?? from)?.lineIds[0]
}

/** Who calls from a number of ours is whoever it rings; a number that rings nobody calls from outside. */
function lineOfNumber({ directory }: Context, scope: PartitionScope, number: string): FoundCaller | undefined {
  const owner = directory.ownerOf(number)
  if (owner?.partitionId !== scope.partitionId) return undefined
  const snapshot = directory.snapshotOf(owner.accountId)
  const referenceId = snapshot?.numbers.get(number)?.referenceId ?? ''
  const lineId = snapshot?.lines.has(referenceId) === true ? referenceId : snapshot?.users.get(referenceId)?.lineIds[0]
  return lineId === undefined ? undefined : { kind: 'line', accountId: owner.accountId, lineId }
}
