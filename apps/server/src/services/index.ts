export { createServiceDesk } from './service-desk.ts'
export { joinMessageLamps, lightLamps } from './message-lamps.ts'
export { SoundLibrary } from './sound-library.ts'
export { Voice } from './voice.ts'
