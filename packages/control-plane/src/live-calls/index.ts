export { liveCallOperations } from './v2-routes.ts'
