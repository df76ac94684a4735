const ORIGIN_LINE = /^o=(\S+) (\S+) (\d{1,18}) /m

/**
 * Lets what we send to a leg look like one session although the leg has moved to the ports of another one: the `o=` line may
 * change in its version only (RFC 3264 8). A peer that compares would take anything else for a new session.
 */
export class SessionOrigin {
  readonly #name: string
  #version: bigint

  private constructor(name: string, version: bigint) {
    this.#name = name
    this.#version = version
  }

  /** @param lastSent the last description the leg got from us */
  static after(lastSent: string | undefined): SessionOrigin | undefined {
    const [, username, sessionId, version] = ORIGIN_LINE.exec(lastSent ?? '') ?? []
    return username === undefined || version === undefined ? undefined : new SessionOrigin(`${username} ${sessionId ?? ''}`, BigInt(version))
  }

  /** The description as the next one of the leg's session. */
  continue(description: string): string {
    this.#version++
    return description.replace(ORIGIN_LINE, () => `o=${this.#name} ${this.#version} `)
  }
}
