import { randomToken } from '@dialtone/foundation'
import { DigestAuthenticator } from '@dialtone/sip'
import { CallDesk } from './calls/call-desk.ts'
import { acceptInvite } from './edge/accept-invite.ts'
import type { EdgeNeeds } from './edge/accept-invite.ts'
import { challengeOf } from './edge/challenge-of.ts'
import { protectEdge } from './edge/protect-edge.ts'
import { guardListeners } from './guard-listeners.ts'
import { DialogWatch } from './presence/dialog-watch.ts'
import { MessageWaiting } from './presence/message-waiting.ts'
import { servePresence } from './presence/serve-presence.ts'
import { SubscriptionBook } from './presence/subscription-book.ts'
import { LocationTable } from './registrar/location-table.ts'
import { handleRegister, REGISTER_OPTIONS } from './registrar/registrar.ts'
import type { CallLimits, RegistrarLimits, Softswitch, SoftswitchOptions, SoftswitchStatistics } from './softswitch.ts'
import { TimersInUse } from './timers-in-use.ts'

const REGISTRAR_LIMITS: RegistrarLimits = { minExpiresSeconds: 60, maxExpiresSeconds: 3600, defaultExpiresSeconds: 3600, maxContactsPerLine: 10 }
const CALL_LIMITS: CallLimits = { maxCalls: 2000, maxRingMs: 15 * 60_000, maxCallMs: 24 * 3_600_000, carrierSetupTimeoutMs: 20_000 }
/** How long a stop waits for the other ends to confirm that they were hung up. */
const HANGUP_MS = 2_000

/** Joins the rooms of the call plane over a SIP stack, a media engine and the ports. Nothing happens before `start`. */
export function createSoftswitch(options: SoftswitchOptions): Softswitch {
  const { sip, media, directory, registrations, clock, logger, realm, publicAddress } = options
  const { records, events } = guardListeners(options.records, options.events, logger)
  const limits = { ...CALL_LIMITS, ...options.limits }
  const timers = new TimersInUse(options.timers)
  const digest = new DigestAuthenticator({
    realm,
    clock,
    secret: options.digestSecret ?? Buffer.from(randomToken(32)),
    offered: options.digestAlgorithms ?? ['MD5'],
  })
  const locations = new LocationTable({ store: registrations, events, clock, timers })
  const bindingsOf = (lineId: string) => locations.bindingsOf(lineId)
  const messages = new MessageWaiting()
  const subscriptions = new SubscriptionBook()
  const dialogs = new DialogWatch({ snapshotOf: (accountId) => directory.snapshotOf(accountId), calls: () => desk.calls.map((call) => call.state), realm })
  const desk = new CallDesk({
    sip,
    media,
    directory,
    bindingsOf,
    records,
    events,
    clock,
    timers,
    logger,
    realm,
    publicAddress,
    observe: (state) => dialogs.observe(state),
    flowFailed: (lineId, contactUri) => locations.flowFailed(lineId, contactUri),
  })
  let draining = false
  let refused = 0

  const isRefusing = (): boolean => draining || desk.count >= limits.maxCalls
  function refusal(): string | undefined {
    const code = draining ? 'ShuttingDown' : isRefusing() ? 'TooManyCalls' : undefined
    if (code !== undefined) refused++
    return code
  }
  const { maxRingMs, maxCallMs, carrierSetupTimeoutMs } = limits
  const { gate, guesses } = protectEdge({ directory, digest, bindingsOf, clock, logger, protection: options.protection })
  const edge: EdgeNeeds = { digest, directory, guesses, clock, times: { maxRingMs, maxCallMs, carrierSetupTimeoutMs }, refusal }
  const registrar = { registrations, digest, directory, guesses, locations, clock, limits: { ...REGISTRAR_LIMITS, ...options.registrar } }

  function takeRequests(): void {
    sip.guard({ ...gate, challenge: (request, source) => challengeOf({ digest, directory, isRefusing }, request, source) })
    sip.onRequest('REGISTER', (request) => handleRegister(registrar, request), { supportedOptions: REGISTER_OPTIONS })
    sip.onFlowClosed((connectionId) => locations.flowClosed(connectionId))
    // A transfer belongs to a call; out of one nobody may tell us to place calls (RFC 3515 2.4.2, RFC 3261 21.4.4).
    sip.onRequest('REFER', (request) => request.respond(403))
    servePresence({ sip, digest, directory, guesses, messages, dialogs, book: subscriptions, realm })
    sip.onInvite((invite) => {
      const started = acceptInvite(edge, invite)
      if (started !== undefined) desk.receive(invite, started)
    })
  }

  return {
    async start() {
      locations.restore(await registrations.load())
      takeRequests()
    },
    async stop({ drainMs = 0 } = {}) {
      draining = true
      if (drainMs > 0) await within(timers, drainMs, desk.whenIdle())
      desk.hangUpAll('ShuttingDown')
      await within(timers, HANGUP_MS, desk.whenIdle())
      locations.stop()
    },
    isRegistered: (lineId) => locations.bindingsOf(lineId).length > 0,
    bindingsOf,
    dropBindings(lineId) {
      locations.drop(lineId)
      subscriptions.endAll(lineId)
      messages.forget(lineId)
    },
    setMessageWaiting: (lineId, counts) => messages.set(lineId, counts),
    mirrorBindings: (changes) => locations.mirror(changes),
    activeCalls: () => desk.activeRecords(),
    traceOf: (sessionId) => desk.traceOf(sessionId),
    get statistics(): SoftswitchStatistics {
      return {
        calls: desk.count,
        legs: desk.legCount,
        mediaSessions: media.statistics.sessions,
        timers: timers.count,
        bindings: locations.bindingCount,
        registeredLines: locations.lineCount,
        subscriptions: subscriptions.size,
        callsStarted: desk.started,
        callsAnswered: desk.answered,
        callsRefused: refused,
      }
    },
  }
}

/** Waits for `done`, but no longer than `limitMs`. */
async function within(timers: TimersInUse, limitMs: number, done: Promise<void>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = timers.start(limitMs, resolve)
    done.then(() => {
      timer.cancel()
      resolve()
    }, reject)
  })
}
