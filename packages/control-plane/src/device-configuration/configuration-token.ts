import type { Sealer } from '../access/index.ts'

/** What a token is a signature of. */
export interface TokenClaim {
  readonly deviceId: string
  readonly version: number
}

const PURPOSE = 'device-configuration'
/** 192 bits of the signature: more than can be guessed, and short enough for the address fields of old phones. */
const SIGNATURE_CHARACTERS = 32

/** The secret part of a device's address: nothing of it is stored, and a new version makes all earlier ones worthless. */
export function configurationToken(sealer: Sealer, claim: TokenClaim): string {
  return `${claim.deviceId}.${claim.version}.${signatureOf(sealer, claim)}`
}

/** @returns whose token it is; undefined for one we did not make, told without asking the database. */
export function readConfigurationToken(sealer: Sealer, token: string): TokenClaim | undefined {
  const [, deviceId = '', version = '', signature = ''] = /^([A-Za-z0-9_-]{1,64})\.(\d{1,9})\.([A-Za-z0-9_-]{32})$/.exec(token) ?? []
  if (deviceId === '') return undefined
  const claim = { deviceId, version: Number(version) }
  return isEqual(sealer, signatureOf(sealer, claim), signature) ? claim : undefined
}

function signatureOf(sealer: Sealer, { deviceId, version }: TokenClaim): string {
  return sealer.sign(`${deviceId}.${version}`, PURPOSE).slice(0, SIGNATURE_CHARACTERS)
}

/** In a time that says nothing: both are signed again, and signatures are compared as a whole. */
function isEqual(sealer: Sealer, expected: string, given: string): boolean {
  return sealer.isSigned(expected, PURPOSE, sealer.sign(given, PURPOSE))
}
