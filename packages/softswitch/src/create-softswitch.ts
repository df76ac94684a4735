import { hangUpLeft } from './calls/hang-up-left.ts'
import { explainCall } from './explanation/explain-call.ts'
import { createIntake } from './intake.ts'
import type { Intake } from './intake.ts'
import type { CallDoor } from './ports/call-door.ts'
import type { Softswitch, SoftswitchOptions, SoftswitchStatistics } from './softswitch.ts'
import { notifyPhone } from './presence/notify-phone.ts'
import { createParts } from './softswitch-parts.ts'
import type { SoftswitchParts } from './softswitch-parts.ts'
import type { TimersInUse } from './timers-in-use.ts'

/** How long a stop waits for the other ends to confirm that they were hung up, and for carriers to let us go. */
const HANGUP_MS = 2_000

/** Joins the rooms of the call plane over a SIP stack, a media engine and the ports. Nothing happens before `start`. */
export function createSoftswitch(options: SoftswitchOptions): Softswitch {
  const { sip, media, memory, registrations } = options
  const parts = createParts(options)
  const { timers, locations, desk, keepAlive, messages, subscriptions } = parts
  const intake = createIntake(options, parts)

  return {
    async start() {
      locations.restore(await registrations.load())
      if (memory !== undefined) parts.recall(await memory.load())
      intake.open()
      keepAlive.start()
    },
    async stop({ drainMs = 0 } = {}) {
      intake.drain()
      const left = keepAlive.stop()
      if (drainMs > 0) await within(timers, drainMs, desk.whenIdle())
      desk.hangUpAll('ShuttingDown')
      await within(timers, HANGUP_MS, Promise.all([desk.whenIdle(), left]))
      locations.stop()
    },
    isRegistered: (lineId) => locations.bindingsOf(lineId).length > 0,
    bindingsOf: (lineId) => locations.bindingsOf(lineId),
    linesAt: (domain) => locations.linesAt(domain),
    dropBindings(lineId, from) {
      locations.drop(lineId, from)
      subscriptions.endAll(lineId, from)
      if (from === undefined) messages.forget(lineId)
    },
    setMessageWaiting: (lineId, counts) => messages.set(lineId, counts),
    mirrorBindings: (changes) => locations.mirror(changes),
    connectionsLost: (isLost) => locations.connectionsLost(isLost),
    hangUpLeft: (legs) => hangUpLeft({ sip, directory: options.directory, timers }, legs),
    keepCarriers: () => keepAlive.keep(),
    mirrorCarrier: parts.mirrorCarrier,
    recall: parts.recall,
    calls: callDoor(options, parts, intake),
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
        callsRefused: intake.refused,
      }
    },
  }
}

/** What others may ask about calls, and tell the switch to do with them. */
function callDoor({ directory, services, sip, realm }: SoftswitchOptions, parts: SoftswitchParts, intake: Intake): CallDoor {
  const { locations, desk, occupancyFor, callsHere, queueNow } = parts
  return {
    explain: (question) => explainCall({ directory, services, bindingsOf: (lineId) => locations.bindingsOf(lineId), occupancy: occupancyFor('') }, question),
    callsOf: (accountId) => desk.activeRecords().filter((record) => record.accountId === accountId),
    recentOf: (accountId) => desk.recentOf(accountId),
    describe: (sessionId) => desk.describe(sessionId),
    sessionsWith: (sipCallId) => desk.sessionsWith(sipCallId),
    queueNow,
    callsAt: callsHere,
    hangUp: (sessionId) => desk.hangUp(sessionId),
    transfer: (order) => desk.transfer(order),
    originate: (order) => intake.originate(order),
    sendFax: (order) => intake.sendFax(order),
    supervise: (order) => intake.supervise(order),
    record: (order) => desk.record(order),
    linesInCall(lineIds) {
      const helped = new Set(desk.activeRecords().flatMap((record) => (record.emergency === undefined ? [] : (record.callingLineId ?? []))))
      return lineIds.filter((lineId) => callsHere(lineId) > 0).map((lineId) => ({ lineId, isEmergency: helped.has(lineId) }))
    },
    notify: (order) =>
      notifyPhone(
        { sip, realm, bindingsOf: (lineId) => locations.bindingsOf(lineId), flowFailed: (lineId, contactUri) => locations.flowFailed(lineId, contactUri) },
        order,
      ),
  }
}

/** Waits for `done`, but no longer than `limitMs`. */
async function within(timers: TimersInUse, limitMs: number, done: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = timers.start(limitMs, resolve)
    done.then(() => {
      timer.cancel()
      resolve()
    }, reject)
  })
}
