export { keepRecording, recordingRetentionTask } from './recordings.ts'
export type { FinishedRecording } from './recordings.ts'
export { readSettings } from './recording-settings.ts'
export { callRecordingOperations } from './v2-routes.ts'
