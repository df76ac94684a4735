import { silentLogger, systemClock, TimerWheel } from '@dialtone/foundation'
import { createInProcessMediaEngine } from '@dialtone/media'
import { createSipStack } from '@dialtone/sip'
import { type CallRecord, createSoftswitch, type ServiceDesk, type Softswitch, type StoredBinding } from '@dialtone/softswitch'
import { REALM, type Tenants } from './tenants.ts'

const NEVER_MS = 3_600_000
/** For calls that bring no offer. */
const HARDLY_ANY_PORTS = { first: 20_000, last: 20_099 }

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
  /** Without them the media goes from phone to phone, as with `DIALTONE_MEDIA_ANCHORING=never`. */
  rtpPorts: { first: number; last: number } | undefined
  /** What answers calls itself asks it; without it nothing does. */
  services?: ServiceDesk
  closed?: (record: CallRecord) => void
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
  const media = createInProcessMediaEngine({
    publicAddress: '127.0.0.1',
    bindAddress: '127.0.0.1',
    ports: o.rtpPorts ?? HARDLY_ANY_PORTS,
    anchoring: o.rtpPorts === undefined ? 'never' : 'always',
    workers: 1,
    clock: systemClock,
    logger,
    // Load tools do not speak all the time.
    inactivityTimeoutMs: NEVER_MS,
  })
  let port = 0
  const softswitch = createSoftswitch({
    sip,
    media,
    directory: o.tenants.directory,
    registrations: { load: () => Promise.resolve(o.bindings), save: () => {} },
    records: { checkpoint: () => {}, close: (record) => o.closed?.(record) },
    events: { registrationChanged: () => {}, emergencyCall: () => {} },
    clock: systemClock,
    timers,
    logger,
    realm: REALM,
    publicAddress: '127.0.0.1',
    sipPort: () => port,
    ...(o.services === undefined ? {} : { services: o.services }),
  })
  await media.start()
  await softswitch.start()
  const started = await sip.start()
  if (!started.ok) throw new Error(started.error.message)
  port = started.value.udpPort
  return { softswitch, port }
}
