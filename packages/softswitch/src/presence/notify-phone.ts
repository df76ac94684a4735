import { formatUri } from '@dialtone/sip'
import type { Header, RequestOutcome, SipStack } from '@dialtone/sip'
import { reachableDevices } from '../features/reachable-devices.ts'
import type { NotifyOrder, NotifyOutcome } from '../ports/notify-order.ts'
import type { StoredBinding } from '../ports/registration-store.ts'

export interface NotifyNeeds {
  readonly sip: Pick<SipStack, 'request'>
  readonly realm: string
  readonly bindingsOf: (lineId: string) => readonly StoredBinding[]
  readonly flowFailed: (lineId: string, contactUri: string) => void
}

/** RFC 5626 11.5: a proxy on the way says that the phone's flow is gone. */
const FLOW_FAILED = 430

/**
 * Sends a NOTIFY outside of every subscription, as phones take it for check-sync and its like, over the flow the phone registered
 * with: to where its REGISTER came from, through the proxies it named (RFC 3327 5.3). Its other flows are tried when one is gone
 * (RFC 5626 5.3). Never rejects.
 */
export async function notifyPhone(needs: NotifyNeeds, order: NotifyOrder): Promise<NotifyOutcome> {
  for (const lineId of order.lineIds) {
    const [device] = reachableDevices(needs.bindingsOf(lineId))
    if (device === undefined) continue
    const { binding, alternatives } = device
    for (const to of [binding.receivedFrom, ...alternatives]) {
      const outcome = await needs.sip.request({ ...requestOf(needs.realm, order, binding), to })
      const read = outcomeOf(outcome, lineId)
      if (read.kind !== 'unreachable') return read
      if (to === alternatives.at(-1) || alternatives.length === 0) needs.flowFailed(lineId, binding.contactUri)
    }
    return { kind: 'unreachable', reason: 'the connection to the phone is gone' }
  }
  return { kind: 'unreachable', reason: 'no line of the device is registered' }
}

function requestOf(realm: string, order: NotifyOrder, { lineId, contactUri, path = [] }: StoredBinding) {
  const headers: readonly Header[] = [
    ['From', `<${formatUri({ host: realm })}>`],
    ['To', `<${contactUri}>`],
    ...path.map((hop): Header => ['Route', hop]),
    ['Event', order.event],
    // RFC 6665 4.2.2 wants one in every NOTIFY; there is no subscription that could go on.
    ['Subscription-State', 'terminated'],
  ]
  const credentials = order.credentials?.[lineId]
  return {
    method: 'NOTIFY',
    uri: contactUri,
    headers,
    timeoutMs: order.timeoutMs,
    ...(order.body === undefined ? {} : { body: order.body, contentType: order.contentType ?? 'text/plain' }),
    ...(credentials === undefined ? {} : { credentials }),
  }
}

function outcomeOf(outcome: RequestOutcome, lineId: string): NotifyOutcome {
  if ('timedOut' in outcome) return { kind: 'timedOut', lineId }
  if ('failed' in outcome) return { kind: 'unreachable', reason: outcome.failed }
  if (outcome.statusCode === FLOW_FAILED) return { kind: 'unreachable', reason: 'the proxy of the phone lost its flow' }
  return { kind: 'answered', statusCode: outcome.statusCode, lineId }
}
