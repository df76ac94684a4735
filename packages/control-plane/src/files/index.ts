export { directoryFileStore } from './directory-file-store.ts'
export type { FileStore } from './file-store.ts'
export { s3FileStore } from './s3/index.ts'
export type { S3Settings } from './s3/index.ts'
