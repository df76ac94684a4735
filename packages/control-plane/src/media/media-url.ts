import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, notPermitted } from '../failures/index.ts'
import type { MediaType } from '../reference-data/index.ts'

/** What a URL to a sound says; its signature covers all of it. */
export interface MediaAddress {
  readonly partitionId: string
  readonly accountId: string
  readonly mediaType: MediaType
  readonly id: string
}

const LIFE_MS = 900_000
const PURPOSE = 'media-file'

/** A URL that gives the sound to whoever has it, for a quarter of an hour: what plays it has no token. */
export function mediaUrl(context: Context, origin: string, { partitionId, accountId }: AccountScope, mediaType: MediaType, id: string): string {
  const expires = context.clock.nowMs() + LIFE_MS
  const signature = context.sealer.sign(signedText({ partitionId, accountId, mediaType, id }, expires), PURPOSE)
  const query = new URLSearchParams({ partitionId, accountId, mediaType, expires: String(expires), signature })
  return `${origin}/v2/media/${encodeURIComponent(id)}/content?${query.toString()}`
}

/** @returns why the URL is no longer, or never was, good for this. */
export function mediaUrlFailure(context: Context, address: MediaAddress, expires: number, signature: string): ApiFailure | undefined {
  if (!context.sealer.isSigned(signedText(address, expires), PURPOSE, signature)) return notPermitted('The URL was not signed by this platform.')
  return expires < context.clock.nowMs() ? { code: 'UrlExpired', status: 403, message: 'The URL has expired; ask for a new one.' } : undefined
}

function signedText({ partitionId, accountId, mediaType, id }: MediaAddress, expires: number): string {
  return [partitionId, accountId, mediaType, id, expires].join('\n')
}
