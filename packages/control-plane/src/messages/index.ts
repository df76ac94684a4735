export { queueMessage } from './outgoing-message.ts'
export type { OutgoingMessage } from './outgoing-message.ts'
