export { holdMusicUploadWorker } from './hold-music.ts'
export { findMedia, isDefaultMedia, mediaFile } from './media.ts'
export type { Media } from './media.ts'
export { mediaOperations } from './v2-routes.ts'
