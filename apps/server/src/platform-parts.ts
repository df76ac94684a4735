import type { ConfiguredCarrier, ConnectionPlaces, Gauges, SandboxPort } from '@dialtone/control-plane'
import type { AdvancingClock } from '@dialtone/foundation'
import type { CallJournal } from './call-journal/index.ts'
import { MEBIBYTE } from './processes/data-directory.ts'
import type { HeldDirectory } from './processes/hold-data-directory.ts'
import type { Sandbox } from './sandbox/index.ts'
import type { CallPlane, CallPlaneStatistics } from './switch-workers/index.ts'

export const SANDBOX_PSTN_CARRIER_ID = 'sandbox-pstn'
export const SANDBOX_PSAP_CARRIER_ID = 'sandbox-psap'

/** The two SIP peers of the sandbox, as carriers of every partition. */
export function sandboxCarriers(sandbox: Sandbox): readonly ConfiguredCarrier[] {
  const peer = (id: string, name: string, at: { address: string; port: number }, emergency: boolean): ConfiguredCarrier => ({
    peer: { id, name, partitionId: undefined, ...at, transport: 'udp', emergency },
    routing: { id, name, priority: 1, healthy: true, emergencyCapable: emergency },
  })
  return [peer(SANDBOX_PSTN_CARRIER_ID, 'Sandbox PSTN', sandbox.pstn, false), peer(SANDBOX_PSAP_CARRIER_ID, 'Sandbox PSAP', sandbox.psap, true)]
}

/** The sandbox as its HTTP operations see it. @param current the sandbox, once it runs. */
export function sandboxPort(current: () => Sandbox | undefined, clock: AdvancingClock): SandboxPort {
  return {
    inboundCall: (call) => {
      const sandbox = current()
      if (sandbox === undefined) throw new Error('the sandbox was asked for a call before it was started')
      return sandbox.inboundCall(call)
    },
    psapCalls: () => current()?.psapCalls() ?? [],
    advanceClock: (seconds) => clock.advance(seconds * 1000),
  }
}

/** What `/metrics` shows of the call plane and of its records. */
export function callPlaneGauges(callPlane: Pick<CallPlane, 'statistics'>, journal: Pick<CallJournal, 'statistics'>): Gauges {
  return {
    dialtone_calls: { help: 'Calls going on now', read: () => callPlane.statistics.softswitch.calls },
    dialtone_calls_started_total: { help: 'Calls since the start', read: () => callPlane.statistics.softswitch.callsStarted },
    dialtone_calls_answered_total: { help: 'Calls answered since the start', read: () => callPlane.statistics.softswitch.callsAnswered },
    dialtone_calls_refused_total: {
      help: 'Calls refused for overload or while stopping since the start',
      read: () => callPlane.statistics.softswitch.callsRefused,
    },
    dialtone_registered_lines: { help: 'Lines with at least one phone registered', read: () => callPlane.statistics.softswitch.registeredLines },
    dialtone_sip_transactions: { help: 'SIP transactions now', read: () => callPlane.statistics.sip.transactions },
    dialtone_sip_connections: { help: 'SIP connections open now: TCP, TLS and WebSocket', read: () => callPlane.statistics.sip.connections },
    dialtone_sip_received_total: { help: 'SIP messages received since the start', read: () => callPlane.statistics.sip.received },
    dialtone_sip_malformed_total: { help: 'SIP messages refused as malformed since the start', read: () => callPlane.statistics.sip.malformed },
    dialtone_media_sessions: { help: 'Media sessions now', read: () => callPlane.statistics.media.sessions },
    dialtone_subscriptions: { help: 'Subscriptions of phones now: message-summary and dialog', read: () => callPlane.statistics.softswitch.subscriptions },
    dialtone_call_records_waiting: { help: 'Call records on disk that the database does not have yet', read: () => journal.statistics.undelivered },
    dialtone_call_journal_lost_total: { help: 'Lines of the call journal the disk was too slow for since the start', read: () => journal.statistics.refused },
    dialtone_switches: { help: 'Threads that run a switch now', read: () => callPlane.statistics.switches },
    dialtone_hand_overs_lost_total: { help: 'Messages lost between switch threads since the start', read: () => callPlane.statistics.handOversLost },
    dialtone_media_ports_free: { help: 'Media ports free', read: () => callPlane.statistics.media.portsFree },
  }
}

/** Less room than a segment of PostgreSQL's write-ahead log takes: from here on any change may be the one that finds no room. */
const NO_ROOM_BYTES = 16 * MEBIBYTE

export interface ReadyFacts {
  readonly isStarted: boolean
  readonly database: boolean
  readonly isListening: boolean
  readonly callPlane: Pick<CallPlaneStatistics, 'mediaReady' | 'switches'>
  readonly freeBytes: number
}

/** What `/health/ready` says of each part. A switch worker that died takes its accounts' media with it until it is back (`mediaReady`). */
export function readyParts({ isStarted, database, isListening, callPlane, freeBytes }: ReadyFacts): Readonly<Record<string, boolean>> {
  return { start: isStarted, database, sip: isListening && callPlane.switches > 0, media: callPlane.mediaReady, disk: freeBytes >= NO_ROOM_BYTES }
}

export function connectionGauges(connections: Pick<ConnectionPlaces, 'size' | 'refused'>): Gauges {
  return {
    dialtone_http_connections: { help: 'Connections of the API open now', read: () => connections.size },
    dialtone_http_connections_refused_total: { help: 'Connections of the API that found no place since the start', read: () => connections.refused },
  }
}

export function diskGauges(disk: Pick<HeldDirectory, 'freeBytes'>): Gauges {
  return { dialtone_data_directory_free_bytes: { help: 'Room on the disk of the data directory', read: () => disk.freeBytes } }
}

/** Where a peer on this machine reaches what listens on `host`. */
export function loopbackOf(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
}
