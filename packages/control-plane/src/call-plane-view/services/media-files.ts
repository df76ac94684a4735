import type { MenuSound } from '@dialtone/call-routing'
import { type Media, mediaFile } from '../../media/index.ts'
import type { Sql } from '../../database/index.ts'
import { configuredAttributes } from './configured-attributes.ts'

/** The names in the store of the account's recordings and music, by media id. */
export async function mediaFiles(sql: Sql, accountId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await configuredAttributes<Media>(sql, accountId, 'MEDIA')
  return new Map(rows.map(({ id, attributes }) => [id, mediaFile(attributes.file)]))
}

/** A recording of the account, or a prompt of the platform by its fixed name. */
export function soundsOf(mediaId: string | undefined, files: ReadonlyMap<string, string>): readonly MenuSound[] {
  if (mediaId === undefined || mediaId === '') return []
  const file = files.get(mediaId)
  return [file === undefined ? { promptId: mediaId } : { recordingKey: file }]
}
