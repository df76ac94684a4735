import { sql as sqlText } from 'kysely'
import { err, type Result } from '@dialtone/foundation'
import type { Context } from '../context.ts'
import type { DueTask } from '../due-work/index.ts'
import { messageFile } from './stored-files.ts'

/** Writes down what was said. None comes with the platform: an operator may connect one. */
export interface Transcriber {
  /** @param language of the box, `en-US`. @returns why there is no text, for whoever reads the message. Never rejects for what is in the sound. */
  transcribe(sound: AsyncIterable<Uint8Array>, language: string): Promise<Result<{ readonly text: string }, { readonly reason: string }>>
}

/** What becomes of a message whose box asks for text (public-spec section 14: transcriptionStatus). */
export type TranscriptionStatus = 'PENDING' | 'COMPLETED' | 'FAILED' | 'NOT_AVAILABLE'

const NO_TRANSCRIBER = 'No transcription service is connected to this platform.'
const MESSAGES_AT_ONCE = 20
const MAX_TEXT_CHARACTERS = 20_000
const MAX_REASON_CHARACTERS = 500

/** @param transcriber undefined: messages say that there is none, and no text is made up */
export function transcriptionTask(transcriber: Transcriber | undefined): DueTask {
  return {
    name: 'voicemail transcription',
    isBackground: true,
    run: async (context, rows) => {
      const pending = await context.database.sql
        .selectFrom('voicemail_message as message')
        .innerJoin('voicemail_box as box', 'box.id', 'message.box_id')
        .select(['message.id', 'box.settings'])
        .where('message.transcription_status', '=', 'PENDING' satisfies TranscriptionStatus)
        .where(sqlText<boolean>`message.id <> ALL(${rows.resting()})`)
        .orderBy('message.created_at')
        .limit(MESSAGES_AT_ONCE)
        .execute()
      for (const { id, settings } of pending)
        await rows.attempt(id, async () => keep(context, id, await transcriptOf(context, transcriber, id, settings['locale'])))
    },
  }
}

interface Transcript {
  readonly status: Exclude<TranscriptionStatus, 'PENDING'>
  readonly info: string | null
  readonly text: string | null
}

async function transcriptOf(context: Context, transcriber: Transcriber | undefined, id: string, locale: unknown): Promise<Transcript> {
  if (transcriber === undefined) return { status: 'NOT_AVAILABLE', info: NO_TRANSCRIBER, text: null }
  const sound = await context.files.open(messageFile(id))
  const language = typeof locale === 'string' ? locale : 'en-US'
  const written = sound === undefined ? err({ reason: 'the recording is gone' }) : await transcriber.transcribe(sound, language)
  if (!written.ok) return { status: 'FAILED', info: written.error.reason.slice(0, MAX_REASON_CHARACTERS), text: null }
  return { status: 'COMPLETED', info: null, text: written.value.text.slice(0, MAX_TEXT_CHARACTERS) }
}

async function keep({ database }: Context, id: string, { status, info, text }: Transcript): Promise<void> {
  await database.sql
    .updateTable('voicemail_message')
    .set({ transcription_status: status, transcription_info: info, transcription_text: text })
    .where('id', '=', id)
    .execute()
}
