export { extensionDirectoryOperations } from './v2-routes.ts'
