import type { CallerIdentity, CarrierVerdict } from '@dialtone/call-routing'
import { formatNameAddress, formatUri } from '@dialtone/sip'
import type { Header } from '@dialtone/sip'
import { diversionHeaders, fromHeader, numberUri, sipUser, trustedIdentityHeaders } from '../calls/party-headers.ts'
import type { LegPlan } from '../calls/state/leg-plan.ts'
import { rewriteNumber } from '@dialtone/numbering'
import type { NumberRule } from '@dialtone/numbering'
import { targetsOf } from '../ports/switch-directory.ts'
import type { CarrierPeer, CarrierTarget } from '../ports/switch-directory.ts'

export interface CarrierNeeds {
  /** What we are called in From and P-Asserted-Identity. */
  readonly publicAddress: string
  readonly maxForwards: number
  /** Its places in the order to try them; left out: as they are configured. */
  readonly targetsInOrder?: ((peer: CarrierPeer) => readonly CarrierTarget[]) | undefined
}

/** The INVITE to a carrier: E.164 with '+' in the Request-URI, or the number as its rules want it, the caller asserted (RFC 3325). */
export function planCarrierLeg(decision: CarrierVerdict, peer: CarrierPeer, needs: CarrierNeeds): LegPlan {
  const [first = { id: peer.id, address: peer.address, port: peer.port }, ...others] = (needs.targetsInOrder ?? targetsOf)(peer)
  const called = ruled(peer.numberRules?.outboundCalled, decision.number)
  const requestUri =
    called === undefined ? numberUri(decision.number, first.address, first.port) : formatUri({ user: called, host: first.address, port: first.port })
  const caller = callerAt(peer, decision.caller)
  const from = fromHeader(caller, needs.publicAddress)
  const at = ({ address, port }: CarrierTarget) => ({ transport: peer.transport, address, port })
  return {
    kind: 'carrier',
    carrierId: peer.id,
    requestUri,
    to: at(first),
    ...(others.length === 0 ? {} : { alternatives: others.map(at) }),
    from,
    toHeader: formatNameAddress({ uri: requestUri }),
    headers: [
      ['Max-Forwards', String(needs.maxForwards)],
      ...trustedIdentityHeaders(caller, needs.publicAddress, from),
      ...chargeHeaders(decision, needs.publicAddress),
      ...diversionHeaders(decision.diversion, decision.number, needs.publicAddress),
    ],
  }
}

/** The number as the rules write it, which see it as the INVITE would have it without them; undefined: no rule is for it. */
function ruled(rules: readonly NumberRule[] | undefined, number: string): string | undefined {
  const rewritten = rewriteNumber(rules ?? [], sipUser(number))
  return rewritten.ruleIndex === undefined ? undefined : rewritten.number
}

/** Who has no number is shown as the carrier's own (S3-13); what the rules say of numbers stands last. */
function callerAt({ callerId, numberRules }: CarrierPeer, caller: CallerIdentity): CallerIdentity {
  const shown = caller.number === '' && !caller.anonymous && callerId !== undefined ? { ...caller, ...callerId } : caller
  const number = shown.number === '' ? undefined : ruled(numberRules?.outboundCaller, shown.number)
  return number === undefined ? shown : { ...shown, number }
}

/** RFC 8496 4. */
function chargeHeaders({ chargeNumber }: CarrierVerdict, host: string): readonly Header[] {
  return chargeNumber === undefined ? [] : [['P-Charge-Info', `<${numberUri(chargeNumber, host)}>`]]
}
