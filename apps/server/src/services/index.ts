export { createServiceDesk } from './service-desk.ts'
export { joinMessageLamps, lightLamps } from './message-lamps.ts'
