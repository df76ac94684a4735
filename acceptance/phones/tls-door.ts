import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'

/** PEM, and where the certificate lies. */
export interface Identity {
  readonly key: string
  readonly cert: string
  readonly file: string
}

/**
 * A key, and a certificate that nobody vouches for but itself.
 * @param isFor as OpenSSL writes names: `IP:192.0.2.1`, `URI:sip:carrier.example`
 */
export function selfSigned(folder: string, name: string, isFor: string): Identity {
  const [key, file] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)]
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${isFor}`]
  execFileSync('openssl', [...request, '-keyout', key, '-out', file], { stdio: 'ignore' })
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(file, 'utf8'), file }
}

export interface DoorPlace {
  readonly host: string
  readonly onward: { readonly host: string; readonly port: number }
}

/** Ends TLS before a carrier that speaks TCP, and comes to it from its own address. */
export class TlsDoor {
  readonly #place: DoorPlace
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly port: number
  /** Who came and went away at the sight of the certificate. */
  refused = 0

  private constructor(place: DoorPlace, server: Server, sockets: Set<Socket>) {
    this.#place = place
    this.#server = server
    this.#sockets = sockets
    this.port = (server.address() as AddressInfo).port
    server.on('tlsClientError', () => this.refused++)
    server.on('secureConnection', (socket) => socket.once('error', () => this.refused++))
  }

  /** @param port 0: any */
  static async open(place: DoorPlace, identity: Identity, port = 0): Promise<TlsDoor> {
    const sockets = new Set<Socket>()
    const server = createServer(identity, (socket) => {
      const onward = connect({ ...place.onward, localAddress: place.host })
      sockets.add(socket)
      socket.on('error', () => onward.destroy())
      socket.on('close', () => (sockets.delete(socket), onward.destroy()))
      onward.on('error', () => socket.destroy())
      onward.on('close', () => socket.destroy())
      socket.pipe(onward).pipe(socket)
    })
    await new Promise<void>((resolve) => server.listen(port, place.host, resolve))
    return new TlsDoor(place, server, sockets)
  }

  /** The same place with another certificate: who is connected has to come again. */
  async renewed(identity: Identity): Promise<TlsDoor> {
    await this.close()
    return TlsDoor.open(this.#place, identity, this.port)
  }

  /** As if its power failed. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}
