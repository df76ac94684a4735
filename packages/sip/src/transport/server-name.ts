import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'

/** A certificate with its key; PEM texts. */
export interface NamedIdentity {
  readonly key: string
  readonly cert: string
}

/** @param name in lower case, as the peer asked for it */
export type IdentityOfName = (name: string) => NamedIdentity | undefined

/**
 * Chooses the certificate by the name a TLS peer asks for (RFC 6066 3). Who asks for none, or for one that nobody has, is shown the
 * certificate of the listener. A context is made once for each identity object: one that is replaced counts from the next handshake on.
 */
export function serverNameCallback(identityOf: IdentityOfName, further: Omit<SecureContextOptions, 'key' | 'cert'> = {}) {
  const contexts = new WeakMap<NamedIdentity, SecureContext>()
  return (name: string, done: (error: Error | null, context?: SecureContext) => void): void => {
    const identity = identityOf(name.toLowerCase())
    if (identity === undefined) return done(null)
    let context = contexts.get(identity)
    try {
      context ??= createSecureContext({ ...further, key: identity.key, cert: identity.cert })
    } catch {
      // What OpenSSL refuses, such as a hash it holds for broken: the name is served as any other.
      return done(null)
    }
    contexts.set(identity, context)
    return done(null, context)
  }
}
