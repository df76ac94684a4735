import Type from 'typebox'
import { named } from '../http/index.ts'
import type { VoicemailMessageRow } from './voicemail-message-queries.ts'

export const VoicemailMessageView = named(
  'VoicemailMessage',
  Type.Object({
    id: Type.String(),
    storageId: Type.String(),
    voicemailBoxId: Type.String(),
    accountId: Type.String(),
    partitionId: Type.String(),
    createdDate: Type.String(),
    fromName: Type.String(),
    fromNumber: Type.String(),
    toPhoneNumber: Type.String(),
    lengthInSeconds: Type.Optional(Type.Integer()),
    lengthInPages: Type.Optional(Type.Integer()),
    read: Type.Boolean(),
    sizeInBytes: Type.Integer(),
    messageType: Type.String(),
    audioFileAndType: Type.String(),
    transcriptionStatus: Type.Optional(Type.String()),
    transcriptionInfo: Type.Optional(Type.String()),
    transcriptionText: Type.Optional(Type.String()),
  }),
)

export function messageView(row: VoicemailMessageRow) {
  return {
    id: row.id,
    storageId: row.id,
    voicemailBoxId: row.box_id,
    accountId: row.account_id,
    partitionId: row.partition_id,
    createdDate: row.created_at.toISOString(),
    fromName: row.from_name,
    fromNumber: row.from_number,
    toPhoneNumber: row.to_number,
    ...(row.length_seconds === null ? {} : { lengthInSeconds: row.length_seconds }),
    ...(row.length_pages === null ? {} : { lengthInPages: row.length_pages }),
    read: row.is_read,
    sizeInBytes: Number(row.size_bytes),
    messageType: row.message_type,
    audioFileAndType: `${row.id}.${row.media_type === 'audio/wav' ? 'wav' : 'pdf'}`,
    ...(row.transcription_status === null ? {} : { transcriptionStatus: row.transcription_status }),
    ...(row.transcription_info === null ? {} : { transcriptionInfo: row.transcription_info }),
    ...(row.transcription_text === null ? {} : { transcriptionText: row.transcription_text }),
  }
}
