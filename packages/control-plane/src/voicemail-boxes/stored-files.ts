import { newId } from '@dialtone/foundation'
import { GREETING_TYPES, type GreetingType } from './voicemail-box.ts'
import type { VoicemailBoxRow } from './voicemail-box-queries.ts'

/** Names in the file store: of ids that are ours, never of text somebody sent. */
export function messageFile(messageId: string): string {
  return `voicemail/${messageId}`
}

/** Every recording has a name of its own: whoever keeps the sound of one never plays another for it. */
export function newGreetingFile(): string {
  return `greeting/${newId()}`
}

/** @returns undefined when nothing was recorded. */
export function greetingFile({ id, greetings }: Pick<VoicemailBoxRow, 'id' | 'greetings'>, type: GreetingType): string | undefined {
  const greeting = greetings[type]
  return greeting === undefined ? undefined : (greeting.file ?? `greeting/${id}-${type}`)
}

/** The files of all that was recorded for the box. */
export function greetingFiles(row: Pick<VoicemailBoxRow, 'id' | 'greetings'>): readonly string[] {
  return GREETING_TYPES.flatMap((type) => greetingFile(row, type) ?? [])
}
