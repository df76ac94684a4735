import { err, newId, ok, type Result } from '@dialtone/foundation'
import { type AccountScope, actorOf, type Principal } from '../access/index.ts'
import { type ConfiguredObject, createObject, dropObject } from '../account-objects/index.ts'
import { lockAccount } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { write } from '../events/index.ts'
import { type ApiFailure, entityNotFound, inConflict, invalidField } from '../failures/index.ts'
import type { UploadedFile } from '../http/index.ts'
import { defaultMediaFile, type MediaType } from '../reference-data/index.ts'
import { findMedia, isDefaultMedia, MAX_MEDIA_BYTES, type Media, mediaFile, mediaKind } from './media.ts'
import { readWav } from './wav.ts'

const MAX_NAME_CHARACTERS = 128

/** Keeps a prompt for the account's menus. */
export async function storePrompt(
  context: Context,
  principal: Principal,
  scope: AccountScope,
  { bytes, fileName }: UploadedFile,
): Promise<Result<ConfiguredObject<Media>, ApiFailure>> {
  const media = await keepFile(context, 'IvrPrompt', newId(), bytes, fileName)
  if (!media.ok) return media
  const stored = await createObject(context, principal, scope, mediaKind, media.value)
  if (!stored.ok) await context.files.remove(mediaFile(media.value.file))
  return stored
}

/** The file first: a row without one would be a promise that nobody keeps. @param key of the file; the same key again replaces it. */
export async function keepFile(context: Context, mediaType: MediaType, key: string, bytes: Buffer, fileName: string): Promise<Result<Media, ApiFailure>> {
  const wav = readWav(bytes)
  if (!wav.ok) return wav
  const kept = await context.files.store(mediaFile(key), piecesOf(bytes), MAX_MEDIA_BYTES)
  if (!kept.ok) return err(invalidField('file', 'is too large', `${MAX_MEDIA_BYTES} bytes`, 'InvalidFile'))
  const name = fileName.slice(0, MAX_NAME_CHARACTERS)
  return ok({ name: name === '' ? mediaType : name, mediaType, file: key, sizeBytes: bytes.length, ...wav.value })
}

/** The sound itself, of the account or of the platform. */
export async function soundOf(context: Context, scope: AccountScope, type: MediaType, id: string): Promise<Buffer | undefined> {
  if (isDefaultMedia(type, id)) return defaultMediaFile(id)
  const media = await findMedia(context.database.sql, scope, id)
  return media?.attributes.mediaType === type ? readFile(context, media.attributes.file) : undefined
}

export async function readFile(context: Context, key: string): Promise<Buffer | undefined> {
  const content = await context.files.open(mediaFile(key))
  return content === undefined ? undefined : bytesOf(content)
}

export async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of content) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Takes a sound away that no menu plays and nobody waits with. */
export function deleteMedia(context: Context, principal: Principal, scope: AccountScope, id: string): Promise<Result<undefined, ApiFailure>> {
  return write(context, actorOf(principal), async (change) => {
    const account = await lockAccount(change.sql, scope)
    if (account === undefined) return err(entityNotFound('Account', scope.accountId))
    if (account.hold_music_media_id === id) return err(inUseAsHoldMusic(account.id, account.account_name))
    const media = await dropObject(change, scope, mediaKind, id)
    if (!media.ok) return media
    if (account.custom_hold_music_media_id === id)
      await change.sql.updateTable('account').set({ custom_hold_music_media_id: null }).where('id', '=', account.id).execute()
    change.afterCommit(() => context.files.remove(mediaFile(media.value.attributes.file)))
    return ok(undefined)
  })
}

function inUseAsHoldMusic(id: string, name: string): ApiFailure {
  const usedBy = [{ type: 'ACCOUNT', id, name, role: 'holdMusic' }]
  return inConflict('MediaInUse', 'It is the hold music of the account; choose another one first.', { usedBy })
}

async function* piecesOf(bytes: Buffer): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes)
}
