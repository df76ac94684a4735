import type { SipStack, SipStackOptions } from './sip-stack.ts'

/** Makes a stack; nothing is opened before `start`. */
export declare function createSipStack(options: SipStackOptions): SipStack
