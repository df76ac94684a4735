import { ok } from '@dialtone/foundation'
import { guardTimers } from './guarded-timers.ts'
import { MessageReceiver } from './message-receiver.ts'
import { sendOutOfDialog } from './out-of-dialog-request.ts'
import { OutgoingInviteCall } from './outgoing-invite-call.ts'
import { RateLimit } from './rate-limit.ts'
import { RequestCore } from './request-core.ts'
import type { RequestOptions, RequestOutcome, SipStack, SipStackOptions } from './sip-stack.ts'
import { createStatistics, createTransactionRuntime, createTransports, createUserAgent, DEFAULT_LIMITS, sentByHost } from './stack-parts.ts'
import { TransactionLayer } from './transaction-layer.ts'
import type { UserAgent } from './user-agent.ts'

/** Makes a stack; nothing is opened before `start`. */
export function createSipStack(options: SipStackOptions): SipStack {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const timers = guardTimers(options.timers, options.logger)
  const counters = { received: 0, sent: 0, malformed: 0, retransmitted: 0 }
  const transports = createTransports(options, timers, limits, {
    onMessage: (bytes, source) => receiver.receive(bytes, source),
    onConnectionClosed: (id) => transactions.connectionClosed(id),
  })
  const runtime = createTransactionRuntime(options, timers, counters, transports)
  const transactions = new TransactionLayer(runtime)
  const userAgent = createUserAgent(runtime, transactions, transports)
  const perSecond = limits.maxPerSourceInvitesPerSecond
  const inviteRate = perSecond === undefined ? undefined : new RateLimit(options.clock, perSecond)
  const core = new RequestCore({ userAgent, maxTransactions: limits.maxTransactions, inviteRate })
  const receiver = new MessageReceiver({
    userAgent,
    counters,
    maxMessageBytes: limits.maxMessageBytes,
    sentByHost: sentByHost(options.publicAddress),
    addAlias: (connectionId, port) => transports.addAlias(connectionId, port),
    onRequest: (request, source, key) => core.receive(request, source, key),
    mayServeDialog: () => transactions.size < 2 * limits.maxTransactions,
  })
  const waiting = new Set<(outcome: RequestOutcome) => void>()

  return {
    async start() {
      const opened = await transports.open()
      if (!opened.ok) return opened
      return ok({ address: options.listen.host, udpPort: transports.udpPort, tcpPort: transports.tcpPort })
    },
    async stop() {
      timers.stop()
      for (const tell of [...waiting]) tell({ failed: 'the stack has stopped' })
      transactions.clear()
      userAgent.legs.clear()
      await transports.close()
    },
    onInvite: (handler) => core.onInvite(handler),
    onRequest: (method, handler) => core.onRequest(method, handler),
    invite: (invite) => new OutgoingInviteCall(userAgent, invite),
    request: (request) => sendAndWait(userAgent, request, waiting),
    statistics: createStatistics(counters, userAgent, transports),
  }
}

/** @param waiting who is to be told when the stack stops first */
function sendAndWait(userAgent: UserAgent, request: RequestOptions, waiting: Set<(outcome: RequestOutcome) => void>): Promise<RequestOutcome> {
  return new Promise((resolve) => {
    const tell = (outcome: RequestOutcome): void => {
      waiting.delete(tell)
      resolve(outcome)
    }
    sendOutOfDialog(userAgent, request, tell)
    waiting.add(tell)
  })
}
