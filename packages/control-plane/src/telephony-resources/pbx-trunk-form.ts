import { isIP } from 'node:net'
import { canonicalAddress } from '@dialtone/foundation'
import { normalizePhoneNumber } from '@dialtone/numbering'
import type { PbxPlace, SipTrunk } from '../sip-trunks/index.ts'
import type { GivenFields } from './carrier-trunk-form.ts'
import { codecsOf } from './trunk-fields.ts'

const DEFAULT_CHANNELS = 10
const DEFAULT_SIP_PORT = 5060

/** A customer's PBX as a request wants it: the trunk of `siptrunk_2`, and what only this surface says of it (conflicts section 7). */
export function pbxTrunkFrom(given: GivenFields, before: SipTrunk | undefined, status?: PbxPlace['status']): SipTrunk {
  const old = before?.place
  const host = given.host === undefined ? old?.host : canonicalAddress(given.host)
  const port = given.port ?? old?.port ?? before?.portNumber ?? DEFAULT_SIP_PORT
  // A login is how it is known, else its address: known by nothing, it is one that will register.
  const hasLogin = given.username !== undefined && given.username !== '' && given.password !== undefined
  const isKnownByAddress = before === undefined ? !hasLogin && host !== undefined && isIP(host) !== 0 : before.ipBasedAuthEnabled
  const number = given.caller_id_number
  const callerIdNumber = number === undefined ? old?.callerIdNumber : number === '' ? undefined : (normalizePhoneNumber(number) ?? number)
  return {
    trunkName: given.name ?? before?.trunkName ?? '',
    concurrentCalls: given.max_channels ?? before?.concurrentCalls ?? DEFAULT_CHANNELS,
    maxBurstCalls: before?.maxBurstCalls ?? 0,
    primaryTn: before?.primaryTn,
    callbackNumber: before?.callbackNumber,
    localServicesEnabled: before?.localServicesEnabled ?? false,
    extensionPatterns: before?.extensionPatterns ?? [],
    externalChargeNumber: before?.externalChargeNumber,
    pbxTnDigits: before?.pbxTnDigits,
    languageTag: before?.languageTag,
    ipBasedAuthEnabled: isKnownByAddress,
    ipAddress: isKnownByAddress && host !== undefined && isIP(host) !== 0 ? host : before?.ipAddress,
    portNumber: isKnownByAddress ? port : before?.portNumber,
    sipTrunkGroupId: before?.sipTrunkGroupId,
    place: {
      host,
      port,
      transport: given.transport ?? old?.transport ?? 'udp',
      realm: given.realm ?? old?.realm,
      codecs: given.codecs === undefined ? old?.codecs : codecsOf(given.codecs).codecs,
      dtmfMode: given.dtmf_mode ?? old?.dtmfMode ?? 'rfc2833',
      natSupport: given.nat_support ?? old?.natSupport ?? true,
      callerIdName: given.caller_id_name ?? old?.callerIdName,
      callerIdNumber,
      status: status ?? old?.status,
    },
  }
}
