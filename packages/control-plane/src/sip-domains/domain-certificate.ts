import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { err, ok, type Result } from '@dialtone/foundation'
import { type ApiFailure, fieldRequired, invalidField } from '../failures/index.ts'

export interface GivenCertificate {
  /** PEM, ours first, then those that vouch for it. */
  readonly certificate: string | undefined
  /** PEM; left out: the key that is kept already. */
  readonly privateKey: string | undefined
}

export interface DomainCertificate {
  readonly certificate: string
  readonly privateKey: string
  readonly expiresAt: Date
}

export const MAX_PEM_CHARACTERS = 65_536
const LONGEST_CHAIN = 8
const SMALLEST_RSA_BITS = 2_048
const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

const refusedCertificate = (reason: string) =>
  invalidField('sslCertificate', reason, 'a PEM chain for this domain that is valid now, ours first', 'InvalidSslCertificate')
const refusedKey = (reason: string) => invalidField('sslPrivateKey', reason, 'the PEM key of the certificate, not encrypted', 'InvalidSslPrivateKey')

/**
 * A certificate that a phone would believe for this name (RFC 5922 7.1), and its key. Nothing of the key reaches a message.
 * @param keptKey the key there is, for a certificate that is renewed with it
 */
export function readCertificate(
  given: GivenCertificate,
  o: { readonly domain: string; readonly nowMs: number; readonly keptKey: string | undefined },
): Result<DomainCertificate, ApiFailure> {
  if (given.certificate === undefined) return err(fieldRequired('sslCertificate'))
  const chain = chainOf(given.certificate)
  const [leaf] = chain ?? []
  if (chain === undefined || leaf === undefined) return err(refusedCertificate('cannot be read'))
  const broken = chain.findIndex((each, index) => !isVouchedFor(each, chain[index + 1]))
  if (broken >= 0) return err(refusedCertificate(`has a chain whose certificate ${broken + 2} has not signed the one before it`))
  if (!isFor(leaf, o.domain)) return err(refusedCertificate(`is not for ${o.domain}`))
  const expiresAt = leaf.validToDate
  if (expiresAt.getTime() <= o.nowMs) return err(refusedCertificate(`has expired on ${expiresAt.toISOString()}`))
  if (leaf.validFromDate.getTime() > o.nowMs) return err(refusedCertificate(`is not valid before ${leaf.validFromDate.toISOString()}`))
  const keyText = given.privateKey ?? o.keptKey
  if (keyText === undefined) return err(fieldRequired('sslPrivateKey'))
  const key = keyOf(keyText)
  if (key === undefined) return err(refusedKey('cannot be read, or is encrypted'))
  if (!leaf.checkPrivateKey(key))
    return err(refusedKey(given.privateKey === undefined ? 'that is kept is not the one of the certificate' : 'is not the one of the certificate'))
  if (isWeak(key)) return err(refusedKey(`is too short: RSA takes ${SMALLEST_RSA_BITS} bits`))
  return ok({ certificate: chain.map(String).join(''), privateKey: key.export({ type: 'pkcs8', format: 'pem' }), expiresAt })
}

function chainOf(pem: string): readonly X509Certificate[] | undefined {
  const blocks = pem.match(CERTIFICATES) ?? []
  if (blocks.length > LONGEST_CHAIN) return undefined
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    return undefined
  }
}

/** Each certificate of a chain has signed the one before (RFC 5246 7.4.2): with another one phones believe none. Who has signed the last is not said. */
function isVouchedFor(one: X509Certificate, next: X509Certificate | undefined): boolean {
  return next === undefined || (one.checkIssued(next) && one.verify(next.publicKey))
}

/** Whether phones that ask for that name would believe it, a wildcard's. */
export function isCertificateFor(pem: string | null, domain: string): boolean {
  const [leaf] = pem === null ? [] : (chainOf(pem) ?? [])
  return leaf !== undefined && isFor(leaf, domain)
}

/** By a DNS name, or by the URI that is the SIP domain. */
function isFor(leaf: X509Certificate, domain: string): boolean {
  const names = (leaf.subjectAltName ?? '').toLowerCase().split(/,\s*/)
  return leaf.checkHost(domain) !== undefined || names.includes(`uri:sip:${domain}`)
}

function keyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

function isWeak(key: KeyObject): boolean {
  return (key.asymmetricKeyDetails?.modulusLength ?? SMALLEST_RSA_BITS) < SMALLEST_RSA_BITS
}
