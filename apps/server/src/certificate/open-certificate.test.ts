import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@dialtone/foundation'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toConfig, type Config } from '../configuration/index.ts'
import { openCertificate, type TlsIdentity } from './open-certificate.ts'

const NOW_MS = Date.now()
const YEAR_MS = 366 * 86_400_000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dialtone-certificate-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function configWith(texts: Readonly<Record<string, string>> = {}): Config {
  const config = toConfig({ texts: { dataDirectory: folder, publicAddress: '192.0.2.10', sipDomain: 'voice.example.com', ...texts }, unknownNames: [] })
  if (!config.ok) throw new Error('the configuration of the test is wrong')
  return config.value
}

async function open(config = configWith(), nowMs = NOW_MS): Promise<TlsIdentity> {
  const opened = await openCertificate(config, nowMs, silentLogger)
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

function certificateOf({ cert }: TlsIdentity): X509Certificate {
  return new X509Certificate(cert.slice(cert.indexOf('-----BEGIN CERT')))
}

describe('the certificate of the first start (RFC 5280 4.1)', () => {
  it('is signed by its own key, names address and SIP domain (RFC 5922 7.1), and is valid for years', async () => {
    const certificate = certificateOf(await open())
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.checkIP('192.0.2.10')).toBe('192.0.2.10')
    expect(certificate.checkHost('voice.example.com')).toBe('voice.example.com')
    expect(certificate.subjectAltName).toContain('URI:sip:voice.example.com')
    expect(certificate.checkHost('other.example.com')).toBeUndefined()
    expect(certificate.validFromDate.getTime()).toBeLessThan(NOW_MS)
    expect(certificate.validToDate.getTime()).toBeGreaterThan(NOW_MS + 9 * YEAR_MS)
  })

  it.each(['2001:db8::10', '::1', '2001:db8:0:1:2:3:4:5'])('names an address of IPv6 where there is no other: %s', async (address) => {
    const config = toConfig({ texts: { dataDirectory: folder, sipHost: address }, unknownNames: [] })
    if (!config.ok) throw new Error('the configuration of the test is wrong')
    expect(certificateOf(await open(config.value)).checkIP(address)).toBe(address)
  })

  it('makes the data directory where nothing else has: with a database elsewhere it is the first to need it', async () => {
    const dataDirectory = join(folder, 'not', 'there')
    await open(configWith({ dataDirectory }))
    expect(statSync(join(dataDirectory, 'sip-tls.pem')).isFile()).toBe(true)
  })

  it('is believed by a TLS client that trusts it, and by no other', async () => {
    const { key, cert } = await open()
    const server = createServer({ key, cert }, (socket) => socket.end())
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const outcome = (ca: string[]): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect({ host: '127.0.0.1', port, servername: 'voice.example.com', ...(ca.length === 0 ? {} : { ca }) })
        socket.once('secureConnect', () => resolve('trusted'))
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
      })
    expect([await outcome([cert]), await outcome([])]).toEqual(['trusted', 'DEPTH_ZERO_SELF_SIGNED_CERT'])
    await new Promise((resolve) => server.close(resolve))
  })

  it('is kept for nobody but its owner, and is the same at the next start, also when the address has changed', async () => {
    const first = await open()
    expect(statSync(join(folder, 'sip-tls.pem')).mode & 0o777).toBe(0o600)
    expect((await open(configWith({ publicAddress: '192.0.2.11' }))).cert).toBe(first.cert)
  })

  it('is made anew when it has expired or the file is damaged', async () => {
    const first = await open()
    const second = await open(configWith(), NOW_MS + 11 * YEAR_MS)
    expect(second.cert).not.toBe(first.cert)
    writeFileSync(join(folder, 'sip-tls.pem'), 'damaged')
    expect((await open()).cert).toBe(readFileSync(join(folder, 'sip-tls.pem'), 'utf8'))
  })
})

describe('a certificate of files', () => {
  it('is taken from the two files named', async () => {
    const { cert } = await open()
    writeFileSync(join(folder, 'chain.pem'), cert)
    const named = configWith({ tlsCertificateFile: join(folder, 'chain.pem'), tlsKeyFile: join(folder, 'sip-tls.pem') })
    expect((await open(named)).cert).toBe(cert)
  })

  it('that cannot be used is said in one sentence that names the file', async () => {
    const { cert: first } = await open()
    const [chain, junk] = [join(folder, 'chain.pem'), join(folder, 'junk.pem')]
    writeFileSync(chain, first)
    writeFileSync(junk, 'junk')
    rmSync(join(folder, 'sip-tls.pem'))
    const another = join(folder, 'sip-tls.pem')
    await open()
    const problems: string[] = []
    for (const [tlsCertificateFile, tlsKeyFile] of [
      [junk, chain],
      [chain, junk],
      [chain, another],
    ] as const) {
      const opened = await openCertificate(configWith({ tlsCertificateFile, tlsKeyFile }), NOW_MS, silentLogger)
      problems.push(opened.ok ? '' : opened.error.message)
    }
    expect(problems).toEqual([
      `The file of DIALTONE_TLS_CERT, ${junk}, holds no certificate in PEM.`,
      `The file of DIALTONE_TLS_KEY, ${junk}, holds no private key in PEM without a passphrase.`,
      `The key of DIALTONE_TLS_KEY, ${another}, does not belong to the first certificate of DIALTONE_TLS_CERT, ${chain}.`,
    ])
  })

  it('is served and told of in the log when it has expired, is not valid yet, or ends within two weeks', async () => {
    const { cert } = await open()
    const { validFromDate, validToDate } = certificateOf({ cert, key: '' })
    const kept = join(folder, 'chain.pem')
    writeFileSync(kept, cert)
    const named = configWith({ tlsCertificateFile: kept, tlsKeyFile: kept })
    const warnings: string[] = []
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) }
    for (const nowMs of [NOW_MS, validToDate.getTime(), validFromDate.getTime() - 1000, validToDate.getTime() - 86_400_000])
      expect((await openCertificate(named, nowMs, logger)).ok).toBe(true)
    expect(warnings.map((text) => /expired|not valid yet|ends soon/.exec(text)?.[0])).toEqual(['expired', 'not valid yet', 'ends soon'])
  })

  it('that is not there is said in one sentence', async () => {
    const named = configWith({ tlsCertificateFile: join(folder, 'nothing'), tlsKeyFile: join(folder, 'nothing') })
    const opened = await openCertificate(named, NOW_MS, silentLogger)
    expect(opened.ok ? '' : opened.error.message).toMatch(/DIALTONE_TLS_CERT and DIALTONE_TLS_KEY cannot be read: .*nothing/)
  })
})
