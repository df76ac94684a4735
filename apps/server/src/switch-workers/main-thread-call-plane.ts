import type { CallPlane } from './call-plane.ts'
import { composeSwitch, type SwitchNeeds, type SwitchSettings } from './compose-switch.ts'

/** The call plane in the thread of the API: nothing has to be copied, and a busy API delays calls. */
export function createMainThreadCallPlane(settings: SwitchSettings, needs: SwitchNeeds): CallPlane {
  const { sip, media, softswitch } = composeSwitch(settings, needs)
  return {
    async start() {
      await media.start()
      await softswitch.start()
      return sip.start()
    },
    async stop(drainMs) {
      await softswitch.stop({ drainMs })
      await sip.stop()
      await media.stop()
    },
    isRegistered: (lineId) => softswitch.isRegistered(lineId),
    bindingsOf: (lineId) => softswitch.bindingsOf(lineId),
    linesAt: (domain) => softswitch.linesAt(domain),
    dropBindings: async (lineId, from) => softswitch.dropBindings(lineId, from),
    setMessageWaiting: (lineId, counts) => softswitch.setMessageWaiting(lineId, counts),
    hangUpLeft: (legs) => softswitch.hangUpLeft(legs),
    // The switch reads the view itself.
    show: () => Promise.resolve(),
    acceptWebSocket: (request, socket, head) => sip.acceptWebSocket(request, socket, head),
    calls: {
      explain: async (question) => softswitch.calls.explain(question),
      callsOf: async (accountId) => softswitch.calls.callsOf(accountId),
      recentOf: async (accountId) => softswitch.calls.recentOf(accountId),
      describe: async (sessionId) => softswitch.calls.describe(sessionId),
      sessionsWith: async (sipCallId) => softswitch.calls.sessionsWith(sipCallId),
      queueNow: async (queueId, lineIds) => softswitch.calls.queueNow(queueId, lineIds),
      callsAt: async (id) => softswitch.calls.callsAt(id),
      hangUp: async (sessionId) => softswitch.calls.hangUp(sessionId),
      sendFax: async (order) => softswitch.calls.sendFax(order),
      originate: async (order) => softswitch.calls.originate(order),
      supervise: async (order) => softswitch.calls.supervise(order),
      record: async (order) => softswitch.calls.record(order),
      linesInCall: async (lineIds) => softswitch.calls.linesInCall(lineIds),
      notify: (order) => softswitch.calls.notify(order),
      transfer: async (order) => softswitch.calls.transfer(order),
    },
    activeCalls: async () => softswitch.activeCalls(),
    traceOf: async (sessionId) => softswitch.traceOf(sessionId),
    get statistics() {
      return { softswitch: softswitch.statistics, sip: sip.statistics, media: media.statistics, mediaReady: media.ready, switches: 1, handOversLost: 0 }
    },
  }
}
