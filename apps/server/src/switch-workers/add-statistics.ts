import type { SipStatistics } from '@dialtone/sip'
import type { CallPlaneStatistics } from './call-plane.ts'
import type { WorkerStatistics } from './worker-protocol.ts'

/** What the main thread knows better than the workers, each of whom has a copy of all bindings. */
export interface MainStatistics {
  /** How many workers there should be. */
  readonly count: number
  readonly registeredLines: number
  readonly bindings: number
  readonly gateway: SipStatistics
}

/** The workers' figures as those of one switch. */
export function addStatistics(workers: readonly WorkerStatistics[], main: MainStatistics): CallPlaneStatistics {
  const { count, registeredLines, bindings, gateway } = main
  const ofSwitches = workers.map(({ softswitch }) => softswitch)
  return {
    softswitch: { ...added(ofSwitches, NO_CALLS), registeredLines, bindings },
    sip: added([...workers.map(({ sip }) => sip), { ...gateway }], NO_MESSAGES),
    media: added(
      workers.map(({ media }) => media),
      NO_MEDIA,
    ),
    mediaReady: workers.length === count && workers.every((worker) => worker.mediaReady),
    switches: workers.length,
    handOversLost: workers.reduce((sum, worker) => sum + worker.handOversLost, 0),
  }
}

const NO_CALLS = {
  calls: 0,
  legs: 0,
  mediaSessions: 0,
  timers: 0,
  bindings: 0,
  registeredLines: 0,
  subscriptions: 0,
  callsStarted: 0,
  callsAnswered: 0,
  callsRefused: 0,
}
const NO_MESSAGES: SipStatistics = { transactions: 0, dialogs: 0, connections: 0, received: 0, sent: 0, malformed: 0, retransmitted: 0 }
const NO_MEDIA = { sessions: 0, portsInUse: 0, portsFree: 0, packetsRelayed: 0 }

function added<Figures extends Readonly<Record<keyof Figures, number>>>(all: readonly Figures[], none: Figures): Figures {
  const names = Object.keys(none) as (keyof Figures)[]
  const sums = names.map((name) => [name, all.reduce((sum, figures) => sum + figures[name], 0)] as const)
  return Object.fromEntries(sums) as Figures
}
