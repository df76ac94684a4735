import { canonicalAddress } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import type { NumberRule } from '@dialtone/numbering'
import type { Static } from 'typebox'
import Type from 'typebox'
import { type CarrierTrunk, isDomain, PLAIN_TRUNK, type TrunkStatus } from '../carrier-trunks/index.ts'
import { codecsOf, type NumberRulesBody, TrunkFields } from './trunk-fields.ts'

const Given = Type.Object(TrunkFields)
export type GivenFields = Static<typeof Given>

const DEFAULTS = { port: 5060, transport: 'udp', priority: 10, keepAliveSeconds: 30, status: 'pending' } as const

/** A carrier or peer as a request wants it: what it does not say stays, or is as usual. */
export function carrierTrunkFrom(
  given: GivenFields,
  before: CarrierTrunk | undefined,
  more: { readonly role: 'carrier' | 'peer'; readonly status?: TrunkStatus | undefined },
): CarrierTrunk {
  const address = canonicalAddress(given.host ?? before?.address ?? '')
  const register = given.register ?? before?.registrarDomain !== undefined
  const realm = orNothing(given.realm) ?? (given.realm === undefined ? before?.realm : undefined)
  return {
    ...PLAIN_TRUNK,
    costWeight: 0,
    costByPrefix: {},
    ...before,
    role: before?.role ?? more.role,
    name: given.name ?? before?.name ?? '',
    status: more.status ?? before?.status ?? DEFAULTS.status,
    address,
    port: given.port ?? before?.port ?? DEFAULTS.port,
    transport: given.transport ?? before?.transport ?? DEFAULTS.transport,
    username: given.username === undefined ? before?.username : orNothing(given.username),
    realm,
    registrarDomain: register ? registrarOf(given, before, realm, address) : undefined,
    maxConcurrentCalls: given.max_channels ?? before?.maxConcurrentCalls,
    maxCallsPerSecond: given.max_calls_per_second ?? before?.maxCallsPerSecond,
    codecs: given.codecs === undefined ? before?.codecs : codecsOf(given.codecs).codecs,
    dtmfMode: given.dtmf_mode ?? before?.dtmfMode ?? PLAIN_TRUNK.dtmfMode,
    natSupport: given.nat_support ?? before?.natSupport ?? PLAIN_TRUNK.natSupport,
    callerIdName: given.caller_id_name === undefined ? before?.callerIdName : orNothing(given.caller_id_name),
    callerIdNumber: given.caller_id_number === undefined ? before?.callerIdNumber : numberOf(given.caller_id_number),
    priority: given.priority ?? before?.priority ?? DEFAULTS.priority,
    keepAliveSeconds: given.ping_interval ?? before?.keepAliveSeconds ?? DEFAULTS.keepAliveSeconds,
    peerCertificate: given.peer_certificate ?? before?.peerCertificate ?? PLAIN_TRUNK.peerCertificate,
    numberRules: given.number_rules === undefined ? (before?.numberRules ?? {}) : rulesFrom(given.number_rules),
  }
}

/** A domain that was set apart from realm and host, as `…/carrier-trunk` may, stays until another realm is named. */
function registrarOf(given: GivenFields, before: CarrierTrunk | undefined, realm: string | undefined, address: string): string {
  const kept = before?.registrarDomain
  if (kept === undefined || before === undefined || given.realm !== undefined) return domainOf(realm, address)
  return kept === domainOf(before.realm, before.address) ? domainOf(realm, address) : kept
}

/** A realm is a text (RFC 3261 22.1) and most often the domain too; where it cannot be one, the host is. */
function domainOf(realm: string | undefined, address: string): string {
  return realm !== undefined && isDomain(realm) ? realm : address
}

export function rulesFrom(given: Static<typeof NumberRulesBody>): CarrierTrunk['numberRules'] {
  const rules = (list: Static<typeof NumberRulesBody>['outbound_called']): readonly NumberRule[] | undefined =>
    list?.map((rule) => ({ prefix: rule.prefix, minLength: rule.min_length, maxLength: rule.max_length, strip: rule.strip ?? 0, prepend: rule.prepend ?? '' }))
  return {
    outboundCalled: rules(given.outbound_called),
    outboundCaller: rules(given.outbound_caller),
    inboundCalled: rules(given.inbound_called),
    inboundCaller: rules(given.inbound_caller),
  }
}

export function rulesShown(rules: CarrierTrunk['numberRules']): Static<typeof NumberRulesBody> {
  const shown = (list: readonly NumberRule[] | undefined) =>
    list?.map(({ prefix, minLength, maxLength, strip, prepend }) => ({
      prefix,
      strip,
      prepend,
      ...(minLength === undefined ? {} : { min_length: minLength }),
      ...(maxLength === undefined ? {} : { max_length: maxLength }),
    }))
  const all = {
    outbound_called: shown(rules.outboundCalled),
    outbound_caller: shown(rules.outboundCaller),
    inbound_called: shown(rules.inboundCalled),
    inbound_caller: shown(rules.inboundCaller),
  }
  return Object.fromEntries(Object.entries(all).filter(([, list]) => list !== undefined))
}

/** In whatever spelling; what is no number stays as it came and is refused by its name (C-25). */
function numberOf(given: string): string | undefined {
  return given === '' ? undefined : (normalizePhoneNumber(given) ?? given)
}

function orNothing(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
