import { err, ok } from '@dialtone/foundation'
import Type from 'typebox'
import { systemScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { entityNotFound } from '../failures/index.ts'
import { accountOperation, FileUpload, named, oneOf, openOperation, type Operation, type Reply } from '../http/index.ts'
import { jobView, JobView, startJob } from '../jobs/index.ts'
import { MEDIA_TYPES } from '../reference-data/index.ts'
import { clearHoldMusic, HOLD_MUSIC_UPLOAD, holdMusicOf, selectHoldMusic } from './hold-music.ts'
import { MAX_MEDIA_BYTES } from './media.ts'
import { mediaUrl, mediaUrlFailure } from './media-url.ts'
import { deleteMedia, soundOf, storePrompt } from './store-media.ts'

const ACCOUNT = '/v2/partition/:partitionId/account/:accountId'
const COLLECTION = `${ACCOUNT}/media_2`
const HOLD_MUSIC = `${COLLECTION}/type/holdmusic`
const TAG = 'Media'
const FORM_BYTES = 10_000
const id = Type.String({ maxLength: 64 })
const path = { partitionId: Type.String(), accountId: Type.String() }
const ItemPath = Type.Object({ ...path, id })
const OldPath = Type.Object({ ...path, mediaId: id })
const mediaType = oneOf(MEDIA_TYPES)
const MediaView = named('Media', Type.Object({ id: Type.String(), url: Type.String() }))
const HoldMusicView = named('HoldMusic', Type.Object({ storageId: Type.String(), url: Type.String() }))
const Sound = Type.Unsafe<unknown>({ type: 'string', format: 'binary' })
const read = { permission: 'EU_AccountMedia', level: 'READ' } as const
const create = { permission: 'EU_AccountMedia', level: 'CREATE' } as const
const edit = { permission: 'EU_AccountMedia', level: 'EDIT' } as const
const remove = { permission: 'EU_AccountMedia', level: 'DELETE' } as const

export const mediaOperations: readonly Operation[] = [
  accountOperation({
    method: 'POST',
    path: COLLECTION,
    tag: TAG,
    summary: 'Upload a prompt for menus as a form, or take an uploaded file of a job as hold music',
    requires: create,
    query: Type.Object({ jobUploadKey: Type.Optional(Type.String({ maxLength: 128 })) }),
    body: FileUpload,
    maxUploadBytes: MAX_MEDIA_BYTES + FORM_BYTES,
    fileIsOptional: (query) => typeof query['jobUploadKey'] === 'string',
    responses: { 200: MediaView, 202: JobView },
    handle: async (context, { principal, scope, query, body, origin }) => {
      if (query.jobUploadKey === undefined) {
        const stored = await storePrompt(context, principal, scope, body.file)
        if (!stored.ok) return stored
        return ok({ status: 200, body: { id: stored.value.id, url: mediaUrl(context, origin, scope, 'IvrPrompt', stored.value.id) } })
      }
      const job = await startJob(context, principal, scope, { name: 'Hold music upload', work: HOLD_MUSIC_UPLOAD, inputKey: query.jobUploadKey })
      return job.ok ? ok({ status: 202, body: jobView(job.value) }) : job
    },
  }),
  accountOperation({
    method: 'POST',
    path: `${ACCOUNT}/media`,
    tag: TAG,
    summary: 'Upload a prompt for menus; answers its id',
    requires: create,
    body: FileUpload,
    maxUploadBytes: MAX_MEDIA_BYTES + FORM_BYTES,
    responses: { 200: Type.String() },
    handle: async (context, { principal, scope, body }) => {
      const stored = await storePrompt(context, principal, scope, body.file)
      return stored.ok ? ok({ status: 200, contentType: 'application/json', body: JSON.stringify(stored.value.id) }) : stored
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${ACCOUNT}/media/:mediaId`,
    tag: TAG,
    summary: 'Hear a sound',
    requires: read,
    params: OldPath,
    query: Type.Object({ mediaType, fileName: Type.Optional(Type.String({ maxLength: 128 })) }),
    responses: { 200: Sound },
    handle: async (context, { scope, params, query }) => {
      const sound = await soundOf(context, scope, query.mediaType, params.mediaId)
      return sound === undefined ? err(entityNotFound('Media', params.mediaId)) : ok(soundReply(params.mediaId, sound))
    },
  }),
  accountOperation({
    method: 'DELETE',
    path: `${ACCOUNT}/media/:mediaId`,
    tag: TAG,
    summary: 'Delete a sound that no menu plays and that is not the hold music',
    requires: remove,
    params: OldPath,
    responses: { 204: undefined },
    handle: async (context, { principal, scope, params }) => {
      const deleted = await deleteMedia(context, principal, scope, params.mediaId)
      return deleted.ok ? ok({ status: 204 }) : deleted
    },
  }),
  accountOperation({
    method: 'GET',
    path: `${COLLECTION}/:id`,
    tag: TAG,
    summary: 'Where a sound can be fetched without a token for a quarter of an hour',
    requires: read,
    params: ItemPath,
    query: Type.Object({ mediaType }),
    responses: { 302: undefined },
    handle: async (context, { scope, params, query, origin }) => {
      if ((await soundOf(context, scope, query.mediaType, params.id)) === undefined) return err(entityNotFound('Media', params.id))
      return ok({ status: 302, headers: { location: mediaUrl(context, origin, scope, query.mediaType, params.id) } })
    },
  }),
  ...holdMusicOperations(),
  openOperation({
    method: 'GET',
    path: '/v2/media/:id/content',
    tag: TAG,
    summary: 'A sound, by a pre-signed URL',
    requires: 'public',
    params: Type.Object({ id }),
    query: Type.Object({
      partitionId: id,
      accountId: id,
      mediaType,
      expires: Type.Integer({ minimum: 0 }),
      signature: Type.String({ maxLength: 64 }),
    }),
    responses: { 200: Sound },
    handle: async (context, { params, query: { expires, signature, ...address } }) => {
      const refused = mediaUrlFailure(context, { ...address, id: params.id }, expires, signature)
      if (refused !== undefined) return err(refused)
      const sound = await soundOf(context, systemScope(address.partitionId, address.accountId), address.mediaType, params.id)
      return sound === undefined ? err(entityNotFound('Media', params.id)) : ok(soundReply(params.id, sound))
    },
  }),
]

function holdMusicOperations(): readonly Operation[] {
  const select = (common: { readonly path: string }): Operation =>
    accountOperation({
      ...common,
      method: 'PUT',
      tag: TAG,
      summary: 'Choose what callers of the account hear while they wait: music of the account or of the platform',
      requires: edit,
      params: ItemPath,
      responses: { 200: HoldMusicView },
      handle: async (context, { principal, scope, params, origin }) => {
        const selected = await selectHoldMusic(context, principal, scope, params.id)
        return selected.ok ? ok({ status: 200, body: holdMusicView(context, origin, scope, selected.value) }) : selected
      },
    })
  return [
    accountOperation({
      method: 'GET',
      path: HOLD_MUSIC,
      tag: TAG,
      summary: 'What callers of the account hear while they wait; with custom what the account uploaded last',
      requires: read,
      query: Type.Object({ custom: Type.Optional(Type.Boolean()) }),
      responses: { 200: HoldMusicView },
      handle: async (context, { scope, query, origin }) => {
        const music = await holdMusicOf(context, scope, query.custom === true ? 'custom' : 'selected')
        return music.ok ? ok({ status: 200, body: holdMusicView(context, origin, scope, music.value) }) : music
      },
    }),
    accountOperation({
      method: 'DELETE',
      path: HOLD_MUSIC,
      tag: TAG,
      summary: 'No music: callers who wait hear a beep now and then; what was uploaded stays',
      requires: edit,
      responses: { 200: undefined },
      handle: async (context, { principal, scope }) => {
        const cleared = await clearHoldMusic(context, principal, scope, undefined)
        return cleared.ok ? ok({ status: 200 }) : cleared
      },
    }),
    select({ path: `${HOLD_MUSIC}/:id` }),
    select({ path: `${COLLECTION}/:id` }),
    accountOperation({
      method: 'DELETE',
      path: `${COLLECTION}/:id`,
      tag: TAG,
      summary: 'No longer choose this music; the file stays',
      requires: edit,
      params: ItemPath,
      responses: { 200: undefined },
      handle: async (context, { principal, scope, params }) => {
        const cleared = await clearHoldMusic(context, principal, scope, params.id)
        return cleared.ok ? ok({ status: 200 }) : cleared
      },
    }),
  ]
}

function holdMusicView(context: Context, origin: string, scope: Parameters<typeof mediaUrl>[2], storageId: string) {
  return { storageId, url: mediaUrl(context, origin, scope, 'HoldMusic', storageId) }
}

/** Named by us: what a caller chose never becomes a file name. */
function soundReply(name: string, body: Buffer): Reply {
  const headers = { 'content-disposition': `attachment; filename="${name.replaceAll(/[^\w-]/g, '')}.wav"`, 'x-content-type-options': 'nosniff' }
  return { status: 200, contentType: 'audio/wav', headers, body }
}
