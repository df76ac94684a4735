import type { AccountScope } from '../access/index.ts'
import { type ConfigurationKind, type ConfiguredObject, configuredObject, findObject } from '../account-objects/index.ts'
import type { Sql, Transaction } from '../database/index.ts'
import { defaultMedia, type MediaType } from '../reference-data/index.ts'

/** Five minutes of 16-bit linear PCM at 16 kHz; longer music can be sent with 8 kHz or G.711. */
export const MAX_MEDIA_BYTES = 10_000_000

/** A sound of the account: a prompt of its menus, or music for who waits. The file itself never changes. */
export interface Media {
  readonly name: string
  readonly mediaType: MediaType
  /** In the file store. */
  readonly file: string
  readonly sizeBytes: number
  readonly durationSeconds: number
}

export const mediaKind: ConfigurationKind<Media> = {
  type: 'MEDIA',
  idForm: 'uuid',
  historyType: 'MEDIA_MANAGEMENT',
  eventName: 'media',
  nameOf: (media) => media.name,
  limit: 1000,
}

/** @param key ours: an id, never text somebody sent. */
export function mediaFile(key: string): string {
  return `media/${key}`
}

export async function findMedia(sql: Sql | Transaction, scope: AccountScope, id: string): Promise<ConfiguredObject<Media> | undefined> {
  const row = await findObject(sql, scope, { type: 'MEDIA', id })
  return row === undefined ? undefined : configuredObject<Media>(row)
}

/** What the platform brings for everybody. */
export function isDefaultMedia(type: MediaType, id: string): boolean {
  return defaultMedia(type).some((media) => media.storageId === id)
}

/** Somebody on hold without any music hears that he still is. */
export const PERIODIC_BEEP_ID = defaultMedia('HoldMusic').find((media) => media.title === 'Periodic beep')?.storageId ?? ''
