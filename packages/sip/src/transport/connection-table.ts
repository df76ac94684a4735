import { randomBytes } from 'node:crypto'
import type { Connection } from './connection.ts'
import type { ConnectionLimits } from './connection-limits.ts'
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
  readonly #idPrefix = randomBytes(6).toString('base64url')
  #lastId = 0
  #closed = false

  constructor(limits: Pick<ConnectionLimits, 'maxConnections' | 'maxConnectionsPerSource'>) {
    this.#limits = limits
  }

  get size(): number {
    return this.#byId.size
  }

  /** Whether a connection from or to that address may be added. None with a scope: it could not be written into a Via, nor found again. */
  admits(address: string): boolean {
    if (address.includes('%')) return false
    if (this.#closed || this.#byId.size >= this.#limits.maxConnections) return false
    return (this.#perSource.get(address) ?? 0) < this.#limits.maxConnectionsPerSource
  }

  newId(transport: TransportName): string {
    return `${transport}-${this.#idPrefix}-${++this.#lastId}`
  }

  add(connection: Connection): void {
    const { address } = connection.remote
    this.#byId.set(connection.id, connection)
    this.#byAddress.set(addressKey(connection.remote), connection)
    this.#perSource.set(address, (this.#perSource.get(address) ?? 0) + 1)
  }

  remove(connection: Connection): void {
    if (!this.#byId.delete(connection.id)) return
    const key = addressKey(connection.remote)
    if (this.#byAddress.get(key) === connection) this.#byAddress.delete(key)
    for (const alias of connection.aliases) if (this.#aliases.get(alias) === connection) this.#aliases.delete(alias)
    const { address } = connection.remote
    const left = (this.#perSource.get(address) ?? 1) - 1
    if (left === 0) this.#perSource.delete(address)
    else this.#perSource.set(address, left)
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
