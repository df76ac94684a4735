import { setTimeout as delay } from 'node:timers/promises'
import type { Clock, Logger, Timers } from '@dialtone/foundation'
import { createInProcessMediaEngine, type MediaEngine } from '@dialtone/media'
import { createSipStack, type IncomingInvite, type SipStack } from '@dialtone/sip'
import { createInboundCalls, type InboundCall, type InboundCallOrder } from './inbound-calls.ts'
import type { SandboxCall } from './sandbox-call.ts'
import type { SandboxNeeds } from './sandbox-needs.ts'
import { createSandboxPsap, type PsapCall } from './sandbox-psap.ts'
import { servePstnCall } from './sandbox-pstn.ts'

export interface SandboxOptions {
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** Where the switch takes SIP over UDP; asked for when a call is made, for it may listen later than the sandbox. */
  readonly switchAddress: () => { readonly address: string; readonly port: number }
  /** Where it lives: one the switch reaches. Default 127.0.0.1. */
  readonly loopback?: '127.0.0.1' | '::1'
  /** Media ports of the sandbox on the loopback; ports in use are passed over. Default 20000 to 29999. */
  readonly rtpPorts?: { readonly first: number; readonly last: number }
}

export interface SandboxPeer {
  readonly address: string
  /** UDP. Calls of the sandbox come from the same port: the switch knows the peer by it. */
  readonly port: number
}

export interface Sandbox {
  readonly pstn: SandboxPeer
  readonly psap: SandboxPeer
  /** Makes the PSTN call a number of the platform; `inboundCalls` tells what became of it. */
  inboundCall(order: InboundCallOrder): { readonly callId: string }
  /** The newest, oldest first. */
  inboundCalls(): readonly InboundCall[]
  /** What the PSAP received: the newest, oldest first. */
  psapCalls(): readonly PsapCall[]
  /** Hangs up and closes. */
  stop(): Promise<void>
}

const HANG_UP_LIMIT_MS = 500
const HANG_UP_POLL_MS = 10
const RTP_PORTS = { first: 20_000, last: 29_999 }

/**
 * The PSTN and a PSAP to try everything with: SIP peers of their own on the loopback, with real SIP and real RTP, that know
 * nothing of the switch but its address. @throws when no port can be opened on the loopback.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock, timers, logger, loopback = '127.0.0.1', rtpPorts = RTP_PORTS } = options
  const media = createInProcessMediaEngine({ publicAddress: loopback, bindAddress: loopback, ports: rtpPorts, workers: 1, clock, logger })
  const needs: SandboxNeeds = { media, clock, timers, logger, calls: new Set<SandboxCall>() }
  const pstnStack = createStack(options, 'Dialtone sandbox PSTN')
  const psapStack = createStack(options, 'Dialtone sandbox PSAP')
  const psap = createSandboxPsap(needs)
  const inbound = createInboundCalls(needs, pstnStack, options.switchAddress)
  pstnStack.onInvite((invite) => servePstnCall(needs, invite))
  psapStack.onInvite((invite: IncomingInvite) => psap.serve(invite))
  await media.start()
  const stop = (): Promise<void> => stopAll(needs, media, [pstnStack, psapStack])
  const ports = await listenAll([pstnStack, psapStack])
  const [pstnPort, psapPort] = ports
  if (pstnPort === undefined || psapPort === undefined) {
    await stop()
    throw new Error(`The sandbox PSTN and PSAP cannot listen on ${loopback}: free some UDP ports, or set DIALTONE_SANDBOX=off.`)
  }
  return {
    pstn: { address: loopback, port: pstnPort },
    psap: { address: loopback, port: psapPort },
    inboundCall: (order) => inbound.call(order),
    inboundCalls: () => inbound.calls(),
    psapCalls: () => psap.calls(),
    stop,
  }
}

function createStack({ clock, timers, logger, loopback = '127.0.0.1' }: SandboxOptions, serverName: string): SipStack {
  return createSipStack({ listen: { host: loopback, udpPort: 0 }, publicAddress: loopback, clock, timers, logger, serverName })
}

async function listenAll(stacks: readonly SipStack[]): Promise<readonly (number | undefined)[]> {
  const started = await Promise.all(stacks.map((stack) => stack.start()))
  return started.map((result) => (result.ok ? result.value.udpPort : undefined))
}

async function stopAll(needs: SandboxNeeds, media: MediaEngine, stacks: readonly SipStack[]): Promise<void> {
  for (const call of needs.calls) call.hangUp()
  // A BYE waits for the ACK of the call it ends (RFC 3261 15), and goes out only while the stack is open.
  const deadlineMs = performance.now() + HANG_UP_LIMIT_MS
  while (stacks.some((stack) => stack.statistics.dialogs > 0) && performance.now() < deadlineMs) await delay(HANG_UP_POLL_MS)
  await Promise.all(stacks.map((stack) => stack.stop()))
  await media.stop()
}
