import { constants, X509Certificate } from 'node:crypto'
import { isIP, type Socket } from 'node:net'
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  getCACertificates,
  type PeerCertificate,
  type SecureContext,
  type SecureVersion,
  TLSSocket,
} from 'node:tls'
import { certificateNames } from './certificate-names.ts'
import type { RemoteAddress } from './remote-address.ts'
import { type IdentityOfName, serverNameCallback } from './server-name.ts'

/** What we prove ourselves with, and whom we believe. PEM texts. */
export interface TlsOptions {
  readonly key: string | Buffer
  /** Ours first, then those that vouch for it. */
  readonly cert: string | Buffer
  /** Who is believed to vouch for peers. Default: the authorities Node.js knows. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[]
  /** Default TLSv1.2 (RFC 7525, RFC 8996). */
  readonly minVersion?: SecureVersion
  /** What is shown to a peer that asks for that name, in lower case (RFC 6066 3); undefined: `key` and `cert`. Asked at every handshake. */
  readonly identityOf?: IdentityOfName
}

/** Puts TLS around connections (RFC 3261 26.2.1, 26.3.1). */
export interface TlsContext {
  /**
   * Of a connection just accepted; the peer is asked for a certificate, and may have none. `secure` is emitted when the handshake is done, `error`
   * or `close` when it fails.
   */
  accept(raw: Socket): TLSSocket
  /** Makes a connection; it fails unless the certificate is that of `remote.serverName`, or of the address (RFC 5922 7). */
  connect(remote: RemoteAddress): TLSSocket
  /**
   * The names of the certificate the peer showed (RFC 5922 7.1); none when nobody we believe vouches for it, undefined when it showed none. That it
   * has the key the handshake proved. Asked once the connection stands.
   */
  provenNames(socket: TLSSocket): readonly string[] | undefined
  /** Whether it showed a certificate that one of our own `ca` vouches for: one of the public authorities is not enough for an alias (RFC 5923 8.2). */
  isVouchedFor(socket: TLSSocket): boolean
}

/** Longer chains are nobody's. */
const LONGEST_CHAIN = 8

/** @throws when key or certificate cannot be read */
export function createTlsContext(options: TlsOptions): TlsContext {
  const { key, cert, ca, minVersion = 'TLSv1.2', identityOf } = options
  const authorities = ca === undefined ? undefined : Array.isArray(ca) ? [...(ca as readonly (string | Buffer)[])] : (ca as string | Buffer)
  let known: readonly X509Certificate[] | undefined
  const trusted = (): readonly X509Certificate[] => (known ??= (authorities === undefined ? getCACertificates() : [authorities].flat()).flatMap(certificatesOf))
  // A session taken up again has the peer's certificate without those between it and the authority, and Node.js lets none be taken up where peers
  // are asked for certificates: everybody shakes hands anew.
  // Nor may a peer of TLS 1.2 make us compute for ever by asking again and again; `disableRenegotiation` is not heard of outside of `tls.Server`.
  const secureOptions = constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION
  const further = { minVersion, secureOptions, ...(authorities === undefined ? {} : { ca: authorities }) }
  const secureContext: SecureContext = createSecureContext({ key, cert, ...further })
  const byName = identityOf === undefined ? {} : { SNICallback: serverNameCallback(identityOf, further) }
  return {
    accept(raw) {
      const socket = new TLSSocket(raw, { isServer: true, secureContext, requestCert: true, rejectUnauthorized: false, ...byName })
      // Outside of `tls.Server` nothing else tells of what cannot be read after the handshake: the peer has its alert, and we would keep for an hour
      // a connection that hears nothing any more (RFC 8446 6.2: both ends must close it at once).
      socket.on('_tlsError', (error: Error) => socket.destroy(error))
      return socket
    },
    connect({ address, port, serverName, acceptAnyCertificate = false }) {
      // RFC 6066 3: a server name is never an address.
      const name = serverName === undefined || isIP(serverName) !== 0 ? {} : { servername: serverName }
      const socket = connect({ host: address, port, secureContext, rejectUnauthorized: !acceptAnyCertificate, checkServerIdentity: refusalOfIdentity, ...name })
      socket.setNoDelay(true)
      socket.setKeepAlive(true, 60_000)
      return socket
    },
    provenNames: (socket) => {
      const shown = socket.getPeerX509Certificate()
      if (shown === undefined) return undefined
      return isIssuedByOneOf(trusted(), shown, Date.now()) ? namesOf(shown) : []
    },
    isVouchedFor: (socket) => authorities !== undefined && isIssuedByOneOf(trusted(), socket.getPeerX509Certificate(), Date.now()),
  }
}

/** RFC 5922 7.1: a URI of the certificate may name the domain as well as its DNS names, which Node.js looks at alone. */
function refusalOfIdentity(name: string, certificate: PeerCertificate): Error | undefined {
  const refusal = checkServerIdentity(name, certificate)
  if (refusal === undefined || certificate.subjectaltname === undefined) return refusal
  return certificateNames({ subjectAltName: certificate.subjectaltname, commonName: undefined }).includes(name.toLowerCase()) ? undefined : refusal
}

function namesOf({ subjectAltName, subject }: X509Certificate): readonly string[] {
  return certificateNames({ subjectAltName, commonName: /^CN=(.+)$/m.exec(subject)?.[1] })
}

function certificatesOf(pem: string | Buffer): readonly X509Certificate[] {
  const blocks = pem.toString().match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  return blocks.map((block) => new X509Certificate(block))
}

/** RFC 5280 6.1, as far as it goes without policies: every link is valid now, and signed by the next. */
function isIssuedByOneOf(trusted: readonly X509Certificate[], shown: X509Certificate | undefined, nowMs: number): boolean {
  for (let certificate = shown, depth = 0; certificate !== undefined && depth < LONGEST_CHAIN; certificate = certificate.issuerCertificate, depth++) {
    const { validFromDate, validToDate } = certificate
    if (nowMs < validFromDate.getTime() || nowMs > validToDate.getTime() || (depth > 0 && !certificate.ca)) return false
    for (const authority of trusted) if (isIssuedBy(certificate, authority)) return true
    if (certificate.issuerCertificate !== undefined && !isIssuedBy(certificate, certificate.issuerCertificate)) return false
  }
  return false
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}
