import type { EmergencyVerdict } from '@dialtone/call-routing'
import { formatSipUser } from '@dialtone/numbering'
import { formatNameAddress, formatUri } from '@dialtone/sip'
import type { Header } from '@dialtone/sip'
import { ANONYMOUS_FROM, numberUri } from '../calls/party-headers.ts'
import type { Enclosure, LegPlan } from '../calls/state/leg-plan.ts'
import type { CarrierPeer } from '../ports/switch-directory.ts'
import type { CarrierNeeds } from '../trunks/plan-carrier-leg.ts'
import { PIDF_TYPE, pidfLocation } from './pidf-lo.ts'

export interface EmergencyNeeds extends CarrierNeeds {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly nowMs: number
}

/**
 * The INVITE to a PSAP peer (S0-75, S0-78): `sip:911@…`, the callback number in From and P-Asserted-Identity whatever the
 * caller hides (47 CFR 64.1601(d)), the dispatchable location as PIDF-LO beside the session description (RFC 6442 3.1, 4.1).
 */
export function planEmergencyLeg(decision: EmergencyVerdict, peer: CarrierPeer, needs: EmergencyNeeds): LegPlan {
  const requestUri = formatUri({ user: decision.service, host: peer.address, port: peer.port })
  const number = decision.callbackNumber ?? decision.caller.number
  const identity = number === '' ? undefined : formatNameAddress({ displayName: decision.caller.name, uri: numberUri(number, needs.publicAddress) })
  const headers: Header[] = [
    ['Max-Forwards', String(needs.maxForwards)],
    // RFC 3261 20.26.
    ['Priority', 'emergency'],
  ]
  if (identity !== undefined) headers.push(['P-Asserted-Identity', identity])
  const enclosed = enclosureOf(decision, number, needs)
  return {
    kind: 'psap',
    carrierId: peer.id,
    requestUri,
    to: { transport: peer.transport, address: peer.address, port: peer.port },
    from: identity ?? ANONYMOUS_FROM,
    toHeader: formatNameAddress({ uri: requestUri }),
    headers,
    ...(enclosed === undefined ? {} : { enclosed }),
  }
}

/** Without a location the call goes as it is: asking for the address is better than no call (C-36). */
function enclosureOf({ location }: EmergencyVerdict, number: string, { publicAddress, nowMs }: EmergencyNeeds): Enclosure | undefined {
  if (location === undefined) return undefined
  const contentId = `location@${publicAddress}`
  const entity = number === '' ? 'pres:unknown@anonymous.invalid' : `pres:${formatSipUser(number)}@${publicAddress}`
  return {
    headers: [
      ['Geolocation', `<cid:${contentId}>`],
      // The peer may choose the PSAP by it (RFC 6442 4.2).
      ['Geolocation-Routing', 'yes'],
    ],
    parts: [
      // A peer that does not read it takes the call all the same (RFC 5621 9, RFC 3261 20.11).
      { contentType: PIDF_TYPE, contentId, disposition: 'by-reference;handling=optional', body: pidfLocation(location, { entity, atMs: nowMs }) },
    ],
  }
}
