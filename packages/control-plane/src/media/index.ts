export { holdMusicUploadWorker } from './hold-music.ts'
export { findMedia, isDefaultMedia, mediaFile, PERIODIC_BEEP_ID } from './media.ts'
export type { Media } from './media.ts'
export { mediaOperations } from './v2-routes.ts'
