import { createControlPlane, createSealer, directoryFileStore, openDatabase } from '@dialtone/control-plane'
import { silentLogger, systemClock, systemTimers } from '@dialtone/foundation'

/** Our document as a running server writes it, from the operations themselves; nothing listens. */
export async function publishedInterface<Document>(): Promise<Document> {
  const plane = await createControlPlane({
    database: await openDatabase('pglite:'),
    clock: systemClock,
    timers: systemTimers,
    logger: silentLogger,
    sealer: createSealer(Buffer.alloc(32)),
    // Nothing is stored here: the interface is published, and nobody calls it.
    files: directoryFileStore('unused'),
    settings: {
      environment: 'development',
      sipDomain: 'dialtone.local',
      sipServer: () => ({ host: '127.0.0.1', port: 5060 }),
      tokenIdleSeconds: 28_800,
      rateLimitPerSecond: 0,
      compatibility: { authorizeCreated: false, loginInvalid400: false, notPermitted400: false },
    },
    registrations: { isRegistered: () => false, bindingsOf: () => [], linesAt: () => [], dropBindings: () => Promise.resolve() },
    furtherOperations: [],
    subscribers: [],
  })
  const reply = await plane.http.inject({ method: 'GET', url: '/openapi.json' })
  await plane.stop()
  return reply.json<Document>()
}
