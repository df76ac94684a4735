import { err, ok, type Result } from '@dialtone/foundation'
import Type from 'typebox'
import type { AccountScope } from '../access/index.ts'
import type { Context } from '../context.ts'
import { type ApiFailure, entityNotFound } from '../failures/index.ts'
import { findBox, type VoicemailBoxRow } from '../voicemail-boxes/index.ts'
import { COLLECTION } from './line-path.ts'

export const BOXES = `${COLLECTION}/voicemail-box`
export const BOX = `${BOXES}/:voicemailBoxId`
export const boxPath = { partitionId: Type.String(), accountId: Type.String(), voicemailBoxId: Type.String({ maxLength: 64 }) }
export const BoxPath = Type.Object(boxPath)

export const needs = (level: 'READ' | 'EDIT' | 'CREATE' | 'DELETE') => ({ permission: 'EU_BUSINESS_LINE_VOICEMAIL', level }) as const

/** A box of business lines; those of users are not seen here. The kind of a box never changes. */
export async function foundBox(context: Context, scope: AccountScope, boxId: string): Promise<Result<VoicemailBoxRow, ApiFailure>> {
  const row = await findBox(context.database.sql, scope, boxId)
  return row?.type === 'BUSINESS_LINE' ? ok(row) : err(entityNotFound('VoicemailBox', boxId))
}
