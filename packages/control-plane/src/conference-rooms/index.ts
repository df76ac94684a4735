export type { ConferenceRoom } from './conference-room.ts'
export { conferenceRoomOperations } from './v2-routes.ts'
