import { err, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { insertObject } from '../account-objects/index.ts'
import { type AccountRow, lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { write, type Write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, invalidField } from '../failures/index.ts'
import { type Job, type JobOutcome, type JobWorker, openJobInput } from '../jobs/index.ts'
import { findMedia, isDefaultMedia, mediaKind, PERIODIC_BEEP_ID } from './media.ts'
import { bytesOf, keepFile } from './store-media.ts'

/** What callers of the account hear while they wait: of the account itself, or what it uploaded last. */
export async function holdMusicOf(context: Context, scope: AccountScope, which: 'selected' | 'custom'): Promise<Result<string, ApiFailure>> {
  const account = await context.database.sql
    .selectFrom('account')
    .select(['hold_music_media_id', 'custom_hold_music_media_id'])
    .where('id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .executeTakeFirst()
  const id = which === 'selected' ? account?.hold_music_media_id : account?.custom_hold_music_media_id
  return id === undefined || id === null ? err(entityNotFound('HoldMusic', scope.accountId)) : ok(id)
}

/** Music of the platform or of the account; a prompt is none. */
export function selectHoldMusic(context: Context, principal: Principal, scope: AccountScope, id: string): Promise<Result<string, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined) return err(entityNotFound('Account', scope.accountId))
    if (!isDefaultMedia('HoldMusic', id)) {
      const media = await findMedia(change.sql, scope, id)
      if (media === undefined) return err(entityNotFound('Media', id))
      if (media.attributes.mediaType !== 'HoldMusic') return err(notMusic())
    }
    await setHoldMusic(change, scope, account, id)
    return ok(id)
  })
}

/** Callers who wait hear a beep now and then; what was uploaded stays. @param only when this one is selected, undefined for any. */
export function clearHoldMusic(context: Context, principal: Principal, scope: AccountScope, only: string | undefined): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined) return err(entityNotFound('Account', scope.accountId))
    if (only !== undefined && !isDefaultMedia('HoldMusic', only)) {
      const media = await findMedia(change.sql, scope, only)
      if (media === undefined) return err(entityNotFound('Media', only))
      if (media.attributes.mediaType !== 'HoldMusic') return err(notMusic())
    }
    if (only === undefined || account.hold_music_media_id === only) await setHoldMusic(change, scope, account, PERIODIC_BEEP_ID)
    return ok(undefined)
  })
}

export const HOLD_MUSIC_UPLOAD = 'hold-music-upload'

/** Keeps an uploaded file as the account's own hold music and selects it. */
export const holdMusicUploadWorker: JobWorker = {
  name: HOLD_MUSIC_UPLOAD,
  run: async (context, job, _text, progress) => {
    const { scope } = job
    // It was added together with its checkpoint: there is nothing left to do.
    if (typeof progress.checkpoint === 'string') return done(progress.checkpoint)
    if (!('accountId' in scope)) return failed('NoAccount')
    const input = await openJobInput(context, job.id)
    if (input === undefined) return failed('InputNotUploaded')
    // Named by the job: when it runs again after a crash, the same file is written again.
    const media = await keepFile(context, 'HoldMusic', job.id, await bytesOf(input), fileNameOf(job))
    if (!media.ok) return failed(`${media.error.code}: ${media.error.message}`)
    const added = await write(context, actorOf(job.principal), async (change) => {
      const account = await lockAccount(change.sql, scope)
      if (account === undefined || account.status === 'DELETED') return err(entityNotFound('Account', scope.accountId))
      const object = await insertObject(change, scope, mediaKind, media.value)
      if (!object.ok) return object
      await change.sql.updateTable('account').set({ custom_hold_music_media_id: object.value.id }).where('id', '=', account.id).execute()
      await setHoldMusic(change, scope, account, object.value.id)
      await progress.save(change.sql, object.value.id)
      return ok(object.value.id)
    })
    return added.ok ? done(added.value) : failed(added.error.code)
  },
}

function fileNameOf({ parameters }: Job): string {
  return typeof parameters['fileName'] === 'string' ? parameters['fileName'] : ''
}

function done(storageId: string): JobOutcome {
  return { status: 'DONE', output: { content: JSON.stringify({ storageId }), contentType: 'application/json', fileName: 'hold-music.json' } }
}

function failed(error: string): JobOutcome {
  return { status: 'FAILED', errors: [{ error, lineNumber: 0, column: 'file', input: '' }] }
}

async function setHoldMusic(change: Write, scope: AccountScope, account: AccountRow, id: string): Promise<void> {
  if (account.hold_music_media_id === id) return
  await change.sql
    .updateTable('account')
    .set((expression) => ({ hold_music_media_id: id, updated_at: change.now, version: expression('version', '+', '1') }))
    .where('id', '=', scope.accountId)
    .where('partition_id', '=', scope.partitionId)
    .execute()
  change.emit({
    type: 'account.updated',
    partitionId: scope.partitionId,
    accountId: scope.accountId,
    data: { accountId: account.id, accountNumber: account.account_number, accountName: account.account_name, status: account.status },
    history: {
      type: mediaKind.historyType,
      action: 'UPDATE',
      oldValue: { holdMusicMediaId: account.hold_music_media_id },
      newValue: { holdMusicMediaId: id },
      referenceType: 'ACCOUNT',
      referenceId: account.id,
      referenceName: account.account_name,
    },
  })
}

function notMusic(): ApiFailure {
  return invalidField('mediaType', 'is IvrPrompt', 'HoldMusic')
}
