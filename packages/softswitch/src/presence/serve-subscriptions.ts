import type { Logger } from '@dialtone/foundation'
import { formatUri } from '@dialtone/sip'
import type { SipStack, TransportName } from '@dialtone/sip'
import type { AuthenticationNeeds } from '../edge/authenticate-line.ts'
import { handleSubscribe } from './handle-subscribe.ts'
import type { Subscription } from './handle-subscribe.ts'
import { messageSummaryNotify } from './message-summary-notify.ts'

/** NOTIFY is not worth the whole 32 s of RFC 3261 17.1.2.2. */
const NOTIFY_TIMEOUT_MS = 4_000

export interface SubscriptionNeeds extends AuthenticationNeeds {
  readonly sip: Pick<SipStack, 'onRequest' | 'request'>
  readonly logger: Logger
  readonly realm: string
  readonly publicAddress: string
  readonly sipPort: () => number
}

/** Takes the SUBSCRIBE requests of a stack. */
export function serveSubscriptions(needs: SubscriptionNeeds): void {
  const { sip, digest, directory, guesses, logger, realm } = needs

  function contact(transport: TransportName): string {
    // RFC 7118 5.3: both kinds of WebSocket are `ws`.
    const parameters = new Map(transport === 'udp' ? [] : [['transport', transport === 'wss' ? 'ws' : transport] as const])
    return `<${formatUri({ host: needs.publicAddress, port: needs.sipPort(), parameters })}>`
  }

  function notify(subscription: Subscription): void {
    const account = `sip:${subscription.username}@${realm}`
    const sent = sip.request({ ...messageSummaryNotify(subscription, account), timeoutMs: NOTIFY_TIMEOUT_MS })
    sent.catch((error: unknown) => logger.warn('NOTIFY could not be sent', { error: String(error) }))
  }

  sip.onRequest('SUBSCRIBE', (request) => handleSubscribe({ digest, directory, guesses, contact, notify }, request))
}
