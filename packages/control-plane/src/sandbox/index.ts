export type { SandboxPort, SandboxPsapCall } from './sandbox-port.ts'
export { sandboxOperations } from './v2-routes.ts'
