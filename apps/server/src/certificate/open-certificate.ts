import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { err, type Logger, ok, randomToken, type Result } from '@dialtone/foundation'
import type { Config } from '../configuration/index.ts'
import { makeSelfSignedCertificate } from './self-signed-certificate.ts'

/** PEM texts, as node:tls takes them. */
export interface TlsIdentity {
  readonly key: string
  readonly cert: string
  /** Who vouches for those we connect to over SIP; left out: the public authorities. */
  readonly ca?: string
}

const FILE_NAME = 'sip-tls.pem'
const VALID_YEARS = 10
/** Clocks of phones are wrong, often by hours. */
const BACKDATED_MS = 86_400_000
const ENDS_SOON_MS = 14 * 86_400_000

/**
 * The certificate of the files that were named; else the one of the data directory, which is made when there is none or it has
 * expired. It stays the same when the address changes: phones that were told to trust it shall go on to.
 * @returns one sentence when the named files cannot be read
 */
export async function openCertificate(config: Config, nowMs: number, logger: Logger): Promise<Result<TlsIdentity, { readonly message: string }>> {
  const { carrierAuthoritiesFile: authoritiesFile } = config
  const identity = await openIdentity(config, nowMs, logger)
  if (!identity.ok || authoritiesFile === undefined) return identity
  const ca = await readFile(authoritiesFile, 'utf8').catch(() => '')
  if (!ca.includes('-----BEGIN CERTIFICATE-----')) return err({ message: `The file of DIALTONE_SIP_TLS_CA, ${authoritiesFile}, holds no certificate in PEM, or cannot be read.` }) // prettier-ignore
  return ok({ ...identity.value, ca })
}

async function openIdentity(config: Config, nowMs: number, logger: Logger): Promise<Result<TlsIdentity, { readonly message: string }>> {
  if (config.tls !== undefined) return readNamed(config.tls, nowMs, logger)
  const path = join(config.dataDirectory, FILE_NAME)
  const kept = await readFile(path, 'utf8').catch(() => undefined)
  if (kept !== undefined && isValid(kept, nowMs)) return ok({ key: kept, cert: kept })
  const notAfter = new Date(nowMs)
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + VALID_YEARS)
  const made = makeSelfSignedCertificate({ address: config.publicAddress, domain: config.sip.domain, notBefore: new Date(nowMs - BACKDATED_MS), notAfter })
  // A database elsewhere has made no directory here.
  await mkdir(config.dataDirectory, { recursive: true })
  const draft = `${path}.${randomToken(6)}`
  await writeFile(draft, made, { mode: 0o600 })
  await rename(draft, path)
  logger.info('a self-signed certificate was made; phones that check certificates have to be told to trust it', { path })
  return ok({ key: made, cert: made })
}

type NamedFiles = NonNullable<Config['tls']>

async function readNamed(files: NamedFiles, nowMs: number, logger: Logger): Promise<Result<TlsIdentity, { readonly message: string }>> {
  try {
    const identity = { key: await readFile(files.keyFile, 'utf8'), cert: await readFile(files.certificateFile, 'utf8') }
    const problem = problemOf(identity, files)
    if (problem !== undefined) return err({ message: problem })
    warnOfDates(identity.cert, files.certificateFile, nowMs, logger)
    return ok(identity)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return err({ message: `The files of DIALTONE_TLS_CERT and DIALTONE_TLS_KEY cannot be read: ${reason}.` })
  }
}

function problemOf({ key, cert }: TlsIdentity, files: NamedFiles): string | undefined {
  const certificate = attempt(() => firstCertificate(cert))
  if (certificate === undefined) return `The file of DIALTONE_TLS_CERT, ${files.certificateFile}, holds no certificate in PEM.`
  const privateKey = attempt(() => createPrivateKey(key))
  if (privateKey === undefined) return `The file of DIALTONE_TLS_KEY, ${files.keyFile}, holds no private key in PEM without a passphrase.`
  if (!certificate.checkPrivateKey(privateKey))
    return `The key of DIALTONE_TLS_KEY, ${files.keyFile}, does not belong to the first certificate of DIALTONE_TLS_CERT, ${files.certificateFile}.`
  return undefined
}

/** An expired one is served all the same: phones that do not look at dates go on, and calls over UDP do not need it. */
function warnOfDates(pem: string, path: string, nowMs: number, logger: Logger): void {
  const { validFromDate, validToDate } = firstCertificate(pem)
  const dates = { path, validFrom: validFromDate.toISOString(), validTo: validToDate.toISOString() }
  if (validToDate.getTime() <= nowMs) logger.warn('the certificate of DIALTONE_TLS_CERT has expired: phones and browsers that check it refuse it', dates)
  else if (validFromDate.getTime() > nowMs) logger.warn('the certificate of DIALTONE_TLS_CERT is not valid yet: is the clock of this machine right?', dates)
  else if (validToDate.getTime() - nowMs < ENDS_SOON_MS) logger.warn('the certificate of DIALTONE_TLS_CERT ends soon', dates)
}

/** A file may begin with the key. */
function firstCertificate(pem: string): X509Certificate {
  return new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----')))
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

function isValid(pem: string, nowMs: number): boolean {
  try {
    const { validFromDate, validToDate } = firstCertificate(pem)
    return pem.includes('PRIVATE KEY') && validFromDate.getTime() <= nowMs && nowMs < validToDate.getTime()
  } catch {
    return false
  }
}
