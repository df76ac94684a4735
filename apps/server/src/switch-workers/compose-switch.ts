import { type Logger, systemClock, TimerWheel } from '@dialtone/foundation'
import { createInProcessMediaEngine, type MediaEngine } from '@dialtone/media'
import { createSipStack, type IdentityOfName, type SharedPort, type SipStack, type SipStackLimits } from '@dialtone/sip'
import {
  CALL_OPTIONS,
  type CallAuthorizer,
  type CallRecorder,
  type CallRecordSink,
  createSoftswitch,
  type OccupancyBoard,
  type RegistrationStore,
  type ServiceDesk,
  type Softswitch,
  type SwitchDirectory,
  type SwitchEvents,
  type SwitchMemory,
} from '@dialtone/softswitch'
import type { TlsIdentity } from '../certificate/index.ts'
import type { Config } from '../configuration/index.ts'
import { inUri } from '../in-uri.ts'

const SERVER_NAME = 'Dialtone'

/** What a switch is told; plain data, fit for another thread. */
export interface SwitchSettings {
  readonly sip: Config['sip']
  /** Left out: there is no SIP over TLS. */
  readonly tls?: TlsIdentity
  readonly publicAddress: string
  /** Left out: there is none. */
  readonly publicAddressIpv6?: string | undefined
  readonly rtpPorts: Config['rtpPorts']
  /** Left out: the defaults of the media engine. */
  readonly media?: Config['media']
}

/** What stands on the ports of a switch. */
export interface SwitchNeeds {
  readonly directory: SwitchDirectory
  readonly registrations: RegistrationStore
  readonly memory: SwitchMemory
  readonly authorizer: CallAuthorizer
  readonly records: CallRecordSink
  readonly events: SwitchEvents
  /** Left out: the switch only connects. */
  readonly services?: ServiceDesk
  /** Left out: no call is recorded. */
  readonly recorder?: CallRecorder
  readonly logger: Logger
  /** Certificates of domains, by the name a TLS peer asks for. */
  readonly identityOf?: IdentityOfName
  /** When other switches serve the port too. */
  readonly sharedPort?: SharedPort
  /** False: another one of them registers at carriers and asks their gateways. */
  readonly keepsCarriers?: boolean
  /** Their calls. */
  readonly occupancyBoard?: OccupancyBoard
}

export interface ComposedSwitch {
  readonly sip: SipStack
  readonly media: MediaEngine
  readonly softswitch: Softswitch
}

/** 0 is no limit in the settings, and no setting in the stack. */
function perSource({ inviteRate, requestRate }: Config['sip']): Partial<SipStackLimits> {
  return {
    ...(inviteRate === 0 ? {} : { maxPerSourceInvitesPerSecond: inviteRate }),
    ...(requestRate === 0 ? {} : { maxPerSourceRequestsPerSecond: requestRate }),
  }
}

/** The two protocol engines and the switch on them, in whatever thread. Nothing happens before they are started. */
export function composeSwitch(settings: SwitchSettings, needs: SwitchNeeds): ComposedSwitch {
  const { publicAddress, publicAddressIpv6, rtpPorts, tls } = settings
  const { host, port, tlsPort, domain, digestAlgorithms } = settings.sip
  const {
    logger,
    sharedPort,
    directory,
    registrations,
    memory,
    authorizer,
    records,
    events,
    services,
    recorder,
    identityOf,
    keepsCarriers = true,
    occupancyBoard,
  } = needs
  const clock = systemClock
  const timers = new TimerWheel({ nowMs: () => performance.now() })
  const sip = createSipStack({
    listen: { host, udpPort: port, tcpPort: port, ...(tls === undefined ? {} : { tlsPort }) },
    ...(tls === undefined ? {} : { tls: identityOf === undefined ? tls : { ...tls, identityOf } }),
    publicAddress,
    ...(publicAddressIpv6 === undefined ? {} : { publicAddressIpv6 }),
    clock,
    timers,
    logger,
    serverName: SERVER_NAME,
    extensions: CALL_OPTIONS,
    limits: perSource(settings.sip),
    ...(sharedPort === undefined ? {} : { reusePort: sharedPort.count > 1, sharedPort }),
  })
  const media = createInProcessMediaEngine({
    ...{ publicAddress, publicAddressIpv6, bindAddress: host, ports: rtpPorts, workers: 1, clock, logger },
    ...(settings.media === undefined ? {} : { anchoring: settings.media.anchoring, inactivityTimeoutMs: settings.media.rtpTimeoutSeconds * 1000 }),
  })
  let sipPort = port
  const softswitch = createSoftswitch({
    sip,
    media,
    directory,
    ...{ registrations, memory },
    authorizer,
    records,
    events,
    ...(services === undefined ? {} : { services }),
    ...(recorder === undefined ? {} : { recorder }),
    clock,
    timers,
    logger,
    realm: domain,
    digestAlgorithms,
    // Only ever written into URIs there.
    publicAddress: inUri(publicAddress),
    sipPort: () => sipPort,
    keepsCarriers,
    ...(occupancyBoard === undefined ? {} : { occupancyBoard }),
    protection: { scanners: settings.sip.scanners, failuresPerUser: settings.sip.wrongPasswords, failuresPerSource: 10 * settings.sip.wrongPasswords },
  })
  const start: SipStack['start'] = async () => {
    const started = await sip.start()
    if (started.ok) sipPort = started.value.udpPort
    return started
  }
  return { sip: { ...sip, start }, media, softswitch }
}
