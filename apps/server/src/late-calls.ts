import type { CallControl } from '@dialtone/control-plane'

/** The calls of a switch that is composed after whoever asks for them; until then there are none. */
export function lateCalls(calls: () => CallControl | undefined): CallControl {
  return {
    explain: async (question) => calls()?.explain(question),
    callsOf: async (accountId) => (await calls()?.callsOf(accountId)) ?? [],
    recentOf: async (accountId) => (await calls()?.recentOf(accountId)) ?? [],
    describe: async (sessionId) => calls()?.describe(sessionId),
    sessionsWith: async (sipCallId) => (await calls()?.sessionsWith(sipCallId)) ?? [],
    queueNow: async (queueId, lineIds) =>
      (await calls()?.queueNow(queueId, lineIds)) ?? { waiting: 0, oldestSinceMs: undefined, callbacks: 0, talking: {}, idle: {} },
    callsAt: async (id) => (await calls()?.callsAt(id)) ?? 0,
    hangUp: async (sessionId) => (await calls()?.hangUp(sessionId)) ?? 'NoSuchCall',
    sendFax: async (order) => calls()?.sendFax(order),
    originate: async (order) => calls()?.originate(order),
    record: async (order) => (await calls()?.record(order)) ?? 'NoSuchCall',
    supervise: async (order) => (await calls()?.supervise(order)) ?? { result: 'NoSuchCall' },
    linesInCall: async (lineIds) => (await calls()?.linesInCall(lineIds)) ?? [],
    notify: async (order) => calls()?.notify(order),
    transfer: async (order) => (await calls()?.transfer(order)) ?? { result: 'NoSuchCall' },
  }
}
