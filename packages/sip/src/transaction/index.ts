export { resumeInviteClient, startInviteClient, stepInviteClient } from './invite-client-transaction.ts'
export type { InviteClientState } from './invite-client-transaction.ts'
export { startInviteServer, stepInviteServer } from './invite-server-transaction.ts'
export type { InviteServerState } from './invite-server-transaction.ts'
export { startNonInviteClient, stepNonInviteClient } from './non-invite-client-transaction.ts'
export type { NonInviteClientState } from './non-invite-client-transaction.ts'
export { startNonInviteServer, stepNonInviteServer } from './non-invite-server-transaction.ts'
export type { NonInviteServerState } from './non-invite-server-transaction.ts'
export type { OutgoingResponse, TransactionEffect, TransactionTimer, Transition } from './transaction-effect.ts'
export type { ClientTransactionEvent, ServerTransactionEvent, TimerEvent } from './transaction-event.ts'
export {
  acknowledges,
  clientTransactionKey,
  clientTransactionKeyOf,
  hasMagicCookie,
  MAGIC_COOKIE,
  mergeKey,
  serverTransactionKey,
  statelessTag,
} from './transaction-key.ts'
export { DEFAULT_TIMING, transactionLifetimeMs } from './transaction-timing.ts'
export type { TransactionOptions, TransactionTiming } from './transaction-timing.ts'
export { buildCancel, buildFailureAck } from './request-follow-up.ts'
