import { silentLogger, systemClock, TimerWheel } from '@dialtone/foundation'
import { createInProcessMediaEngine } from '@dialtone/media'
import { createSipStack } from '@dialtone/sip'
import { createSoftswitch, type Softswitch, type StoredBinding } from '@dialtone/softswitch'
import { createSignallingOnlyEngine } from './signalling-only.ts'
import { REALM, type Tenants } from './tenants.ts'

export interface CallPlane {
  readonly softswitch: Softswitch
  readonly port: number
}

/**
 * SIP stack, media engine and switch joined as the server joins them (its compose.ts), on the loopback. What stands on the
 * ports is in memory: no database behind the directory and the bindings, no journal behind the records.
 */
export async function startCallPlane(o: {
  tenants: Tenants
  bindings: readonly StoredBinding[]
  /** Without them the media does not pass here. */
  rtpPorts: { first: number; last: number } | undefined
}): Promise<CallPlane> {
  const timers = new TimerWheel({ nowMs: () => performance.now() })
  const logger = silentLogger
  const sip = createSipStack({
    listen: { host: '127.0.0.1', udpPort: 0 },
    publicAddress: '127.0.0.1',
    clock: systemClock,
    timers,
    logger,
    serverName: 'Dialtone',
  })
  const media =
    o.rtpPorts === undefined
      ? createSignallingOnlyEngine()
      : createInProcessMediaEngine({ publicAddress: '127.0.0.1', bindAddress: '127.0.0.1', ports: o.rtpPorts, workers: 1, clock: systemClock, logger })
  let port = 0
  const softswitch = createSoftswitch({
    sip,
    media,
    directory: o.tenants.directory,
    registrations: { load: () => Promise.resolve(o.bindings), save: () => {} },
    records: { checkpoint: () => {}, close: () => {} },
    events: { registrationChanged: () => {}, emergencyCall: () => {} },
    clock: systemClock,
    timers,
    logger,
    realm: REALM,
    publicAddress: '127.0.0.1',
    sipPort: () => port,
  })
  await media.start()
  await softswitch.start()
  const started = await sip.start()
  if (!started.ok) throw new Error(started.error.message)
  port = started.value.udpPort
  return { softswitch, port }
}
