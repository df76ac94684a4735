import type { RingType, RingVerdict } from '@dialtone/call-routing'
import { formatNameAddress, formatUri, parseUri } from '@dialtone/sip'
import type { Header } from '@dialtone/sip'
import { isSameWay } from '../edge/says-it-is-a-phone.ts'
import { diversionHeaders, fromHeader, numberUri, phoneIdentityHeaders } from '../calls/party-headers.ts'
import type { DiversionShown } from '../calls/party-headers.ts'
import type { LegPlan } from '../calls/state/leg-plan.ts'
import type { StoredBinding } from '../ports/registration-store.ts'
import type { CallerPlace } from '../emergency/recent-emergencies.ts'
import { reachableDevices } from './reachable-devices.ts'
import type { ReachableDevice } from './reachable-devices.ts'

export interface RingNeeds {
  readonly realm: string
  readonly maxForwards: number
  /** More header fields for every phone. */
  readonly more?: readonly Header[]
  readonly bindingsOf: (lineId: string) => readonly StoredBinding[]
  /** Where a line is to be rung whether it is registered from there or not. */
  readonly placeOf?: (lineId: string) => CallerPlace | undefined
}

export type RingPlan = Omit<RingVerdict, 'diversion'> & { readonly diversion: DiversionShown | undefined }

/** One INVITE for every contact of every line: all devices of a user ring at the same time (S1-16, S0-53). */
export function planRing(decision: RingPlan, needs: RingNeeds): readonly LegPlan[] {
  const plain = partiesIn(needs.realm, decision, needs)
  if (decision.trunk?.address !== undefined) return [planStaticTrunk(decision.trunk, { lineId: decision.lineIds[0] ?? '', ...plain })]
  return decision.lineIds.flatMap((lineId) =>
    devicesOf(needs, lineId).map(({ binding, alternatives }): LegPlan => {
      // RFC 3327 5.3: the proxies it registered through, as preloaded route.
      const { path = [], contactUri, receivedFrom: to, domain } = binding
      // A phone calls back to the domain it knows.
      const { from, toHeader, headers } = domain === undefined ? plain : partiesIn(domain, decision, needs)
      const requestUri = decision.trunk === undefined ? contactUri : withUser(contactUri, decision.trunk.digits)
      const routed = path.length === 0 ? headers : [...path.map((hop): Header => ['Route', hop]), ...headers]
      const plan = { kind: 'line', lineId, requestUri, to, from, toHeader, headers: routed } as const
      return alternatives.length === 0 ? plan : { ...plan, alternatives }
    }),
  )
}

/** Who calls whom, as phones of a realm see it. */
function partiesIn(realm: string, { caller, calledNumber, diversion, ringType }: RingPlan, needs: RingNeeds): Pick<LegPlan, 'from' | 'toHeader' | 'headers'> {
  const from = fromHeader(caller, realm)
  const headers: readonly Header[] = [
    ['Max-Forwards', String(needs.maxForwards)],
    ...phoneIdentityHeaders(caller, realm, from),
    ...diversionHeaders(diversion, calledNumber, realm),
    ...alertInfo(ringType),
    ...(needs.more ?? []),
  ]
  return { from, toHeader: formatNameAddress({ uri: numberUri(calledNumber, realm) }), headers }
}

type Reached = Pick<ReachableDevice, 'alternatives'> & { readonly binding: Pick<StoredBinding, 'path' | 'domain'> & CallerPlace }

/** What is registered, and the place beside it, if it is none of those: another phone may have the line registered than the one that is looked for. */
function devicesOf({ bindingsOf, placeOf }: RingNeeds, lineId: string): readonly Reached[] {
  const bindings = bindingsOf(lineId)
  const devices = reachableDevices(bindings)
  const place = placeOf?.(lineId)
  return place === undefined || bindings.some((binding) => isSamePhone(binding, place)) ? devices : [...devices, { binding: place, alternatives: [] }]
}

function isSamePhone({ contactUri, receivedFrom }: CallerPlace, place: CallerPlace): boolean {
  return contactUri === place.contactUri || isSameWay(receivedFrom, place.receivedFrom)
}

/** RFC 3261 20.4, in the words phones know: nothing is fetched from there. */
function alertInfo(ringType: RingType | undefined): readonly Header[] {
  if (ringType === undefined) return []
  const pattern = ringType.replace('Ring', 'Bellcore-dr')
  return [['Alert-Info', `<http://127.0.0.1/${pattern}>;info=${pattern}`]]
}

/** A PBX that does not register: at its address, asked for the number that was called. */
function planStaticTrunk(trunk: NonNullable<RingPlan['trunk']>, leg: Pick<LegPlan, 'from' | 'toHeader' | 'headers'> & { readonly lineId: string }): LegPlan {
  const { address = '', port = 0 } = trunk.address ?? {}
  return { kind: 'line', ...leg, requestUri: formatUri({ user: trunk.digits, host: address, port }), to: { transport: 'udp', address, port } }
}

/** One registration serves many numbers: the PBX is asked for the one that was called. */
function withUser(contactUri: string, user: string): string {
  const uri = parseUri(contactUri)
  return uri === undefined ? contactUri : formatUri({ ...uri, user })
}
