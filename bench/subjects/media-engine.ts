import { silentLogger, systemClock } from '@dialtone/foundation'
import { createInProcessMediaEngine, type MediaEngine } from '@dialtone/media'

/** Between two rounds nobody sends. */
const NEVER_MS = 3_600_000

/** The media engine of the server, one worker, on the loopback. */
export async function startMediaEngine(ports: { readonly first: number; readonly last: number }): Promise<MediaEngine> {
  const engine = createInProcessMediaEngine({
    publicAddress: '127.0.0.1',
    bindAddress: '127.0.0.1',
    ports,
    workers: 1,
    clock: systemClock,
    logger: silentLogger,
    inactivityTimeoutMs: NEVER_MS,
  })
  await engine.start()
  return engine
}
