import type { CarrierPeer } from '@dialtone/softswitch'
import type { CarrierTrunk } from './carrier-trunk.ts'
import { encodingsOf } from './codecs.ts'
import type { TrunkAddressRow } from './trunk-addresses.ts'

type Arranged = Pick<CarrierTrunk, 'codecs' | 'dtmfMode' | 'natSupport'>

/**
 * What the call plane has to keep to in the media of a trunk, be it a carrier's or a PBX's (S3-13); undefined: nothing. As soon as one address is for media,
 * media comes from those alone, and from those that are for both (S3-25).
 */
export function mediaOfTrunk({ codecs, dtmfMode, natSupport }: Arranged, addresses: readonly TrunkAddressRow[]): CarrierPeer['media'] {
  const active = addresses.filter((row) => row.active)
  const hasList = active.some(({ type }) => type === 'media')
  if (codecs === undefined && dtmfMode === 'rfc2833' && natSupport && !hasList) return undefined
  return {
    ...(codecs === undefined ? {} : { codecs: encodingsOf(codecs) }),
    digits: dtmfMode,
    ...(hasList ? { addresses: active.filter(({ type }) => type !== 'signaling').map(({ address }) => address) } : {}),
    isStrict: !natSupport,
  }
}
