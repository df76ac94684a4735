import type { TcpConnection } from './tcp-connection.ts'

/** The open connections, found by id, by the peer's own address, or by an alias it asked for (RFC 5923). */
export class ConnectionTable {
  readonly #byId = new Map<string, TcpConnection>()
  readonly #byAddress = new Map<string, TcpConnection>()
  readonly #aliases = new Map<string, TcpConnection>()

  get size(): number {
    return this.#byId.size
  }

  add(connection: TcpConnection): void {
    this.#byId.set(connection.id, connection)
    this.#byAddress.set(addressKey(connection.remote.address, connection.remote.port), connection)
  }

  remove(connection: TcpConnection): void {
    this.#byId.delete(connection.id)
    const key = addressKey(connection.remote.address, connection.remote.port)
    if (this.#byAddress.get(key) === connection) this.#byAddress.delete(key)
    for (const alias of connection.aliases) if (this.#aliases.get(alias) === connection) this.#aliases.delete(alias)
  }

  /**
   * RFC 5923 5: the peer wants requests to its listening port to come over this connection. Only for the address the connection
   * really comes from, and never in place of another open connection: nobody takes over what is somebody else's.
   */
  addAlias(connection: TcpConnection, port: number): void {
    const key = addressKey(connection.remote.address, port)
    if (connection.aliases.size > 0 || this.#aliases.has(key) || this.#byAddress.has(key)) return
    connection.aliases.add(key)
    this.#aliases.set(key, connection)
  }

  findById(id: string): TcpConnection | undefined {
    return this.#byId.get(id)
  }

  findByAddress(address: string, port: number): TcpConnection | undefined {
    const key = addressKey(address, port)
    return this.#byAddress.get(key) ?? this.#aliases.get(key)
  }

  all(): readonly TcpConnection[] {
    return [...this.#byId.values()]
  }
}

function addressKey(address: string, port: number): string {
  return `${address} ${port}`
}
