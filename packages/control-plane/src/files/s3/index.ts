export { s3FileStore } from './s3-file-store.ts'
export type { S3Settings } from './s3-file-store.ts'
