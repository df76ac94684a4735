import type { GreetingType } from './voicemail-box.ts'

/** Names in the file store: of ids that are ours, never of text somebody sent. */
export function messageFile(messageId: string): string {
  return `voicemail/${messageId}`
}

export function greetingFile(boxId: string, type: GreetingType): string {
  return `greeting/${boxId}-${type}`
}
