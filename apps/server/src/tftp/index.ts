export { startTftpServer } from './tftp-server.ts'
export type { ReadFile, TftpServer } from './tftp-server.ts'
