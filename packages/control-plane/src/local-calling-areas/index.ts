export { isLocalCall } from './local-prefixes.ts'
export { localCallingAreaOperations } from './v2-routes.ts'
