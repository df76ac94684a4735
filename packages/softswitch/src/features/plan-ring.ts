import type { RingVerdict } from '@dialtone/call-routing'
import { formatNameAddress } from '@dialtone/sip'
import type { Header } from '@dialtone/sip'
import { diversionHeaders, fromHeader, numberUri, phoneIdentityHeaders } from '../calls/party-headers.ts'
import type { DiversionShown } from '../calls/party-headers.ts'
import type { LegPlan } from '../calls/state/leg-plan.ts'
import type { StoredBinding } from '../ports/registration-store.ts'
import { reachableDevices } from './reachable-devices.ts'

export interface RingNeeds {
  readonly realm: string
  readonly maxForwards: number
  /** More header fields for every phone. */
  readonly more?: readonly Header[]
  readonly bindingsOf: (lineId: string) => readonly StoredBinding[]
}

export type RingPlan = Omit<RingVerdict, 'diversion'> & { readonly diversion: DiversionShown | undefined }

/** One INVITE for every contact of every line: all devices of a user ring at the same time (S1-16, S0-53). */
export function planRing(decision: RingPlan, needs: RingNeeds): readonly LegPlan[] {
  const { realm } = needs
  const { caller, calledNumber } = decision
  const shared = {
    from: fromHeader(caller, realm),
    toHeader: formatNameAddress({ uri: numberUri(calledNumber, realm) }),
    headers: [
      ['Max-Forwards', String(needs.maxForwards)] as const,
      ...phoneIdentityHeaders(caller, realm),
      ...diversionHeaders(decision.diversion, calledNumber, realm),
      ...(needs.more ?? []),
    ],
  }
  const { headers, ...parties } = shared
  return decision.lineIds.flatMap((lineId) =>
    reachableDevices(needs.bindingsOf(lineId)).map(({ binding, alternatives }): LegPlan => {
      // RFC 3327 5.3: the proxies it registered through, as preloaded route.
      const route = (binding.path ?? []).map((hop) => ['Route', hop] as const)
      const target = { kind: 'line', lineId, requestUri: binding.contactUri, to: binding.receivedFrom } as const
      return { ...target, ...parties, headers: [...route, ...headers], ...(alternatives.length === 0 ? {} : { alternatives }) }
    }),
  )
}
