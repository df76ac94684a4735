export { directoryFileStore } from './directory-file-store.ts'
export type { FileStore } from './file-store.ts'
