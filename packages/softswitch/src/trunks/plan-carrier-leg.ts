import type { CarrierVerdict } from '@dialtone/call-routing'
import { formatNameAddress } from '@dialtone/sip'
import type { Header } from '@dialtone/sip'
import { diversionHeaders, fromHeader, numberUri, trustedIdentityHeaders } from '../calls/party-headers.ts'
import type { LegPlan } from '../calls/state/leg-plan.ts'
import type { CarrierPeer } from '../ports/switch-directory.ts'

export interface CarrierNeeds {
  /** What we are called in From and P-Asserted-Identity. */
  readonly publicAddress: string
  readonly maxForwards: number
}

/** The INVITE to a carrier: E.164 with '+' in the Request-URI, the caller asserted (RFC 3325). */
export function planCarrierLeg(decision: CarrierVerdict, peer: CarrierPeer, needs: CarrierNeeds): LegPlan {
  const requestUri = numberUri(decision.number, peer.address, peer.port)
  const from = fromHeader(decision.caller, needs.publicAddress)
  return {
    kind: 'carrier',
    carrierId: peer.id,
    requestUri,
    to: { transport: peer.transport, address: peer.address, port: peer.port },
    from,
    toHeader: formatNameAddress({ uri: requestUri }),
    headers: [
      ['Max-Forwards', String(needs.maxForwards)],
      ...trustedIdentityHeaders(decision.caller, needs.publicAddress, from),
      ...chargeHeaders(decision, needs.publicAddress),
      ...diversionHeaders(decision.diversion, decision.number, needs.publicAddress),
    ],
  }
}

/** RFC 8496 4. */
function chargeHeaders({ chargeNumber }: CarrierVerdict, host: string): readonly Header[] {
  return chargeNumber === undefined ? [] : [['P-Charge-Info', `<${numberUri(chargeNumber, host)}>`]]
}
