import type { EmergencyVerdict } from '@dialtone/call-routing'
import { formatNameAddress, formatUri } from '@dialtone/sip'
import type { Header } from '@dialtone/sip'
import { ANONYMOUS_FROM, numberUri, sipUser } from '../calls/party-headers.ts'
import type { LegPlan } from '../calls/state/leg-plan.ts'
import type { CarrierPeer } from '../ports/switch-directory.ts'
import type { CarrierNeeds } from '../trunks/plan-carrier-leg.ts'

/**
 * The INVITE to a PSAP peer (S0-75, S0-78): `sip:911@…`, the callback number in From and P-Asserted-Identity whatever the
 * caller hides (47 CFR 64.1601(d)), the location as JSON in `X-Dialtone-Location`: the sandbox PSAP's form.
 */
export function planEmergencyLeg(decision: EmergencyVerdict, peer: CarrierPeer, needs: CarrierNeeds): LegPlan {
  const requestUri = formatUri({ user: decision.service, host: peer.address, port: peer.port })
  const number = decision.callbackNumber ?? decision.caller.number
  const identity = number === '' ? undefined : formatNameAddress({ displayName: decision.caller.name, uri: numberUri(number, needs.publicAddress) })
  const headers: Header[] = [
    ['Max-Forwards', String(needs.maxForwards)],
    // RFC 3261 20.26.
    ['Priority', 'emergency'],
  ]
  if (identity !== undefined) headers.push(['P-Asserted-Identity', identity])
  if (decision.callbackNumber !== undefined) headers.push(['X-Dialtone-Callback', sipUser(decision.callbackNumber)])
  if (decision.location !== undefined) headers.push(['X-Dialtone-Location', encodeURIComponent(JSON.stringify(decision.location))])
  return {
    kind: 'psap',
    carrierId: peer.id,
    requestUri,
    to: { transport: peer.transport, address: peer.address, port: peer.port },
    from: identity ?? ANONYMOUS_FROM,
    toHeader: formatNameAddress({ uri: requestUri }),
    headers,
  }
}
