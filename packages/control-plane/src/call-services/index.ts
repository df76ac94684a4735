export { askForward } from './forward-service.ts'
export { askVoicemail } from './voicemail-service.ts'
export { lampsAfter, litLamps } from './message-lamps.ts'
export type { MessageLamp } from './message-lamps.ts'
