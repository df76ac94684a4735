import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { bitString, boolean, explicitTag, implicitTag, integer, objectIdentifier, octetString, sequence, set, time, utf8String } from './der.ts'

export interface CertificateSubject {
  /** Numeric. */
  readonly address: string
  readonly domain: string
  readonly notBefore: Date
  readonly notAfter: Date
}

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const COMMON_NAME = '2.5.4.3'
const BASIC_CONSTRAINTS = '2.5.29.19'
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14'
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'
const EXTENDED_KEY_USAGE = '2.5.29.37'
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1'
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2'
/** RFC 5924 3. */
const SIP_DOMAIN = '1.3.6.1.5.5.7.3.20'

/**
 * A new P-256 key and a certificate for it signed by itself (RFC 5280 4.1): what a server shows until it is given a better one.
 * @returns both as PEM, key first
 */
export function makeSelfSignedCertificate(subject: CertificateSubject): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = certificateOf(subject, privateKey, publicKey)
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return `${privateKey.export({ type: 'pkcs8', format: 'pem' })}-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function certificateOf(subject: CertificateSubject, privateKey: KeyObject, publicKey: KeyObject): Buffer {
  const algorithm = sequence(objectIdentifier(ECDSA_WITH_SHA256))
  const name = sequence(set(sequence(objectIdentifier(COMMON_NAME), utf8String(subject.domain))))
  const keyInfo = publicKey.export({ type: 'spki', format: 'der' })
  // RFC 5280 4.1.2.2: positive and at most 20 bytes.
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const toSign = sequence(
    explicitTag(0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    name,
    sequence(time(subject.notBefore), time(subject.notAfter)),
    name,
    keyInfo,
    explicitTag(3, extensionsOf(subject, keyInfo)),
  )
  return sequence(toSign, algorithm, bitString(sign('sha256', toSign, privateKey)))
}

function extensionsOf({ address, domain }: CertificateSubject, keyInfo: Buffer): Buffer {
  const names = [
    implicitTag(7, bytesOf(address)),
    implicitTag(2, Buffer.from(domain, 'latin1')),
    // RFC 5922 7.1: how a certificate names a SIP domain.
    implicitTag(6, Buffer.from(`sip:${domain}`, 'latin1')),
  ]
  const usages = [SERVER_AUTHENTICATION, CLIENT_AUTHENTICATION, SIP_DOMAIN].map(objectIdentifier)
  return sequence(
    // An authority for itself: so it can be put among the trusted ones of a phone.
    extension(BASIC_CONSTRAINTS, true, sequence(boolean(true), integer(Buffer.from([0])))),
    extension(SUBJECT_KEY_IDENTIFIER, false, octetString(createHash('sha1').update(keyInfo).digest())),
    extension(EXTENDED_KEY_USAGE, false, sequence(...usages)),
    extension(SUBJECT_ALTERNATIVE_NAME, false, sequence(...names)),
  )
}

/** RFC 5280 4.2.1.6: four bytes, or sixteen. */
function bytesOf(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const [before = [], after = []] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''))
  const groups = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(objectIdentifier(id), ...(isCritical ? [boolean(true)] : []), octetString(value))
}
