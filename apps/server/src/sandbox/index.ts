export { startSandbox } from './start-sandbox.ts'
export type { Sandbox, SandboxOptions, SandboxPeer } from './start-sandbox.ts'
export type { InboundCall, InboundCallOrder } from './inbound-calls.ts'
export type { PsapCall } from './sandbox-psap.ts'
