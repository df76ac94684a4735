import { randomBytes } from 'node:crypto'
import type { Connection } from './connection.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import { countedAs } from './numeric-address.ts'
import type { RemoteAddress, TransportName } from './remote-address.ts'

/**
 * The open connections of all transports, found by id, by the peer's own address, or by an alias it asked for (RFC 5923);
 * and whether there may be one more.
 */
export class ConnectionTable {
  readonly #limits: Pick<ConnectionLimits, 'maxConnections' | 'maxConnectionsPerSource'>
  readonly #byId = new Map<string, Connection>()
  readonly #byAddress = new Map<string, Connection>()
  readonly #aliases = new Map<string, Connection>()
  readonly #perSource = new Map<string, number>()
  /** Opened by peers who have not said anything yet: the first has waited longest. */
  readonly #silent = new Set<Connection>()
  /** Who has said something, and nobody has accepted anything of it: the first said it longest ago. */
  readonly #strangers = new Set<Connection>()
  readonly #idPrefix = randomBytes(6).toString('base64url')
  #lastId = 0
  #closed = false

  constructor(limits: Pick<ConnectionLimits, 'maxConnections' | 'maxConnectionsPerSource'>) {
    this.#limits = limits
  }

  get size(): number {
    return this.#byId.size
  }

  /**
   * Whether a connection from or to that address may be added. None with a scope: it could not be written into a Via, nor found again.
   * Where all places are taken, somebody goes who has shown no right to his: phones shall find one whoever knocks.
   */
  admits(address: string): boolean {
    if (this.#closed || address.includes('%')) return false
    const source = countedAs(address)
    const { maxConnections, maxConnectionsPerSource } = this.#limits
    if ((this.#perSource.get(source) ?? 0) >= maxConnectionsPerSource && !this.#makeRoom((other) => countedAs(other.remote.address) === source)) return false
    return this.#byId.size < maxConnections || this.#makeRoom(() => true)
  }

  newId(transport: TransportName): string {
    return `${transport}-${this.#idPrefix}-${++this.#lastId}`
  }

  /** @param isTheirs the peer has opened it */
  add(connection: Connection, isTheirs: boolean): void {
    const source = countedAs(connection.remote.address)
    this.#byId.set(connection.id, connection)
    this.#byAddress.set(addressKey(connection.remote), connection)
    this.#perSource.set(source, (this.#perSource.get(source) ?? 0) + 1)
    if (isTheirs) this.#silent.add(connection)
  }

  /** A message has come over it. */
  noteMessage(connection: Connection): void {
    if (this.#silent.delete(connection) || this.#strangers.delete(connection)) this.#strangers.add(connection)
  }

  /** Its peer is somebody we serve: it keeps its place. */
  keep(connectionId: string): void {
    const connection = this.#byId.get(connectionId)
    if (connection === undefined) return
    this.#silent.delete(connection)
    this.#strangers.delete(connection)
  }

  remove(connection: Connection): void {
    if (!this.#byId.delete(connection.id)) return
    const key = addressKey(connection.remote)
    if (this.#byAddress.get(key) === connection) this.#byAddress.delete(key)
    for (const alias of connection.aliases) if (this.#aliases.get(alias) === connection) this.#aliases.delete(alias)
    this.#silent.delete(connection)
    this.#strangers.delete(connection)
    const source = countedAs(connection.remote.address)
    const left = (this.#perSource.get(source) ?? 1) - 1
    if (left === 0) this.#perSource.delete(source)
    else this.#perSource.set(source, left)
  }

  /**
   * RFC 5923 5: the peer wants requests to its listening port to come over this connection. Only for the address the connection
   * really comes from, and never in place of another open connection: nobody takes over what is somebody else's.
   */
  addAlias(connectionId: string, port: number): void {
    const connection = this.#byId.get(connectionId)
    if (connection === undefined || !connection.mayAlias || connection.aliases.size > 0) return
    const key = addressKey({ ...connection.remote, port })
    if (this.#aliases.has(key) || this.#byAddress.has(key)) return
    connection.aliases.add(key)
    this.#aliases.set(key, connection)
  }

  /** The connection a message to `remote` takes: the one it names, else one to that address. */
  find(remote: RemoteAddress): Connection | undefined {
    const named = remote.connectionId === undefined ? undefined : this.#byId.get(remote.connectionId)
    if (named !== undefined) return named
    const key = addressKey(remote)
    return this.#byAddress.get(key) ?? this.#aliases.get(key)
  }

  #makeRoom(isMeant: (connection: Connection) => boolean): boolean {
    for (const waiting of [this.#silent, this.#strangers]) {
      for (const connection of waiting) {
        if (!isMeant(connection)) continue
        connection.close('somebody else needs the place')
        return true
      }
    }
    return false
  }

  /** Closes all and admits no more. */
  closeAll(reason: string): void {
    this.#closed = true
    for (const connection of [...this.#byId.values()]) connection.close(reason)
  }
}

/** A connection whose certificate was checked for one name is no connection to another name at the same address (RFC 5922 7.1). */
function addressKey(remote: RemoteAddress): string {
  const { transport, address, port, serverName, acceptAnyCertificate } = remote
  const key = `${transport} ${address} ${port}`
  if (transport !== 'tls') return key
  return acceptAnyCertificate === true ? `${key} any` : `${key} ${serverName ?? ''}`
}
