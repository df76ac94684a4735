import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { addObject, changeObject, type ObjectReference, pointTo, removeObject } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { type Transaction, violatedUniqueIndex } from '../database/index.ts'
import { type DomainEvent, write, type Write } from '../events/index.ts'
import { alreadyInUse, type ApiFailure, entityNotFound, invalidField, invalidFields } from '../failures/index.ts'
import { greetingFiles, messageFile } from './stored-files.ts'
import { boxProblems, type VoicemailBox } from './voicemail-box.ts'
import { boxOf, deleteBoxRow, findBox, insertBox, lockBox, updateBox, type VoicemailBoxRow } from './voicemail-box-queries.ts'
import { messageIdsOf } from './voicemail-message-queries.ts'

type Answer = Promise<Result<VoicemailBoxRow, ApiFailure>>

export async function createBox(context: Context, principal: Principal, scope: AccountScope, box: VoicemailBox): Answer {
  try {
    return await write(context, actorOf(principal), async (change) => {
      const account = await lockAccount(change.sql, scope)
      if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
      const failure = await boxFailure(change.sql, scope, box)
      if (failure !== undefined) return err(failure)
      const row = await insertBox(change.sql, scope, box, change.now)
      const object = { type: 'VOICEMAIL_BOX', id: row.id } as const
      const refused = (await addObject(change, scope, { ...object, name: box.name })) ?? (await pointTo(change, scope, object, referencesOf(box)))
      if (refused !== undefined) return err(refused)
      change.emit(boxChanged(scope, row.id, undefined, box))
      return ok(row)
    })
  } catch (error) {
    return err(takenChoice(error, box))
  }
}

/** @param revise makes the wanted box of the stored one while its row is locked. */
export async function reviseBox(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  boxId: string,
  revise: (before: VoicemailBox) => Result<VoicemailBox, ApiFailure>,
): Answer {
  let wanted: VoicemailBox | undefined
  try {
    return await write(context, actorOf(principal), async (change) => {
      await lockAccount(change.sql, scope)
      const row = await lockBox(change.sql, scope, boxId)
      if (row === undefined) return err(entityNotFound('VoicemailBox', boxId))
      const before = boxOf(row)
      const revised = revise(before)
      if (!revised.ok) return revised
      wanted = revised.value
      if ((wanted.type === 'BUSINESS_LINE') !== (before.type === 'BUSINESS_LINE')) return err(typeIsFixed())
      const object = { type: 'VOICEMAIL_BOX', id: boxId } as const
      const refused =
        (await boxFailure(change.sql, scope, wanted)) ??
        (await changeObject(change, scope, object, { name: wanted.name })) ??
        (await pointTo(change, scope, object, referencesOf(wanted)))
      if (refused !== undefined) return err(refused)
      const updated = await updateBox(change.sql, row, wanted)
      change.emit(boxChanged(scope, boxId, before, wanted))
      return ok(updated)
    })
  } catch (error) {
    if (wanted === undefined) throw error
    return err(takenChoice(error, wanted))
  }
}

/** A box that nobody's calls end in; its messages and greetings go with it. */
export function deleteBox(context: Context, principal: Principal, scope: AccountScope, boxId: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    await lockAccount(change.sql, scope)
    const row = await lockBox(change.sql, scope, boxId)
    if (row === undefined) return err(entityNotFound('VoicemailBox', boxId))
    const refused = await removeObject(change, scope, { type: 'VOICEMAIL_BOX', id: boxId })
    if (refused !== undefined) return err(refused)
    await removeBoxRow(context, change, scope, row)
    change.emit(boxChanged(scope, boxId, boxOf(row), undefined))
    return ok(undefined)
  })
}

/** The row of a box that nothing points at any more, all that lies in it, and their files. */
export async function removeBoxRow(context: Context, change: Write, scope: AccountScope, row: VoicemailBoxRow): Promise<void> {
  const files = [...(await messageIdsOf(change.sql, scope, row.id)).map(messageFile), ...greetingFiles(row)]
  await deleteBoxRow(change.sql, row)
  change.afterCommit(() => removeFiles(context, files))
}

/** What is left over lies in the store without a name anywhere: no harm but space. */
export async function removeFiles(context: Context, files: readonly string[]): Promise<void> {
  for (const file of files) await context.files.remove(file)
}

async function boxFailure(sql: Transaction, scope: AccountScope, box: VoicemailBox): Promise<ApiFailure | undefined> {
  const problems = boxProblems(box)
  if (problems.length > 0) return invalidFields(problems)
  if (box.parentId === undefined) return undefined
  const parent = await findBox(sql, scope, box.parentId)
  if (parent === undefined) return entityNotFound('VoicemailBox', box.parentId)
  return parent.type === 'Primary' ? undefined : invalidField('parentId', `is a box of type ${parent.type}`, 'a Primary box')
}

function referencesOf(box: VoicemailBox): readonly ObjectReference[] {
  return box.parentId === undefined ? [] : [{ role: 'parent', type: 'VOICEMAIL_BOX', id: box.parentId }]
}

function takenChoice(error: unknown, box: VoicemailBox): ApiFailure {
  if (violatedUniqueIndex(error) !== 'voicemail_box_choice') throw error
  return alreadyInUse('DuplicateDtmfOption', 'dtmfOption', box.dtmfOption ?? '', 'Primary box')
}

function typeIsFixed(): ApiFailure {
  return invalidField('type', 'of a box for business lines cannot change, nor become one', 'the type it was made with')
}

export function boxChanged(scope: AccountScope, boxId: string, before: object | undefined, after: object | undefined): DomainEvent {
  const [verb, action] =
    before === undefined ? (['created', 'CREATE'] as const) : after === undefined ? (['deleted', 'DELETE'] as const) : (['updated', 'UPDATE'] as const)
  const shown: { readonly name?: string } | undefined = after ?? before
  return {
    type: `voicemail-box.${verb}`,
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    data: { voicemailBoxId: boxId, accountId: scope.accountId },
    history: {
      type: 'VOICEMAIL',
      action,
      ...(before === undefined ? {} : { oldValue: before }),
      ...(after === undefined ? {} : { newValue: after }),
      referenceType: 'VOICEMAIL_BOX',
      referenceId: boxId,
      referenceName: shown?.name ?? '',
    },
  }
}
