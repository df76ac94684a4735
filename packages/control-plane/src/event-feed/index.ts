export { createEventFeed } from './event-feed.ts'
export type { EventFeed } from './event-feed.ts'
export { eventBody, isPublic, wants } from './public-event.ts'
export { eventRetentionTask } from './retention.ts'
