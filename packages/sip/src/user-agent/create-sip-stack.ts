import { type Logger, ok, silentLogger, systemClock, TimerWheel } from '@dialtone/foundation'
import { findLeg } from './find-leg.ts'
import { SentBy } from '../transport/index.ts'
import { abilitiesOf } from './abilities.ts'
import { AdmissionDesk } from './admission-desk.ts'
import { guardTimers } from './guarded-timers.ts'
import { LargeRequests } from './large-requests.ts'
import { KeptRegistration } from './kept-registration.ts'
import { MessageReceiver } from './message-receiver.ts'
import { sendOutOfDialog } from './out-of-dialog-request.ts'
import { OutgoingInviteCall } from './outgoing-invite-call.ts'
import { RequestCore } from './request-core.ts'
import type { RequestOptions, RequestOutcome, SipStack, SipStackOptions, StackSettings } from './sip-stack.ts'
import { hangUpStanding } from './standing-invite.ts'
import { createNetwork, createStatistics, createTransactionRuntime, createUserAgent, DEFAULT_LIMITS } from './stack-parts.ts'
import { SubscriberSubscription } from './subscriber-subscription.ts'
import { SubscriptionDesk } from './subscription-desk.ts'
import { SharedNetwork } from './shared-network.ts'
import { TransactionLayer } from './transaction-layer.ts'
import type { UserAgent } from './user-agent.ts'

/** Makes a stack; nothing is opened before `start`. */
export function createSipStack(given: SipStackOptions): SipStack {
  const options = withDefaults(given)
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const timers = guardTimers(options.timers, options.logger)
  const counters = { received: 0, sent: 0, malformed: 0, retransmitted: 0 }
  const sockets = createNetwork(options, timers, limits)
  const shared = options.sharedPort === undefined ? undefined : new SharedNetwork(sockets, options.sharedPort)
  const network = shared ?? sockets
  const sentBy = new SentBy(options.publicAddress, options.publicAddressIpv6)
  const runtime = createTransactionRuntime(options, timers, counters, network)
  const transactions = new TransactionLayer(runtime, new LargeRequests({ network, sentBy, clock: options.clock }))
  const userAgent = createUserAgent(runtime, transactions, sentBy, abilitiesOf(options))
  const admission = new AdmissionDesk({ clock: options.clock, timers, ...limits })
  const subscriptions = new SubscriptionDesk({ userAgent, clock: options.clock, ...limits })
  const core = new RequestCore({ userAgent, clock: options.clock, admission, subscriptions })
  const receiver = new MessageReceiver({
    userAgent,
    counters,
    maxMessageBytes: limits.maxMessageBytes,
    sharedPort: options.sharedPort,
    isOurHost: (host) => sentBy.isOurs(host),
    addAlias: (connectionId, port) => network.addAlias?.(connectionId, port),
    onRequest: (request, source, key) => core.receive(request, source, key),
    mayServeDialog: () => transactions.size < 2 * limits.maxTransactions,
  })
  const flowHandlers: ((connectionId: string) => void)[] = []
  const waiting = new Set<(outcome: RequestOutcome) => void>()

  return {
    async start() {
      const opened = await network.open({
        onMessage: (bytes, source) => receiver.receive(bytes, source),
        onConnectionClosed: (id, reason) => {
          transactions.connectionClosed(id, reason)
          for (const tell of flowHandlers) callHandler(tell, id, options.logger)
        },
      })
      if (!opened.ok) return opened
      sentBy.ports = opened.value
      return ok({ address: options.listen.host, ...opened.value })
    },
    async stop() {
      timers.stop()
      // Flows that end now say nothing about their phones.
      flowHandlers.length = 0
      for (const tell of [...waiting]) tell({ failed: 'the stack has stopped' })
      transactions.clear()
      userAgent.legs.clear()
      await network.close()
    },
    onInvite: (handler) => core.onInvite(handler),
    onRequest: (method, handler, handlerOptions) => core.onRequest(method, handler, handlerOptions),
    guard: (gate) => void (admission.gate = gate),
    onSubscribe: (eventPackage, handler, handlerOptions) => core.onSubscribe(eventPackage, handler, handlerOptions),
    subscribe: (subscription) => new SubscriberSubscription(userAgent, subscription),
    findLeg: (reference) => findLeg(userAgent, reference),
    hangUp: (standing, headers = [], credentials) => hangUpStanding(userAgent, standing, headers, credentials),
    acceptWebSocket: (request, socket, head) =>
      network.acceptWebSocket === undefined ? void socket.destroy() : network.acceptWebSocket(request, socket, head),
    onFlowClosed: (handler) => void flowHandlers.push(handler),
    takeOver(handed, from) {
      if (handed.kind === 'received') receiver.receiveHandedOver(handed.bytes, handed.remote)
      else shared?.takeOver(handed, from)
    },
    invite: (invite) => new OutgoingInviteCall(userAgent, invite),
    request: (request) => sendAndWait(userAgent, request, waiting),
    register: (registration) => new KeptRegistration(userAgent, options.clock, registration),
    statistics: createStatistics(counters, userAgent, network),
  }
}

function withDefaults(given: SipStackOptions): StackSettings {
  const { clock = systemClock, logger = silentLogger } = given
  // Not the time of day, which may be set while a timer runs.
  return { ...given, clock, logger, timers: given.timers ?? new TimerWheel({ nowMs: () => performance.now() }) }
}

/** A handler that throws is a bug of the user's; the connection is closed all the same. */
function callHandler(handler: (connectionId: string) => void, connectionId: string, logger: Logger): void {
  try {
    handler(connectionId)
  } catch (error) {
    logger.error('a handler of closed flows threw', { error })
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
