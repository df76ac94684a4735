import type { CallerIdentity, CarrierVerdict } from '@dialtone/call-routing'
import { formatNameAddress, formatUri } from '@dialtone/sip'
import type { Header } from '@dialtone/sip'
import { diversionHeaders, fromHeader, numberUri, trustedIdentityHeaders } from '../calls/party-headers.ts'
import type { ShownParty } from '../calls/party-headers.ts'
import type { LegPlan } from '../calls/state/leg-plan.ts'
import { writeCarrierNumber } from '@dialtone/numbering'
import type { RewrittenNumber } from '@dialtone/numbering'
import { remoteOf, targetsOf } from '../ports/switch-directory.ts'
import type { CarrierPeer, CarrierTarget } from '../ports/switch-directory.ts'

export interface CarrierNeeds {
  /** What we are called in From and P-Asserted-Identity. */
  readonly publicAddress: string
  readonly maxForwards: number
  /** Its places in the order to try them; left out: as they are configured. */
  readonly targetsInOrder?: ((peer: CarrierPeer) => readonly CarrierTarget[]) | undefined
  /** How often others had sent the call on before it came to us. */
  readonly timesSentOn?: number | undefined
}

/** The INVITE to a carrier: E.164 with '+' in the Request-URI, or the number as its rules want it, the caller asserted (RFC 3325). */
export function planCarrierLeg(decision: CarrierVerdict, peer: CarrierPeer, needs: CarrierNeeds): LegPlan {
  const [first = { id: peer.id, address: peer.address, port: peer.port }, ...others] = (needs.targetsInOrder ?? targetsOf)(peer)
  const { called, caller } = numbersAtCarrier(peer, decision)
  const uriAt = ({ address: host, port }: Pick<CarrierTarget, 'address' | 'port'>): string => formatUri({ user: called.number, host, port })
  const requestUri = uriAt(first)
  const from = fromHeader(caller, needs.publicAddress)
  const at = (target: CarrierTarget) => remoteOf(peer, target)
  return {
    kind: 'carrier',
    carrierId: peer.id,
    requestUri,
    to: at(first),
    ...(others.length === 0 ? {} : { alternatives: others.map((target) => ({ ...at(target), uri: uriAt(target) })) }),
    from,
    toHeader: formatNameAddress({ uri: requestUri }),
    headers: [
      ['Max-Forwards', String(needs.maxForwards)],
      ...trustedIdentityHeaders(caller, needs.publicAddress, from),
      ...chargeHeaders(decision, needs.publicAddress),
      ...diversionHeaders(decision.diversion, decision.number, needs.publicAddress, needs.timesSentOn),
    ],
  }
}

/** What a carrier is told of a call: each number as its rules write it, and by which of them. */
export interface NumbersAtCarrier {
  readonly called: RewrittenNumber
  readonly caller: ShownParty
  readonly callerRuleIndex: number | undefined
}

/** Who has no number is shown as the carrier's own (S3-13); what the rules say of numbers stands last. */
export function numbersAtCarrier(
  { callerId, numberRules }: Pick<CarrierPeer, 'callerId' | 'numberRules'>,
  { number, caller }: { readonly number: string; readonly caller: CallerIdentity },
): NumbersAtCarrier {
  const called = writeCarrierNumber(numberRules?.outboundCalled, number)
  const shown = caller.number === '' && !caller.anonymous && callerId !== undefined ? { ...caller, ...callerId } : caller
  if (shown.number === '') return { called, caller: shown, callerRuleIndex: undefined }
  const written = writeCarrierNumber(numberRules?.outboundCaller, shown.number)
  return { called, caller: { ...shown, writtenAs: written.number }, callerRuleIndex: written.ruleIndex }
}

/** RFC 8496 4. */
function chargeHeaders({ chargeNumber }: CarrierVerdict, host: string): readonly Header[] {
  return chargeNumber === undefined ? [] : [['P-Charge-Info', `<${numberUri(chargeNumber, host)}>`]]
}
